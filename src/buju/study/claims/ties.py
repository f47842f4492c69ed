"""Checks of reach, trade areas and ties: how they change as the network grows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from buju import measure
from buju.errors import StudyError
from buju.network import times_matrix
from buju.study.claims.register import Finding, check, decided
from buju.study.claims.travel import MARGIN
from buju.study.context import Run
from buju.study.openings import amended

_FLOOR = 10.0
_NOTICED = 0.01
"""A change of ties below a hundredth is no change."""


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
    run: Run, *, origin: str, destinations: list[str], first: str, last: str
) -> Finding:
    """Did travel from a place to every one of the destinations become faster?"""
    before, after = (
        run.between(run.dated(date), [origin], destinations).minutes[0] for date in (first, last)
    )
    names = _names(run)
    told = list(zip(destinations, before, after, strict=True))
    zh = "，".join(f"{names['name_zh'][d]} {b:.0f}→{a:.0f} 分钟" for d, b, a in told)
    en = ", ".join(f"{names['name_en'][d]} {b:.0f} to {a:.0f} min" for d, b, a in told)
    gain = float((before - after).min())
    return decided(
        bool((after < before).all()), gain, f"{first}→{last}：{zh}", f"{first} to {last}: {en}"
    )


@check
def trade_area(run: Run, *, centre: str, minimum: float) -> Finding:
    """Does a city pull at least this share of the counties more than any other city does?

    Reilly's law among all prefectures and outside places: residents over time squared.
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
    return decided(
        share >= minimum,
        share,
        f"按雷利定律（人口除以时间的平方），在 {len(rivals)} 个城市中，{len(counties)} 个县里有 "
        f"{won} 个受它吸引最强（{share:.0%}）；没有消费流向数据",
        f"by Reilly's law among {len(rivals)} cities it pulls {won} of {len(counties)} counties "
        f"most ({share:.0%}); where people shop was not observed",
    )


@check
def tie_growth(
    run: Run, *, groups: list[str], partners: list[str], first: str, last: str
) -> Finding:
    """Did the gravity ties of every element with every partner grow as the network did?

    Mass is the square root of residents times GDP and stays the same; a partner is an element or a
    place. Ties fall with time squared.
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
    return decided(
        min(growths) >= _NOTICED,
        min(growths),
        f"{first}→{last} 引力联系（人口与产出不变，只看路网）：{zh}",
        f"{first} to {last}, gravity ties with people and output held: {en}",
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


@check
def road_time(run: Run, *, origin: str, destination: str, minutes: float, date: str) -> Finding:
    """Is the time by road between two seats within a tenth of what was announced?

    A faster road in the tables may have the announcement's own minutes: then it can contradict the
    announcement where the rest of the way takes longer, and cannot confirm it.
    """
    network = amended(run.region, run.dated(date))
    found = times_matrix(*network, mode="road", origins=[origin], destinations=[destination])
    value = float(found.minutes[0, 0])
    links = run.region.links
    told = links[(links["mode"] == "road") & (links["minutes_basis"] == "published")]
    zh = f"公路门到门 {value:.0f} 分钟（{date}，驻地之间），公布 {minutes:g} 分钟"
    en = f"by road {value:.0f} min from seat to seat ({date}), {minutes:g} announced"
    if value > minutes * MARGIN:
        return decided(False, value, zh, en)
    if len(told):
        return Finding("no data", value, zh + "；路段时间取自公布值", en + "; from the same source")
    return decided(True, value, zh, en)
