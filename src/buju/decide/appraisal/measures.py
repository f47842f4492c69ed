"""Numbers of a stream of yearly flows: payback, and what would have to change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def payback(net: npt.ArrayLike) -> float:
    """Years until the running total is zero or more and stays so.

    Parameters
    ----------
    net
        Net flow of years 0, 1, ..., discounted or not, (T,).

    Returns
    -------
    float
        Years from the start of year 0, flows spread evenly within a year; 0 where the total is
        never below zero, NaN where it ends below.

    Examples
    --------
    >>> payback([-100, 40, 40, 40])
    3.5
    """
    flows = np.asarray(net, dtype=np.float64)
    total = np.cumsum(flows)
    below = np.flatnonzero(total < -1e-12 * np.abs(flows).sum())
    if not len(below):
        return 0.0
    last = int(below[-1])
    if last == len(total) - 1:
        return float("nan")
    return float(last + 1 - total[last] / flows[last + 1])


def switching_value(total: float, part: float) -> float:
    """By what share a part must change for a total to be zero; NaN where the part is zero.

    >>> switching_value(20.0, -100.0)
    0.2
    """
    return -total / part if part else float("nan")
