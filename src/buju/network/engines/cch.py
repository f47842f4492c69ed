"""Customizable contraction hierarchy by RoutingKit: fast on large networks, an extra."""

from __future__ import annotations

import importlib

import numpy as np
from scipy.sparse.csgraph import dijkstra

from buju.errors import NetworkError, missing_extra
from buju.network.engines.arcs import Arcs

Array = np.ndarray

SCALE = 10_000
"""RoutingKit weighs arcs by integers: minutes × 10,000 keeps 1e-4 min an arc."""


def route(arcs: Arcs, origins: Array, destinations: Array) -> Array:
    """Least times by a contraction hierarchy, rounded to 1e-4 min an arc.

    Raises
    ------
    MissingExtra
        `pyroutingkit` is not installed.
    NetworkError
        A way could be too long for the engine's integers.
    """
    try:
        kit = importlib.import_module("pyroutingkit")
    except ImportError as error:
        raise missing_extra("fast", "engine 'cch'") from error
    matrix = arcs.matrix().tocoo()
    weights = np.rint(matrix.data * SCALE)
    if np.sort(weights)[-arcs.nodes :].sum() >= kit.INF_WEIGHT:
        raise NetworkError("times may be too long for engine 'cch'; use engine='scipy'")
    topology = kit.CCHTopology()
    tail, head = matrix.row.astype(np.uint32), matrix.col.astype(np.uint32)
    topology.build(tail, head, *_coordinates(arcs), arcs.nodes)
    metric = kit.CCHMetric(topology)
    metric.customize(weights.astype(np.uint32))
    found = metric.distances_many_to_many(origins.astype(np.uint32), destinations.astype(np.uint32))
    times = np.asarray(found, dtype=np.float64).reshape(len(origins), len(destinations))
    return np.where(times >= kit.INF_WEIGHT, np.inf, times / SCALE)


def _coordinates(arcs: Arcs) -> tuple[Array, Array]:
    """Stand-ins for latitude and longitude: times from two nodes far apart.

    They only order the contraction; the answers are the same whatever stands here.
    """
    matrix = arcs.matrix()
    first = _spread(dijkstra(matrix, directed=False, indices=0))
    second = _spread(dijkstra(matrix, directed=False, indices=int(first.argmax())))
    return first, second


def _spread(times: Array) -> Array:
    finite = np.isfinite(times)
    beyond = 2 * times[finite].max(initial=1.0)
    return np.where(finite, times, beyond).astype(np.float32)
