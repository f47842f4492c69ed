"""What would move a unit up: the smallest changes of its indicators that do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.indicators import Indicators
from buju.measure.index.plan import Plan, make_plan
from buju.measure.index.run import Run, run
from buju.measure.index.spec import Spec, read_spec

HALVINGS = 40
STEP = 1e-3
CLEAR = 1e-9


@dataclass(frozen=True)
class Movement:
    """Changes that lift a unit by so many places, each checked by computing the index again."""

    unit: str
    rank: int
    wanted: int
    alone: pd.DataFrame
    """By indicator: now, needed, change, in_sd, reached (False: not even `limit` deviations do),
    within_observed (whether some unit already has a value so good)."""
    together: pd.DataFrame
    """By indicator: the changes of the smallest joint move found (least sum of squares in standard
    deviations, along the slope of the score). Empty where it does not reach."""


def what_would_move(
    indicators: Indicators,
    spec: Mapping[str, Any] | Spec,
    unit: str,
    k: int = 1,
    *,
    limit: float = 6.0,
) -> Movement:
    """The smallest changes of raw indicators by which `unit` rises `k` places.

    Others stay as they are; bounds of normalising, outlier rules and ranks are computed anew with
    the changed figures, so a change that moves the whole scale is seen as one.

    Parameters
    ----------
    indicators, spec
        As for `composite`; data of one year.
    unit
        Code of the unit.
    k
        Places to rise.
    limit
        Greatest change tried, in standard deviations of the indicator (after division).

    Returns
    -------
    Movement
        One indicator at a time, and a joint move. For an indicator with a denominator the change
        is of the raw figure before division.

    Raises
    ------
    ParameterError
        An unknown or screened-out unit, or a k that leads past the first place.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "a", "parent": "i", "direction": 1},
    ...                   {"code": "b", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> data = pd.DataFrame({"a": [0, 4, 10], "b": [0, 6, 10]}, index=["A", "B", "C"])
    >>> move = what_would_move(make_indicators(tree, data), {}, "A")
    >>> bool(move.alone.loc["a", "reached"]), float(move.alone.loc["a", "needed"].round(6))
    (True, 7.6)
    """
    if indicators.panel:
        raise ParameterError(
            "take one year with indicators.at(year).", "请先用 at(年份) 选取一年。"
        )
    plan = make_plan(indicators, read_spec(spec))
    base = run(plan, plan.raw)
    at = _position(plan, base, unit)
    rank = int(_places(base, at)[0])
    if not 1 <= k < rank:
        raise ParameterError(
            f"unit '{unit}' ranks {rank}; it can rise 1 to {rank - 1} places, not {k}.",
            f"单位 '{unit}' 现列第 {rank} 位，最多上升 {rank - 1} 位。",
        )
    aim = rank - k
    size = _size(plan, at)
    now = _now(plan, base, at)
    better = plan.direction
    alone = _alone(plan, at, aim, now, size * better, limit)
    joint = _together(plan, at, aim, now, size * better, limit)
    codes = pd.Index(plan.tree.indicators, name="indicator")
    return Movement(
        unit, rank, aim,
        _table(codes, now, now + alone * size * better, size, ~np.isnan(alone), plan, at),
        pd.DataFrame(index=codes[:0]) if joint is None
        else _table(
            codes, now, now + joint * size * better, size, np.ones(len(codes), bool), plan, at
        ),
    )  # fmt: skip


def _position(plan: Plan, base: Run, unit: str) -> int:
    at = np.flatnonzero(np.asarray(plan.units) == unit)
    if not len(at) or at[0] not in base.kept:
        raise ParameterError(
            f"unit '{unit}' is not among those ranked.", f"单位 '{unit}' 不在参评单位中。"
        )
    return int(at[0])


def _divisors(plan: Plan) -> Array:
    """What each figure is divided by, (units, indicators); 1 where it is not."""
    return np.asarray(np.broadcast_to(plan.divisor, plan.raw.shape)[0])


def _size(plan: Plan, at: int) -> Array:
    """One standard deviation of each indicator, as a change of the unit's raw figure.

    After division: raw figures of large and small units differ by their size alone.
    """
    divisor = _divisors(plan)
    return np.asarray(arrays.sd((plan.raw[0] / divisor)[None])[0, 0] * divisor[at])


def _now(plan: Plan, base: Run, at: int) -> Array:
    """Raw figures of the unit; a missing one as imputed, put back before the division."""
    raw = plan.raw[0, at]
    divisor = _divisors(plan)[at]
    return np.asarray(np.where(np.isnan(raw), base.imputed[0, at] * divisor, raw))


def _places(done: Run, at: int) -> Array:
    """Place of the unit in every layer; it counts as ahead only where the lead is clear.

    The margin (a billionth of the largest score) keeps a change that ends on a tie from resting on
    the last bits of a sum.
    """
    own = int(np.flatnonzero(done.kept == at)[0])
    index = done.scores[:, :, -1]
    margin = CLEAR * np.fmax.reduce(np.abs(index), axis=1, keepdims=True)
    others = np.delete(index, own, axis=1)
    return np.asarray(1 + (others > index[:, [own]] - margin).sum(axis=1))


def _moved(plan: Plan, at: int, rows: Array) -> Run:
    x = np.repeat(plan.raw, len(rows), axis=0)
    x[:, at] = rows
    return run(plan, x)


def _alone(plan: Plan, at: int, aim: int, now: Array, unit: Array, limit: float) -> Array:
    """Least step of each indicator by itself, in standard deviations; NaN where none will do."""
    m = len(now)

    def enough(steps: Array) -> np.ndarray:
        rows = np.where(np.eye(m, dtype=bool), now + steps * unit, now)
        return np.asarray(_places(_moved(plan, at, rows), at) <= aim)

    # a scan first: the outlier rule can undo a move that went too far, so the first step that
    # does is searched for, not the greatest
    grid = np.linspace(0, limit, 25)[1:]
    low, high = np.zeros(m), np.full(m, np.nan)
    for step in grid:
        open_ = np.isnan(high)
        if not open_.any():
            break
        does = enough(np.where(open_, step, 0.0)) & open_
        high[does] = step
        low[open_ & ~does] = step
    for _ in range(HALVINGS):
        middle = (low + np.nan_to_num(high, nan=limit)) / 2
        does = enough(middle) & ~np.isnan(high)
        high = np.where(does, middle, high)
        low = np.where(does | np.isnan(high), low, middle)
    return high


def _together(plan: Plan, at: int, aim: int, now: Array, unit: Array, limit: float) -> Array | None:
    """A joint step along the slope of the unit's lead, shortened as far as the rank holds."""
    slope = _slope(plan, at, now, unit)
    if not (slope > 0).any():
        return None
    way = np.maximum(slope, 0) / np.linalg.norm(np.maximum(slope, 0))

    def enough(lengths: Array) -> np.ndarray:
        rows = now + lengths[:, None] * way * unit
        return np.asarray(_places(_moved(plan, at, rows), at) <= aim)

    low, high = 0.0, limit
    for _ in range(8):  # each round divides the bracket by 32
        lengths = np.linspace(low, high, 33)[1:]
        does = np.flatnonzero(enough(lengths))
        if not len(does):
            return None
        first = int(does[0])
        low, high = (low if first == 0 else float(lengths[first - 1])), float(lengths[first])
    return np.asarray(way * high)


def _slope(plan: Plan, at: int, now: Array, unit: Array) -> Array:
    """Change of the unit's score less the mean of others' for a small step of each indicator."""
    rows = np.vstack([now, now + STEP * np.diag(unit)])
    done = _moved(plan, at, rows)
    own = int(np.flatnonzero(done.kept == at)[0])
    index = done.scores[:, :, -1]
    lead = index[:, own] - np.delete(index, own, axis=1).mean(axis=1)
    return np.asarray((lead[1:] - lead[0]) / STEP)


def _table(
    codes: pd.Index,
    now: Array,
    needed: Array,
    size: Array,
    reached: np.ndarray,
    plan: Plan,
    at: int,
) -> pd.DataFrame:
    # what others have, as this unit's raw figure would be at their value after division
    own = _divisors(plan) / _divisors(plan)[at]
    up = plan.direction > 0
    best = np.where(up, np.nanmax(plan.raw[0] / own, axis=0), np.nanmin(plan.raw[0] / own, axis=0))
    inside = np.where(up, needed <= best, needed >= best) & reached
    return pd.DataFrame({
        "now": now, "needed": needed, "change": needed - now, "in_sd": (needed - now) / size,
        "reached": reached, "within_observed": inside,
    }, index=codes)  # fmt: skip
