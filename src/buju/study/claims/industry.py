"""Checks of sectors and services, from census samples and published accounts."""

from __future__ import annotations

import pandas as pd

from buju.errors import StudyError
from buju.study.claims.register import Finding, check, decided, lacking, undecided
from buju.study.context import Run

_FEW = 100
"""Sampled jobs below which a share or quotient decides nothing."""


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
        return lacking("区域数据中没有分行业就业", "no jobs by sector in the tables")
    sectors = run.region.sectors.query("kind == @kind")["sector"]
    of_kind, own = jobs["sector"].isin(sectors), _of_place(run, jobs, place)
    if own["jobs"].sum() < _FEW:
        return lacking("样本过少", "too few sampled jobs")
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
        return lacking("区域数据中没有分行业就业", "no jobs by sector in the tables")
    table = run.frame("specialisation")
    of_sector = table[table["sector"] == sector]
    rows = of_sector[of_sector["place"] == place]
    if rows.empty or rows["jobs"].iloc[0] < _FEW:
        return lacking("样本过少", "too few sampled jobs")
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
def value_added(run: Run, *, kind: str, first: int, last: int, grade: bool = False) -> Finding:
    """Did a kind of sectors grow in value added, summed over the prefectures?

    At current prices. With `grade` the claim is also about the make-up inside the kind, which no
    table has after the census: growth then decides nothing, a fall still contradicts.
    """
    table, names = run.region.indicators, ["va_primary", "va_secondary", "va_tertiary"]
    prefectures = set(run.frame("counties")["prefecture"])
    chosen = table[table["indicator"].isin(names) & table["place"].isin(prefectures)]
    chosen = chosen[chosen["year"].isin([first, last])]
    if len(chosen) != 2 * len(names) * len(prefectures):
        return lacking("两个年份的三次产业增加值不全", "value added of the two years has gaps")
    summed = chosen.groupby(["year", "indicator"])["value"].sum().unstack()
    level, share = summed[f"va_{kind}"], summed[f"va_{kind}"] / summed.sum(axis=1)
    change = float(level[last] - level[first])
    zh = (
        f"{first}→{last} 年各市合计 {level[first]:,.0f}→{level[last]:,.0f} 亿元（现价），"
        f"占增加值的比重 {share[first]:.1%}→{share[last]:.1%}；现价比重受煤价影响"
    )
    en = (
        f"{first} to {last}, prefectures summed: {level[first]:,.0f} to {level[last]:,.0f} "
        f"1e8 CNY at current prices; share {share[first]:.1%} to {share[last]:.1%}, which follows "
        "the price of coal too"
    )
    if grade and change > 0:
        return undecided(
            change,
            zh + "；总量上升，内部结构是否升级没有分行业数据",
            en + "; it grew, and whether its make-up rose in grade is in no table",
        )
    return decided(change > 0, change, zh, en)
