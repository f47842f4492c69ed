"""Dijkstra by SciPy: always there, exact, the reference of every other engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from buju.network.engines.arcs import Arcs

Array = np.ndarray

BLOCK = 2**24
"""Numbers held at once: SciPy answers sources × all nodes, so sources go in blocks."""


class Prepared:
    """A network whose minutes may change between questions."""

    def __init__(self, arcs: Arcs) -> None:
        self._topology = arcs.topology()

    def __call__(self, minutes: Array, origins: Array, destinations: Array) -> Array:
        """Least times, in blocks of origins so that memory stays bounded."""
        return search(self._topology.matrix(minutes), origins, destinations)


def route(arcs: Arcs, origins: Array, destinations: Array) -> Array:
    """Least times by Dijkstra, in blocks of origins so that memory stays bounded."""
    return search(arcs.matrix(), origins, destinations)


def search(matrix: csr_matrix, origins: Array, destinations: Array) -> Array:
    """Least times over a sparse matrix; searches run from the side with fewer nodes."""
    if len(destinations) < len(origins):
        return search(matrix.T.tocsr(), destinations, origins).T
    result = np.empty((len(origins), len(destinations)))
    for rows in blocks(len(origins), matrix.shape[0]):
        result[rows] = dijkstra(matrix, indices=origins[rows])[:, destinations]
    return result


def paths(arcs: Arcs, origins: Array, destinations: Array) -> list[Array | None]:
    """Positions of the arcs on a fastest way of each pair, in order; None where there is none."""
    matrix, fastest = arcs.matrix(), Fastest(arcs)
    found: list[Array | None] = [None] * len(origins)
    starts, pair_start = np.unique(origins, return_inverse=True)
    for rows in blocks(len(starts), arcs.nodes):
        _, before = dijkstra(matrix, indices=starts[rows], return_predecessors=True)
        for pair in np.flatnonzero((pair_start >= rows.start) & (pair_start < rows.stop)):
            last = before[pair_start[pair] - rows.start]
            nodes = _back(last, int(origins[pair]), int(destinations[pair]))
            found[pair] = None if nodes is None else fastest(nodes)
    return found


def _back(before: Array, origin: int, destination: int) -> Array | None:
    """Nodes from origin to destination, following the node before each."""
    nodes = [destination]
    while nodes[-1] != origin:
        if before[nodes[-1]] < 0:
            return None
        nodes.append(int(before[nodes[-1]]))
    return np.array(nodes[::-1], dtype=np.int64)


class Fastest:
    """Looks up the fastest of the arcs that join two nodes."""

    def __init__(self, arcs: Arcs) -> None:
        self._nodes = arcs.nodes
        keys = arcs.tail * arcs.nodes + arcs.head
        self._order = np.lexsort((arcs.minutes, keys))
        self._keys = keys[self._order]

    def __call__(self, nodes: Array) -> Array:
        """The arcs of a way, given its nodes in order."""
        return self.between(nodes[:-1], nodes[1:])

    def between(self, tail: Array, head: Array) -> Array:
        """The fastest arc of each pair of nodes, which must be joined."""
        keys = tail.astype(np.int64) * self._nodes + head
        return self._order[np.searchsorted(self._keys, keys)]


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Slices of rows such that each block holds at most `BLOCK` numbers."""
    step = max(1, BLOCK // max(1, columns))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
