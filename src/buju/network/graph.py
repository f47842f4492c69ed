"""The multimodal graph: roads, boarding, riding and alighting as arcs with their components.

Layers: one node for each node of the region, where roads meet (road layer), and one in-vehicle
node for each station and train class (the `facility_type` of its rail links). Arcs: road and
access (road layer), wait-and-board (road to vehicle), ride (vehicle to vehicle of one class) and
alight (vehicle to road, free). Within a class people stay on the train where lines meet: on the
lines in question direct trains run across. Changing class is alighting and boarding.

With `ridden`, the road layer is doubled: one is left by boarding, the other reached by alighting,
so that a way from the first to the second has at least one ride in it.
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
COMPONENTS = ("road", "wait", "ride")


@final
@dataclass(frozen=True)
class Graph:
    """Arcs with the minutes of each component, (A,) each; a row of `components` per component.

    `start` and `finish` give the road-layer node where ways begin and end, by node id;
    `vehicles` the in-vehicle node by (node id, class).
    """

    tail: Array
    head: Array
    components: Array
    nodes: int
    start: dict[str, int]
    finish: dict[str, int]
    vehicles: dict[tuple[str, str], int]

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
    shift = len(nodes) if ridden else 0
    finish = {node: k + shift for node, k in start.items()}
    stops = _stops(rail)
    first = len(nodes) + shift
    vehicles = {stop: first + k for k, stop in enumerate(stops)}

    parts = [_roads(links[links["mode"] == "road"], layer) for layer in _layers(start, finish)]
    parts.append(_rides(rail, vehicles))
    wait = _waits(region, stops, impedance, goods)
    parts += [
        _arcs([layer[node] for node, _ in stops], vehicles.values(), "wait", wait)
        for layer in _layers(start, finish)
    ]
    parts.append(_arcs(vehicles.values(), [finish[node] for node, _ in stops], "wait", 0.0))
    tail, head, components = (
        np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)
    )
    return Graph(tail, head, components, first + len(stops), start, finish, vehicles)


def _layers(start: dict[str, int], finish: dict[str, int]) -> list[dict[str, int]]:
    return [start] if start == finish else [start, finish]


def _stops(rail: pd.DataFrame) -> list[tuple[str, str]]:
    ends = pd.concat(
        [
            rail[["from_node_id", "facility_type"]].set_axis(["node", "kind"], axis=1),
            rail[["to_node_id", "facility_type"]].set_axis(["node", "kind"], axis=1),
        ]
    )
    ends = ends.fillna({"kind": ""}).drop_duplicates()
    return list(ends.itertuples(index=False, name=None))


def _roads(roads: pd.DataFrame, layer: dict[str, int]) -> tuple[Array, Array, Array]:
    tail = roads["from_node_id"].map(layer).to_numpy()
    head = roads["to_node_id"].map(layer).to_numpy()
    return _both_ways(tail, head, "road", roads)


def _rides(rail: pd.DataFrame, vehicles: dict[tuple[str, str], int]) -> tuple[Array, Array, Array]:
    kinds = list(rail["facility_type"].fillna(""))
    tail, head = (
        np.array([vehicles[stop] for stop in zip(rail[end], kinds, strict=True)], dtype=np.int64)
        for end in ("from_node_id", "to_node_id")
    )
    return _both_ways(tail, head, "ride", rail)


def _both_ways(
    tail: Array, head: Array, component: str, links: pd.DataFrame
) -> tuple[Array, Array, Array]:
    minutes = links["minutes"].to_numpy(dtype=np.float64)
    back = ~links["directed"].to_numpy(dtype=bool)
    return _arcs(
        np.concatenate([tail, head[back]]),
        np.concatenate([head, tail[back]]),
        component,
        np.concatenate([minutes, minutes[back]]),
    )


def _arcs(
    tail: Iterable[int], head: Iterable[int], component: str, minutes: Array | float
) -> tuple[Array, Array, Array]:
    tails, heads = (np.fromiter(ends, dtype=np.int64) for ends in (tail, head))
    components = np.zeros((len(COMPONENTS), len(tails)))
    components[COMPONENTS.index(component)] = minutes
    return tails, heads, components


def _waits(
    region: Region, stops: list[tuple[str, str]], impedance: Impedance, goods: bool
) -> Array:
    """Minutes from the road to the train at each stop."""
    if goods:
        return np.full(len(stops), impedance.goods_terminal)
    trains = trains_at(region)
    waits = []
    for node, kind in stops:
        a_day = trains.get((node, service_class(kind)), np.nan)
        half_headway = 0.5 * 60 * impedance.service_hours / a_day if a_day > 0 else np.nan
        wait = impedance.unknown_wait if np.isnan(half_headway) else half_headway
        waits.append(min(wait, impedance.longest_wait) + impedance.board)
    return np.array(waits)


def service_class(facility_type: str) -> str:
    """The class of trains on a link: multiple units on high-speed lines, locomotives elsewhere."""
    return "multiple_unit" if facility_type.startswith("high_speed") else "locomotive"


def trains_at(region: Region) -> dict[tuple[str, str], float]:
    """Trains a day in one direction, by node and class: those of the busiest service there."""
    services = region.line_services.dropna(subset=["trains_per_day"])
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
