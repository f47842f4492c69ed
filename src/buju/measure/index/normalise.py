"""Step 5: indicators on one scale, higher better."""

from __future__ import annotations

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.official import efficacy_array
from buju.measure.index.plan import Plan
from buju.measure.index.spec import Normalise


def normalise(x: Array, plan: Plan) -> Array:
    """Normalised values, (layers, units, m), direction applied first."""
    rule = plan.spec.normalise
    if rule is None:
        return x * plan.direction
    together = rule.over == "panel" and len(plan.years) > 1 and len(x) == len(plan.years)
    shape = x.shape
    flat = x.reshape(1, -1, shape[2]) if together else x
    method = rule.method
    if method in {"goalposts", "efficacy", "efficacy_exponential"}:
        return _fixed(x, plan, rule)
    y = flat * plan.direction
    if method in {"rank", "percentile", "borda"}:
        y = _ranked(y, method, rule.ties)
    elif method == "z_score":
        spread = _spread(arrays.sd(y), y, plan, rule)
        y = (y - arrays.mean(y)) / spread * rule.sd + rule.mean
    elif method == "share_of_max":
        y = _share_of_max(y, plan)
    elif method == "distance_target":
        y = _distance(y, plan.direction * _targets(plan, rule), plan, rule)
    elif method == "distance_reference":
        y = _distance(y, _reference(y, plan, rule), plan, rule)
    else:
        y = _min_max(y, plan, rule)
    return np.asarray(y.reshape(shape))


def _min_max(y: Array, plan: Plan, rule: Normalise) -> Array:
    lower, upper = rule.scale
    low = arrays.least(y)
    spread = _spread(arrays.most(y) - low, y, plan, rule)
    result = (y - low) / spread * (upper - lower) + lower
    if rule.constant == "middle":
        flat = np.broadcast_to(np.isinf(spread), y.shape) & ~np.isnan(y)
        result = np.where(flat, (lower + upper) / 2, result)
    return np.asarray(result)


def _spread(spread: Array, y: Array, plan: Plan, rule: Normalise) -> Array:
    """The divisor; a constant column is refused, or gets an infinite one (so the middle)."""
    size = np.maximum(np.abs(arrays.most(y)), np.abs(arrays.least(y)))
    flat = ~(spread > 1e-13 * np.where(np.isnan(size), 0, size))
    if not flat.any():
        return spread
    layer, _, k = (int(i) for i in np.argwhere(flat)[0])
    if rule.constant == "refuse":
        year = (
            f", year {plan.years[layer]}" if len(plan.years) > 1 and layer < len(plan.years) else ""
        )
        code = plan.tree.indicators[k]
        value = float(arrays.most(y)[layer, 0, k]) * float(plan.direction[k])
        raise ParameterError(
            f"indicator '{code}'{year} has the same value {value:g} for every unit, so "
            f"'{rule.method}' cannot scale it; take it out of the tree, use goalposts, or set "
            "normalise.constant to 'middle'.",
            f"指标 '{code}'{year} 各单位取值相同（{value:g}），无法标准化；请删去该指标、改用"
            "固定上下限，或把 normalise.constant 设为 'middle'。",
        )
    return np.where(flat, np.inf, spread)


def _ranked(y: Array, method: str, ties: str) -> Array:
    ranks = arrays.rank_up(y, ties)
    if method == "rank":
        return ranks
    if method == "borda":
        return np.asarray(ranks - 1)
    count = (~np.isnan(y)).sum(axis=-2, keepdims=True)
    return np.asarray((ranks - 1) / np.maximum(count - 1, 1))


def _share_of_max(y: Array, plan: Plan) -> Array:
    if (plan.direction < 0).any() or not (arrays.most(y) > 0).all():
        odd = [c for c in plan.tree.indicators if plan.tree.by_code[c].direction < 0]
        raise ParameterError(
            "normalise 'share_of_max' needs indicators where more is better and the greatest value "
            f"is above 0 (less is better: {', '.join(odd[:5]) or 'none'}); use min_max.",
            "share_of_max 只适用于越大越好且最大值为正的指标，请改用 min_max。",
        )
    return np.asarray(y / arrays.most(y))


def _distance(y: Array, goal: Array, plan: Plan, rule: Normalise) -> Array:
    """1 - (goal - y)/(goal - least): 1 at the goal, 0 at the worst unit."""
    low = arrays.least(y)
    span = np.broadcast_to(goal - low, low.shape) if np.ndim(goal) < 3 else goal - low
    bad = ~(span > 0)
    if bad.any():
        k = int(np.argwhere(bad)[0][2])
        code = plan.tree.indicators[k]
        raise ParameterError(
            f"indicator '{code}': the {rule.method.removeprefix('distance_')} is not better than "
            "the worst unit, so a distance to it says nothing; correct it or use min_max.",
            f"指标 '{code}'：目标（参照）不优于最差单位，距离无意义；请改正或改用 min_max。",
        )
    result = 1 - (goal - y) / span
    return np.asarray(np.minimum(result, 1) if rule.cap else result)


def _targets(plan: Plan, rule: Normalise) -> Array:
    goals = [
        rule.targets.get(code, plan.tree.by_code[code].target) for code in plan.tree.indicators
    ]
    for code, goal in zip(plan.tree.indicators, goals, strict=True):
        if np.isnan(goal):
            raise ParameterError(
                f"indicator '{code}' has no target; give one in the tree or in normalise.targets.",
                f"指标 '{code}' 没有目标值；请在指标体系或 normalise.targets 中给出。",
            )
    return np.array(goals)


def _reference(y: Array, plan: Plan, rule: Normalise) -> Array:
    kept = plan.units
    at = np.flatnonzero(np.asarray(kept) == rule.reference)
    if not len(at) or y.shape[1] != len(kept):
        raise ParameterError(
            f"normalise.reference: unit '{rule.reference}' is not among the units ranked (bounds "
            "of one year); name one that is.",
            f"normalise.reference：单位 '{rule.reference}' 不在参评单位中。",
        )
    return np.asarray(y[:, at[:1], :])


def _fixed(x: Array, plan: Plan, rule: Normalise) -> Array:
    lacking = [code for code in plan.tree.indicators if code not in rule.bounds]
    if lacking:
        raise ParameterError(
            f"normalise.bounds lacks {', '.join(lacking[:8])}; every indicator needs two values.",
            f"normalise.bounds 缺少指标：{', '.join(lacking[:8])}。",
        )
    first, second = np.array([rule.bounds[code] for code in plan.tree.indicators]).T
    if rule.method != "goalposts":
        form = "linear" if rule.method == "efficacy" else "exponential"
        return efficacy_array(x, first, second, form=form, codes=plan.tree.indicators)
    for code, a, b in zip(plan.tree.indicators, first, second, strict=True):
        if not a < b:
            raise ParameterError(
                f"normalise.bounds of '{code}': low {a:g} is not below high {b:g}; give both in "
                "the indicator's own unit, whatever its direction.",
                f"指标 '{code}' 的上下限有误：{a:g} 不小于 {b:g}。",
            )
    share = (x - first) / (second - first)
    share = np.where(plan.direction > 0, share, 1 - share)
    if rule.cap:
        share = np.clip(share, 0, 1)
    lower, upper = rule.scale
    return np.asarray(share * (upper - lower) + lower)
