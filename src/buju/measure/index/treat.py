"""Step 4: outliers, flagged by skewness and kurtosis together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.plan import Plan
from buju.measure.index.spec import Treat

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Treated:
    """Values after treatment and what was done, each (layers * indicators, ...)."""

    values: Array
    """(layers, units, m)"""
    high: Mask
    """(F, units) cells brought down, F = layers x indicators in that order."""
    low: Mask
    logged: Mask
    """(F,)"""
    before: tuple[Array, Array]
    after: tuple[Array, Array]
    """Skewness and kurtosis (F,)."""


def treat(x: Array, plan: Plan) -> Treated:
    """Winsorised, and logged where winsorising was not enough.

    An indicator is flagged where |skewness| and kurtosis both reach their limits. Its extreme
    value (on the side of the skew, ties together) takes the value next to it until it passes or
    `max_points` cells have moved. If it still fails, the original is replaced by
    ln(x - least + 0.01 (greatest - least)).
    """
    rule = plan.spec.treat or Treat(max_points=0, otherwise=None)
    layers, units, m = x.shape
    columns = np.array(np.swapaxes(x, 1, 2), order="C").reshape(-1, units)  # a copy: written to
    before = arrays.skew_kurtosis(columns)
    left = np.tile(np.isin(np.asarray(plan.tree.indicators, dtype=str), rule.leave), layers)
    flagged = np.flatnonzero(_fails(before, rule) & ~left) if plan.spec.treat else np.array([], int)
    high = np.zeros((len(columns) if len(flagged) else 0, units), dtype=bool)
    low, logged = high.copy(), np.zeros(len(columns), dtype=bool)
    if not len(flagged):
        return Treated(x, high, low, logged, before, before)
    original = columns[flagged]
    after = (before[0].copy(), before[1].copy())
    if rule.method == "winsorise":
        columns[flagged], high[flagged], low[flagged] = winsorise(original, rule)
        after[0][flagged], after[1][flagged] = arrays.skew_kurtosis(columns[flagged])
        failing = _fails((after[0][flagged], after[1][flagged]), rule)
    else:
        failing = np.ones(len(flagged), dtype=bool)
    if rule.otherwise == "log" or rule.method == "log":
        still = flagged[failing]
        columns[still] = log_shifted(original[failing])
        high[still] = low[still] = False
        logged[still] = True
        after[0][still], after[1][still] = arrays.skew_kurtosis(columns[still])
    values = np.ascontiguousarray(np.swapaxes(columns.reshape(layers, m, units), 1, 2))
    return Treated(values, high, low, logged, before, after)


def _fails(moments: tuple[Array, Array], rule: Treat) -> Mask:
    skew, kurtosis = moments
    return np.asarray((np.abs(skew) >= rule.skew) & (kurtosis >= rule.kurtosis))


def winsorise(columns: Array, rule: Treat) -> tuple[Array, Mask, Mask]:
    """Rows (F, n) with extremes drawn in, and the cells moved at the high and the low end."""
    result = columns.copy()
    high, low = np.zeros(columns.shape, bool), np.zeros(columns.shape, bool)
    most = columns.shape[1] if rule.max_points is None else rule.max_points
    active = np.arange(len(columns)) if most > 0 else np.array([], int)
    skew, kurtosis = arrays.skew_kurtosis(columns)
    while len(active):
        sign = np.where(skew[active] >= 0, 1.0, -1.0)[:, None]
        facing = result[active] * sign
        top = facing == np.fmax.reduce(facing, axis=1, keepdims=True)
        below = np.where(top | np.isnan(facing), -np.inf, facing).max(axis=1, keepdims=True)
        result[active] = np.where(top, below, facing) * sign
        # a point counts once an end: the last set of equal extremes holds all moved before it
        high[active] = np.where(sign > 0, top, high[active])
        low[active] = np.where(sign < 0, top, low[active])
        skew[active], kurtosis[active] = arrays.skew_kurtosis(result[active])
        moved = high[active].sum(axis=1) + low[active].sum(axis=1)
        goes_on = _fails((skew[active], kurtosis[active]), rule) & (moved < most)
        active = active[goes_on]
    return result, high, low


def log_shifted(columns: Array) -> Array:
    """ln(x - least + 1 % of the range) of each row."""
    low = np.fmin.reduce(columns, axis=-1, keepdims=True)
    high = np.fmax.reduce(columns, axis=-1, keepdims=True)
    return np.asarray(np.log(columns - low + 0.01 * (high - low)))
