"""Urban field strength (城市场强)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from buju.measure.access.economic_potential import raised
from buju.measure.checks import Array, matrix, scalar, vector


class Field(NamedTuple):
    """The pull of each centre on each place, and the strongest."""

    strength: Array
    """(N, C), mass over distance**exponent; 0 where there is no way."""
    strongest: npt.NDArray[np.int64]
    """(N,), position of the centre that pulls most, from 0; -1 where none pulls."""


def field_strength(
    mass: npt.ArrayLike,
    distance: npt.ArrayLike,
    *,
    exponent: float = 2.0,
    floor: float | None = None,
) -> Field:
    """How strongly each centre pulls on each place: F_jk = Z_j / d_jk**b, and who wins.

    A place goes to the hinterland of the centre with the strongest field.

    Parameters
    ----------
    mass
        Z of the centres, (C,), >= 0: a composite score or sqrt(population × GDP).
    distance
        Minutes or kilometres from places to centres, (N, C); infinity where there is no way.
    exponent
        b, friction of distance.
    floor
        Distances below it count as it. Give one when the centres are themselves among the
        places; without it a zero is refused.

    Returns
    -------
    Field
        `strength` (N, C) and `strongest` (N,); the first centre where several pull alike.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or a zero distance without `floor`.

    References
    ----------
    Stewart (1948), Demographic gravitation, Sociometry 11(1/2), for the potential of a mass.

    Examples
    --------
    >>> field_strength([100, 400], [[10, 30], [20, 30]]).strongest.tolist()
    [0, 1]
    """
    b = scalar(exponent, name="exponent", above=0)
    between, rows, columns = matrix(distance, name="distance")
    weight = vector(mass, name="mass", size=between.shape[1], labels=columns)
    strength = weight * raised(between, floor, "distance", rows, columns) ** -b
    if not len(weight):
        return Field(strength, np.full(len(strength), -1))
    strongest = strength.argmax(axis=1)
    return Field(strength, np.where(strength.max(axis=1) > 0, strongest, -1))
