"""The assignment of largest total value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from buju.errors import ParameterError
from buju.match.market import Floats, Integers, quotas_of

_DENSE = 4_000_000  # cells up to which listings are repeated for their places


@dataclass(frozen=True)
class Assignment:
    """Who got what, and what it is worth.

    Attributes
    ----------
    match
        Listing of each request, (F,); -1 for none.
    value
        Sum of the values of the pairs.
    """

    match: Integers
    value: float


def assign(values: npt.ArrayLike, quotas: npt.ArrayLike) -> Assignment:
    """Give each request at most one listing so that the sum of values is largest.

    Not stable in general: a request may be given less than it and a listing would both like. A pair
    of negative value is never formed, since nothing is worth more.

    Parameters
    ----------
    values
        Value of each pair, (F, P); NaN where it is not eligible.
    quotas
        Places of each listing, (P,).

    Returns
    -------
    Assignment

    Raises
    ------
    ParameterError
        Shapes that differ, infinite values, quotas that are not whole.

    Notes
    -----
    Up to four million cells, listings repeated for their places, by the shortest augmenting paths
    of `scipy.optimize.linear_sum_assignment`; beyond, the transportation problem by HiGHS, whose
    corners are whole.

    Examples
    --------
    >>> assign([[5, 4], [4, 1]], [1, 1])
    Assignment(match=array([1, 0]), value=8.0)
    """
    worth, places = np.asarray(values, dtype=np.float64), quotas_of(quotas)
    if worth.ndim != 2 or worth.shape[1] != len(places) or np.isinf(worth).any():
        raise ParameterError(
            f"values has shape {worth.shape} for {len(places)} quotas, or an infinite value; a "
            "finite number a request and listing is expected, NaN where not eligible.",
            f"values 的形状是 {worth.shape}，quotas 有 {len(places)} 个；不可匹配处填 NaN。",
        )
    gain = np.where(np.isnan(worth) | (worth < 0), 0.0, worth)
    seats = np.minimum(places, len(worth))
    dense = len(worth) * int(seats.sum()) <= _DENSE
    match = _by_paths(gain, seats) if dense else _by_programme(gain, seats)
    taken = np.where(match >= 0, worth[np.arange(len(worth)), match], np.nan)
    match = np.where(np.isnan(taken) | (taken < 0), -1, match)
    return Assignment(match, float(np.nansum(np.where(match >= 0, taken, 0.0))))


def _by_paths(gain: Floats, seats: Integers) -> Integers:
    listing = np.repeat(np.arange(len(seats)), seats)
    rows, columns = optimize.linear_sum_assignment(gain[:, listing], maximize=True)
    match = np.full(len(gain), -1)
    match[rows] = listing[columns]
    return match


def _by_programme(gain: Floats, seats: Integers) -> Integers:
    rows, columns = np.nonzero(gain > 0)
    size = len(rows)
    once = np.ones(size)
    limits = sparse.vstack(
        [
            sparse.csr_array((once, (rows, np.arange(size))), shape=(len(gain), size)),
            sparse.csr_array((once, (columns, np.arange(size))), shape=(len(seats), size)),
        ]
    )
    bound = np.concatenate([np.ones(len(gain)), seats])
    found = optimize.linprog(
        -gain[rows, columns], A_ub=limits, b_ub=bound, bounds=(0, 1), method="highs-ds"
    )
    if not found.success:
        raise ParameterError(f"the transportation problem failed: {found.message}", "求解失败。")
    match = np.full(len(gain), -1)
    chosen = found.x > 0.5
    match[rows[chosen]] = columns[chosen]
    return match
