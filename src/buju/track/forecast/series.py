"""A few short series that share one persistence: what follows them, on a grid of what is unknown.

A series of T figures stands for z_t = m + φ (z_{t-1} - m) + e_t, started where it usually is. Means
m vary between series as N(0, ρ σ²), or are wholly unknown (one series on its own). φ and ρ are not
estimated and then taken for true: every pair on a grid counts with its likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

PERSISTENCE = np.round(np.arange(-0.6, 0.951, 0.05), 2)
"""Values of φ that count; growth that returns more slowly than 0.95 a year is a trend."""
SHARES = np.linspace(0.0, 0.95, 20)
"""Shares of the variance that may lie between places rather than within them."""
SLACK = 0.3
"""Standard deviation of the persistence of the common part about that of places beside it."""


@final
@dataclass(frozen=True)
class Grid:
    """Every persistence and spread of means with its weight, and what follows under each.

    Attributes
    ----------
    weight
        (G,), sums to 1.
    persistence, spread
        (G,) φ and ρ.
    mean
        (G, S, h): expectation of the next h figures of each series.
    root
        (G, P, h, h): lower root of their covariance over σ², for each pattern of years.
    pattern
        (S,): which pattern of years a series has.
    square
        (G, S): d' Σ^-1 d of each series: σ² times a χ² of T (T - 1 where the mean is unknown).
    """

    weight: Array
    persistence: Array
    spread: Array
    mean: Array
    root: Array
    pattern: Ints
    square: Array

    @property
    def best(self) -> int:
        """The most likely pair."""
        return int(np.argmax(self.weight))

    def expected(self, what: Array) -> float:
        """The mean of φ, ρ or a function of them over the grid."""
        return float(self.weight @ what)


def with_spread_means(series: Array, years: Array, ahead: Array) -> Grid:
    """Series (S, T) around zero whose means differ, shrunken towards each other as ρ says.

    NaN marks a year that a series does not have. One degree of freedom went with the common part:
    S - 1 series are left.
    """
    phi, share = (grid.ravel() for grid in np.meshgrid(PERSISTENCE, SHARES, indexing="ij"))
    spread = share / (1 - share) / (1 - phi**2)
    patterns, pattern = np.unique(np.isfinite(series), axis=0, return_inverse=True)
    pattern = np.ravel(pattern)
    mean = np.empty((len(phi), len(series), len(ahead)))
    square = np.empty((len(phi), len(series)))
    roots, determinant = [], np.zeros(len(phi))
    for number, there in enumerate(patterns):
        rows = np.flatnonzero(pattern == number)
        held = series[np.ix_(rows, there)]
        parts = _covariances(phi, years[there], ahead)
        now, cross, then = (part + spread[:, None, None] for part in parts)
        inverse, gain = _inverse(now, cross)
        square[:, rows] = np.einsum("st,gtu,su->gs", held, inverse, held, optimize=True)
        mean[:, rows] = np.einsum("ght,st->gsh", gain, held, optimize=True)
        roots.append(np.linalg.cholesky(then - gain @ np.swapaxes(cross, 1, 2)))
        determinant += len(rows) * np.linalg.slogdet(now)[1]
    left = (len(series) - 1) / len(series)
    figures = int(np.isfinite(series).sum())
    log: Array = -0.5 * left * (determinant + figures * np.log(square.sum(axis=1)))
    root: Array = np.stack(roots, axis=1).astype(np.float64)
    return Grid(_weights(log), phi, spread, mean, root, pattern, square)


def with_unknown_mean(series: Array, years: Array, ahead: Array, near: float) -> Grid:
    """One series (T,) around a mean of which nothing is known.

    `near` is a persistence known from elsewhere: T figures alone hardly tell φ, so that it counts
    before them as N(near, `SLACK`²).
    """
    phi = PERSISTENCE
    now, cross, then = _covariances(phi, years, ahead)
    inverse, gain = _inverse(now, cross)
    known = inverse.sum(axis=(1, 2))
    mean = inverse.sum(axis=1) @ series / known
    rest = series[None, :] - mean[:, None]
    square = np.einsum("gt,gtu,gu->g", rest, inverse, rest)
    forecast = mean[:, None] + np.einsum("ght,gt->gh", gain, rest)
    left = 1 - gain.sum(axis=2)
    covariance = then - gain @ np.swapaxes(cross, 1, 2)
    covariance += left[:, :, None] * left[:, None, :] / known[:, None, None]
    log = -0.5 * (np.linalg.slogdet(now)[1] + np.log(known) + (len(years) - 1) * np.log(square))
    log -= 0.5 * ((phi - near) / SLACK) ** 2
    root: Array = np.linalg.cholesky(covariance)[:, None].astype(np.float64)
    one = np.zeros(1, dtype=np.intp)
    spread = np.full_like(phi, np.inf)
    mean, square = forecast[:, None], square[:, None]
    return Grid(_weights(log), phi, spread, mean, root, one, square)


def _covariances(phi: Array, years: Array, ahead: Array) -> tuple[Array, Array, Array]:
    """Over the variance of one shock: among years seen, of years ahead with them, among these."""

    def between(one: Array, other: Array) -> Array:
        apart = np.abs(one[:, None] - other[None, :])
        size, sign = np.abs(phi)[:, None, None], np.sign(phi)[:, None, None]
        return size**apart * np.where(apart % 2 == 1, sign, 1.0) / (1 - phi**2)[:, None, None]

    return between(years, years), between(ahead, years), between(ahead, ahead)


def _inverse(now: Array, cross: Array) -> tuple[Array, Array]:
    inverse: Array = np.linalg.inv(now).astype(np.float64)
    return inverse, cross @ inverse


def _weights(log: Array) -> Array:
    weight: Array = np.exp(log - log.max())
    return weight / weight.sum()
