"""The balanced floating catchment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.access.two_step import catchment
from buju.measure.access.weights import DecayFunction, per_unit
from buju.measure.checks import Array


def balanced_floating_catchment(
    minutes: npt.ArrayLike, supply: npt.ArrayLike, demand: npt.ArrayLike, decay: DecayFunction
) -> Array:
    """Supply per head, with neither demand nor level of service counted twice.

    The two-step catchment counts a person at every destination in reach. Here the weights of an
    origin are first brought to a sum of 1 over destinations, so each person counts once:
    R_j = o_j / sum_i p_i f_ij / sum_k f_ik. In step 2 the weights of a destination are brought to
    a sum of 1 over origins: A_i = sum_j R_j f_ij / sum_k f_kj. Hence sum_i A_i = sum_j R_j: the
    levels of service are shared out among places and none is created.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way.
    supply
        Beds, places, jobs at each destination, (D,), >= 0.
    demand
        People at each origin, (O,), >= 0.
    decay
        A function of minutes.

    Returns
    -------
    array
        Share of the levels of service, in supply per unit of demand, (O,). Supply that no demand
        reaches, and demand that reaches nothing, take no part.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or weights too small to divide by.

    References
    ----------
    Páez, Higgins and Vivona (2019), Demand and level of service inflation in floating catchment
    area methods, PLOS ONE 14(6).

    Examples
    --------
    >>> from buju.measure import decay
    >>> minutes = [[10, 90], [10, 10]]
    >>> balanced_floating_catchment(minutes, [20, 10], [100, 300], decay.Cumulative(30)).round(4)
    array([0.04  , 0.1067])
    """
    weights, supplied, demanded = catchment(minutes, supply, demand, decay)
    of_origin = weights.of_origins(np.ones(len(supplied)))
    of_destination = weights.of_destinations(np.ones(len(demanded)))
    per_weight = per_unit(demanded, of_origin, "origin", weights.origins)
    reach = weights.of_destinations(per_weight)
    per_head = per_unit(supplied, reach, "supply", weights.destinations)
    return weights.of_origins(per_unit(per_head, of_destination, "supply", weights.destinations))
