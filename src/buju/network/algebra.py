"""Matrices of times multiplied in the (min, +) algebra."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from buju.errors import NetworkError

Array = np.ndarray

BLOCK = 2**22
"""Numbers of the intermediate cube held at once."""


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
    step = max(1, BLOCK // max(1, y.size))
    for start in range(0, len(x), step):
        rows = slice(start, start + step)
        result[rows] = (x[rows, :, None] + y[None]).min(axis=1)
    return result
