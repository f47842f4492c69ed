"""Proper scores of predictive distributions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import beta
from scipy.stats import t

Array = npt.NDArray[np.float64]


def crps_of_draws(draws: Array, outcome: Array) -> Array:
    """Continuous ranked probability score of draws, in the unit of the outcome; 0 is perfect.

    E|X - y| - E|X - X'| / 2 over the distribution function of the draws.

    Parameters
    ----------
    draws
        (..., N).
    outcome
        (...).

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, eq. 21.

    Examples
    --------
    >>> crps_of_draws(np.array([0.0, 2.0]), np.array(1.0)).item()
    0.5
    """
    ordered = np.sort(draws, axis=-1)
    count = ordered.shape[-1]
    rank = 2.0 * np.arange(1, count + 1) - 1 - count
    apart = np.abs(ordered - outcome[..., None]).mean(axis=-1)
    return apart - (ordered * rank).sum(axis=-1) / count**2


def crps_of_student(mean: Array, scale: Array, freedom: Array, outcome: Array) -> Array:
    """The same score of a Student t distribution with location and scale; freedom above 1.

    References
    ----------
    Jordan, Krüger and Lerch (2019), Journal of Statistical Software 90(12), appendix A.

    Examples
    --------
    >>> wide = crps_of_student(np.array(0.0), np.array(1.0), np.array(1e8), np.array(0.0))
    >>> round(wide.item(), 5)  # the standard normal's at its mean, (sqrt 2 - 1) / sqrt pi
    0.23369
    """
    z = (outcome - mean) / scale
    tail = 2 * np.sqrt(freedom) / (freedom - 1) * _ratio(freedom)
    body = z * (2 * t.cdf(z, freedom) - 1)
    slope = 2 * t.pdf(z, freedom) * (freedom + z**2) / (freedom - 1)
    return scale * (body + slope - tail)


def _ratio(freedom: Array) -> Array:
    return beta(0.5, freedom - 0.5) / beta(0.5, freedom / 2) ** 2


def pit_of_draws(draws: Array, outcome: Array) -> Array:
    """Share of the draws below the outcome; even between 0 and 1 where forecasts are calibrated."""
    return (draws < outcome[..., None]).mean(axis=-1)
