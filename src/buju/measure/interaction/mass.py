"""The mass of a place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.checks import Array, labels_of, vector


def mass(population: npt.ArrayLike, gdp: npt.ArrayLike) -> Array:
    """What a place weighs in gravity measures: sqrt(population × GDP).

    Parameters
    ----------
    population
        People, (N,), >= 0.
    gdp
        Output, (N,), >= 0, all at the same prices.

    Returns
    -------
    array
        (N,), in sqrt(person × unit of GDP). Only ratios have a meaning, so name both units beside
        any figure made from it.

    Raises
    ------
    ParameterError
        NaN, a negative number, or lengths that differ.

    References
    ----------
    Own definition.

    Examples
    --------
    >>> mass([4, 9], [1, 4]).tolist()
    [2.0, 6.0]
    """
    people = vector(population, name="population")
    output = vector(gdp, name="gdp", size=len(people), labels=labels_of(population))
    return np.sqrt(people) * np.sqrt(output)
