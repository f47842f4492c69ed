"""Primacy of the largest city."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import vector

FACTOR = {2: 1.0, 4: 1.0, 11: 2.0}


def primacy(populations: npt.ArrayLike, *, cities: int = 2) -> float:
    """How far the largest city stands above those that follow it (首位度).

    Parameters
    ----------
    populations
        City sizes in any order, (N,), > 0, at least `cities` of them.
    cities
        Variant: 2 for P1/P2, 4 for P1/(P2+P3+P4), 11 for 2 P1/(P2+...+P11). Under the rank-size
        rule they are 2, 0.92 and 0.99.

    Returns
    -------
    float
        Dimensionless. Variants do not compare with each other.

    Raises
    ------
    ParameterError
        NaN, a size of zero or less, too few cities, or another number of `cities`.

    References
    ----------
    Jefferson (1939), The law of the primate city, Geographical Review 29(2).

    Examples
    --------
    >>> primacy([5, 10, 2, 3])
    2.0
    >>> primacy([5, 10, 2, 3], cities=4)
    1.0
    """
    size = np.sort(vector(populations, name="populations", sign="positive"))[::-1]
    if cities not in FACTOR:
        raise ParameterError(
            f"cities is {cities}; primacy is known for 2, 4 and 11 cities.",
            f"首位度只有 2、4、11 城市三种，不接受 {cities}。",
        )
    if len(size) < cities:
        raise ParameterError(
            f"primacy of {cities} cities needs as many, and {len(size)} are given; add cities or "
            "choose a smaller variant.",
            f"{cities} 城市首位度至少需要 {cities} 个城市，现有 {len(size)} 个。",
        )
    return float(FACTOR[cities] * size[0] / size[1:cities].sum())
