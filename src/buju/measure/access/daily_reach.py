"""Daily reach (日常可达性)."""

from __future__ import annotations

import numpy.typing as npt

from buju.measure.access.accessibility import accessibility
from buju.measure.checks import Array
from buju.measure.decay import Cumulative


def daily_reach(
    minutes: npt.ArrayLike, opportunities: npt.ArrayLike, *, limit: float = 180.0
) -> Array:
    """People, jobs or output within a time that allows a day trip.

    Parameters
    ----------
    minutes
        Travel times one way, (O, D); infinity where there is no way.
    opportunities
        People, jobs or GDP at each destination, (D,), >= 0.
    limit
        Minutes one way that still count. Studies of a day's business trip use 180 to 240, of
        commuting 60.

    Returns
    -------
    array
        What is in reach, (O,), in the unit of `opportunities`; a place reaches itself when its
        own time in the matrix is within the limit.

    Raises
    ------
    ParameterError
        NaN, a negative number, or shapes that differ.

    References
    ----------
    Gutiérrez (2001), Location, economic potential and daily accessibility, J. of Transport
    Geography 9(4).

    Examples
    --------
    >>> daily_reach([[0, 170, 200], [170, 0, 30]], [5, 3, 2]).tolist()
    [8.0, 10.0]
    """
    return accessibility(minutes, opportunities, Cumulative(limit))
