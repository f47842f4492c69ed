"""Economic potential (经济潜力)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, Labels, called, matrix, scalar, vector


def economic_potential(
    minutes: npt.ArrayLike,
    mass: npt.ArrayLike,
    *,
    exponent: float = 1.0,
    floor: float | None = None,
) -> Array:
    """Economic mass around a place, divided by the time to it.

    sum_j M_j / c_ij**exponent.

    Parameters
    ----------
    minutes
        Travel times, (O, D); infinity where there is no way, and on the diagonal to leave a
        place's own mass out.
    mass
        GDP, population or sqrt(population × GDP), (D,), >= 0.
    exponent
        Friction of time; the unit of the result depends on it.
    floor
        Self-potential: times below `floor` minutes count as `floor`. Without it a time of zero is
        refused, since a place's own mass would then count infinitely.

    Returns
    -------
    array
        Mass per minute**exponent, (O,). Compare places and dates, not exponents.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or a zero time without `floor`.

    References
    ----------
    Harris (1954), The market as a factor in the localization of industry, Annals of the
    Association of American Geographers 44(4).

    Examples
    --------
    >>> economic_potential([[0, 40], [40, 0]], [100, 60], floor=10).tolist()
    [11.5, 8.5]
    """
    friction = scalar(exponent, name="exponent", above=0)
    times, origins, destinations = matrix(minutes, name="minutes")
    weight = vector(mass, name="mass", size=times.shape[1], labels=destinations)
    times = raised(times, floor, "minutes", origins, destinations)
    return np.asarray((times**-friction) @ weight)


def raised(distance: Array, floor: float | None, name: str, rows: Labels, columns: Labels) -> Array:
    """Distances of at least `floor`; without a floor, zeros are refused."""
    if floor is not None:
        return np.maximum(distance, scalar(floor, name="floor", above=0))
    zero = np.argwhere(distance == 0)
    if len(zero):
        i, j = (int(k) for k in zero[0])
        raise ParameterError(
            f"{name} from {called(rows, i)} to {called(columns, j)} is zero, and a mass at no "
            "distance pulls infinitely; give `floor`, the least that counts, a positive value "
            "within places, or infinity to leave the pair out.",
            f"{name}：{called(rows, i)} 到 {called(columns, j)} 为零，引力无穷大；"
            "请给出 floor（最小计算值），或填 inf 以排除该对。",
        )
    return distance
