"""Checks about the elements of the layout: their members, size, people and jobs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run

_TOLD = 5
"""So many places without an element are named."""

_QUANTITY = {
    "residents": ("常住人口", "residents", "人", "persons"),
    "area_km2": ("面积", "area", "km²", "km²"),
    "gdp": ("生产总值", "GDP", "亿元", "1e8 CNY"),
}


@check
def member_count(run: Run, *, group: str, expected: float) -> Finding:
    """Does an element have as many members as announced, as its member rows stand?"""
    rows = run.region.place_group_members
    rows = rows[rows["group"] == group]
    if rows.empty:
        children = run.region.place_groups
        count, inferred = int((children["parent"] == group).sum()), 0
    else:
        count, inferred = rows["place"].nunique(), int(rows["inferred"].sum())
    return decided(
        count == expected,
        count,
        f"数据表中有 {count} 个成员（其中 {inferred} 个为推断），公布数为 {expected:g}",
        f"{count} members in the tables ({inferred} of them inferred), {expected:g} announced",
    )


@check
def groups_named(run: Run, *, kind: str, expected: float, north_first: list[str]) -> Finding:
    """Are there as many elements of a kind as announced, and do they lie as they are called?

    Of the elements in `north_first` each must lie north of the next, by the mean latitude of its
    members' seats, weighed by residents.
    """
    groups = run.region.place_groups
    named = groups[(groups["kind"] == kind) & groups["parent"].notna()]
    counties = run.region.level("county").set_index("place")
    degrees = []
    for group in north_first:
        members = run.region.members(group)
        people = counties["residents"].reindex(members["place"]).to_numpy() * members["weight"]
        degrees.append(
            float(np.average(counties.geometry.y.reindex(members["place"]), weights=people))
        )
    titles = groups.set_index("group")
    told = [(titles.loc[g], d) for g, d in zip(north_first, degrees, strict=True)]
    return decided(
        len(named) == expected and all(a > b for a, b in pairwise(degrees)),
        len(named),
        f"布局表中有 {len(named)} 个，公布 {expected:g} 个；自北向南："
        + "，".join(f"{t['name_zh']} {d:.2f}°N" for t, d in told),
        f"{len(named)} in the layout, {expected:g} announced; from north to south: "
        + ", ".join(f"{t['name_en']} {d:.2f}°N" for t, d in told),
    )


@check
def groups_cover(run: Run, *, parent: str) -> Finding:
    """Does every county of the region belong to an element below the one named?"""
    counties = run.frame("counties").set_index("place")
    children = run.region.place_groups.query("parent == @parent")["group"]
    held = set().union(*(run.region.members(group)["place"] for group in children))
    left = [place for place in counties.index if place not in held]
    few = left[:_TOLD]
    return decided(
        not left,
        len(counties) - len(left),
        f"{len(counties)} 个县中有 {len(counties) - len(left)} 个属于 {len(children)} 个要素之一"
        + (f"；不属于任何要素的有：{'、'.join(counties.loc[few, 'name_zh'])}等" if left else ""),
        f"{len(counties) - len(left)} of {len(counties)} counties belong to one of "
        f"{len(children)} elements or more"
        + (f"; to none: {', '.join(counties.loc[few, 'name_en'])}, ..." if left else ""),
    )


@check
def group_sum(run: Run, *, group: str, quantity: str, expected: float, tolerance: float) -> Finding:
    """Do the members of an element add up to an announced total, within a relative tolerance?"""
    zh, en, unit_zh, unit_en = _QUANTITY[quantity]
    counties = run.region.level("county").set_index("place")
    members = run.region.members(group)
    values = counties[quantity].reindex(members["place"]).to_numpy() * members["weight"].to_numpy()
    total = float(values.sum())
    gap = total / expected - 1
    return decided(
        abs(gap) <= tolerance,
        total,
        f"成员{zh}合计 {total:,.0f} {unit_zh}，公布 {expected:,.0f}，相差 {gap:+.1%}",
        f"members add up to {total:,.0f} {unit_en} of {en}; {expected:,.0f} announced ({gap:+.1%})",
    )


def _shift(run: Run, name: str, group: str, direction: str, what: tuple[str, str]) -> Finding:
    if name not in run.tables:
        return Finding(
            "no data", float("nan"), "区域数据中没有两个年份", "the region lacks two years"
        )
    table = run.frame(name)
    row = table.loc[table["group"] == group].iloc[0]
    points = float(row["share_points"])
    first, last = row["first_year"], row["last_year"]
    zh, en = what
    return decided(
        points > 0 if direction == "up" else points < 0,
        points,
        f"{first}→{last} 年占全省{zh}的份额变化 {points:+.2f} 个百分点",
        f"share of the region's {en}, {first} to {last}: {points:+.2f} points",
    )


@check
def population_shift(run: Run, *, group: str, direction: str) -> Finding:
    """Did the element's share of the region's residents rise or fall between the censuses?"""
    return _shift(run, "population_shift", group, direction, ("常住人口", "residents"))


@check
def jobs_shift(run: Run, *, group: str, direction: str) -> Finding:
    """Did the element's share of the region's sampled jobs rise or fall between the censuses?"""
    return _shift(run, "jobs_shift", group, direction, ("就业样本", "sampled jobs"))


@check
def urban_share(run: Run, *, expected_minimum: float) -> Finding:
    """Is the region's urban share of residents at least as announced?"""
    if "urban_share" not in run.tables:
        return Finding(
            "no data", float("nan"), "区域数据中没有城镇人口", "no urban residents given"
        )
    table = run.frame("urban_share")
    share = float(table["urban"].sum() / table["residents"].sum()) * 100
    low = table.loc[table["share"].idxmin()]
    return decided(
        share >= expected_minimum,
        share,
        f"全省城镇人口占 {share:.1f}%；最低的县为{low['name_zh']} {low['share']:.1%}",
        f"{share:.1f} % of residents are urban; lowest county {low['name_en']} {low['share']:.1%}",
    )
