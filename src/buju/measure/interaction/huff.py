"""Huff's shopping probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.access.economic_potential import raised
from buju.measure.checks import Array, labels_of, matrix, same_labels, scalar, vector
from buju.measure.interaction.normalise import log, rows_to_one


def huff(
    attraction: npt.ArrayLike,
    distance: npt.ArrayLike,
    *,
    attraction_exponent: float = 1.0,
    distance_exponent: float = 2.0,
) -> Array:
    """The chance that someone living in i goes to j.

    P_ij = S_j**g t_ij**-l / sum_k S_k**g t_ik**-l.

    Parameters
    ----------
    attraction
        Floor space, jobs or another pull of each destination, (D,), >= 0.
    distance
        Minutes or kilometres, (O, D), or (D,) for one origin; > 0, infinity where there is no way.
    attraction_exponent, distance_exponent
        g and l, >= 0.

    Returns
    -------
    array
        Probabilities in the shape of `distance`; rows sum to 1.

    Raises
    ------
    ParameterError
        NaN, a negative number, a zero distance, shapes that differ, or an origin from which no
        destination with attraction can be reached.

    References
    ----------
    Huff (1964), Defining and estimating a trading area, J. of Marketing 28(3).

    Examples
    --------
    >>> huff([100, 400], [[10, 10], [10, 20]]).round(6).tolist()
    [[0.2, 0.8], [0.5, 0.5]]
    """
    g = scalar(attraction_exponent, name="attraction_exponent", least=0)
    b = scalar(distance_exponent, name="distance_exponent", least=0)
    single = np.ndim(distance) == 1
    if single:
        same_labels(labels_of(distance), labels_of(attraction), "distance")
        distance = np.atleast_2d(np.asarray(distance))
    between, rows, columns = matrix(distance, name="distance")
    pull = vector(attraction, name="attraction", size=between.shape[1], labels=columns)
    between = raised(between, None, "distance", rows, columns)
    open_pair = np.isfinite(between) & (pull > 0)
    weight = np.where(open_pair, g * log(pull) - b * log(between), -np.inf)
    chances = rows_to_one(np.where(open_pair, weight, -np.inf), rows)
    return chances[0] if single else chances
