"""Times between stations: from being on a train to being there, without access or first wait."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.engines import dijkstra
from buju.network.engines.arcs import Arcs
from buju.network.graph import Graph, build, service_class
from buju.network.impedance import Impedance
from buju.network.scenario import Scenario
from buju.region import Region

Array = np.ndarray


def station_matrix(
    region: Region,
    scenario: Scenario,
    stations: Sequence[str],
    *,
    service: str = "any",
    impedance: Impedance | None = None,
) -> Array:
    """Least minutes between stations on trains, (S, S).

    The clock starts in the train at the first station and stops in the train at the last, as a
    timetable counts; waits for changes in between count.

    Parameters
    ----------
    stations
        Node ids.
    service
        "multiple_unit" or "locomotive": rides of that class alone, as a direct train makes them;
        "any": every class, with changes and with road between stations where that is faster.

    Returns
    -------
    array
        Infinity where no such ride exists, zero on the diagonal.

    Raises
    ------
    NetworkError
        A node is not in the region.
    """
    known = set(region.nodes["node_id"])
    for station in stations:
        if station not in known:
            raise NetworkError(f"nodes.csv has no node {station!r}")
    links = scenario.select(region)
    if service != "any":
        kinds = links["facility_type"].fillna("").map(service_class)
        links = links[(links["mode"] == "rail") & (kinds == service)]
    return _between(build(region, links, impedance or Impedance()), list(stations))


def _between(graph: Graph, stations: list[str]) -> Array:
    """Least times from any train leaving one station to any train come in at another."""
    arrived = _by_station(graph.arrived, stations)
    arcs, start = _with_doors(graph, stations)
    times = dijkstra.route(arcs, start, np.arange(arcs.nodes))
    result = np.full((len(stations), len(stations)), np.inf)
    for j, station in enumerate(stations):
        if arrived[station]:
            result[:, j] = times[:, arrived[station]].min(axis=1)
    np.fill_diagonal(result, 0.0)
    return result


def _with_doors(graph: Graph, stations: list[str]) -> tuple[Arcs, Array]:
    """The graph's arcs and, for each station, a node that leads into all trains leaving it."""
    arcs, leaving = graph.arcs(), _by_station(graph.leaving, stations)
    start = np.arange(graph.nodes, graph.nodes + len(stations))
    doors = [(s, v) for s, name in zip(start, stations, strict=True) for v in leaving[name]]
    tail, head = np.array(doors, dtype=np.int64).reshape(-1, 2).T
    widened = Arcs(
        np.concatenate([arcs.tail, tail]),
        np.concatenate([arcs.head, head]),
        np.concatenate([arcs.minutes, np.zeros(len(tail))]),
        graph.nodes + len(stations),
    )
    return widened, start


def station_links(
    region: Region, scenario: Scenario, origin: str, destination: str
) -> pd.DataFrame:
    """The links of the fastest way on trains between two stations, in order.

    Returns
    -------
    DataFrame
        The rows of the links table that the way uses, with the scenario's edits; none where there
        is no way.
    """
    chosen = scenario.select(region)
    graph = build(region, chosen, Impedance())
    arcs, start = _with_doors(graph, [origin])
    ends = np.array(_by_station(graph.arrived, [destination])[destination], dtype=np.int64)
    times = dijkstra.route(arcs, start, ends)[0]
    if not len(ends) or np.isinf(times.min()):
        return chosen.iloc[:0]
    way = dijkstra.paths(arcs, start, ends[[times.argmin()]])[0]
    assert way is not None
    names = [graph.links[k] for k in way if k < len(graph.links)]
    return chosen.set_index("link_id").loc[[name for name in names if name]].reset_index()


def _by_station(vehicles: dict[tuple[str, str], int], stations: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {station: [] for station in stations}
    for (node, _), vehicle in vehicles.items():
        if node in found:
            found[node].append(vehicle)
    return found


def station_minutes(
    region: Region, scenario: Scenario, origin: str, destination: str, *, service: str = "any"
) -> float:
    """Least minutes on trains between two stations; see `station_matrix`."""
    matrix = station_matrix(region, scenario, [origin, destination], service=service)
    return float(matrix[0, 1])


def stations_of(region: Region, place: str) -> list[str]:
    """Station nodes that serve a place of any level: its own, in the order of the table."""
    nodes = region.nodes
    chosen = nodes[(nodes["node_type"] == "station") & (nodes["zone_id"] == place)]
    return list(chosen["node_id"])


def reach_table(region: Region, scenario: Scenario, origin: str) -> pd.DataFrame:
    """How long it takes from a place to every prefecture seat.

    Parameters
    ----------
    origin
        Code of a place with a seat node and a station.

    Returns
    -------
    DataFrame
        One row a prefecture: `destination`, `minutes` (station to station on trains; the least
        over its stations), `door_minutes` (seat to seat, road and rail), `road_minutes` (seat to
        seat by road). Infinity where there is no such way.

    Raises
    ------
    NetworkError
        The origin has no seat node or no station.
    """
    from buju.network.matrices import times_matrix

    seats = list(region.level("prefecture")["place"])
    at = {place: stations_of(region, place) for place in dict.fromkeys([origin, *seats])}
    if not at[origin]:
        raise NetworkError(
            f"place {origin} has no station: no row of nodes.csv of type station has it as zone_id",
            f"地点 {origin} 没有车站节点",
        )
    stations = [station for found in at.values() for station in found]
    matrix = station_matrix(region, scenario, stations)
    index = {station: k for k, station in enumerate(stations)}
    start = [index[s] for s in at[origin]]
    rides = [
        matrix[np.ix_(start, [index[s] for s in at[seat]])].min(initial=np.inf) for seat in seats
    ]
    door, road = (
        times_matrix(region, scenario, mode=mode, origins=[origin], destinations=seats).minutes[0]
        for mode in ("all", "road")
    )
    return pd.DataFrame(
        {"destination": seats, "minutes": rides, "door_minutes": door, "road_minutes": road}
    )
