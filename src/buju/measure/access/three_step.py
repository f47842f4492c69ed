"""The three-step floating catchment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.access.two_step import catchment
from buju.measure.access.weights import DecayFunction, per_unit
from buju.measure.checks import Array


def three_step_floating_catchment(
    minutes: npt.ArrayLike, supply: npt.ArrayLike, demand: npt.ArrayLike, decay: DecayFunction
) -> Array:
    """Supply per head where people divide themselves among the supplies they reach.

    A place sends the share G_ij = f(c_ij) / sum_j f(c_ij) of its demand to each supply, so that
    having many supplies near no longer inflates the demand on each:
    R_j = o_j / sum_k p_k G_kj f(c_kj), A_i = sum_j R_j G_ij f(c_ij). Variant: selection weights
    from the same decay as the catchment.

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
        Supply per unit of demand, (O,); sum_i p_i A_i is the supply that demand reaches. A place
        that reaches nothing has 0.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or weights too small to divide by.

    References
    ----------
    Wan, Zou and Sternberg (2012), Int. J. of Geographical Information Science 26(6).

    Examples
    --------
    Two equal clinics at 10 minutes: half of the people go to each, as if there were one of 20.

    >>> from buju.measure import decay
    >>> three_step_floating_catchment([[10, 10]], [10, 10], [100], decay.Cumulative(30))
    array([0.2])
    """
    weights, supplied, demanded = catchment(minutes, supply, demand, decay)
    f = weights.whole()
    total = f.sum(axis=1, keepdims=True)
    sent = np.divide(f, total, out=np.zeros_like(f), where=total > 0) * f
    per_head = per_unit(supplied, demanded @ sent, "supply", weights.destinations)
    return np.asarray(sent @ per_head)
