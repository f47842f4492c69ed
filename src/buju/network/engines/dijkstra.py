"""Dijkstra by SciPy: always there, exact, the reference of every other engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse.csgraph import dijkstra

from buju.network.engines.arcs import Arcs

Array = np.ndarray

BLOCK = 2**24
"""Numbers held at once: SciPy answers sources × all nodes, so sources go in blocks."""


def route(arcs: Arcs, origins: Array, destinations: Array) -> Array:
    """Least times by Dijkstra, in blocks of origins so that memory stays bounded."""
    matrix = arcs.matrix()
    result = np.empty((len(origins), len(destinations)))
    for rows in blocks(len(origins), arcs.nodes):
        result[rows] = dijkstra(matrix, indices=origins[rows])[:, destinations]
    return result


def predecessors(arcs: Arcs, origins: Array) -> tuple[Array, Array]:
    """Least times to all nodes and the node before each on the way, (O, nodes) both.

    The node before is negative at the origin and where there is no way.
    """
    times, before = dijkstra(arcs.matrix(), indices=origins, return_predecessors=True)
    return times, before


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Slices of rows such that each block holds at most `BLOCK` numbers."""
    step = max(1, BLOCK // max(1, columns))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
