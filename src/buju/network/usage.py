"""Along the chosen ways: components of each journey, and who uses each link."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.costs import QUANTITIES, generalised, quantities
from buju.network.engines.arcs import Arcs
from buju.network.engines.trees import along, flows, trees
from buju.network.graph import COMPONENTS, Graph
from buju.network.impedance import Impedance
from buju.network.matrices import seat_nodes, zones
from buju.network.modes import graph_of
from buju.network.scenario import Scenario
from buju.region import Region

Array = np.ndarray
BY = ("minutes", "cost")


def skims(
    region: Region,
    scenario: Scenario | None = None,
    *,
    mode: str = "all",
    by: str = "minutes",
    origins: Sequence[str] | None = None,
    destinations: Sequence[str] | None = None,
    impedance: Impedance | None = None,
) -> dict[str, Array]:
    """What journeys are made of, along the fastest or the cheapest way.

    Parameters
    ----------
    region, scenario, mode, origins, destinations, impedance
        See `times_matrix`.
    by
        "minutes": along the fastest way; "cost": along the one of least generalised cost.

    Returns
    -------
    dict
        Arrays (O, D): `road` (min, access included), `wait` (min, boarding included), `ride` (min,
        standing included), `minutes`, `access` (min on access links), `km`, `fare` (CNY),
        `boardings`, `transfers` (boardings but the first), `cost` (generalised minutes). Infinite
        minutes and cost, and NaN elsewhere, where no way leads. From a place to itself zero: no
        link is used; `times_matrix` has the mean trip inside.

    Raises
    ------
    NetworkError
        As in `times_matrix`; or `by` is unknown.
    """
    rule = impedance or Impedance()
    graph, links, arcs = _weighed(region, scenario, mode, by, rule)
    start, finish = _ends(region, graph, origins, destinations)
    extra, cost = quantities(graph, links, rule), generalised(graph, links, rule)
    table = np.vstack([graph.components, extra, cost])
    names = [*COMPONENTS, *QUANTITIES, "cost"]
    found = np.zeros((len(names), len(start), len(finish)))
    for rows, before, into in trees(arcs, start):
        found[:, rows] = along(before, into, finish, table)
        found[:, rows][:, into[:, finish] < 0] = np.nan
    result = dict(zip(names, found, strict=True))
    result["minutes"] = result["road"] + result["wait"] + result["ride"]
    result["transfers"] = np.maximum(result["boardings"] - 1, 0)
    lost = np.isnan(result["boardings"])
    for name in BY:
        result[name] = np.where(lost, np.inf, result[name])
    ids = graph.node_ids()
    same = ids[start][:, None] == ids[finish][None]
    return {name: np.where(same, 0.0, values) for name, values in result.items()}


def link_usage(
    region: Region,
    scenario: Scenario | None,
    weights: pd.DataFrame,
    *,
    mode: str = "all",
    by: str = "minutes",
    impedance: Impedance | None = None,
) -> pd.DataFrame:
    """The weight of all pairs whose chosen way uses a link.

    With `by="minutes"` this is the derivative of Σ weight × minutes with respect to the link's
    minutes, where the fastest ways are unique: the first-order worth of a minute saved there.

    Parameters
    ----------
    region, scenario, mode, impedance
        See `times_matrix`.
    weights
        People, trips or any worth of a minute: origins as index, destinations as columns, codes of
        places that have a seat node. Pairs from a place to itself use no link.
    by
        See `skims`.

    Returns
    -------
    DataFrame
        One row a link of the scenario: `link_id`, `forward` and `backward` (weight along and
        against the link), `usage` (both), `weight_minutes` (usage times minutes).
        `.attrs["unreachable"]` is the weight of pairs that no way joins.

    Raises
    ------
    NetworkError
        As in `times_matrix`; weights that are missing or infinite, or labels that stand twice.
    """
    values = _weights(weights)
    graph, links, arcs = _weighed(region, scenario, mode, by, impedance or Impedance())
    start, finish = _ends(region, graph, list(weights.index), list(weights.columns))
    ids = graph.node_ids()
    values = np.where(ids[start][:, None] == ids[finish][None], 0.0, values)
    used, lost = np.zeros(len(graph.tail)), 0.0
    for rows, before, into in trees(arcs, start):
        used += flows(before, into, finish, values[rows], len(used))
        lost += float(values[rows][into[:, finish] < 0].sum())
    table = _by_link(graph, links, used)
    table.attrs["unreachable"] = lost
    return table


def _by_link(graph: Graph, links: pd.DataFrame, used: Array) -> pd.DataFrame:
    rows = pd.Index(links["link_id"]).get_indexer(pd.Index(graph.links))
    on = rows >= 0
    tail = graph.node_ids()[graph.tail[on]]
    forward = tail == links["from_node_id"].to_numpy(object)[rows[on]]
    there, back = (
        np.bincount(rows[on][way], weights=used[on][way], minlength=len(links))
        for way in (forward, ~forward)
    )
    table = pd.DataFrame({"link_id": links["link_id"], "forward": there, "backward": back})
    usage = there + back
    return table.assign(usage=usage, weight_minutes=usage * links["minutes"].to_numpy())


def _weights(weights: pd.DataFrame) -> Array:
    for name, labels in (("index", weights.index), ("columns", weights.columns)):
        if not labels.is_unique:
            raise NetworkError(f"weights: {labels[labels.duplicated()][0]} stands twice in {name}")
    values = weights.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        i, j = np.argwhere(~np.isfinite(values))[0]
        raise NetworkError(
            f"weights: {weights.index[i]} to {weights.columns[j]} is {values[i, j]}; every pair "
            "needs a number, 0 where nobody goes"
        )
    return values


def _weighed(
    region: Region, scenario: Scenario | None, mode: str, by: str, rule: Impedance
) -> tuple[Graph, pd.DataFrame, Arcs]:
    if by not in BY:
        raise NetworkError(f"by {by!r} is unknown; there are {', '.join(BY)}")
    graph, links = graph_of(region, scenario or Scenario(), mode, rule)
    arcs = graph.arcs()
    if by == "cost":
        minutes = generalised(graph, links, rule)
        arcs = Arcs.checked(graph.tail, graph.head, minutes, graph.nodes)
    return graph, links, arcs


def _ends(
    region: Region,
    graph: Graph,
    origins: Sequence[str] | None,
    destinations: Sequence[str] | None,
) -> tuple[Array, Array]:
    rows, columns = (list(p if p is not None else zones(region)) for p in (origins, destinations))
    start = np.array([graph.start[n] for n in seat_nodes(region, rows)], dtype=np.int64)
    finish = np.array([graph.finish[n] for n in seat_nodes(region, columns)], dtype=np.int64)
    return start, finish
