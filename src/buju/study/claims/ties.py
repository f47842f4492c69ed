"""Checks of reach, trade areas and ties: how they change as the network grows."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju import measure
from buju.errors import StudyError
from buju.study.claims.register import Finding, check, decided, undecided
from buju.study.context import Run

Array = npt.NDArray[np.float64]

_FLOOR = 10.0


def _names(run: Run) -> pd.DataFrame:
    places = pd.concat([run.region.places, run.region.outside_places])
    return places.set_index("place")[["name_zh", "name_en"]]


@check
def place_shift(run: Run, *, place: str, direction: str) -> Finding:
    """Did a prefecture's share of the region's residents rise or fall between the censuses?"""
    if "county_shift" not in run.tables:
        return Finding("no data", np.nan, "区域数据中没有两个年份", "the region lacks two years")
    table = run.frame("county_shift")
    inside = (table["prefecture"] == place) | (table["place"] == place)
    if not inside.any():
        raise StudyError(f"claims.csv speaks of place {place!r}, which places.csv does not list")
    points = float(table.loc[inside, "share_points"].sum())
    first, last = table["first_year"].iloc[0], table["last_year"].iloc[0]
    return decided(
        points > 0 if direction == "up" else points < 0,
        points,
        f"{first}→{last} 年占全域常住人口的份额变化 {points:+.2f} 个百分点",
        f"share of the region's residents, {first} to {last}: {points:+.2f} points",
    )


@check
def circle_growth(run: Run, *, core: str, first: str, last: str) -> Finding:
    """Do more people live within the time limit of a core city than before?"""
    if "circle_people" not in run.tables:
        return Finding("no data", np.nan, "没有计算圈层", "no circles were computed")
    rows = run.frame("circle_people")
    rows = rows[rows["core"] == core].set_index("date")
    if not {first, last} <= set(rows.index):
        return Finding("no data", np.nan, "没有这些日期的圈层", "no circle at these dates")
    before, after = rows.loc[first], rows.loc[last]
    gain = float(after["residents"] - before["residents"])
    limit = run.study.spec.measure.circle_minutes
    return decided(
        gain > 0,
        gain,
        f"{limit:g} 分钟圈内 {first} 为 {before['counties']} 个县 {before['residents']:,.0f} 人，"
        f"{last} 为 {after['counties']} 个县 {after['residents']:,.0f} 人（人口不变，只看路网）",
        f"within {limit:g} min: {before['counties']} counties, {before['residents']:,.0f} persons "
        f"at {first}; {after['counties']}, {after['residents']:,.0f} at {last} (same residents)",
    )


@check
def access_gain(
    run: Run, *, destinations: list[str], first: str, last: str, origin: str | None = None
) -> Finding:
    """Minutes to some destinations at two dates, from a place or from all counties.

    Counties count by their residents. Nearness in time is evidence beside a claim of belonging
    together; whether firms and people do so is in no table, and so nothing is decided.
    """
    origins = [origin] if origin else run.frame("counties")["place"].tolist()
    people = _residents(run, origins)
    before, after = (
        np.average(run.between(run.dated(d), origins, destinations).minutes, axis=0, weights=people)
        for d in (first, last)
    )
    names = _names(run)
    told = list(zip(destinations, before, after, strict=True))
    zh = "，".join(f"{names['name_zh'][d]} {b:.0f}→{a:.0f} 分钟" for d, b, a in told)
    en = ", ".join(f"{names['name_en'][d]} {b:.0f} to {a:.0f} min" for d, b, a in told)
    who = ("", "") if origin else ("各县按人口加权平均，", "mean of the counties by residents, ")
    return undecided(
        float((before - after).min()),
        f"{first}→{last}，{who[0]}到{zh}；只是旅行时间，往来和贸易没有观测",
        f"{first} to {last}, {who[1]}{en}; times only, exchange and trade were not observed",
    )


def _residents(run: Run, places: list[str]) -> Array:
    people = run.region.places.set_index("place")["residents"]
    return people.reindex(places).to_numpy(dtype=np.float64)


@check
def trade_area(run: Run, *, centre: str) -> Finding:
    """How many counties a city pulls more than any other city does, by Reilly's law.

    Among all prefectures and outside places: residents over time squared. A city reaches farther
    than where it is the strongest, and where people shop is in no table, so nothing is decided.
    """
    counties = run.frame("counties")["place"].tolist()
    rivals = pd.concat([run.region.level("prefecture"), run.region.outside_places])
    rivals = rivals.set_index("place")["residents"]
    matrix = run.between(run.study.scenarios["base"], counties, list(rivals.index))
    strength = measure.field_strength(
        rivals.to_numpy(dtype=np.float64), matrix.minutes, exponent=2.0, floor=_FLOOR
    )
    won = int((strength.strongest == list(rivals.index).index(centre)).sum())
    share = won / len(counties)
    zh, en = _names(run).loc[centre, ["name_zh", "name_en"]]
    return undecided(
        share,
        f"没有消费流向数据；按雷利定律（人口除以时间的平方），在 {len(rivals)} 个城市中，"
        f"{len(counties)} 个县里有 {won} 个受{zh}吸引最强（{share:.0%}），"
        "而吸引也及于不居首位的县",
        "where people shop was not observed; by Reilly's law among "
        f"{len(rivals)} cities {en} pulls {won} of {len(counties)} counties most ({share:.0%}), "
        "and a city also reaches counties where it comes second",
    )


@check
def tie_growth(
    run: Run, *, groups: list[str], partners: list[str], first: str, last: str
) -> Finding:
    """How the gravity ties of elements with partners changed as the network did.

    Mass is the square root of residents times GDP and stays the same; a partner is an element or a
    place. Ties fall with time squared. Ties by a law are no observed exchange, so they stand beside
    a claim of working together and decide nothing.
    """
    pull = _masses(run)
    said, growths = [], []
    for group, partner in product(groups, partners):
        one = _members(run, group) & set(pull.index)
        two = _members(run, partner) & set(pull.index) - one
        if not one or not two:
            lacking = partner if one else group
            return Finding("no data", np.nan, f"{lacking} 缺少数据", f"{lacking} lacks figures")
        before, after = (_ties(run, date, sorted(one), sorted(two), pull) for date in (first, last))
        growths.append(after / before - 1)
        said.append((_called(run, group), _called(run, partner), growths[-1]))
    zh = "，".join(f"{a[0]}与{b[0]} {growth:+.1%}" for a, b, growth in said)
    en = ", ".join(f"{a[1]} with {b[1]} {growth:+.1%}" for a, b, growth in said)
    return undecided(
        min(growths),
        f"往来没有观测；{first}→{last} 引力联系（人口与产出不变，只看路网）：{zh}",
        "exchange was not observed; gravity ties with people and output held, "
        f"{first} to {last}: {en}",
    )


def _masses(run: Run) -> pd.Series:
    inside = run.region.level("county")[["place", "residents", "gdp"]]
    every = pd.concat([inside, run.region.outside_places[["place", "residents", "gdp"]]])
    every = every.dropna().set_index("place")
    return pd.Series(
        measure.mass(every["residents"].to_numpy(), every["gdp"].to_numpy()), index=every.index
    )


def _members(run: Run, name: str) -> set[str]:
    groups = set(run.region.place_groups["group"])
    return set(run.region.members(name)["place"]) if name in groups else {name}


def _called(run: Run, name: str) -> tuple[str, str]:
    groups = run.region.place_groups.set_index("group")[["name_zh", "name_en"]]
    table = groups if name in groups.index else _names(run)
    return str(table.loc[name, "name_zh"]), str(table.loc[name, "name_en"])


def _ties(run: Run, date: str, one: list[str], two: list[str], pull: pd.Series) -> float:
    matrix = run.minutes(run.dated(date))
    at = [pd.Index(matrix.labels).get_indexer(places) for places in (one, two)]
    minutes = np.maximum(matrix.minutes[np.ix_(*at)], _FLOOR)
    return float((np.outer(pull[one], pull[two]) / minutes**2).sum())
