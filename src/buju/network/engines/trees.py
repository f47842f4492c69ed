"""Trees of fastest ways: what adds up along them, and what flows through them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse.csgraph import dijkstra

from buju.network.engines.arcs import Arcs
from buju.network.engines.dijkstra import Fastest, blocks

Array = np.ndarray


def trees(arcs: Arcs, origins: Array) -> Iterator[tuple[slice, Array, Array]]:
    """For blocks of origins: which, the node before each node and the arc into it, (B, N) each.

    At an origin and where no way leads the node is its own predecessor and the arc is -1.
    """
    matrix, fastest = arcs.matrix(), Fastest(arcs)
    own = np.arange(arcs.nodes)
    for rows in blocks(len(origins), 2 * arcs.nodes):
        _, before = dijkstra(matrix, indices=origins[rows], return_predecessors=True)
        there = before >= 0
        into = np.full(before.shape, -1, dtype=np.int64)
        head = np.broadcast_to(own, before.shape)[there]
        into[there] = fastest.between(before[there], head)
        yield rows, np.where(there, before, own), into


def along(before: Array, into: Array, destinations: Array, quantities: Array) -> Array:
    """Sums of arc quantities (Q, A) on the ways to the destinations, (Q, B, D).

    Walks all ways back at once, an arc a step; a destination that no way leads to keeps zero.
    """
    row = np.repeat(np.arange(len(before)), len(destinations))
    node = np.tile(destinations, len(before))
    pair = np.arange(len(node))
    total = np.zeros((len(quantities), len(node)))
    while len(pair):
        arc = into[row, node]
        on = arc >= 0
        row, node, pair, arc = row[on], node[on], pair[on], arc[on]
        total[:, pair] += quantities[:, arc]
        node = before[row, node]
    return total.reshape(len(quantities), len(before), len(destinations))


def flows(before: Array, into: Array, destinations: Array, weights: Array, arcs: int) -> Array:
    """Weight (B, D) of the pairs whose way uses each arc, (A,)."""
    row = np.repeat(np.arange(len(before)), len(destinations))
    node, weight = np.tile(destinations, len(before)), weights.ravel()
    used = np.zeros(arcs)
    while len(node):
        arc = into[row, node]
        on = (arc >= 0) & (weight != 0)
        row, node, weight, arc = row[on], node[on], weight[on], arc[on]
        np.add.at(used, arc, weight)
        node = before[row, node]
    return used
