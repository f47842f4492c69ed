"""Checks of what gathers where: factors in a city, output with size, people with density."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from buju.study.claims.register import Finding, check, decided, lacking, undecided
from buju.study.context import Run

_CITIES = 5
"""Cities below which a rank correlation is not taken."""
_SURE = 0.05
"""Chance of a rank correlation at least as far from zero, below which it is taken as one."""

_FACTORS = {
    "population_year_end": ("常住人口", "residents"),
    "employed_urban_units": ("城镇单位就业", "jobs in urban units"),
    "deposits_outstanding": ("存款余额", "deposits"),
    "loans_outstanding": ("贷款余额", "loans"),
}


@check
def factors_shift(run: Run, *, place: str) -> Finding:
    """Did a city's share of people, jobs and money among the prefectures rise?

    For each factor the first and the last year that all prefectures report. Supported where every
    share rose, contradicted where every share fell; where they differ the claim has no one answer.
    """
    prefectures = sorted(set(run.frame("counties")["prefecture"]))
    table = run.region.indicators
    said, points = [], []
    for factor, names in _FACTORS.items():
        rows = table[(table["indicator"] == factor) & table["place"].isin(prefectures)]
        wide = rows.pivot(index="year", columns="place", values="value")
        wide = wide.reindex(columns=prefectures).dropna()
        if len(wide) < 2 or place not in wide:
            return lacking(f"{names[0]}没有两个年份", f"{names[1]}: no two years for all cities")
        share = wide[place] / wide.sum(axis=1)
        said.append((names, share))
        points.append(100 * float(share.iloc[-1] - share.iloc[0]))

    def words(language: int, dash: str) -> list[str]:
        return [
            f"{names[language]} {share.iloc[0]:.1%}{dash}{share.iloc[-1]:.1%}"
            f" ({share.index[0]}–{share.index[-1]})"
            for names, share in said
        ]

    zh, en = (
        "占各市合计：" + "，".join(words(0, "→")),
        "of all cities: " + ", ".join(words(1, " to ")),
    )
    if max(points) > 0 > min(points):
        return undecided(
            points[0], zh + "；各要素走向不一，没有单一结论", en + "; factors moved both ways"
        )
    return decided(min(points) > 0, points[0], zh, en)


@check
def size_and_output(run: Run) -> Finding:
    """Do larger central cities stand in prefectures with more GDP a head? Spearman's correlation.

    Size is the residents of a prefecture's districts. A correlation that may be chance decides
    nothing, nor does a positive one: being large and being productive may have one cause.
    """
    places = run.region.level("county")
    size = places[places["kind"] == "district"].groupby("parent")["residents"].sum()
    whole = run.region.level("prefecture").set_index("place")
    output = (whole["gdp"] / whole["residents"]).reindex(size.index)
    if len(size) < _CITIES or output.isna().any():
        return lacking("城市太少或缺少生产总值", "too few cities, or GDP is missing")
    found = spearmanr(size, output)
    rho, chance = float(found.statistic), float(found.pvalue)
    zh = f"{len(size)} 个中心城区人口与所在市人均生产总值的等级相关 {rho:.2f}（p = {chance:.2g}）"
    en = f"rank correlation of core residents and GDP a head {rho:.2f} (p = {chance:.2g}, "
    en += f"{len(size)} cities)"
    if chance < _SURE and rho < 0:
        return decided(False, rho, zh, en)
    return undecided(
        rho,
        zh + "；煤炭资源左右人均产出，城市少，不能说明规模带来生产率",
        en + "; coal drives output a head and cities are few: size is not shown to bring it",
    )


@check
def density_and_growth(run: Run) -> Finding:
    """Did denser counties gain more people? Spearman's rank correlation between the censuses.

    Growth of people is not quality of development, so a positive one decides nothing; where people
    left the dense counties, these carried no growth and the claim is contradicted.
    """
    if "county_shift" not in run.tables:
        return lacking("区域数据中没有两个年份", "the region lacks two years")
    shift = run.frame("county_shift").set_index("place")
    land = run.frame("counties").set_index("place")["area_km2"].reindex(shift.index)
    if land.isna().any() or not np.isfinite(shift["growth"]).all():
        return lacking("缺少面积", "areas are missing")
    found = spearmanr(shift["first"] / land, shift["growth"])
    rho, chance = float(found.statistic), float(found.pvalue)
    zh = f"期初密度与人口增长的等级相关 {rho:.2f}（p = {chance:.2g}，{len(shift)} 个县）"
    en = f"rank correlation of density and growth {rho:.2f} (p = {chance:.2g}, "
    en += f"{len(shift)} counties)"
    if chance < _SURE and rho < 0:
        return decided(False, rho, zh, en)
    return undecided(
        rho,
        zh + "；人口增长不等于高质量发展，分县的质量指标没有两个年份",
        en + "; people are not quality, of which no table has two years by county",
    )
