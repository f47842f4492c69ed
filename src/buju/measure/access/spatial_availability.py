"""Spatial availability."""

from __future__ import annotations

import numpy.typing as npt

from buju.measure.access.two_step import catchment
from buju.measure.access.weights import DecayFunction, per_unit
from buju.measure.checks import Array


def spatial_availability(
    minutes: npt.ArrayLike, supply: npt.ArrayLike, demand: npt.ArrayLike, decay: DecayFunction
) -> Array:
    """How many opportunities fall to a place when all places in reach compete for them.

    V_i = sum_j o_j F_ij with F_ij = p_i f_ij / sum_k p_k f_kj: every opportunity is shared out
    among those who reach it, by their number and nearness. Over all places V sums to the
    opportunities in reach. V_i / p_i is the two-step floating catchment under the same decay.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way.
    supply
        Opportunities at each destination, (D,), >= 0.
    demand
        People at each origin, (O,), >= 0.
    decay
        A function of minutes.

    Returns
    -------
    array
        Opportunities, not per head, (O,); 0 where demand is 0 or nothing is in reach.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or weights too small to divide by.

    References
    ----------
    Soukhov, Páez, Higgins and Mohamed (2023), Introducing spatial availability, a
    singly-constrained measure of competitive accessibility, PLOS ONE 18(1).

    Examples
    --------
    >>> from buju.measure import decay
    >>> spatial_availability([[10, 90], [10, 10]], [20, 10], [100, 300], decay.Cumulative(30))
    array([ 5., 25.])
    """
    weights, supplied, demanded = catchment(minutes, supply, demand, decay)
    reach = weights.of_destinations(demanded)
    per_head = per_unit(supplied, reach, "supply", weights.destinations)
    return demanded * weights.of_origins(per_head)
