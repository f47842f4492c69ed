"""Intervening opportunities: what lies nearer than a destination."""

from __future__ import annotations

import numpy as np

from buju.measure.checks import Array


def intervening_mass(mass: Array, distance: Array) -> Array:
    """s_ij: mass of all places no farther from i than j is, without i and j themselves.

    Parameters
    ----------
    mass
        Of destinations, (N,).
    distance
        (N, N), without NaN; the diagonal is not read.

    Returns
    -------
    array
        (N, N), >= 0. Places at exactly the distance of j count as within it. The diagonal is 0.

    Examples
    --------
    >>> intervening_mass(np.array([1.0, 2, 4]), np.array([[0.0, 5, 9], [5, 0, 3], [9, 3, 0]]))
    array([[0., 0., 2.],
           [4., 0., 0.],
           [2., 0., 0.]])
    """
    size = len(mass)
    apart = distance.copy()
    np.fill_diagonal(apart, -1.0)  # so that i comes first in its own row, and alone
    order = np.argsort(apart, axis=1, kind="stable")
    ranked = np.take_along_axis(apart, order, axis=1)
    others = np.where(order == np.arange(size)[:, None], 0.0, mass[order])
    within = np.take_along_axis(np.cumsum(others, axis=1), _last_of_ties(ranked), axis=1)
    nearer = np.empty_like(within)
    np.put_along_axis(nearer, order, within - others, axis=1)
    np.fill_diagonal(nearer, 0.0)
    return np.asarray(np.maximum(nearer, 0.0))  # the subtraction may leave -1e-16 of a large sum


def _last_of_ties(ranked: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """For each position of sorted rows, the last position with the same value."""
    size = ranked.shape[1]
    ends = np.ones(ranked.shape, dtype=bool)
    ends[:, :-1] = ranked[:, 1:] != ranked[:, :-1]
    position = np.where(ends, np.arange(size), size)
    return np.minimum.accumulate(position[:, ::-1], axis=1)[:, ::-1]
