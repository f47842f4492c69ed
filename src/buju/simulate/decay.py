"""How fast flows fall with time, estimated where flows were counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq

from buju.errors import ParameterError
from buju.simulate.balance import balance
from buju.simulate.checks import choice
from buju.simulate.costs import CostFunction, same_labels

Array = npt.NDArray[np.float64]
WIDEST = 60.0
"""The elasticity is sought where the flow over a standard deviation falls by at most e**60."""


@final
@dataclass(frozen=True)
class Decay:
    """An estimated fall of flows with time.

    Attributes
    ----------
    elasticity
        Flows fall as exp(-elasticity · t) or t**-elasticity; negative if they rise.
    standard_error
        Robust to variances of any form (sandwich), pairs taken as independent.
    form
        "exponential" or "power".
    pairs, zeros
        How many pairs were used, and the share of them without flow.
    dropped
        Places without any flow out or in, which say nothing about decay.
    """

    elasticity: float
    standard_error: float
    form: str
    pairs: int
    zeros: float
    dropped: tuple[str, ...]

    def cost(self, dispersion: float, own: str | float = "given") -> CostFunction:
        """The cost function behind it; `dispersion` is epsilon, or sigma - 1 for trade."""
        return CostFunction.from_elasticity(self.form, self.elasticity, dispersion, own)


def estimate_decay(
    flows: pd.DataFrame, times: pd.DataFrame, *, form: str = "exponential", own: bool = False
) -> Decay:
    """Gravity by Poisson pseudo-maximum likelihood, with an effect for each place at either end.

    Zeros count. The effects absorb all that belongs to a place: pay, housing, size.

    Parameters
    ----------
    flows
        Observed, labelled square, rows residences (or buyers); >= 0.
    times
        Labelled alike, any unit; inf where there is no way.
    form
        "exponential" or "power" in t.
    own
        Use the diagonal too. Times within a place are seldom measured, so it is left out by
        default.

    Returns
    -------
    Decay
        Its standard error speaks of sampling, not of roads that were built where people commute.

    Raises
    ------
    ParameterError
        Labels differ; a flow where there is no way; too few pairs; flows that a steeper decay would
        always fit better.

    References
    ----------
    Santos Silva and Tenreyro (2006), https://doi.org/10.1162/rest.88.4.641.

    Examples
    --------
    >>> names = list("ABCD")
    >>> t = pd.DataFrame([[5, 20, 40, 70], [20, 5, 30, 50], [40, 30, 5, 25], [70, 50, 25, 5.0]],
    ...                  index=names, columns=names)
    >>> flows = np.exp(-0.05 * t) * 1000
    >>> round(estimate_decay(flows, t).elasticity, 6)
    0.05
    """
    choice("form", form, ("exponential", "power"))
    same_labels(flows, times, "flows", "times")
    labels = [str(label) for label in flows.index]
    x, used = _regressor(flows, times, form, own)
    seen = np.where(used, flows.to_numpy(dtype=np.float64), 0.0)
    out, into = seen.sum(axis=1) > 0, seen.sum(axis=0) > 0
    pairs = used & out[:, None] & into[None, :]
    if pairs.sum() < out.sum() + into.sum() + 1:
        raise ParameterError(
            f"estimate_decay: {int(pairs.sum())} usable pairs for {int(out.sum() + into.sum())} "
            "place effects; give more places, or own=True if times within places are known"
        )
    part = np.ix_(out, into)
    fit = _Fit(seen[part], x[part], pairs[part], [labels[k] for k in np.flatnonzero(out)])
    b = fit.solve()
    return Decay(
        elasticity=b,
        standard_error=fit.standard_error(b),
        form=form,
        pairs=int(pairs.sum()),
        zeros=float((seen[pairs] == 0).mean()),
        dropped=tuple(
            label for label, o, i in zip(labels, out, into, strict=True) if not (o and i)
        ),
    )


def _regressor(
    flows: pd.DataFrame, times: pd.DataFrame, form: str, own: bool
) -> tuple[Array, npt.NDArray[np.bool_]]:
    f, t = flows.to_numpy(dtype=np.float64), times.to_numpy(dtype=np.float64)
    place = [str(label) for label in flows.index]
    for wrong, words in (
        (~(np.isfinite(f) & (f >= 0)), "the flow must be a number >= 0"),
        (np.isnan(t) | (t < 0), "the time must be >= 0, or inf where there is no way"),
        (np.isinf(t) & (f > 0), "there is a flow but no way; correct the time"),
        ((t == 0) & (form == "power") & (own | ~np.eye(len(t), dtype=bool)), "a power needs t > 0"),
    ):
        if wrong.any():
            n, i = np.argwhere(wrong)[0]
            raise ParameterError(f"estimate_decay: {place[n]!r} to {place[i]!r}: {words}")
    used = np.isfinite(t)
    if not own:
        used &= ~np.eye(len(t), dtype=bool)
    safe = np.where(used, t, 1.0)
    return (np.log(safe) if form == "power" else safe), used


@final
class _Fit:
    """Observed flows and the score of the elasticity, the place effects concentrated out."""

    def __init__(self, seen: Array, x: Array, used: Any, labels: list[str]) -> None:
        self.seen, self.x, self.used, self.labels = seen, np.where(used, x, 0.0), used, labels
        self.unit = float(np.std(x[used])) or 1.0

    def fitted(self, b: float) -> Array:
        """Flows at an elasticity, totals as observed: what Poisson's place effects achieve."""
        fall = np.where(self.used, -b * self.x, -np.inf)
        rows, columns = self.seen.sum(axis=1), self.seen.sum(axis=0)
        return balance(fall, rows, columns, self.labels, what="estimate_decay")

    def score(self, b: float) -> float:
        """Fitted less observed mean of x; falls in b."""
        gap = ((self.fitted(b) - self.seen) * self.x).sum() / self.seen.sum()
        return float(gap) / self.unit

    def solve(self) -> float:
        low, high = -1.0 / self.unit, 1.0 / self.unit
        while self.score(high) > 0 and high * self.unit < WIDEST:
            low, high = high, 2 * high
        while self.score(low) < 0 and low * self.unit > -WIDEST:
            low, high = 2 * low, low
        if self.score(low) * self.score(high) > 0:
            raise ParameterError(
                "estimate_decay: no finite elasticity fits best: all flows go to the nearest (or "
                "the farthest) places that totals allow; give finer times or more places"
            )
        return float(brentq(self.score, low, high, xtol=1e-13 / self.unit, rtol=1e-12))

    def standard_error(self, b: float) -> float:
        fit = self.fitted(b)
        left = self._within(fit)
        meat = (left**2 * (self.seen - fit) ** 2).sum()
        bread = (fit * left**2).sum()
        return float(np.sqrt(meat) / bread)

    def _within(self, weight: Array) -> Array:
        """x less its weighted projection on place effects."""
        by_row, by_column = weight.sum(axis=1), weight.sum(axis=0)
        wx = weight * self.x
        matrix = np.diag(by_column) - weight.T @ (weight / by_row[:, None])
        rest = wx.sum(axis=0) - weight.T @ (wx.sum(axis=1) / by_row)
        s = np.linalg.lstsq(matrix, rest, rcond=None)[0]
        r = (wx.sum(axis=1) - weight @ s) / by_row
        left: Array = np.where(self.used, self.x - r[:, None] - s[None, :], 0.0)
        return left
