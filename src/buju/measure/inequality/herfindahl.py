"""The Herfindahl index."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import vector

ROUNDING = 1e-6  # shares printed with some decimals still sum to 1 within this


def herfindahl(shares: npt.ArrayLike) -> float:
    """How concentrated a whole is in few parts: the sum of squared shares.

    Parameters
    ----------
    shares
        Shares that sum to 1, or counts of all parts, (N,), >= 0.

    Returns
    -------
    float
        From 1/n (equal parts) to 1 (one part), dimensionless. Not normalised for n.

    Raises
    ------
    ParameterError
        NaN, a negative number, a total of zero, or fractions that do not sum to 1: some parts
        would be missing, and the index of what is left is another number.

    References
    ----------
    Herfindahl (1950), Concentration in the Steel Industry; Hirschman (1964), American Economic
    Review 54(5).

    Examples
    --------
    >>> round(herfindahl([0.5, 0.3, 0.2]), 4)
    0.38
    >>> round(herfindahl([50, 30, 20]), 4)
    0.38
    """
    part = vector(shares, name="shares", total=True)
    total = float(part.sum())
    counts = bool((part == np.round(part)).all()) or bool((part > 1).any())
    if abs(total - 1.0) > ROUNDING and not counts:
        raise ParameterError(
            f"shares sum to {total:.6g}, not 1; give every part, or counts instead of shares.",
            f"份额合计为 {total:.6g}，不等于 1；请给出全部份额或原始数量。",
        )
    return float(np.sum((part / total) ** 2))
