"""Step 6: weights of siblings, from the tree, from judgement or from the data."""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import data_weights
from buju.measure.index.ahp import ahp_weights
from buju.measure.index.plan import Family, Plan
from buju.measure.index.spec import Weight

FROM_DATA = ("entropy", "critic", "sd", "pca", "optimised")


def weigh(plan: Plan, normalised: Array, treated: Array) -> Array:
    """Weights of every element within its siblings (each family sums to 1), (layers, codes).

    Weights read from data are those of indicators; aggregates keep what they were given, or
    (within = "all") the sum of their indicators' weights. Over a panel of years the data are
    pooled, so that one set of weights serves all years.
    """
    rule = plan.spec.weight
    weights = given(plan, rule)[None]
    if rule.method in FROM_DATA:
        pooled = len(plan.years) > 1 and len(normalised) == len(plan.years)
        y, x = (_rows(a) if pooled else a for a in (normalised, treated))
        weights = np.repeat(weights, len(y), axis=0)
        _fill_from_data(weights, plan, rule, y, x)
    return within_families(weights, plan)


def within_families(weights: Array, plan: Plan) -> Array:
    """Each family brought to a sum of 1; the root weighs 1."""
    result = weights.copy()
    for family in plan.families:
        part = result[:, family.children]
        total = part.sum(axis=1, keepdims=True)
        if not (total > 0).all():
            raise ParameterError(
                f"all weights under '{family.code}' are zero; give one of them a weight.",
                f"'{family.code}' 的下级权重全为零。",
            )
        result[:, family.children] = part / total
    return result


def given(plan: Plan, rule: Weight) -> Array:
    """Weights as the tree, the spec or pairwise judgements give them, (codes,)."""
    by_code = plan.tree.by_code
    if rule.method == "equal":
        return np.ones(len(plan.codes))
    weights = np.array([rule.values.get(code, by_code[code].weight) for code in plan.codes])
    if (weights < 0).any():
        code = plan.codes[int(np.flatnonzero(weights < 0)[0])]
        raise ParameterError(f"weight.values: '{code}' is negative.", f"'{code}' 的权重为负。")
    if rule.sum is not None:
        for family in plan.families:
            total = float(weights[list(family.children)].sum())
            if abs(total - rule.sum) > 1e-6 * rule.sum:
                raise ParameterError(
                    f"the weights under '{family.code}' sum to {total:g}, not {rule.sum:g} "
                    f"({_listed(plan, family, weights)}); correct them, or leave weight.sum out to "
                    "take them as relative.",
                    f"'{family.code}' 下级权重合计为 {total:g}，应为 {rule.sum:g}；请改正。",
                )
    if rule.method == "ahp":
        for family in plan.families:
            if family.code in rule.matrices:
                name = f"weight.matrices['{family.code}']"
                found = ahp_weights(rule.matrices[family.code], name=name).weights
                if len(found) != len(family.children):
                    raise ParameterError(
                        f"{name} has {len(found)} rows for {len(family.children)} children.",
                        f"{name} 为 {len(found)} 阶，但有 {len(family.children)} 个下级。",
                    )
                weights[list(family.children)] = found
            elif len(family.children) > 1:
                raise ParameterError(
                    f"weight.matrices has no judgements for '{family.code}'; add its matrix.",
                    f"weight.matrices 缺少 '{family.code}' 的判断矩阵。",
                )
    return weights


def uneven_sums(plan: Plan) -> list[str]:
    """What to say of families whose given weights sum to neither 1, 100 nor their number."""
    if plan.spec.weight.method != "given" or plan.spec.weight.sum is not None:
        return []
    weights, said = given(plan, plan.spec.weight), []
    for family in plan.families:
        part = weights[list(family.children)]
        total = float(part.sum())
        if not np.allclose(part, part[0]) and not np.isclose([1, 100], total).any():
            said.append(
                f"weights under '{family.code}' sum to {total:g}; taken as relative and so used"
            )
    return said


