"""Opportunities in reach."""

from __future__ import annotations

import numpy.typing as npt

from buju.measure.access.weights import DecayFunction, weigh
from buju.measure.checks import Array, vector


def accessibility(
    minutes: npt.ArrayLike, opportunities: npt.ArrayLike, decay: DecayFunction
) -> Array:
    """How many opportunities a place reaches, each weighed by the time it takes.

    A_i = sum_j o_j f(c_ij). With `decay.Cumulative` it counts what lies within a time; with the
    other decays it is the gravity measure.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way. A DataFrame brings labels.
    opportunities
        Jobs, people, beds ... at each destination, (D,), >= 0; integers are cast to float64.
    decay
        A function of minutes, from `buju.measure.decay` or your own.

    Returns
    -------
    array
        Weighed opportunities, (O,), in the unit of `opportunities`; 0 where none is in reach.

    Raises
    ------
    ParameterError
        NaN anywhere, a negative number, or shapes or labels that differ.

    References
    ----------
    Hansen (1959), How accessibility shapes land use, J. American Institute of Planners 25(2).

    Examples
    --------
    >>> from buju.measure import decay
    >>> accessibility([[0, 30], [30, 0]], [100, 50], decay.Cumulative(20)).tolist()
    [100.0, 50.0]
    >>> accessibility([[0, 30], [30, 0]], [100, 50], decay.Linear(60)).tolist()
    [125.0, 100.0]
    """
    weights = weigh(minutes, decay)
    size = weights.minutes.shape[1]
    amounts = vector(opportunities, name="opportunities", size=size, labels=weights.destinations)
    return weights.of_origins(amounts)
