"""The multimodal graph: roads, boarding, riding and alighting as arcs with their components.

Layers: one node for each node of the region, where roads meet (road layer), and two in-vehicle
nodes for each station and train class (the `facility_type` of its rail links): a train about to
leave and a train that has come in. Arcs: road and access (road layer), wait-and-board (road to
leaving train), ride (leaving train to train come in), dwell (come in to leaving, same class) and
alight (come in to road, free). Within a class people stay on the train where lines meet: on the
lines in question direct trains run across. Changing class is alighting and boarding.

The road layer is double: ways start in one and end in the other, which is reached by alighting.
So a first boarding is told from a change, which waits longer, and a way has at least one ride in
it unless the graph lets people cross from the first to the second on foot (`ridden=False`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np
import pandas as pd

from buju.network.engines.arcs import Arcs
from buju.network.impedance import Impedance
from buju.region import Region

Array = np.ndarray
Arcset = tuple[Array, Array, Array, Array]
"""Tails, heads, minutes by component, names of links."""
COMPONENTS = ("road", "wait", "ride")


@final
@dataclass(frozen=True)
class Graph:
    """Arcs with the minutes of each component, (A,) each; a row of `components` per component.

    `links` names the link an arc belongs to, empty for boarding, dwelling and alighting. `start`
    and `finish` give the road-layer node where ways begin and end, by node id; `leaving` and
    `arrived` the in-vehicle nodes by (node id, class).
    """

    tail: Array
    head: Array
    components: Array
    links: Array
    nodes: int
    start: dict[str, int]
    finish: dict[str, int]
    leaving: dict[tuple[str, str], int]
    arrived: dict[tuple[str, str], int]

    def node_ids(self) -> Array:
        """The region's node id that each node of the graph stands at, (nodes,)."""
        ids = np.full(self.nodes, "", dtype=object)
        for layer in (self.start, self.finish):
            ids[list(layer.values())] = list(layer)
        for vehicles in (self.leaving, self.arrived):
            ids[list(vehicles.values())] = [node for node, _ in vehicles]
        return ids

    def arcs(self, *, road: float = 1.0, wait: float = 1.0, ride: float = 1.0) -> Arcs:
        """The graph with its components weighed and summed."""
        minutes = np.array([road, wait, ride]) @ self.components
        return Arcs.checked(self.tail, self.head, minutes, self.nodes)


def build(
    region: Region,
    links: pd.DataFrame,
    impedance: Impedance,
    *,
    goods: bool = False,
    ridden: bool = False,
) -> Graph:
    """The graph of links that are there, for people or for goods.

    Goods see only links that carry freight or both: what carries passengers only is not there
    for them.
    """
    wanted = ("freight", "both") if goods else ("passengers", "both")
    links = links[links["carries"].isin(wanted)]
    rail = links[links["mode"] == "rail"]
    nodes = list(region.nodes["node_id"])
    start = {node: k for k, node in enumerate(nodes)}
    finish = {node: k + len(nodes) for node, k in start.items()}
    stops = _stops(rail)
    leaving = {stop: k + 2 * len(nodes) for k, stop in enumerate(stops)}
    arrived = {stop: k + len(stops) for stop, k in leaving.items()}
    first, change = _waits(region, rail, stops, impedance, goods)
    here = [node for node, _ in stops]
    roads = links[links["mode"] == "road"]

    parts = [
        _roads(roads, start),
        _roads(roads, finish),
        _arcs([start[node] for node in here], leaving.values(), "wait", first),
        _arcs([finish[node] for node in here], leaving.values(), "wait", change),
        _rides(rail, leaving, arrived),
        _arcs(arrived.values(), leaving.values(), "ride", _dwells(stops, impedance)),
        _arcs(arrived.values(), [finish[node] for node in here], "wait", 0.0),
    ]
    if not ridden:
        parts.append(_arcs(start.values(), finish.values(), "road", 0.0))
    tail, head, components, names = (
        np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)
    )
    size = 2 * (len(nodes) + len(stops))
    return Graph(tail, head, components, names, size, start, finish, leaving, arrived)


def _stops(rail: pd.DataFrame) -> list[tuple[str, str]]:
    ends = pd.concat(
        [
            rail[["from_node_id", "facility_type"]].set_axis(["node", "kind"], axis=1),
            rail[["to_node_id", "facility_type"]].set_axis(["node", "kind"], axis=1),
        ]
    )
    ends = ends.fillna({"kind": ""}).drop_duplicates()
    return list(ends.itertuples(index=False, name=None))


def _roads(roads: pd.DataFrame, layer: dict[str, int]) -> Arcset:
    one, other = (roads[c].map(layer).to_numpy() for c in ("from_node_id", "to_node_id"))
    return _both_ways((one, other), (other, one), "road", roads)


