"""Step 7: siblings become their parent, level by level."""

from __future__ import annotations

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.plan import Family, Plan
from buju.measure.index.topsis import closeness


def aggregate(normalised: Array, weights: Array, plan: Plan) -> Array:
    """Indicators and all aggregates, (layers, units, codes), in the order of `plan.codes`.

    A missing child leaves its weight to its siblings, or is refused, as the spec says. A parent
    none of whose children has a value is refused, unless the unit is absent from the layer.
    """
    _, units, m = normalised.shape
    layers = max(len(normalised), len(weights))
    scores = np.full((layers, units, len(plan.codes)), np.nan)
    scores[:, :, :m] = normalised
    for family in plan.families:
        y = scores[:, :, family.children]
        w = weights[:, family.children]
        rule = plan.spec.aggregate.rule(family.level)
        if np.isnan(y.sum()):
            scores[:, :, family.parent] = _with_gaps(y, w, rule, family, plan, normalised)
        else:
            scores[:, :, family.parent] = combine(y, w, rule, family, plan)
    return scores


def combine(y: Array, w: Array, rule: str, family: Family, plan: Plan) -> Array:
    """One parent from complete children, (layers, units); `w` (layers or 1, children) sums to 1."""
    if rule == "arithmetic":
        return np.asarray((y @ w[:, :, None])[..., 0])
    if rule in {"geometric", "harmonic", "generalised"}:
        _refuse_not_positive(y, w, rule, family, plan)
    if rule == "geometric":
        return np.asarray(np.exp((np.log(y) @ w[:, :, None])[..., 0]))
    if rule == "harmonic":
        return np.asarray(1 / ((1 / y) @ w[:, :, None])[..., 0])
    if rule == "generalised":
        p = plan.spec.aggregate.power
        return np.asarray((y**p @ w[:, :, None])[..., 0] ** (1 / p))
    if rule == "topsis":
        return closeness(y * w[:, None, :])
    return copeland(y, w, plan.spec.aggregate.copeland)


def copeland(y: Array, w: Array, variant: str = "weighted") -> Array:
    """Pairwise wins less losses over the other units, (layers, units).

    "weighted": each pair counts the weight of the children on which one leads less the weight on
    which it trails. "majority": each pair counts 1, 0 or -1 by the sign of that difference.
    """
    layers, units, _ = y.shape
    y = arrays.settled(y, 1)  # scores formed below may tie up to their last bits
    result = np.empty((layers, units))
    for i in range(units):
        leads = np.sign(y[:, [i], :] - y)
        margin = (leads @ w[:, :, None])[..., 0]
        if variant == "majority":
            margin = np.where(np.abs(margin) < 1e-12, 0.0, np.sign(margin))
        result[:, i] = margin.sum(axis=1)
    return result


def _with_gaps(
    y: Array, w: Array, rule: str, family: Family, plan: Plan, normalised: Array
) -> Array:
    absent = np.broadcast_to(np.isnan(normalised).all(axis=-1), y.shape[:2])
    gap = np.isnan(y)
    missing = gap.any(axis=-1) & ~absent
    empty = gap.all(axis=-1) & ~absent
    if empty.any() or (missing.any() and plan.spec.aggregate.missing == "refuse"):
        layer, unit = (int(k) for k in np.argwhere(empty if empty.any() else missing)[0])
        what = "no value" if empty.any() else "a missing value"
        raise ParameterError(
            f"{plan.where(layer, unit)} has {what} under '{family.code}'; impute, screen with a "
            "higher min_availability, or take the indicators out.",
            f"{plan.where(layer, unit)} 在 '{family.code}' 下缺少数据；"
            "请插补、提高筛选门槛或删去指标。",
        )
    if rule == "copeland" or rule == "topsis":
        if missing.any():
            layer, unit = (int(k) for k in np.argwhere(missing)[0])
            raise ParameterError(
                f"{plan.where(layer, unit)} has a missing value under '{family.code}', which "
                f"'{rule}' cannot compare; impute first.",
                f"{plan.where(layer, unit)} 在 '{family.code}' 下有缺失，"
                f"{rule} 无法比较，请先插补。",
            )
        return _by_layer(y, w, rule, family, plan, absent)
    # every unit has weights of its own here, so units become layers
    own = np.where(gap, 0.0, w[:, None, :])
    total = own.sum(axis=-1, keepdims=True)
    if ((total[..., 0] <= 0) & ~absent).any():
        layer, unit = (int(k) for k in np.argwhere((total[..., 0] <= 0) & ~absent)[0])
        raise ParameterError(
            f"{plan.where(layer, unit)}: all that it has under '{family.code}' weighs zero.",
            f"{plan.where(layer, unit)} 在 '{family.code}' 下现有数据的权重全为零。",
        )
    rows = np.flatnonzero(~absent.reshape(-1))
    k = y.shape[-1]
    cells = np.where(gap, 1.0, y).reshape(-1, 1, k)[rows]
    found = np.full(absent.size, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = (own / total).reshape(-1, k)[rows]
    _refuse_not_positive_gaps(y, rule, family, plan)
    found[rows] = combine(cells, shares, rule, family, plan)[:, 0]
    return found.reshape(absent.shape)


def _by_layer(
    y: Array, w: Array, rule: str, family: Family, plan: Plan, absent: np.ndarray
) -> Array:
    result = np.full(absent.shape, np.nan)
    for layer in range(len(y)):
        there = ~absent[layer]
        own = w[[min(layer, len(w) - 1)]]
        result[layer, there] = combine(y[[layer]][:, there], own, rule, family, plan)[0]
    return result


def _refuse_not_positive_gaps(y: Array, rule: str, family: Family, plan: Plan) -> None:
    if rule != "arithmetic":
        _refuse_not_positive(np.where(np.isnan(y), 1.0, y), np.ones((1, y.shape[-1])), rule,
                             family, plan)  # fmt: skip


def _refuse_not_positive(y: Array, w: Array, rule: str, family: Family, plan: Plan) -> None:
    if y.min() > 0:
        return
    bad = (y <= 0) & (w[:, None, :] > 0)
    if not bad.any():
        return
    layer, unit, child = (int(k) for k in np.argwhere(bad)[0])
    code = plan.codes[family.children[child]]
    place = plan.where(layer, unit) if y.shape[1] == len(plan.units) else "a unit"
    raise ParameterError(
        f"'{family.code}' by {rule} mean: '{code}' of {place} is {y[layer, unit, child]:g} after "
        f"normalising ({int(bad.sum())} such cells) and only values above zero have one; normalise "
        "to a scale that starts above zero, such as lower 1, or use the arithmetic mean.",
        f"'{family.code}' 用 {rule} 平均：{place} 的 '{code}' 标准化后为 "
        f"{y[layer, unit, child]:g}，须大于零；请把标准化下限设为 1 或改用算术平均。",
    )
