"""The Gini coefficient."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, labels_of, scalar, vector


def gini(
    x: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, corrected: bool = False
) -> float:
    """How unevenly x is spread: half the mean difference between two units, over the mean.

    G = sum_ij w_i w_j |x_i - x_j| / (2 mean) with weights that sum to 1: the population form,
    0 where all are equal and at most 1 - 1/n without weights.

    Parameters
    ----------
    x
        A level of each unit, such as income per head or jobs in reach, (N,), >= 0, not all 0.
    weights
        Units behind each value, such as people, (N,), >= 0; without them each value counts once.
    corrected
        Variant: times n / (n - 1), which makes 1 the largest value. Only without weights.

    Returns
    -------
    float
        Between 0 and 1, dimensionless.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, a mean of zero, or `corrected` with weights.

    References
    ----------
    Gini (1912), Variabilità e mutabilità; Lerman and Yitzhaki (1989), J. of Econometrics 42(1),
    for weights.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4]), 4)
    0.25
    >>> gini([0, 10], weights=[3, 1])
    0.75
    """
    level, share = levels(x, weights)
    order = np.argsort(level, kind="stable")
    below = np.cumsum(share[order])[:-1]
    # every gap between neighbours separates `below` from the rest: positive terms, no cancellation
    value = max(0.0, float(np.diff(level[order]) @ (below * (1.0 - below)) / (level @ share)))
    if not corrected:
        return value
    if weights is not None or len(level) < 2:
        raise ParameterError(
            "the corrected Gini is n / (n - 1) times the plain one, for two or more units without "
            "weights; leave out `weights` or `corrected`.",
            "修正的基尼系数只用于两个以上不加权的单位。",
        )
    return value * len(level) / (len(level) - 1)


def levels(x: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[Array, Array]:
    """Checked levels and the share of each in the total weight; the mean is above zero."""
    level = vector(x, name="x")
    if weights is None:
        share = np.full(len(level), 1.0 / max(1, len(level)))
    else:
        labels = labels_of(x)
        share = vector(weights, name="weights", size=len(level), labels=labels, total=True)
        share = share / share.sum()
    scalar(float(level @ share), name="the mean of x", above=0)
    return level, share
