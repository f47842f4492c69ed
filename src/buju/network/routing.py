"""Least times on a bare network, whatever engine finds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from buju.network.engines import engine as engine_of
from buju.network.engines.arcs import Arcs, node_ids

Array = np.ndarray


def shortest_times(
    tail: Any, head: Any, minutes: Any, origins: Any, destinations: Any, *, engine: str = "scipy"
) -> Array:
    """Least time from each origin to each destination.

    Parameters
    ----------
    tail, head
        Node ids of each arc's ends, integers from 0, (A,).
    minutes
        Time of each arc, (A,), zero or more; of parallel arcs the fastest counts, and an arc of
        zero minutes is an arc. Infinity means that the arc is not there.
    origins, destinations
        Node ids, (O,) and (D,).
    engine
        "scipy" (exact, always there) or "cch" (extra `fast`; rounds arcs to 1e-4 min).

    Returns
    -------
    array
        Minutes, (O, D), float64; infinity where there is no way.

    Raises
    ------
    NetworkError
        Negative or NaN minutes, ids that are no nodes, lengths that differ, an unknown engine.
    MissingExtra
        The engine's extra is not installed.

    References
    ----------
    Dijkstra (1959), Numerische Mathematik 1; Dibbelt, Strasser and Wagner (2016), Customizable
    contraction hierarchies, ACM J. of Experimental Algorithmics 21.

    Examples
    --------
    >>> shortest_times([0, 1, 0], [1, 2, 2], [10, 0, 25], [0, 2], [2, 0]).tolist()
    [[10.0, 0.0], [0.0, inf]]
    """
    ends = [np.asarray(ids) for ids in (origins, destinations)]
    most = 1 + max([int(ids.max()) for ids in ends if ids.size], default=-1)
    arcs = Arcs.checked(tail, head, minutes)
    arcs = Arcs(arcs.tail, arcs.head, arcs.minutes, max(arcs.nodes, most))
    start, end = (
        node_ids(ids, arcs.nodes, name)
        for ids, name in zip(ends, ("origins", "destinations"), strict=True)
    )
    return engine_of(engine)(arcs, start, end)
