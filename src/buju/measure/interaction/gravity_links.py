"""Gravity links between places and membership by them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.access.economic_potential import raised
from buju.measure.checks import Array, called, matrix, scalar, vector


def gravity_links(
    mass: npt.ArrayLike,
    distance: npt.ArrayLike,
    *,
    exponent: float = 2.0,
    constant: float = 1.0,
    floor: float | None = None,
) -> Array:
    """How strongly each pair of places is tied: R_ij = k M_i M_j / d_ij**b.

    Parameters
    ----------
    mass
        (N,), >= 0; see `mass`.
    distance
        Minutes or kilometres, (N, N); infinity where there is no way. The diagonal is not read.
    exponent
        b, friction of distance.
    constant
        k, a scale.
    floor
        Distances below it count as it; without it a zero off the diagonal is refused.

    Returns
    -------
    array
        (N, N), zero on the diagonal, 0 where there is no way. The unit follows mass, distance and
        exponent: compare pairs, and name all three beside a figure. Row sums are the total
        linkage of a place.

    Raises
    ------
    ParameterError
        NaN, a negative number, shapes that differ, or two places at no distance.

    References
    ----------
    Stewart (1948), Demographic gravitation, Sociometry 11(1/2).

    Examples
    --------
    >>> gravity_links([2, 3, 1], [[0, 1, 2], [1, 0, 1], [2, 1, 0]]).tolist()
    [[0.0, 6.0, 0.5], [6.0, 0.0, 3.0], [0.5, 3.0, 0.0]]
    """
    b = scalar(exponent, name="exponent", above=0)
    k = scalar(constant, name="constant", above=0)
    between, rows, columns = matrix(distance, name="distance")
    size = between.shape[0]
    weight = vector(mass, name="mass", size=size, labels=rows)
    if between.shape != (size, size):
        raise ParameterError(
            f"distance has shape {between.shape}; places on both sides are the same, (N, N).",
            f"distance 的形状是 {between.shape}，应为方阵。",
        )
    between = between.copy()
    np.fill_diagonal(between, np.inf)
    apart = raised(between, floor, "distance", rows, columns)
    return k * np.outer(weight, weight) * apart**-b


def membership(links: npt.ArrayLike) -> Array:
    """Which share of a place's ties goes to each other place: R_ij / sum_j R_ij.

    Parameters
    ----------
    links
        Strength of ties, (N, M), >= 0, such as `gravity_links` returns.

    Returns
    -------
    array
        Shares, (N, M); rows sum to 1.

    Raises
    ------
    ParameterError
        NaN, a negative or infinite number, or a place without any tie, which belongs nowhere.

    References
    ----------
    Stewart (1948), Demographic gravitation, Sociometry 11(1/2).

    Examples
    --------
    >>> membership([[0, 6, 2], [6, 0, 3]]).round(4).tolist()
    [[0.0, 0.75, 0.25], [0.6667, 0.0, 0.3333]]
    """
    ties, rows, columns = matrix(links, name="links")
    if np.isinf(ties).any():
        i, j = (int(k) for k in np.argwhere(np.isinf(ties))[0])
        raise ParameterError(
            f"links from {called(rows, i)} to {called(columns, j)} is infinite; a tie is finite.",
            f"links：{called(rows, i)} 到 {called(columns, j)} 为无穷大。",
        )
    total = ties.sum(axis=1, keepdims=True)
    if not (total > 0).all():
        place = called(rows, int(np.flatnonzero(total[:, 0] <= 0)[0]))
        raise ParameterError(
            f"place {place} has no tie to any other, so it belongs nowhere; leave it out.",
            f"地点 {place} 与其他地点没有联系，无法计算隶属度。",
        )
    return np.asarray(ties / total)
