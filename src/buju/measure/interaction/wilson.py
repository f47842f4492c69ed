"""Flows of an entropy-maximising gravity model, with the margins it is held to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.access.weights import DecayFunction, weigh
from buju.measure.checks import Array, Labels, called, choice, vector

CONSTRAINTS = ("doubly", "origins", "destinations", "total")
_ROUNDS = 10_000
_TIGHT = 1e-12
_ENOUGH = 1e-9  # of the largest margin, where rounding or a steep decay keeps rounds from the last
_HUGE = 1e200  # a factor on its way to infinity: the margins cannot be met


def wilson(
    origins: npt.ArrayLike,
    destinations: npt.ArrayLike,
    minutes: npt.ArrayLike,
    decay: DecayFunction,
    *,
    constrained: str = "doubly",
) -> Array:
    """Trips between places, T_ij = A_i O_i B_j D_j f(c_ij), with margins held.

    Parameters
    ----------
    origins
        Trips that start in each place, (O,), >= 0; with "destinations" and "total" only relative.
    destinations
        Trips that end in each place, (D,), >= 0; with "origins" only relative. With "doubly" both
        must have the same sum; with "total" the sum of origins is the sum of trips.
    minutes
        Travel times or costs, (O, D); infinity where there is no way.
    decay
        A function of minutes.
    constrained
        "doubly": both margins, by iterative proportional fitting to 1e-12 of the largest, never
        worse than 1e-9; "origins" or "destinations": one margin; "total": neither, only the sum.

    Returns
    -------
    array
        Trips, (O, D).

    Raises
    ------
    ParameterError
        NaN, negative numbers, sums that differ under "doubly", a place with trips and no way to
        anywhere, or margins that no flows along the given ways can meet.

    References
    ----------
    Wilson (1971), A family of spatial interaction models, Environment and Planning 3.

    Examples
    --------
    >>> from buju.measure import decay
    >>> trips = wilson([30, 70], [60, 40], [[5, 20], [20, 5]], decay.Exponential(0.1))
    >>> trips.round(2).tolist(), trips.sum(axis=1).round(9).tolist()
    ([[28.3, 1.7], [31.7, 38.3]], [30.0, 70.0])
    """
    choice(constrained, CONSTRAINTS, name="constrained")
    held = weigh(minutes, decay)
    kernel = held.whole()
    starts = vector(origins, name="origins", size=len(kernel), labels=held.origins, total=True)
    ends = vector(
        destinations,
        name="destinations",
        size=kernel.shape[1],
        labels=held.destinations,
        total=True,
    )
    return distribute(
        kernel, starts, ends, constrained, rows=held.origins, columns=held.destinations
    )


def distribute(
    kernel: Array,
    starts: Array,
    ends: Array,
    constrained: str,
    *,
    rows: Labels = None,
    columns: Labels = None,
) -> Array:
    """Trips with the asked margins over a kernel of weights; arguments are checked already."""
    weight = starts[:, None] * kernel * ends
    if constrained == "total":
        if not weight.sum() > 0:
            raise ParameterError("no origin reaches any destination.", "没有任何可达的起终点对。")
        return np.asarray(weight * (starts.sum() / weight.sum()))
    if constrained == "origins":
        return weight * _factor(starts, weight.sum(axis=1), "origin", rows)[:, None]
    if constrained == "destinations":
        return weight * _factor(ends, weight.sum(axis=0), "destination", columns)
    if abs(starts.sum() - ends.sum()) > 1e-9 * starts.sum():
        raise ParameterError(
            f"origins sum to {starts.sum():.10g} and destinations to {ends.sum():.10g}; with both "
            "margins held the sums must be equal: scale one of them.",
            f"起点合计 {starts.sum():.10g} 与终点合计 {ends.sum():.10g} 不等；双约束要求两者相等。",
        )
    return _balance(kernel, starts, ends, rows, columns)


def _balance(kernel: Array, starts: Array, ends: Array, rows: Labels, columns: Labels) -> Array:
    right, missed = np.ones(len(ends)), ends
    for _ in range(_ROUNDS):
        left = _factor(starts, kernel @ right, "origin", rows)
        arriving = left @ kernel
        missed = np.abs(arriving * right - ends)
        if missed.max() <= _TIGHT * ends.max():
            return np.asarray(left[:, None] * kernel * right)
        if right.max() > _HUGE:
            break
        right = _factor(ends, arriving, "destination", columns)
    else:
        if missed.max() <= _ENOUGH * ends.max():
            return np.asarray(left[:, None] * kernel * right)
    worst = int(missed.argmax())
    raise ParameterError(
        f"no flows along the given ways meet both margins: destination {called(columns, worst)} "
        f"still misses {missed[worst]:.3g} of {ends[worst]:.6g}; connect it, use a slower decay or "
        "change its total.",
        f"无法同时满足起点与终点合计：终点 {called(columns, worst)} 还差 {missed[worst]:.3g}"
        f"（应为 {ends[worst]:.6g}）。",
    )


def _factor(asked: Array, reached: Array, what: str, labels: Labels) -> Array:
    """asked / reached, and 0 where nothing is asked."""
    lost = np.flatnonzero((asked > 0) & ~(reached > 0))
    if lost.size:
        place = called(labels, int(lost[0]))
        raise ParameterError(
            f"{what} {place} has trips and no way to any place with trips; connect it or leave it "
            "out.",
            f"{place} 有出行量却没有可达的对象；请连通或剔除。",
        )
    return np.divide(asked, reached, out=np.zeros_like(asked), where=asked > 0)
