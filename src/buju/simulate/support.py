"""Which pairs can carry which totals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
UNITS = 2**30
"""Totals are counted in integers of this sum."""


def bottleneck(open_pairs: Mask, rows: Array, columns: Array) -> tuple[Mask, Mask] | None:
    """Rows whose total exceeds that of all the columns they reach, and those columns.

    None when the totals fit, to 1e-6 of their sum. Such rows exist exactly when the totals cannot
    be met (Gale 1957, https://doi.org/10.2140/pjm.1957.7.1073); they are found as a least cut.

    Parameters
    ----------
    open_pairs
        (N, M), where a flow is possible.
    rows, columns
        Totals, (N,) and (M,), with the same sum.

    Examples
    --------
    >>> here, there = bottleneck(np.array([[True, False], [True, True]]), np.array([3.0, 1.0]),
    ...                          np.array([2.0, 2.0]))
    >>> here.tolist(), there.tolist()
    ([True, False], [True, False])
    """
    n, m = open_pairs.shape
    source, sink = n + m, n + m + 1
    row, column = np.nonzero(open_pairs)
    supply = np.floor(rows * (UNITS / rows.sum())).astype(np.int64)
    demand = np.ceil(columns * (UNITS / columns.sum())).astype(np.int64)
    tail = np.concatenate([np.full(n, source), row, n + np.arange(m)])
    head = np.concatenate([np.arange(n), n + column, np.full(m, sink)])
    room = np.concatenate([supply, np.full(len(row), UNITS), demand]).astype(np.int32)
    graph = coo_array((room, (tail, head)), shape=(n + m + 2, n + m + 2)).tocsr()
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value >= supply.sum() - 1e-6 * UNITS:
        return None
    seen = _reached((graph - flow.flow).tocsr(), source)
    return seen[:n], seen[n : n + m]


def _reached(spare: object, source: int) -> Mask:
    """Nodes that can be reached over arcs with room to spare."""
    matrix = spare.copy()  # type: ignore[attr-defined]
    matrix.data = np.maximum(matrix.data, 0)
    matrix.eliminate_zeros()
    seen = np.zeros(matrix.shape[0], dtype=bool)
    edge = np.array([source])
    while len(edge):
        seen[edge] = True
        there = np.unique(matrix[edge].indices)
        edge = there[~seen[there]]
    return seen