def _listed(plan: Plan, family: Family, weights: Array) -> str:
    return ", ".join(f"{plan.codes[k]} {weights[k]:g}" for k in family.children[:8])


def _rows(a: Array) -> Array:
    flat = a.reshape(-1, a.shape[-1])
    return flat[~np.isnan(flat).all(axis=1)][None]


def _fill_from_data(weights: Array, plan: Plan, rule: Weight, y: Array, x: Array) -> None:
    m = len(plan.tree.indicators)
    if np.isnan(y).any():
        where = plan.tree.indicators[int(np.argwhere(np.isnan(y))[0][2])]
        raise ParameterError(
            f"weight '{rule.method}' needs complete data and '{where}' has missing cells; impute "
            "or screen first, or use given weights.",
            f"'{rule.method}' 赋权需要完整数据，而 '{where}' 有缺失；请先插补或筛选。",
        )
    if rule.method == "entropy" and rule.variant == "raw_shares":
        _refuse_cost(plan)
        y = x
    if rule.method == "optimised":
        weights[:] = _optimised(weights, plan, y)
        return
    if rule.within == "all":
        weights[:, :m] = _of(rule, y, plan.tree.indicators)
        for family in plan.families:
            weights[:, family.parent] = weights[:, family.children].sum(axis=1)
        return
    for family in plan.families:
        leaves = [k for k in family.children if k < m]
        if len(leaves) > 1:
            codes = tuple(plan.codes[k] for k in leaves)
            found = _of(rule, y[:, :, leaves], codes)
            weights[:, leaves] = found * weights[:, leaves].sum(axis=1, keepdims=True)


def _of(rule: Weight, y: Array, codes: tuple[str, ...]) -> Array:
    if rule.method == "entropy":
        return data_weights.entropy(y, rule.variant or "min_max", codes)
    if rule.method == "critic":
        return data_weights.critic(y, codes)
    if rule.method == "sd":
        return data_weights.deviation(y, codes)
    return data_weights.principal(y, rule.variant or "first_squared", codes)


def _refuse_cost(plan: Plan) -> None:
    odd = [code for code in plan.tree.indicators if plan.tree.by_code[code].direction < 0]
    if odd:
        raise ParameterError(
            f"entropy weights from raw shares know no direction, and less is better for "
            f"{', '.join(odd[:5])}; use variant 'min_max'.",
            f"原始比重熵权不适用于越小越好的指标（{', '.join(odd[:5])}），请改用 min_max 变体。",
        )


def _optimised(start: Array, plan: Plan, y: Array) -> Array:
    """Indicator weights under which correlations with the index stand as the weights given do.

    The importance asked for is the product of given weights along the tree; arithmetic throughout.
    """
    m = len(plan.tree.indicators)
    result = within_families(start, plan)
    asked = global_weights(result, plan)[0, :m]
    for layer, data in enumerate(y):
        z = (data - data.mean(axis=0)) / data.std(axis=0)

        def miss(logs: Array, z: Array = z) -> Array:
            w = np.exp(logs - logs.max())
            index = z @ (w / w.sum())
            r = z.T @ index / (np.linalg.norm(index) * np.sqrt(len(z)))
            return np.asarray(r / np.abs(r).sum() - asked / asked.sum())

        found = least_squares(miss, np.log(np.maximum(asked, 1e-6)), max_nfev=200)
        w = np.exp(found.x - found.x.max())
        result[layer, :m] = w / w.sum() / data.std(axis=0)
    for family in plan.families:
        result[:, family.parent] = result[:, family.children].sum(axis=1)
    return result


def global_weights(weights: Array, plan: Plan) -> Array:
    """Share of each element in the root: weights multiplied down the tree, (layers, codes)."""
    shares = within_families(weights, plan)
    shares[:, -1] = 1.0
    for family in reversed(plan.families):
        shares[:, family.children] *= shares[:, [family.parent]]
    return shares
