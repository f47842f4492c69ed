"""The closest facility."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from buju.measure.checks import Array, matrix, vector


class Closest(NamedTuple):
    """Which facility is nearest, and how far."""

    minutes: Array
    """(O,), infinite where none can be reached."""
    facility: npt.NDArray[np.int64]
    """(O,), position among the destinations from 0; -1 where none can be reached."""


def closest_facility(minutes: npt.ArrayLike, supply: npt.ArrayLike) -> Closest:
    """Time to the nearest destination that offers anything.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way.
    supply
        What each destination offers, (D,), >= 0; those with 0 do not count.

    Returns
    -------
    Closest
        `minutes` and `facility`, (O,) each. Of equally near facilities the first counts.

    Raises
    ------
    ParameterError
        NaN, a negative number, or shapes that differ.

    References
    ----------
    Talen and Anselin (1998), Assessing spatial equity, Environment and Planning A 30(4).

    Examples
    --------
    >>> closest_facility([[5, 20, 9]], [0, 1, 3])
    Closest(minutes=array([9.]), facility=array([2]))
    """
    times, _, destinations = matrix(minutes, name="minutes")
    offers = vector(supply, name="supply", size=times.shape[1], labels=destinations) > 0
    if not offers.any():
        return Closest(np.full(len(times), np.inf), np.full(len(times), -1))
    open_times = np.where(offers, times, np.inf)
    nearest = open_times.argmin(axis=1)
    least = open_times[np.arange(len(times)), nearest]
    return Closest(least, np.where(np.isfinite(least), nearest, -1))
