"""Trip distribution laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.access.economic_potential import raised
from buju.measure.checks import Array, Labels, choice, matrix, scalar, vector
from buju.measure.interaction.intervening import intervening_mass
from buju.measure.interaction.normalise import log, rows_to_one

# law -> the one parameter it takes
TRIP_LAWS: dict[str, str | None] = {
    "gravity-exponential": "rate",
    "gravity-power": "exponent",
    "radiation": None,
    "extended-radiation": "exponent",
    "intervening-opportunities": "rate",
}


def trip_law(
    name: str,
    origins: npt.ArrayLike,
    destinations: npt.ArrayLike,
    distance: npt.ArrayLike,
    *,
    exponent: float | None = None,
    rate: float | None = None,
) -> Array:
    """The share of trips from i that end in j, under a law of trip distribution.

    With m_i the mass of the origin, m_j that of the destination, d_ij the distance and s_ij the
    destinations' mass within d_ij of i, without i and j (ties count as within), p_ij is
    proportional to

    - "gravity-exponential": m_j exp(-rate d_ij)
    - "gravity-power": m_j d_ij**-exponent
    - "radiation": m_i m_j / ((m_i + s_ij) (m_i + m_j + s_ij)); row-normalised, so the factor for
      a finite world cancels
    - "extended-radiation": ((m_i + m_j + s_ij)**a - (m_i + s_ij)**a) (m_i**a + 1)
      / (((m_i + s_ij)**a + 1) ((m_i + m_j + s_ij)**a + 1)), a the exponent
    - "intervening-opportunities": exp(-rate s_ij) - exp(-rate (s_ij + m_j))

    Parameters
    ----------
    name
        One of the five.
    origins, destinations
        Masses of the same places, (N,), >= 0; the radiation law needs origins > 0.
    distance
        Minutes or kilometres, (N, N); infinity where there is no way. The diagonal is not read.
    exponent, rate
        > 0; the one that the law names, and no other.

    Returns
    -------
    array
        Shares, (N, N): rows sum to 1, the diagonal is zero. Multiply rows by the trips that start.

    Raises
    ------
    ParameterError
        An unknown law, a parameter that is missing or not the law's own, NaN, negative numbers,
        shapes that differ, or an origin that reaches no mass.

    References
    ----------
    Lenormand, Bassolas and Ramasco (2016), J. of Transport Geography 51, compare all five;
    Simini et al. (2012), Nature 484; Yang et al. (2014), Scientific Reports 4; Schneider (1959),
    Papers of the Regional Science Association 5.

    Examples
    --------
    >>> distance = [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    >>> trip_law("gravity-power", [1, 1, 1], [4, 2, 8], distance, exponent=2).round(4).tolist()
    [[0.0, 0.5, 0.5], [0.3333, 0.0, 0.6667], [0.3333, 0.6667, 0.0]]
    """
    choice(name, list(TRIP_LAWS), name="law")
    parameter = _parameter(name, exponent=exponent, rate=rate)
    between, rows, columns = matrix(distance, name="distance")
    size = len(between)
    if between.shape != (size, size):
        raise ParameterError(
            f"distance has shape {between.shape}; origins and destinations are the same places, "
            "(N, N), since nobody travels to the place they are in.",
            f"distance 的形状是 {between.shape}，应为方阵。",
        )
    starts = vector(origins, name="origins", size=size, labels=rows)
    ends = vector(destinations, name="destinations", size=size, labels=columns)
    log_weight = _LAWS[name](starts, ends, between, parameter, rows)
    closed = np.isinf(between) | (ends == 0) | np.eye(size, dtype=bool)
    return rows_to_one(np.where(closed, -np.inf, log_weight), rows)


def _parameter(name: str, **given: float | None) -> float:
    wanted = TRIP_LAWS[name]
    for parameter, value in given.items():
        if value is not None and parameter != wanted:
            raise ParameterError(
                f"the law '{name}' has no {parameter}; it takes {wanted or 'no parameter'}.",
                f"'{name}' 没有参数 {parameter}。",
            )
    if wanted is None:
        return np.nan
    value = given[wanted]
    if value is None:
        raise ParameterError(f"the law '{name}' needs {wanted}=.", f"'{name}' 需要参数 {wanted}。")
    return scalar(value, name=wanted, above=0)


def _gravity_exponential(m: Array, n: Array, d: Array, rate: float, labels: Labels) -> Array:
    return log(n) - rate * np.where(np.isinf(d), 0.0, d)


def _gravity_power(m: Array, n: Array, d: Array, exponent: float, labels: Labels) -> Array:
    apart = d.copy()
    np.fill_diagonal(apart, np.inf)
    return log(n) - exponent * log(raised(apart, None, "distance", labels, labels))


def _radiation(m: Array, n: Array, d: Array, _: float, labels: Labels) -> Array:
    inner = vector(m, name="origins", labels=labels, sign="positive")[:, None]
    inner = inner + intervening_mass(n, d)
    return log(n) - np.log(inner) - np.log(inner + n)


def _extended_radiation(m: Array, n: Array, d: Array, a: float, labels: Labels) -> Array:
    """ln of (B**a - A**a) / ((A**a + 1) (B**a + 1)); m_i**a + 1 is the same along a row."""
    inner = m[:, None] + intervening_mass(n, d)
    with np.errstate(divide="ignore", invalid="ignore"):
        # ln 0 = -inf is meant where nothing lies inside; cells with n = 0 are masked by the caller
        log_inner, log_outer = np.log(inner), np.log(inner + n)
        log_step = np.log(-np.expm1(-a * np.log1p(n / inner)))
    return (
        a * log_outer + log_step - np.logaddexp(0, a * log_inner) - np.logaddexp(0, a * log_outer)
    )


def _intervening_opportunities(m: Array, n: Array, d: Array, rate: float, labels: Labels) -> Array:
    return log(-np.expm1(-rate * n)) - rate * intervening_mass(n, d)


_LAWS: dict[str, Callable[[Array, Array, Array, float, Labels], Array]] = {
    "gravity-exponential": _gravity_exponential,
    "gravity-power": _gravity_power,
    "radiation": _radiation,
    "extended-radiation": _extended_radiation,
    "intervening-opportunities": _intervening_opportunities,
}
