"""The Williamson coefficient."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.checks import labels_of, scalar, vector


def williamson(x: npt.ArrayLike, population: npt.ArrayLike) -> float:
    """The coefficient of variation of x among places, weighed by population.

    sqrt(sum_i p_i (y_i - ȳ)**2) / ȳ, with p the population shares and ȳ = sum_i p_i y_i, the
    region's own level per head.

    Parameters
    ----------
    x
        Income or GDP per head, (N,), >= 0.
    population
        People, (N,), >= 0, not all 0.

    Returns
    -------
    float
        0 where all places are equal, dimensionless.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, or a mean of zero.

    References
    ----------
    Williamson (1965), Regional inequality and the process of national development, Economic
    Development and Cultural Change 13(4).

    Examples
    --------
    >>> williamson([1, 3], [1, 1])
    0.5
    """
    level = vector(x, name="x")
    labels = labels_of(x)
    people = vector(population, name="population", size=len(level), labels=labels, total=True)
    share = people / people.sum()
    mean = scalar(float(share @ level), name="the mean of x", above=0)
    return float(np.sqrt(share @ (level - mean) ** 2) / mean)
