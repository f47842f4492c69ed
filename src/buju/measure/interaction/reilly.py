"""Reilly's law of retail gravitation."""

from __future__ import annotations

from typing import Any

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import numbers


def reilly(population_a: Any, population_b: Any, distance_a: Any, distance_b: Any) -> Any:
    """How much trade of a town between two cities goes to A for each unit that goes to B.

    (P_a / P_b) (d_b / d_a)**2.

    Parameters
    ----------
    population_a, population_b
        People of the two cities, > 0; scalars or arrays that broadcast.
    distance_a, distance_b
        Distance of the town from each, > 0, in one unit.

    Returns
    -------
    float or array
        Trade of A over trade of B, dimensionless; 1 at the break point.

    Raises
    ------
    ParameterError
        An argument is missing, zero, negative or infinite.

    References
    ----------
    Reilly (1931), The Law of Retail Gravitation.

    Examples
    --------
    >>> reilly(400, 100, 20, 10)
    1.0
    """
    pa, pb = positive(population_a, "population_a"), positive(population_b, "population_b")
    da, db = positive(distance_a, "distance_a"), positive(distance_b, "distance_b")
    return plain(pa / pb * (db / da) ** 2)


def positive(value: Any, name: str) -> Any:
    """A finite number above zero, or an array of them."""
    number = numbers(value, name)
    if not (np.isfinite(number) & (number > 0)).all():
        raise ParameterError(
            f"{name} is {value}; finite numbers above zero are expected.",
            f"{name} 须为有限的正数。",
        )
    return number


def plain(value: Any) -> Any:
    """A Python float for a single number, the array otherwise."""
    return float(value) if np.ndim(value) == 0 else value
