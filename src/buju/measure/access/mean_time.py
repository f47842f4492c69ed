"""Weighted mean travel time (加权平均旅行时间)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.checks import Array, matrix, vector


def weighted_mean_time(
    minutes: npt.ArrayLike, mass: npt.ArrayLike, *, reachable_only: bool = False
) -> Array:
    """The mean time from a place to all others, weighed by how much each of them matters.

    sum_j c_ij M_j / sum_j M_j; lower is better. The place itself counts with its own time c_ii
    and mass where the matrix holds it.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way.
    mass
        Population, GDP or sqrt(population × GDP) of destinations, (D,), >= 0, not all 0.
    reachable_only
        Variant: take the mean over the destinations in reach alone. Two places are then compared
        over different destinations, so the default is the mean over all.

    Returns
    -------
    array
        Minutes, (O,); infinite where a destination with mass cannot be reached (with
        `reachable_only`, where none can).

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or no mass at all.

    References
    ----------
    Gutiérrez (2001), Location, economic potential and daily accessibility, J. of Transport
    Geography 9(4).

    Examples
    --------
    >>> weighted_mean_time([[0, 30], [30, 0]], [100, 50]).tolist()
    [10.0, 20.0]
    >>> weighted_mean_time([[0, np.inf], [30, 0]], [100, 50], reachable_only=True).tolist()
    [0.0, 20.0]
    """
    times, _, destinations = matrix(minutes, name="minutes")
    weight = vector(mass, name="mass", size=times.shape[1], labels=destinations, total=True)
    matters = weight > 0
    times, weight = times[:, matters], weight[matters]
    if not reachable_only:
        return np.asarray(times @ weight / weight.sum())
    near = np.isfinite(times)
    base = near @ weight
    total = np.where(near, times, 0.0) @ weight
    return np.asarray(np.divide(total, base, out=np.full(len(total), np.inf), where=base > 0))
