"""A power law fitted to the largest sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, scalar, vector

ENOUGH = 50  # below it the estimate carries a small-sample bias (Clauset et al., section 3.5)


@dataclass(frozen=True)
class PowerLawTail:
    """A fitted tail with density proportional to x**-exponent from `minimum` on."""

    exponent: float
    """alpha, of the density; the Pareto exponent of the rank-size line is alpha - 1."""
    standard_error: float
    """(alpha - 1) / sqrt(n)."""
    minimum: float
    distance: float
    """Kolmogorov-Smirnov distance between the tail and the fit."""
    places: int
    """Sizes at or above the minimum."""
    note: str
    """What to bear in mind; empty if nothing."""
    note_zh: str


def power_law_tail(sizes: npt.ArrayLike, *, minimum: float | None = None) -> PowerLawTail:
    """The power law that the largest sizes follow, and where it begins.

    The maximum-likelihood (Hill) exponent of the continuous law, alpha = 1 + n / sum ln(x / x_min).
    Without a minimum, every size that leaves two different sizes above it is tried, and the one
    with the least Kolmogorov-Smirnov distance is kept (the smallest of equals). A small distance
    is no proof of a power law.

    Parameters
    ----------
    sizes
        City or firm sizes, (N,), > 0.
    minimum
        Where the tail begins, in the unit of `sizes`; found by scanning where not given.

    Returns
    -------
    PowerLawTail
        Exponent of the density, standard error, minimum, distance and number of sizes in the
        tail, with a note below 50.

    Raises
    ------
    ParameterError
        NaN, a size of zero or less, or a tail without two different sizes.

    References
    ----------
    Clauset, Shalizi and Newman (2009), Power-law distributions in empirical data, SIAM Review
    51(4). The distance is the exact supremum, on both sides of each step.

    Examples
    --------
    >>> fit = power_law_tail([1, 2, 4, 8], minimum=1)
    >>> round(fit.exponent, 4), fit.places
    (1.9618, 4)
    """
    size = np.sort(vector(sizes, name="sizes", sign="positive"))
    if minimum is None:
        starts = np.unique(size)[:-1]
    else:
        starts = np.array([scalar(minimum, name="minimum", above=0)])
    fits = [
        (*_fit(tail, float(start)), float(start), len(tail))
        for start in starts
        for tail in [size[np.searchsorted(size, start) :]]
        if len(tail) > 1 and tail[0] < tail[-1]
    ]
    if not fits:
        raise ParameterError(
            f"no tail with two different sizes among {len(size)} sizes"
            f"{'' if minimum is None else f' from {minimum} on'}; lower `minimum` or add places.",
            "尾部至少需要两个不同的规模；请降低 minimum 或增加地点。",
        )
    distance, alpha, start, n = min(fits, key=lambda fit: fit[0])
    few = n < ENOUGH
    return PowerLawTail(
        exponent=alpha,
        standard_error=(alpha - 1.0) / float(np.sqrt(n)),
        minimum=start,
        distance=distance,
        places=n,
        note=f"{n} sizes in the tail, fewer than {ENOUGH}: the exponent is loose" if few else "",
        note_zh=f"尾部仅 {n} 个（少于 {ENOUGH}），指数不可靠" if few else "",
    )


def _fit(tail: Array, start: float) -> tuple[float, float]:
    """Distance and exponent of a sorted tail."""
    n = len(tail)
    logs = np.log(tail / start)
    alpha = 1.0 + n / float(logs.sum())
    model = -np.expm1(-(alpha - 1.0) * logs)
    last = np.searchsorted(tail, tail, side="right") / n
    first = np.searchsorted(tail, tail, side="left") / n
    return float(max((last - model).max(), (model - first).max())), alpha
