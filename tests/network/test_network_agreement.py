"""SciPy, NetworKit and igraph on one graph; the last two are asked only where they are installed.

igraph is under the GPL and therefore no dependency: it is an oracle for who has it.
"""

import numpy as np
import pytest

from buju.network import shortest_times

EXACT = 1e-9  # sums of some dozens of float64 minutes, added in another order
NODES, ARCS = 2_000, 4_000
DRAW = np.random.default_rng(12)
TAIL, HEAD = DRAW.integers(0, NODES, (2, ARCS))
MINUTES = np.where(DRAW.random(ARCS) < 0.05, 0.0, DRAW.uniform(0.5, 30, ARCS))
ENDS = DRAW.choice(NODES, 40, replace=False)
OURS = shortest_times(TAIL, HEAD, MINUTES, ENDS[:20], ENDS[20:])


def test_some_pairs_are_joined_and_some_are_not():
    assert np.isinf(OURS).any()
    assert np.isfinite(OURS).mean() > 0.5


def test_igraph_agrees():
    igraph = pytest.importorskip("igraph")
    graph = igraph.Graph(NODES, np.stack([TAIL, HEAD], axis=1), directed=True)
    found = graph.distances(ENDS[:20], ENDS[20:], weights=MINUTES)
    np.testing.assert_allclose(OURS, found, rtol=0, atol=EXACT)


def test_networkit_agrees():
    networkit = pytest.importorskip("networkit")
    graph = networkit.Graph(NODES, weighted=True, directed=True)
    for tail, head, minutes in zip(TAIL, HEAD, MINUTES, strict=True):
        graph.addEdge(tail, head, minutes)
    for origin, row in zip(ENDS[:20], OURS, strict=True):
        found = np.array(networkit.distance.Dijkstra(graph, origin, False).run().getDistances())
        # NetworKit writes its largest float where no way leads.
        found = np.where(found >= np.finfo(float).max, np.inf, found)[ENDS[20:]]
        np.testing.assert_allclose(row, found, rtol=0, atol=EXACT)
