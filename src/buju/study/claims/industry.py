"""Checks of sectors, services and concentration, from census samples and published accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from buju.errors import StudyError
from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run

_FEW = 100
"""Sampled jobs below which a share or quotient decides nothing."""
_SURE = 0.05
"""Chance of a rank correlation at least as far from zero, below which it is taken as one."""


def _lacking(zh: str, en: str) -> Finding:
    return Finding("no data", float("nan"), zh, en)


def _of_place(run: Run, table: pd.DataFrame, place: str) -> pd.DataFrame:
    """Rows of a county, or of the counties of a prefecture; an unknown code is refused."""
    counties = run.frame("counties")
    inside = counties.loc[(counties["place"] == place) | (counties["prefecture"] == place), "place"]
    if inside.empty:
        raise StudyError(
            f"claims.csv speaks of place {place!r}, which places.csv does not list",
            f"claims.csv 提到的地点 {place!r} 不在 places.csv 中",
        )
    return table[table["place"].isin(inside)]


def _jobs(run: Run) -> pd.DataFrame:
    jobs = run.region.employment
    counties = run.frame("counties")["place"]
    return jobs[(jobs["year"] == run.study.spec.year) & jobs["place"].isin(counties)]


@check
def kind_share(run: Run, *, place: str, kind: str) -> Finding:
    """Is the share of a kind of sectors (primary, secondary, tertiary) above the region's?"""
    jobs = _jobs(run)
    if jobs.empty:
        return _lacking("区域数据中没有分行业就业", "no jobs by sector in the tables")
    sectors = run.region.sectors.query("kind == @kind")["sector"]
    of_kind, own = jobs["sector"].isin(sectors), _of_place(run, jobs, place)
    if own["jobs"].sum() < _FEW:
        return _lacking("样本过少", "too few sampled jobs")
    here = float(own.loc[of_kind.reindex(own.index), "jobs"].sum() / own["jobs"].sum())
    there = float(jobs.loc[of_kind, "jobs"].sum() / jobs["jobs"].sum())
    return decided(
        here > there,
        here,
        f"就业样本中占 {here:.1%}，全域 {there:.1%}（按居住地）",
        f"{here:.1%} of sampled jobs, {there:.1%} in the region (by residence)",
    )


@check
def sector_quotient(run: Run, *, place: str, sector: str, minimum: float = 1.0) -> Finding:
    """Is the place's location quotient of a sector above a bound?"""
    if "specialisation" not in run.tables:
        return _lacking("区域数据中没有分行业就业", "no jobs by sector in the tables")
    table = run.frame("specialisation")
    of_sector = table[table["sector"] == sector]
    rows = of_sector[of_sector["place"] == place]
    if rows.empty or rows["jobs"].iloc[0] < _FEW:
        return _lacking("样本过少", "too few sampled jobs")
    value = float(rows["quotient"].iloc[0])
    rank = int((of_sector["quotient"] > value).sum()) + 1
    share = float(rows["jobs"].iloc[0] / of_sector["jobs"].sum())
    return decided(
        value > minimum,
        value,
        f"区位商 {value:.2f}，{len(of_sector)} 个县中第 {rank}；占全域该行业就业样本 {share:.1%}。"
        "只说明集聚，不说明对他地的带动",
        f"quotient {value:.2f}, rank {rank} of {len(of_sector)} counties, {share:.1%} of the "
        "region's sampled jobs in it; concentration, not its effect elsewhere",
    )


@check
def value_added(run: Run, *, kind: str, first: int, last: int) -> Finding:
    """Did a kind of sectors grow in value added and in its share, summed over the prefectures?"""
    table, names = run.region.indicators, ["va_primary", "va_secondary", "va_tertiary"]
    prefectures = set(run.frame("counties")["prefecture"])
    chosen = table[table["indicator"].isin(names) & table["place"].isin(prefectures)]
    chosen = chosen[chosen["year"].isin([first, last])]
    if len(chosen) != 2 * len(names) * len(prefectures):
        return _lacking("两个年份的三次产业增加值不全", "value added of the two years has gaps")
    summed = chosen.groupby(["year", "indicator"])["value"].sum().unstack()
    level, share = summed[f"va_{kind}"], summed[f"va_{kind}"] / summed.sum(axis=1)
    points = float(100 * (share[last] - share[first]))
    return decided(
        level[last] > level[first] and points > 0,
        points,
        f"{first}→{last} 年各市合计 {level[first]:,.0f}→{level[last]:,.0f} 亿元（现价），"
        f"占增加值的比重 {share[first]:.1%}→{share[last]:.1%}；现价比重受煤价影响",
        f"{first} to {last}, prefectures summed: {level[first]:,.0f} to {level[last]:,.0f} "
        f"1e8 CNY at current prices; share {share[first]:.1%} to {share[last]:.1%}, which follows "
        "the price of coal too",
    )


@check
def districts_shift(run: Run) -> Finding:
    """Did the districts of the cities gain in share of the region's people and sampled jobs?"""
    kinds = run.region.level("county").set_index("place")["kind"]
    inside = set(kinds.index[kinds == "district"])
    first, last = run.study.spec.measure.first_year, run.study.spec.year
    jobs = run.region.employment
    jobs = jobs[jobs["place"].isin(kinds.index)]
    if not inside or "county_shift" not in run.tables or not {first, last} <= set(jobs["year"]):
        return _lacking("缺少市辖区或两个年份的数据", "districts or one of the two years missing")
    people = run.frame("county_shift")
    mine = people["place"].isin(inside)
    shares = people[["first", "last"]][mine].sum() / people[["first", "last"]].sum()
    work = [jobs[jobs["year"] == year] for year in (first, last)]
    at = [float(t.loc[t["place"].isin(inside), "jobs"].sum() / t["jobs"].sum()) for t in work]
    points = float(100 * (shares["last"] - shares["first"]))
    return decided(
        points > 0 and at[1] > at[0],
        points,
        f"{first}→{last} 年，{len(inside)} 个市辖区占全域常住人口 {shares['first']:.1%}→"
        f"{shares['last']:.1%}，占就业样本 {at[0]:.1%}→{at[1]:.1%}；资金等要素未测",
        f"{first} to {last}: {len(inside)} districts held {shares['first']:.1%} then "
        f"{shares['last']:.1%} of residents, {at[0]:.1%} then {at[1]:.1%} of sampled jobs; money "
        "and other factors were not measured",
    )


@check
def density_and_growth(run: Run) -> Finding:
    """Did denser counties grow more? Spearman's rank correlation between the censuses."""
    if "county_shift" not in run.tables:
        return _lacking("区域数据中没有两个年份", "the region lacks two years")
    shift = run.frame("county_shift").set_index("place")
    land = run.frame("counties").set_index("place")["area_km2"].reindex(shift.index)
    if land.isna().any() or not np.isfinite(shift["growth"]).all():
        return _lacking("缺少面积", "areas are missing")
    found = spearmanr(shift["first"] / land, shift["growth"])
    rho, chance = float(found.statistic), float(found.pvalue)
    zh = f"期初密度与人口增长的等级相关 {rho:.2f}（p = {chance:.2g}，{len(shift)} 个县）"
    en = f"rank correlation of density and growth {rho:.2f} (p = {chance:.2g}, "
    en += f"{len(shift)} counties)"
    if chance >= _SURE:
        return Finding("no data", rho, zh + "，方向不确定", en + ", direction not certain")
    return decided(rho > 0, rho, zh + "；只检验人口，未测质量", en + "; people only, not quality")
