"""Checks of choices: zones and poles as engines, limits, shared costs."""

from __future__ import annotations

import numpy as np

from buju.errors import StudyError
from buju.simulate import Equilibrium
from buju.study import levers
from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run
from buju.study.decision import decision

_PLAIN = ("长期均衡结果，没有区间", "long-run equilibrium, no interval")


def _not_asked(table: str) -> Finding:
    return Finding(
        "no data",
        np.nan,
        f"本研究没有算出表 {table}（研究文件的 decide 部分）",
        f"the study produced no table {table} (section decide of its file)",
    )


@check
def zones_pull(run: Run, *, zones: list[str]) -> Finding:
    """Does a push in the zones raise real product and welfare in the region's other counties?

    Contradicted where both fall; no data where they differ, or the draws differ in sign.
    """
    if "zone_levers" not in run.tables:
        return _not_asked("zone_levers")
    table = run.frame("zone_levers")
    rows = table[(table["zones"] == ";".join(zones)) & table["inferred_members"]]
    if rows.empty:
        return _not_asked("zone_levers")
    row = rows.iloc[0]
    low, high = row["rest_product_low"], row["rest_product_high"]
    bounds = "" if np.isnan(low) else f"（{low:+.2%} – {high:+.2%}）"
    bounds_en = "; no interval" if np.isnan(low) else f" ({low:+.2%} to {high:+.2%})"
    push = decision(run).asked.lever - 1
    said = (
        f"两区生产率 {push:+.0%} 时，其余各县实际产出 {row['rest_product']:+.2%}{bounds}，就业 "
        f"{row['rest_jobs']:+.2%}，区外户籍居民福利 {row['welfare_rest']:+.2%}（长期，模型）",
        f"with productivity of the zones {push:+.0%}, real product of the other counties "
        f"{row['rest_product']:+.2%}{bounds_en}, jobs {row['rest_jobs']:+.2%}, welfare of people "
        f"registered outside {row['welfare_rest']:+.2%} (long run, model)",
    )
    sure = "uncertain" not in (row["rest_product_direction"], row["welfare_rest_direction"])
    return _pull(float(row["rest_product"]), float(row["welfare_rest"]), sure, said)


def _pull(product: float, welfare: float, sure: bool, said: tuple[str, str]) -> Finding:
    if not sure or (product > 0) != (welfare > 0):
        mixed = (
            "产出与福利方向不一或不确定：",
            "product and welfare differ in sign, or are unsure: ",
        )
        return Finding("no data", product, mixed[0] + said[0], mixed[1] + said[1])
    return decided(product > 0, product, *said)


@check
def pole_pulls(run: Run, *, place: str) -> Finding:
    """Does a push in one county raise real product and welfare in the rest of the region?"""
    if run.study.spec.decide is None:
        return _not_asked("zone_levers")
    made = decision(run)
    if place not in made.world.places:
        raise StudyError(
            f"claims.csv speaks of place {place!r}, which the economy does not have",
            f"claims.csv 提到的地点 {place!r} 不在经济中",
        )
    hat = np.ones(len(made.world.places))
    hat[made.world.places.index(place)] = made.asked.lever
    found = made.world.solve(run, made.world.base, {"productivity": hat})
    rest = made.home & (np.array(made.world.places) != place)
    product, jobs = _rest(found, rest)
    gain = levers.welfare(made, found, 1.0 - rest)["welfare_rest"]
    push = made.asked.lever - 1
    said = (
        f"该区生产率 {push:+.0%} 时，全省其余各县实际产出 {product:+.3%}，就业 {jobs:+.3%}，"
        f"户籍居民福利 {gain:+.3%}（{_PLAIN[0]}）",
        f"with its productivity {push:+.0%}, real product of the province's other counties "
        f"{product:+.3%}, jobs {jobs:+.3%}, welfare of people registered there {gain:+.3%} "
        f"({_PLAIN[1]})",
    )
    return _pull(product, gain, True, said)


def _rest(found: Equilibrium, rest: np.ndarray) -> tuple[float, float]:
    b = found.baseline
    jobs = np.asarray(b.jobs) * rest
    gdp = b.wage * jobs
    product = float((gdp * (found.wage * found.jobs / found.price - 1)).sum() / gdp.sum())
    return product, float((jobs * (found.jobs - 1)).sum() / jobs.sum())


@check
def supply_loosens(run: Run, *, cap: str, now: str, more: str) -> Finding:
    """Does a supply loosen a limit? Only where what is supplied and used today is known.

    The study's limit without a stated supply assumes that nothing is spare; then the answer is
    conditional and no verdict.
    """
    if "limits" not in run.tables:
        return _not_asked("limits")
    table = run.frame("limits")
    asked = decision(run).asked.limits
    assert asked is not None
    rows = [table[(table["case"] == case) & (table["cap"] == cap)] for case in (now, more)]
    if any(row.empty for row in rows):
        return _not_asked("limits")
    before, after = (row.iloc[0] for row in rows)
    push = asked.lever - 1
    told = (
        f"若现在没有余量，区内生产率 {push:+.0%} 时影子价格由 {before['price']:.1f} 元/m³ 降为 "
        f"{after['price']:.1f}，区内人口由 {before['zone_residents']:+.2%} 变为 "
        f"{after['zone_residents']:+.2%}",
        f"if nothing is spare now, with productivity {push:+.0%} the shadow price falls from CNY "
        f"{before['price']:.1f} to {after['price']:.1f} a m³ and residents of the zone go from "
        f"{before['zone_residents']:+.2%} to {after['zone_residents']:+.2%}",
    )
    value = float(before["price"] - after["price"])
    if asked.caps[cap].most is None:
        return Finding(
            "no data",
            value,
            "经济区现状供水量与用水量未公布。" + told[0],
            "present supply and use of the zone were not published. " + told[1],
        )
    return decided(bool(before["binds"]) and value > 0, value, *told)


@check
def costs_shared(run: Run, *, case: int) -> Finding:
    """Is there a mechanism? No table records one; says whether a split exists that holds."""
    if "sharing_core" not in run.tables:
        return _not_asked("sharing")
    core = run.frame("sharing_core")
    core = core[core["case"] == case]
    worth = run.frame("sharing_coalitions")
    worth = worth[worth["case"] == case]
    if core.empty:
        return _not_asked("sharing")
    every = worth.iloc[-1]
    holds = bool(core["in_core"].all()) and every["net"] > 0
    words = ("各方都没有理由退出的分担方案存在", "a split that nobody leaves exists")
    lacking = (
        "合计净收益为负或没有稳定方案",
        "the sum is below zero, or no split holds",
    )
    zh, en = words if holds else lacking
    return Finding(
        "no data",
        float(every["net"]),
        f"没有机制建立与否的记录；模型：{every['coalition']} 合计净现值 {every['net']:+.0f} 亿元，"
        + zh,
        f"no record of such a mechanism; model: {every['coalition']} together have a net present "
        f"value of {every['net']:+.0f} (CNY 100 m), {en}",
    )
