"""The predictive distribution of a short annual panel, pooled over places, with common shocks.

g_rt = c_t + d_rt: a common part c_t of each year and what a place does beside it. Both return to a
mean with their own persistence (`series`). Places' means are shrunken towards each other, variances
too, and everything unknown widens the distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, ndtri, polygamma
from scipy.stats import chi2, qmc

from buju.track.forecast.series import Array, Grid, Ints, with_spread_means, with_unknown_mean

DRAWS = 4096
_MOST = 1e4
"""Degrees of freedom above which variances do not differ between places."""
_LEAST = 1e-4
"""Least variance of a place over the mean of all: one that never moved may move yet."""
_SEED = 20200701


@final
@dataclass(frozen=True)
class Forecast:
    """Draws of the years ahead, in two parts: they are added.

    Attributes
    ----------
    shared
        (N, h): the common part, in the unit of the panel.
    own
        (R, N, h): what each place does beside it. All places use the same points, so that none is
        favoured; places are independent given the common part.
    common_persistence, own_persistence
        φ of the common part and of places beside it, the mean over the grid.
    shrinkage
        κ: weight of a place's own mean against that of all, for a place with every year.
    freedom
        ν₀: degrees of freedom that the variances of places borrow from each other.
    """

    shared: Array
    own: Array
    common_persistence: float
    own_persistence: float
    shrinkage: float
    freedom: float

    @property
    def draws(self) -> Array:
        """(R, N, h): the years ahead of each place."""
        return self.shared[None] + self.own


def forecast(panel: Array, years: Array, horizon: int = 1, *, draws: int = DRAWS) -> Forecast:
    """The next `horizon` years of every place.

    Parameters
    ----------
    panel
        (R, T) figures that come back to a mean, such as growth; NaN where one is missing. Every
        place has two or more, every year too.
    years
        (T,) ascending; a year may be left out.
    draws
        Points at which the distribution is taken; always the same ones, so that nothing is random.
    """
    ahead = years[-1] + 1.0 + np.arange(horizon)
    effect = year_effects(panel)
    beside = panel - effect
    own = with_spread_means(beside, years, ahead)
    common = with_unknown_mean(effect, years, ahead, own.expected(own.persistence))
    length = np.isfinite(beside).sum(axis=1)
    scale, freedom = _scales(own.square[own.best], length)
    points = _points(draws, 4 + 2 * horizon)
    tightness = len(years) * own.spread * (1 - own.persistence) ** 2
    return Forecast(
        _common_draws(common, len(years) - 1, points[:, : 2 + horizon]),
        _own_draws(own, scale, freedom + length, points[:, 2 + horizon :]),
        common.expected(common.persistence),
        own.expected(own.persistence),
        own.expected(tightness / (1 + tightness)),
        freedom,
    )


def year_effects(panel: Array) -> Array:
    """The common part of each year, (T,): the mean over places where none is missing.

    With gaps a place's level must not pass for that of a year, so places and years are fitted
    together by least squares, at the level of all places.

    >>> year_effects(np.array([[1.0, 2.0, 3.0], [11.0, np.nan, 13.0]])).round(6).tolist()
    [6.0, 7.0, 8.0]
    """
    there = np.isfinite(panel)
    filled = np.where(there, panel, 0.0)
    places, years = there.sum(axis=1), there.sum(axis=0)
    effect: Array = filled.sum(axis=0) / years
    if there.all():
        return effect
    for _ in range(10_000):
        level = (filled - there * effect).sum(axis=1) / places
        level -= level.mean()
        new: Array = (filled - there * level[:, None]).sum(axis=0) / years
        if np.abs(new - effect).max() <= 1e-12 * (1 + np.abs(new).max()):
            return new
        effect = new
    return effect


def _scales(square: Array, length: Ints) -> tuple[Array, float]:
    """Standard deviations (R,) shrunken towards each other, and ν₀ of the shrinking.

    Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), section 6.2.
    """
    count = len(square)
    variance = square / length * count / (count - 1)
    variance = np.maximum(variance, _LEAST * variance.mean())
    half = length / 2
    log = np.log(variance) - digamma(half) + np.log(half)
    excess = float(log.var(ddof=1) - polygamma(1, half).mean())
    if excess <= polygamma(1, _MOST / 2):
        freedom, middle = _MOST, float(np.average(variance, weights=length))
    else:
        freedom = 2 * float(brentq(lambda x: polygamma(1, x) - excess, 1e-3, _MOST / 2))
        middle = float(np.exp(log.mean() + digamma(freedom / 2) - np.log(freedom / 2)))
    return np.sqrt((freedom * middle + length * variance) / (freedom + length)), freedom


def _points(count: int, dimensions: int) -> Array:
    """Evenly spread points of the unit cube."""
    spread = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(_SEED))
    points = spread.random_base2(max(int(np.ceil(np.log2(count))), 1))
    return np.clip(points[:count], 1e-9, 1 - 1e-9)


def _pick(grid: Grid, points: Array) -> Ints:
    """A pair of the grid for each point."""
    return np.minimum(np.searchsorted(np.cumsum(grid.weight), points), len(grid.weight) - 1)


def _common_draws(grid: Grid, freedom: int, points: Array) -> Array:
    chosen = _pick(grid, points[:, 0])
    sigma = np.sqrt(grid.square[chosen, 0] / chi2.ppf(points[:, 1], freedom))
    noise = np.einsum("nij,nj->ni", grid.root[chosen, 0], ndtri(points[:, 2:]))
    return grid.mean[chosen, 0] + sigma[:, None] * noise


def _own_draws(grid: Grid, scale: Array, freedom: Array, points: Array) -> Array:
    chosen = _pick(grid, points[:, 0])
    roots = np.swapaxes(grid.root[chosen], 0, 1)
    noise = np.einsum("pnij,nj->pni", roots, ndtri(points[:, 2:]))[grid.pattern]
    kinds, which = np.unique(freedom, return_inverse=True)
    wide = np.stack([np.sqrt(kind / chi2.ppf(points[:, 1], kind)) for kind in kinds])
    spread = scale[:, None, None] * wide[np.ravel(which)][:, :, None] * noise
    return np.swapaxes(grid.mean[chosen], 0, 1) + spread
