"""Converse's break point."""

from __future__ import annotations

from typing import Any

import numpy as np

from buju.measure.interaction.reilly import plain, positive


def converse(population_a: Any, population_b: Any, distance: Any) -> Any:
    """How far the trade area of city A reaches on the way to city B.

    d / (1 + sqrt(P_b / P_a)), measured from A: where Reilly's ratio is 1.

    Parameters
    ----------
    population_a, population_b
        People of the two cities, > 0; scalars or arrays that broadcast.
    distance
        Distance between the cities, > 0.

    Returns
    -------
    float or array
        Distance of the break point from A, in the unit of `distance`.

    Raises
    ------
    ParameterError
        An argument is missing, zero, negative or infinite.

    References
    ----------
    Converse (1949), New laws of retail gravitation, J. of Marketing 14(3).

    Examples
    --------
    >>> converse(400, 100, 30)
    20.0
    """
    pa, pb = positive(population_a, "population_a"), positive(population_b, "population_b")
    return plain(positive(distance, "distance") / (1.0 + np.sqrt(pb / pa)))
