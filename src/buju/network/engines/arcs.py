"""Arcs of a network as checked arrays, parallel ones reduced to the fastest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.sparse import csr_matrix

from buju.errors import NetworkError

Array = np.ndarray


@final
@dataclass(frozen=True)
class Arcs:
    """A directed network: arc k leads from `tail[k]` to `head[k]` in `minutes[k]`."""

    tail: Array
    head: Array
    minutes: Array
    nodes: int

    @classmethod
    def checked(cls, tail: Any, head: Any, minutes: Any, nodes: int | None = None) -> Arcs:
        """Arcs from anything array-like.

        Raises
        ------
        NetworkError
            Lengths differ, a node id is negative, no integer or beyond `nodes`, or a time is
            negative or NaN; the message names the arc.
        """
        ends = [node_ids(values, name) for values, name in ((tail, "tail"), (head, "head"))]
        times = np.atleast_1d(np.asarray(minutes, dtype=np.float64))
        if not ends[0].shape == ends[1].shape == times.shape or times.ndim != 1:
            raise NetworkError(
                f"tail, head and minutes must be equally long vectors; they have shapes "
                f"{ends[0].shape}, {ends[1].shape} and {times.shape}"
            )
        bad = np.flatnonzero(np.isnan(times) | (times < 0))
        if len(bad):
            k = int(bad[0])
            raise NetworkError(
                f"arc {k} ({ends[0][k]} to {ends[1][k]}) has {times[k]} minutes; "
                f"times must be zero or more ({len(bad)} such arc(s)); correct or drop it",
                f"第 {k} 条弧（{ends[0][k]}→{ends[1][k]}）时间为 {times[k]}，必须不小于零",
            )
        count = 1 + max([int(e.max()) for e in ends if len(e)], default=-1)
        if nodes is not None and count > nodes:
            raise NetworkError(f"an arc names node {count - 1}, but there are {nodes} nodes")
        return cls(ends[0], ends[1], times, count if nodes is None else nodes)

    def matrix(self) -> csr_matrix:
        """The arcs as a sparse matrix; parallel arcs give their minimum, zeros stay arcs."""
        return self.topology().matrix(self.minutes)

    def topology(self) -> Topology:
        """Which nodes are joined, whatever the minutes."""
        order = np.lexsort((self.head, self.tail))
        tail, head = self.tail[order], self.head[order]
        first = np.ones(len(tail), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return Topology(order, np.flatnonzero(first), tail[first], head[first], self.nodes)


@final
@dataclass(frozen=True)
class Topology:
    """Joined pairs of nodes, sorted; parallel arcs fall together.

    `order` sorts the arcs, `starts` says where each pair's arcs begin in that order.
    """

    order: Array
    starts: Array
    tail: Array
    head: Array
    nodes: int

    def least(self, minutes: Array) -> Array:
        """Minutes of the fastest arc of each pair."""
        if not len(self.starts):
            return np.empty(0)
        return np.minimum.reduceat(minutes[self.order], self.starts)

    def matrix(self, minutes: Array) -> csr_matrix:
        """The pairs as a sparse matrix; infinite ones are not there, zeros are."""
        data, tail, head = self.least(minutes), self.tail, self.head
        there = np.isfinite(data)
        if not there.all():
            data, tail, head = data[there], tail[there], head[there]
        starts = np.searchsorted(tail, np.arange(self.nodes + 1))
        return csr_matrix((data, head, starts), shape=(self.nodes, self.nodes))


def node_ids(values: Any, name: str) -> Array:
    """Node ids as a vector of integers from 0.

    Raises
    ------
    NetworkError
        They are no integers, negative, or no vector; the message names the argument.
    """
    ids = np.atleast_1d(np.asarray(values))
    if ids.ndim != 1:
        raise NetworkError(f"{name} must be a vector of node ids; it has shape {ids.shape}")
    if ids.size and not np.issubdtype(ids.dtype, np.integer):
        raise NetworkError(f"{name} must hold integer node ids from 0, not {ids.dtype}")
    ids = ids.astype(np.int64)
    if ids.size and ids.min() < 0:
        raise NetworkError(f"{name} holds node id {ids.min()}; node ids count from 0")
    return ids
