"""Times and costs between places, labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from buju.errors import NetworkError
from buju.network.costs import generalised
from buju.network.engines import engine as engine_of
from buju.network.impedance import Impedance
from buju.network.modes import graph_of
from buju.network.scenario import Scenario
from buju.region import Region

Array = np.ndarray


@final
@dataclass(frozen=True)
class LabelledMatrix:
    """Minutes and generalised cost from places (rows) to places (columns)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    minutes: Array
    cost: Array

    @property
    def labels(self) -> list[str]:
        """The places of a square matrix.

        Raises
        ------
        NetworkError
            Rows and columns differ.
        """
        if self.rows != self.columns:
            raise NetworkError("rows and columns of this matrix differ; ask for .rows or .columns")
        return list(self.rows)

    def islands(self) -> list[tuple[str, ...]]:
        """Groups of places of a square matrix that the largest group does not connect with.

        Within a group every place reaches every other, there and back. Largest first, then in
        the order of the matrix; none where the network is one piece.
        """
        labels, there = np.array(self.labels), np.isfinite(self.minutes)
        _, part = connected_components(there & there.T, directed=False)
        groups = [tuple(labels[part == k].tolist()) for k in dict.fromkeys(part.tolist())]
        return sorted(groups, key=len, reverse=True)[1:]

    def unreachable(self) -> list[tuple[str, str]]:
        """Pairs with no way between them, in the order of the matrix."""
        found = np.argwhere(np.isinf(self.minutes))
        return [(self.rows[i], self.columns[j]) for i, j in found]


def zones(region: Region) -> tuple[str, ...]:
    """Codes of the places that times run between: counties, then outside places."""
    return (*region.level("county")["place"], *region.outside_places["place"])


def seat_nodes(region: Region, places: Sequence[str]) -> list[str]:
    """The node where each place's trips begin: its one node of type seat.

    Raises
    ------
    NetworkError
        A place has no seat node, or several.
    """
    nodes = region.nodes
    seats = nodes[nodes["node_type"] == "seat"]
    at: dict[str, list[str]] = {}
    for node, zone in zip(seats["node_id"], seats["zone_id"], strict=True):
        at.setdefault(zone, []).append(node)
    for place in places:
        found = at.get(place, [])
        if len(found) != 1:
            has = "no seat node" if not found else f"several seat nodes ({', '.join(found)})"
            raise NetworkError(
                f"nodes.csv: place {place} has {has}; give it one row with node_type 'seat' and "
                f"zone_id '{place}'",
                f"nodes.csv：地点 {place} 应有且只有一个 node_type 为 seat 的节点",
            )
    return [at[place][0] for place in places]


def times_matrix(
    region: Region,
    scenario: Scenario | None = None,
    *,
    mode: str = "all",
    origins: Sequence[str] | None = None,
    destinations: Sequence[str] | None = None,
    impedance: Impedance | None = None,
    engine: str = "scipy",
) -> LabelledMatrix:
    """Least minutes and least generalised cost between places.

    Parameters
    ----------
    region, scenario
        The tables, and which links are there; the network at the end of 2020 by default.
    mode
        "all": people by road and rail, whichever is faster; "road": people by road; "rail": people
        with at least one ride; "goods": freight by road and by lines that carry it.
    origins, destinations
        Codes of places of any level that have a seat node; counties and outside places by default.
    impedance
        Boarding, waiting and weights.
    engine
        See `shortest_times`.

    Returns
    -------
    LabelledMatrix
        Minutes of the fastest way and generalised minutes of the cheapest, (O, D) each; they may
        be different ways. Infinity where there is none. From a place to itself: the mean trip
        inside it, from its area.

    Raises
    ------
    NetworkError
        An unknown mode, place, project or link; a place without a seat node or, where asked for
        the time to itself, without an area; for people, a station of a place to which no road
        leads.
    """
    impedance = impedance or Impedance()
    rows = tuple(origins if origins is not None else zones(region))
    columns = tuple(destinations if destinations is not None else zones(region))
    graph, links = graph_of(region, scenario or Scenario(), mode, impedance)
    start = np.array([graph.start[node] for node in seat_nodes(region, rows)])
    finish = np.array([graph.finish[node] for node in seat_nodes(region, columns)])
    arcs = graph.arcs()
    route = engine_of(engine, arcs, min(len(start), len(finish)))
    minutes = route(arcs.minutes, start, finish)
    weighed = generalised(graph, links, impedance)
    same = bool((weighed == arcs.minutes).all())
    cost = minutes.copy() if same else route(weighed, start, finish)
    _own(region, rows, columns, impedance, minutes, cost)
    return LabelledMatrix(rows, columns, minutes, cost)


def _own(
    region: Region,
    rows: Sequence[str],
    columns: Sequence[str],
    impedance: Impedance,
    *matrices: Array,
) -> None:
    position = {place: j for j, place in enumerate(columns)}
    both = [(i, position[place]) for i, place in enumerate(rows) if place in position]
    inside = own_minutes(region, [rows[i] for i, _ in both], impedance)
    for matrix in matrices:
        for (i, j), minutes in zip(both, inside, strict=True):
            matrix[i, j] = minutes


def own_minutes(region: Region, places: Sequence[str], impedance: Impedance | None = None) -> Array:
    """Minutes of the mean trip inside a place: half the radius of a disc of its area.

    Raises
    ------
    NetworkError
        A place has no area.

    References
    ----------
    Redding and Venables (2004), J. of International Economics 62(1), take two thirds of the
    radius for goods; trips of people are shorter.
    """
    rule = impedance or Impedance()
    tables = [region.places, region.outside_places]
    area = pd.concat([t.set_index("place")["area_km2"] for t in tables]).reindex(list(places))
    missing = area.index[area.isna()]
    if len(missing):
        raise NetworkError(
            f"place {missing[0]} has no area_km2 ({len(missing)} such place(s)); the time inside "
            "it cannot be had without; add the area",
            f"地点 {missing[0]} 缺少面积（共 {len(missing)} 个），无法推算内部出行时间",
        )
    radius = np.sqrt(area.to_numpy() / np.pi)
    return np.asarray(60 * 0.5 * radius * rule.detour / rule.local_speed)


def times(region: Region, scenario: Scenario | None = None, *, mode: str = "all") -> pd.DataFrame:
    """Least minutes and generalised cost between all counties and outside places, as a table.

    Parameters
    ----------
    region, scenario, mode
        See `times_matrix`.

    Returns
    -------
    DataFrame
        `origin`, `destination`, `minutes`, `cost`, origins first, in the order of the tables;
        unreachable pairs are infinite and named in `.attrs["unreachable"]`; `.attrs["islands"]`
        has the groups of places that are cut off from the largest (see `LabelledMatrix.islands`).
    """
    matrix = times_matrix(region, scenario, mode=mode)
    frame = pd.DataFrame(
        {
            "origin": np.repeat(matrix.rows, len(matrix.columns)),
            "destination": np.tile(matrix.columns, len(matrix.rows)),
            "minutes": matrix.minutes.ravel(),
            "cost": matrix.cost.ravel(),
        }
    )
    frame.attrs["unreachable"] = matrix.unreachable()
    frame.attrs["islands"] = matrix.islands()
    return frame
