"""RAS: a table brought to new totals of rows and columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from buju.errors import NotCertified, ParameterError
from buju.track.accounts.input_output.tables import along


@dataclass(frozen=True)
class Balanced:
    """diag(r) A diag(s) with the multipliers, the rounds taken and the largest gap left."""

    table: pd.DataFrame
    r: pd.Series
    s: pd.Series
    rounds: int
    gap: float


def ras(
    table: pd.DataFrame,
    rows: pd.Series,
    columns: pd.Series,
    *,
    tolerance: float = 1e-10,
    most: int = 10_000,
) -> Balanced:
    """Row and column multipliers that give a table the totals asked for; zeros stay zero.

    Of all tables with these totals it is the one nearest in relative entropy.

    Parameters
    ----------
    table
        Zero or more; need not be square.
    rows, columns
        Totals by the labels of rows and columns, zero or more; both must add up to the same.
    tolerance
        Largest gap of a total, over the sum of all.
    most
        Rounds after which it gives up.

    Raises
    ------
    ParameterError
        Totals that do not add up alike, or a total above zero over cells that are all zero.
    NotCertified
        The zeros of the table leave no table with these totals.

    References
    ----------
    Stone (1961), Input-Output and National Accounts; Bacharach (1970), Biproportional Matrices.

    Examples
    --------
    >>> found = ras(pd.DataFrame([[1.0, 1], [1, 1]]), pd.Series([3, 1]), pd.Series([2, 2]))
    >>> found.table.to_numpy().tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    cells = table.to_numpy(dtype=np.float64)
    if not np.isfinite(cells).all() or (cells < 0).any():
        raise ParameterError("the table holds missing or negative cells.", "表中有缺失或负值。")
    u = along(rows, table.index, name="rows", positive=False)
    v = along(columns, table.columns, name="columns", positive=False)
    _require_totals(cells, u, v, table)
    scale = float(u.sum()) or 1.0
    r, s = np.ones(len(u)), np.ones(len(v))
    gap = np.inf
    for rounds in range(1, most + 1):
        r = _over(u, cells @ s)
        s = _over(v, r @ cells)
        now = r[:, None] * cells * s
        gap = float(max(abs(now.sum(axis=1) - u).max(), abs(now.sum(axis=0) - v).max()) / scale)
        if gap <= tolerance:
            frame = pd.DataFrame(now, index=table.index, columns=table.columns)
            ends = pd.Series(r, index=table.index), pd.Series(s, index=table.columns)
            return Balanced(frame, *ends, rounds, gap)
    raise NotCertified(
        f"no table with these zeros has these totals: after {most} rounds a total is off by "
        f"{gap:.2g} of the whole. Put small numbers where cells are wrongly zero, or correct the "
        "totals.",
        f"零元素的位置使这些合计无法同时满足：{most} 轮后仍差 {gap:.2g}。请检查零元素或合计。",
    )


def _require_totals(cells: np.ndarray, u: np.ndarray, v: np.ndarray, table: pd.DataFrame) -> None:
    if abs(u.sum() - v.sum()) > 1e-9 * max(u.sum(), v.sum(), 1e-300):
        raise ParameterError(
            f"totals of rows add up to {u.sum():.10g}, those of columns to {v.sum():.10g}; they "
            "must be equal.",
            f"行合计之和 {u.sum():.10g} 与列合计之和 {v.sum():.10g} 不等。",
        )
    for total, sums, labels in ((u, cells.sum(1), table.index), (v, cells.sum(0), table.columns)):
        empty = (total > 0) & (sums == 0)
        if empty.any():
            where = labels[int(np.flatnonzero(empty)[0])]
            raise ParameterError(
                f"'{where}' shall have a total above zero, but all its cells are zero.",
                f"'{where}' 的合计大于零，但该行（列）全为零。",
            )


def _over(total: np.ndarray, sums: np.ndarray) -> np.ndarray:
    return np.divide(total, sums, out=np.zeros_like(total), where=sums > 0)
