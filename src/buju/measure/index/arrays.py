"""Statistics along units of arrays (..., units, indicators), past missing cells."""

from __future__ import annotations

import numpy as np

from buju.measure.checks import Array


def holes(x: Array) -> bool:
    """Whether any cell is missing; a sum is enough to tell and costs one pass."""
    return bool(np.isnan(x.sum()))


def least(x: Array) -> Array:
    """Least of the units, (..., 1, m); NaN where there is none."""
    return np.asarray(np.fmin.reduce(x, axis=-2, keepdims=True))


def most(x: Array) -> Array:
    """Greatest of the units, (..., 1, m); NaN where there is none."""
    return np.asarray(np.fmax.reduce(x, axis=-2, keepdims=True))


def mean(x: Array) -> Array:
    """Mean of the units that have a value, (..., 1, m)."""
    if not holes(x):
        return np.asarray(x.mean(axis=-2, keepdims=True))
    there = ~np.isnan(x)
    with np.errstate(invalid="ignore"):
        total = np.where(there, x, 0.0).sum(axis=-2, keepdims=True)
        return np.asarray(total / there.sum(axis=-2, keepdims=True))


def sd(x: Array) -> Array:
    """Sample standard deviation (n - 1) of the units that have a value, (..., 1, m)."""
    away = x - mean(x)
    count = (~np.isnan(x)).sum(axis=-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = np.nansum(away * away, axis=-2, keepdims=True)
        return np.asarray(np.sqrt(squares / (count - 1)))


def median(x: Array) -> Array:
    """Median of the units that have a value, (..., 1, m)."""
    ordered = np.sort(x, axis=-2)  # missing cells go last
    count = (~np.isnan(x)).sum(axis=-2, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=-2)
    high = np.take_along_axis(ordered, np.minimum(count // 2, x.shape[-2] - 1), axis=-2)
    return np.asarray(np.where(count > 0, (low + high) / 2, np.nan))


def skew_kurtosis(columns: Array) -> tuple[Array, Array]:
    """Sample skewness G1 and excess kurtosis G2 of each row of (F, n), as spreadsheets give them.

    Fewer than three values have no skewness and fewer than four no kurtosis: NaN, as is the case
    for a row without spread (Joanes and Gill 1998, The Statistician 47, 183-189).
    """
    there = ~np.isnan(columns)
    n = there.sum(axis=-1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        if there.all():
            away = columns - columns.mean(axis=-1, keepdims=True)
        else:
            filled = np.where(there, columns, 0.0)
            centre = filled.sum(axis=-1, keepdims=True) / n[..., None]
            away = np.where(there, columns - centre, 0.0)
        square = away * away
        m2 = square.sum(axis=-1)
        m3 = np.einsum("...i,...i->...", square, away)
        m4 = np.einsum("...i,...i->...", square, square)
        spread = m2 > 0
        m2 = np.where(spread, m2, np.nan)
        skew = np.sqrt(n) * m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (n * m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    skew[n < 3] = np.nan
    kurtosis[n < 4] = np.nan
    return skew, kurtosis


def settled(scores: Array, axis: int) -> Array:
    """Scores over the largest of them, to 12 decimals: the last bits of a sum are no difference."""
    size = np.fmax.reduce(np.abs(scores), axis=axis, keepdims=True)
    return np.asarray(np.round(scores / np.where(size > 0, size, 1), 12))


def rank_up(x: Array, ties: str) -> Array:
    """Ranks along units, 1 for the least value; missing stays missing."""
    columns = np.ascontiguousarray(np.swapaxes(x, -1, -2)).reshape(-1, x.shape[-2])
    rows, n = columns.shape
    order = np.argsort(columns, axis=-1, kind="stable")
    flat = order + np.arange(rows)[:, None] * n
    ordered = columns.ravel()[flat]
    ranked = np.empty((rows, n))
    ranked[:] = np.arange(1.0, n + 1)
    equal = ordered[:, 1:] == ordered[:, :-1]
    tied = np.flatnonzero(equal.any(axis=1))
    if len(tied):
        ranked[tied] = _shared(equal[tied], ties)
    result = np.empty(rows * n)
    result[flat.ravel()] = ranked.ravel()
    if holes(columns):
        result[np.isnan(columns).ravel()] = np.nan
    full = result.reshape(*x.shape[:-2], x.shape[-1], n)
    return np.asarray(np.swapaxes(full, -1, -2))


def _shared(equal: np.ndarray, ties: str) -> Array:
    """Places of sorted values where `equal` says each equals the one before it, (rows, n)."""
    rows, n = equal.shape[0], equal.shape[1] + 1
    place = np.arange(n)
    starts = np.ones((rows, n), dtype=bool)
    starts[:, 1:] = ~equal
    if ties == "dense":
        return np.asarray(np.cumsum(starts, axis=1), dtype=np.float64)
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=1)
    if ties == "min":
        return np.asarray(first + 1.0)
    ends = np.ones((rows, n), dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, n - 1)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(last + 1.0 if ties == "max" else (first + last) / 2 + 1)


def correlations(x: Array) -> Array:
    """Pearson correlations between indicators, (..., m, m), of complete arrays."""
    away = x - x.mean(axis=-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = away / np.sqrt((away * away).sum(axis=-2, keepdims=True))
    return np.asarray(np.swapaxes(scaled, -1, -2) @ scaled)
