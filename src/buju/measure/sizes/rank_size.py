"""The rank-size regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import scalar, vector

ENOUGH = 30  # below, the standard error is over a quarter of the exponent


@dataclass(frozen=True)
class RankSize:
    """A fitted rank-size line, ln(R - shift) = intercept - exponent ln S."""

    exponent: float
    """z, the Pareto exponent: 1 under Zipf's law, smaller where large cities weigh more."""
    standard_error: float
    """z sqrt(2 / n); the usual regression error is far too small, since ranks are ordered."""
    intercept: float
    r_squared: float
    places: int
    shift: float
    note: str
    """What to bear in mind; empty if nothing."""
    note_zh: str


def rank_size(populations: npt.ArrayLike, *, shift: float = 0.5) -> RankSize:
    """How fast city sizes fall with their rank.

    Least squares of ln(R - shift) on ln S. The shift of one half removes most of the bias in small
    samples; 0 is the plain regression.

    Parameters
    ----------
    populations
        City sizes in any order, (N,), > 0, at least three and not all equal.
    shift
        Taken from the rank, from 0 up to, not including, 1. Name it beside the result.

    Returns
    -------
    RankSize
        Exponent, standard error z sqrt(2/n), intercept, R², number of places, the shift, and a
        note where fewer than 30 places make the exponent loose.

    Raises
    ------
    ParameterError
        NaN, a size of zero or less, fewer than three places, equal sizes, or a shift out of range.

    References
    ----------
    Gabaix and Ibragimov (2011), Rank - 1/2, J. of Business & Economic Statistics 29(1).

    Examples
    --------
    >>> fit = rank_size([1 / rank for rank in range(1, 101)], shift=0)
    >>> round(fit.exponent, 6), round(fit.standard_error, 6), fit.note
    (1.0, 0.141421, '')
    """
    size = np.sort(vector(populations, name="populations", sign="positive"))[::-1]
    offset = scalar(shift, name="shift", least=0)
    n = len(size)
    if offset >= 1 or n < 3 or size[0] == size[-1]:
        raise ParameterError(
            f"a rank-size line needs three or more places of unequal size and a shift below 1; "
            f"given are {n} places and the shift {offset:g}.",
            f"位序—规模回归需要至少三个规模不等的地点（现有 {n} 个），shift 须小于 1。",
        )
    x, y = np.log(size), np.log(np.arange(1, n + 1) - offset)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    few = n < ENOUGH
    return RankSize(
        exponent=-slope,
        standard_error=float(-slope * np.sqrt(2.0 / n)),
        intercept=float(y.mean() - slope * x.mean()),
        r_squared=float((dx @ dy) ** 2 / ((dx @ dx) * (dy @ dy))),
        places=n,
        shift=offset,
        note=f"{n} places, fewer than {ENOUGH}: the exponent is loose" if few else "",
        note_zh=f"仅 {n} 个地点（少于 {ENOUGH}），指数不可靠" if few else "",
    )
