"""Matrices of times multiplied in the (min, +) algebra."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from buju.errors import NetworkError

Array = np.ndarray

BLOCK = 2**15
"""Numbers of the result worked on at once: few enough to stay in the processor's cache."""


def min_plus(*legs: Any) -> Array:
    """Least time over all ways of joining legs: (X ⊗ Y)_ij = min_k (X_ik + Y_kj).

    With A from origins to stations, T between stations and E from stations to destinations,
    `min_plus(A, T, E)` is the least time by way of the stations.

    Parameters
    ----------
    legs
        One or more matrices of minutes whose inner lengths match; infinity where there is no way.

    Returns
    -------
    array
        Minutes, (rows of the first, columns of the last), float64.

    Raises
    ------
    NetworkError
        No leg, a leg that is no matrix, inner lengths that differ, negative times or NaN.

    References
    ----------
    Carré (1971), An algebra for network routing problems, IMA J. of Applied Mathematics 7(3).

    Examples
    --------
    >>> min_plus([[1, 5]], [[10, 2], [3, 4]]).tolist()
    [[8.0, 3.0]]
    """
    if not legs:
        raise NetworkError("min_plus needs at least one matrix of minutes")
    return reduce(_product, [_leg(values, k) for k, values in enumerate(legs)])


def _leg(values: Any, k: int) -> Array:
    leg = np.asarray(values, dtype=np.float64)
    if leg.ndim != 2:
        raise NetworkError(f"leg {k} of min_plus must be a matrix; it has shape {leg.shape}")
    if np.isnan(leg).any() or (leg < 0).any():
        i, j = np.argwhere(np.isnan(leg) | (leg < 0))[0]
        raise NetworkError(f"leg {k} of min_plus has {leg[i, j]} minutes at row {i}, column {j}")
    return leg


def _product(x: Array, y: Array) -> Array:
    if x.shape[1] != y.shape[0]:
        raise NetworkError(
            f"legs do not fit: {x.shape} times {y.shape}; the inner lengths must be equal"
        )
    result = np.full((x.shape[0], y.shape[1]), np.inf)
    if not x.shape[1]:
        return result
    step = max(1, BLOCK // max(1, y.shape[1]))
    through = np.empty((step, y.shape[1]))
    for start in range(0, len(x), step):
        rows = x[start : start + step]
        best, way = result[start : start + step], through[: len(rows)]
        for k in np.flatnonzero(np.isfinite(rows).any(axis=0)):
            np.add(rows[:, k, None], y[k], out=way)
            np.minimum(best, way, out=best)
    return result


def log_sum(*costs: Any, theta: float) -> Array:
    """Cost of a choice among modes: −(1/θ) ln Σ exp(−θ c), element by element.

    It never exceeds the best mode, falls when a mode is added, and tends to the best mode as θ
    grows. A mode that is not there (infinity) takes no part.

    Parameters
    ----------
    costs
        One or more arrays of generalised minutes that broadcast.
    theta
        How sharply people choose, per minute, more than zero.

    Returns
    -------
    array
        Generalised minutes; infinity where no mode is there. It may be below zero: with equal
        costs c of m modes it is c − ln(m)/θ.

    Raises
    ------
    NetworkError
        No cost, a NaN, a cost of minus infinity, shapes that do not fit, or theta not above zero.

    References
    ----------
    Ben-Akiva and Lerman (1985), Discrete Choice Analysis, ch. 5.

    Examples
    --------
    >>> log_sum([60.0], [60.0], theta=0.1).round(3).tolist()
    [53.069]
    >>> log_sum([60.0], [float("inf")], theta=0.1).tolist()
    [60.0]
    """
    if not costs or not 0 < theta < np.inf:
        raise NetworkError("log_sum needs at least one cost and a theta above zero, per minute")
    try:
        stack = np.stack(np.broadcast_arrays(*(np.asarray(c, dtype=np.float64) for c in costs)))
    except ValueError as error:
        raise NetworkError(f"costs of modes do not fit together: {error}") from error
    if np.isnan(stack).any() or np.isneginf(stack).any():
        raise NetworkError("a cost given to log_sum is NaN or minus infinity; correct it")
    best = stack.min(axis=0)
    base = np.where(np.isfinite(best), best, 0.0)
    weight = np.exp(-theta * (stack - base)).sum(axis=0)
    return np.where(np.isfinite(best), base - np.log(np.maximum(weight, 1.0)) / theta, np.inf)