def _rides(
    rail: pd.DataFrame, leaving: dict[tuple[str, str], int], arrived: dict[tuple[str, str], int]
) -> Arcset:
    kinds = list(rail["facility_type"].fillna(""))
    one, other = (
        list(zip(rail[end], kinds, strict=True)) for end in ("from_node_id", "to_node_id")
    )

    def at(stops: list[tuple[str, str]], vehicles: dict[tuple[str, str], int]) -> Array:
        return np.array([vehicles[stop] for stop in stops], dtype=np.int64)

    out = at(one, leaving), at(other, arrived)
    back = at(other, leaving), at(one, arrived)
    return _both_ways(out, back, "ride", rail)


def _both_ways(
    out: tuple[Array, Array], back: tuple[Array, Array], component: str, links: pd.DataFrame
) -> Arcset:
    minutes, names = links["minutes"].to_numpy(dtype=np.float64), links["link_id"].to_numpy(object)
    two = ~links["directed"].to_numpy(dtype=bool)
    return _arcs(
        np.concatenate([out[0], back[0][two]]),
        np.concatenate([out[1], back[1][two]]),
        component,
        np.concatenate([minutes, minutes[two]]),
        np.concatenate([names, names[two]]),
    )


def _arcs(
    tail: Iterable[int],
    head: Iterable[int],
    component: str,
    minutes: Array | float,
    names: Array | None = None,
) -> Arcset:
    tails, heads = (np.fromiter(ends, dtype=np.int64) for ends in (tail, head))
    components = np.zeros((len(COMPONENTS), len(tails)))
    components[COMPONENTS.index(component)] = minutes
    unnamed = np.full(len(tails), "", dtype=object)
    return tails, heads, components, unnamed if names is None else names


def _waits(
    region: Region,
    rail: pd.DataFrame,
    stops: list[tuple[str, str]],
    impedance: Impedance,
    goods: bool,
) -> tuple[Array, Array]:
    """Minutes from the road to the train at each stop: before the first ride, and at a change.

    Half the headway. A link with a headway of its own has that, any other the headway of the
    services listed at the stop; the link with the most trains decides.
    """
    if goods:
        terminal = np.full(len(stops), impedance.goods_terminal)
        return terminal, terminal
    trains = trains_at(region)
    a_day = np.array([trains.get((node, service_class(kind)), np.nan) for node, kind in stops])
    half = 0.5 * 60 * impedance.service_hours / a_day
    half = np.where(np.isnan(half), impedance.unknown_wait, half)
    given = _headways(rail)
    half = np.array(
        [
            min(0.5 * h if h == h else listed for h in given[stop])
            for stop, listed in zip(stops, half, strict=True)
        ],
        dtype=np.float64,
    )
    longest = (impedance.longest_wait, impedance.longest_change)
    first, change = (np.minimum(half, most) + impedance.board for most in longest)
    return first, change


def _headways(rail: pd.DataFrame) -> dict[tuple[str, str], set[float]]:
    """Headways of the links at each stop; NaN among them where a link has none of its own."""
    found: dict[tuple[str, str], set[float]] = {}
    headway = rail.get("headway", pd.Series(np.nan, index=rail.index))
    kinds = rail["facility_type"].fillna("")
    for end in ("from_node_id", "to_node_id"):
        for node, kind, minutes in zip(rail[end], kinds, headway, strict=True):
            found.setdefault((node, kind), set()).add(minutes)
    return found


def _dwells(stops: list[tuple[str, str]], impedance: Impedance) -> Array:
    minutes = dict(impedance.dwell)
    return np.array([minutes[service_class(kind)] for _, kind in stops], dtype=np.float64)


def service_class(facility_type: str) -> str:
    """The class of trains on a link: multiple units on high-speed lines, locomotives elsewhere."""
    return "multiple_unit" if facility_type.startswith("high_speed") else "locomotive"


def trains_at(region: Region) -> dict[tuple[str, str], float]:
    """Passenger trains a day in one direction, by node and class: the busiest service there."""
    services = region.line_services
    services = services[(services["carries"] != "freight") & (services["trains_per_day"] > 0)]
    columns = ("from_node_id", "to_node_id", "service_class", "trains_per_day")
    found: dict[tuple[str, str], float] = {}
    for one, other, service, trains in zip(*(services[c] for c in columns), strict=True):
        for node in (one, other):
            for kind in _classes(service):
                found[node, kind] = max(found.get((node, kind), 0.0), trains / 2)
    return found


def _classes(service: object) -> tuple[str, ...]:
    known = ("multiple_unit", "locomotive")
    return (str(service),) if service in known else known
