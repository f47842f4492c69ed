"""Customizable contraction hierarchy by RoutingKit: fast on large networks, an extra."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

from buju.errors import NetworkError, missing_extra
from buju.network.engines.arcs import Arcs, Topology

Array = np.ndarray

COARSEST = 10_000
FINEST = 10_000_000
"""RoutingKit weighs arcs by integers below 2^31: parts of a minute, as fine as the longest way
allows and never coarser than 1e-4 min."""


class Prepared:
    """A contraction order made once; new minutes are a matter of a few hundredths of a second."""

    def __init__(self, arcs: Arcs) -> None:
        self._kit = _kit()
        self._topology = arcs.topology()
        matrix = self._topology.matrix(np.ones(len(arcs.tail)))
        x, y, self._steps = _coordinates(matrix)
        self._order = self._kit.CCHTopology()
        ends = (ends.astype(np.uint32) for ends in (self._topology.tail, self._topology.head))
        self._order.build(*ends, x, y, arcs.nodes)
        self._metric = self._kit.CCHMetric(self._order)

    def __call__(self, minutes: Array, origins: Array, destinations: Array) -> Array:
        """Least times; parts of a minute are as fine as the longest way lets them be.

        Sums that leave the integers are seen, not wrapped: the engine keeps them at its infinity,
        and where a way exists nevertheless the question is put again in coarser parts.
        """
        data = self._topology.least(minutes)
        scale = self._scale(data)
        while True:
            found = self._ask(data, scale, origins, destinations)
            lost = np.isinf(found)
            if not lost.any():
                return found
            if not (lost & self._joined(minutes, origins, destinations)).any():
                return found
            if scale <= COARSEST:
                raise NetworkError(
                    "times may be too long for engine 'cch', which counts in ten-thousandths of a "
                    f"minute up to {self._kit.INF_WEIGHT / COARSEST:.0f}; use engine='scipy'",
                    "路径时间超出 cch 引擎的整数范围，请改用 engine='scipy'",
                )
            scale = max(scale / 16, COARSEST)

    def _scale(self, data: Array) -> float:
        finite = data[np.isfinite(data)]
        longest = 1.5 * self._steps * (finite.mean() if len(finite) else 1.0)
        return float(np.clip(self._kit.INF_WEIGHT / max(longest, 1e-9), COARSEST, FINEST))

    def _ask(self, data: Array, scale: float, origins: Array, destinations: Array) -> Array:
        most = self._kit.INF_WEIGHT
        weights = np.rint(np.minimum(data * scale, most)).astype(np.uint32)
        self._metric.customize(weights)
        ends = (ends.astype(np.uint32) for ends in (origins, destinations))
        found = np.asarray(self._metric.distances_many_to_many(*ends), dtype=np.float64)
        found = found.reshape(len(origins), len(destinations))
        return np.where(found >= most, np.inf, found / scale)

    def _joined(self, minutes: Array, origins: Array, destinations: Array) -> Array:
        return joined(self._topology, minutes, origins, destinations)


def route(arcs: Arcs, origins: Array, destinations: Array) -> Array:
    """Least times by a contraction hierarchy made for this one question.

    Raises
    ------
    MissingExtra
        `pyroutingkit` is not installed.
    NetworkError
        A way is too long for the engine's integers.
    """
    return Prepared(arcs)(arcs.minutes, origins, destinations)


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("pyroutingkit") is not None


def _kit() -> Any:
    try:
        return importlib.import_module("pyroutingkit")
    except ImportError as error:
        raise missing_extra("fast", "engine 'cch'") from error


def joined(topology: Topology, minutes: Array, origins: Array, destinations: Array) -> Array:
    """Whether any way leads from each origin to each destination, (O, D)."""
    matrix = topology.matrix(minutes)
    matrix.data[:] = 1.0
    count, part = connected_components(matrix, connection="strong")
    pairs = matrix.tocoo()
    ends = part[pairs.row], part[pairs.col]
    parts = csr_matrix((np.ones(len(ends[0])), ends), shape=(count, count))
    starts, row = np.unique(part[origins], return_inverse=True)
    there = np.zeros((len(starts), len(destinations)), dtype=bool)
    for k, start in enumerate(starts):
        reached = np.zeros(count, dtype=bool)
        reached[breadth_first_order(parts, start, return_predecessors=False)] = True
        there[k] = reached[part[destinations]]
    return there[row]


def _coordinates(matrix: csr_matrix) -> tuple[Array, Array, float]:
    """Stand-ins for latitude and longitude, and the most arcs between two nodes, about.

    Numbers of arcs from two nodes far apart. They only order the contraction; the answers are the
    same whatever stands here.
    """
    first = dijkstra(matrix, directed=False, indices=0, unweighted=True)
    second = dijkstra(matrix, directed=False, indices=int(_spread(first).argmax()), unweighted=True)
    most = float(second[np.isfinite(second)].max(initial=1.0))
    return _spread(first), _spread(second), most


def _spread(steps: Array) -> Array:
    finite = np.isfinite(steps)
    beyond = 2 * steps[finite].max(initial=1.0)
    return np.where(finite, steps, beyond).astype(np.float32)
