"""How far two divisions of the same places agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from buju.errors import ParameterError
from buju.measure.checks import FEW


@dataclass(frozen=True)
class Agreement:
    """Two divisions compared.

    Attributes
    ----------
    places, common
        Places compared, and those that both divisions put somewhere.
    same_share
        Share of the places that fall in areas which correspond, or outside both.
    adjusted_rand
        Of the common places: 1 for the same division, about 0 for what chance would give.
    """

    places: int
    common: int
    same_share: float
    adjusted_rand: float


def partition_agreement(first: pd.Series, second: pd.Series) -> Agreement:
    """Share of places and adjusted Rand index of two divisions, whatever their areas are called.

    Areas of one are matched to areas of the other, one to one, so that as many places as possible
    fall in areas that correspond. A place that neither division holds counts as agreeing. The
    Rand index looks at pairs of places held by both: being outside together is no area.

    Parameters
    ----------
    first, second
        Area of each place, by place; missing for a place in no area. Same labels in any order.

    Returns
    -------
    Agreement
        The index is NaN with fewer than two common places, 1 where both divisions put all of them
        together or all of them apart.

    Raises
    ------
    ParameterError
        No places, a place twice, or labels that differ.

    References
    ----------
    Hubert and Arabie (1985), Comparing partitions, J. of Classification 2.

    Examples
    --------
    >>> plan = pd.Series(["a", "a", "b", "b", None], index=list("vwxyz"))
    >>> other = pd.Series(["1", "1", "1", "2", None], index=list("vwxyz"))
    >>> found = partition_agreement(plan, other)
    >>> found.common, found.same_share, round(found.adjusted_rand, 4)
    (4, 0.8, 0.0)
    """
    _same_places(first, second)
    second = second.reindex(first.index)
    both = first.notna() & second.notna()
    outside = int((first.isna() & second.isna()).sum())
    table = _crossed(first[both], second[both])
    rows, columns = linear_sum_assignment(table, maximize=True)
    same = int(table[rows, columns].sum()) + outside
    return Agreement(len(first), int(both.sum()), same / len(first), _adjusted_rand(table))


def _crossed(first: pd.Series, second: pd.Series) -> npt.NDArray[np.int64]:
    """Places by area of the first (row) and of the second (column)."""
    (one, rows), (two, columns) = pd.factorize(first), pd.factorize(second)
    cells = np.bincount(one * len(columns) + two, minlength=len(rows) * len(columns))
    return cells.reshape(len(rows), len(columns))


def _pairs(counts: npt.NDArray[np.int64]) -> float:
    n = counts.astype(np.float64)
    return float((n * (n - 1) / 2).sum())


def _adjusted_rand(table: npt.NDArray[np.int64]) -> float:
    total = _pairs(np.array([table.sum()]))
    if not total:
        return float("nan")
    rows, columns = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    chance, most = rows * columns / total, (rows + columns) / 2
    return 1.0 if most == chance else (_pairs(table) - chance) / (most - chance)


def _same_places(first: pd.Series, second: pd.Series) -> None:
    odd = [str(x) for x in first.index.symmetric_difference(second.index)][:FEW]
    if odd or not len(first) or first.index.has_duplicates or second.index.has_duplicates:
        what = f"only one of them has {', '.join(odd)}" if odd else "no places, or a place twice"
        raise ParameterError(
            f"two divisions of the same places are compared; {what}. Give one area a place.",
            "比较的两种划分须覆盖相同地点，每个地点一行。",
        )
