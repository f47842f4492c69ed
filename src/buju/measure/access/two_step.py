"""The two-step floating catchment."""

from __future__ import annotations

import numpy.typing as npt

from buju.measure.access.weights import DecayFunction, Weights, per_unit, weigh
from buju.measure.checks import Array, vector


def two_step_floating_catchment(
    minutes: npt.ArrayLike, supply: npt.ArrayLike, demand: npt.ArrayLike, decay: DecayFunction
) -> Array:
    """Supply per head that a place reaches, where those who reach a supply share it.

    Step 1 divides each supply by the weighed demand around it, R_j = o_j / sum_k p_k f(c_kj);
    step 2 adds up what a place reaches, A_i = sum_j R_j f(c_ij). Then sum_i p_i A_i is the supply
    that demand reaches. With `decay.Cumulative` this is the original method, with a falling decay
    the enhanced one.

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
        Supply per unit of demand, (O,). A supply that no demand reaches counts for nobody, also
        not for a place without people beside it.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or weights too small to divide by.

    References
    ----------
    Luo and Wang (2003), Environment and Planning B 30(6); Luo and Qi (2009), Health & Place 15(4).

    Examples
    --------
    One clinic of 20 beds between 100 and 300 people, a second of 10 beds near the 300 alone:

    >>> from buju.measure import decay
    >>> minutes = [[10, 90], [10, 10]]
    >>> two_step_floating_catchment(minutes, [20, 10], [100, 300], decay.Cumulative(30)).round(4)
    array([0.05  , 0.0833])
    """
    weights, supplied, demanded = catchment(minutes, supply, demand, decay)
    reach = weights.of_destinations(demanded)
    per_head = per_unit(supplied, reach, "supply", weights.destinations)
    return weights.of_origins(per_head)


def catchment(
    minutes: npt.ArrayLike, supply: npt.ArrayLike, demand: npt.ArrayLike, decay: DecayFunction
) -> tuple[Weights, Array, Array]:
    """The checked arguments of a catchment measure."""
    weights = weigh(minutes, decay)
    origins, destinations = weights.minutes.shape
    return (
        weights,
        vector(supply, name="supply", size=destinations, labels=weights.destinations),
        vector(demand, name="demand", size=origins, labels=weights.origins),
    )
