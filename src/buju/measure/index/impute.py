"""Step 2: fill missing cells by a named rule."""

from __future__ import annotations

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.plan import Plan


def impute(x: Array, plan: Plan) -> Array:
    """`x` with missing cells filled; what the rule cannot fill stays missing.

    A unit that has no value at all in a layer is absent there and is not filled.
    """
    rule = plan.spec.impute
    if rule is None or not arrays.holes(x):
        return x
    absent = np.isnan(x).all(axis=-1, keepdims=True)
    if rule.method in {"linear", "latest"}:
        if len(plan.years) < 2:
            raise ParameterError(
                f"spec, 'impute': '{rule.method}' needs several years and the data have one; use "
                "mean or group_mean.",
                f"spec 的 impute：'{rule.method}' 需要多年数据，请改用 mean 或 group_mean。",
            )
        filled = _along_years(x, rule.method)
    elif rule.group:
        filled = _by_group(x, plan.groups[rule.group], rule.method)
    else:
        centre = arrays.mean(x) if rule.method == "mean" else arrays.median(x)
        filled = np.where(np.isnan(x), centre, x)
    return np.where(absent, np.nan, filled)


def _by_group(x: Array, group: Array, method: str) -> Array:
    filled = x.copy()
    gaps = np.flatnonzero(np.isnan(x).any(axis=(0, 1)))
    for number in np.unique(group[group >= 0]):
        rows = np.flatnonzero(group == number)
        part = x[:, rows[:, None], gaps]
        centre = arrays.mean(part) if method == "group_mean" else arrays.median(part)
        filled[:, rows[:, None], gaps] = np.where(np.isnan(part), centre, part)
    return filled


def _along_years(x: Array, method: str) -> Array:
    """Within a unit: the latest earlier figure, or a straight line between two (and no further)."""
    years = np.arange(len(x))[:, None, None]
    there = ~np.isnan(x)
    before = np.maximum.accumulate(np.where(there, years, -1), axis=0)
    earlier = np.take_along_axis(x, np.maximum(before, 0), axis=0)
    if method == "latest":
        return np.asarray(np.where(there, x, np.where(before >= 0, earlier, np.nan)))
    last = len(x)
    after = np.flip(np.minimum.accumulate(np.flip(np.where(there, years, last), 0), axis=0), 0)
    later = np.take_along_axis(x, np.minimum(after, last - 1), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        line = earlier + (later - earlier) * (years - before) / (after - before)
    between = (before >= 0) & (after < last)
    return np.asarray(np.where(there, x, np.where(between, line, np.nan)))
