"""Times between stations: from being on a train to being there, without access or first wait."""

from __future__ import annotations

import difflib
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
SERVICES = ("any", "multiple_unit", "locomotive")


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
        Infinity where no such ride exists, zero from a station to itself.

    Raises
    ------
    NetworkError
        A node is not in the region, or the service is unknown.
    """
    whole = scenario.with_nodes(region)
    _known(whole, stations)
    if service not in SERVICES:
        raise NetworkError(f"service {service!r} is unknown; there are {', '.join(SERVICES)}")
    links = scenario.select(region)
    if service != "any":
        kinds = links["facility_type"].fillna("").map(service_class)
        links = links[(links["mode"] == "rail") & (kinds == service)]
    return _between(build(whole, links, impedance or Impedance()), list(stations))


def _known(region: Region, stations: Sequence[str]) -> None:
    known = list(region.nodes["node_id"])
    for station in stations:
        if station not in known:
            near = difflib.get_close_matches(str(station), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise NetworkError(
                f"nodes.csv has no node {station!r}{hint}", f"nodes.csv 中没有节点 {station!r}"
            )


def _between(graph: Graph, stations: list[str]) -> Array:
    """Least times from any train leaving one station to any train come in at another."""
    result = dijkstra.route(*_with_doors(graph, stations))
    names = np.array(stations, dtype=object)
    result[names[:, None] == names] = 0.0
    return result


def _with_doors(graph: Graph, stations: list[str]) -> tuple[Arcs, Array, Array]:
    """The graph's arcs and, after them, free ones into and out of trains at each station.

    Returns also the nodes that lead into all trains leaving a station, (S,), and those that all
    trains come in at it lead to, (S,).
    """
    arcs, size = graph.arcs(), len(stations)
    enter = np.arange(graph.nodes, graph.nodes + size)
    leave = enter + size
    leaving, arrived = (_by_station(v, stations) for v in (graph.leaving, graph.arrived))
    doors = [(int(e), v) for e, name in zip(enter, stations, strict=True) for v in leaving[name]]
    doors += [(v, int(e)) for e, name in zip(leave, stations, strict=True) for v in arrived[name]]
    tail, head = np.array(doors, dtype=np.int64).reshape(-1, 2).T
    widened = Arcs(
        np.concatenate([arcs.tail, tail]),
        np.concatenate([arcs.head, head]),
        np.concatenate([arcs.minutes, np.zeros(len(tail))]),
        graph.nodes + 2 * size,
    )
    return widened, enter, leave


def _by_station(vehicles: dict[tuple[str, str], int], stations: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {station: [] for station in stations}
    for (node, _), vehicle in vehicles.items():
        if node in found:
            found[node].append(vehicle)
    return found


def station_links(
    region: Region, scenario: Scenario, origin: str, destination: str
) -> pd.DataFrame:
    """The links of the fastest way on trains between two stations, in order.

    Returns
    -------
    DataFrame
        The rows of the links table that the way uses, with the scenario's edits; none where there
        is no way, and none from a station to itself.

    Raises
    ------
    NetworkError
        A node is not in the region.
    """
    whole = scenario.with_nodes(region)
    _known(whole, [origin, destination])
    chosen = scenario.select(region)
    graph = build(whole, chosen, Impedance())
    arcs, enter, leave = _with_doors(graph, [origin, destination])
    way = dijkstra.paths(arcs, enter[:1], leave[1:])[0]
    if way is None or origin == destination:
        return chosen.iloc[:0]
    names = graph.links[way[way < len(graph.links)]]
    return chosen.set_index("link_id").loc[names[names != ""]].reset_index()


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
