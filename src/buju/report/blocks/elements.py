"""The layout's elements: where they lie, and what was announced beside what members sum to."""

from __future__ import annotations

import pandas as pd

from buju.report.content import Show, shown, words
from buju.report.formats import Text
from buju.report.maps.base import colours_of
from buju.report.maps.choropleth import Outline, category_map
from buju.report.maps.overlays import RAIL
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section

KINDS = {
    "layout": Text("布局", "layout"),
    "cluster": Text("城市群", "city cluster"),
    "metro": Text("都市区", "metropolitan area"),
    "zone": Text("经济区", "zone"),
    "circle": Text("城镇圈", "town circle"),
    "town_group": Text("城镇组群", "town group"),
    "region": Text("跨区域合作区", "cross-border region"),
    "structure": Text("结构", "structure"),
}
AREAS = ("cluster", "circle")
_DASHES = (None, "5 3", "1.5 2.5", "8 3 2 3")
_COLOURS = ("#5b2a86", "#9c1f1f")


def members(results: Results, group: str) -> list[str]:
    """Counties of an element, as the table `counties` states them."""
    groups = results.frame("counties").set_index("place")["groups"]
    return [str(place) for place, text in groups.items() if group in str(text).split(";")]


def _map(results: Results) -> list[Record]:
    elements = results.frame("elements")
    areas = elements[elements["kind"].isin(AREAS)]["group"].tolist()
    areas = [group for group in areas if members(results, group)]
    held: dict[str, str] = {}
    for group in areas:
        held |= dict.fromkeys(members(results, group), group)
    zones = elements[elements["kind"] == "zone"]["group"].tolist()
    outlines = [
        Outline(inside, results.element(zone), _DASHES[k % 4], _COLOURS[k % 2])
        for k, (zone, inside) in enumerate((z, members(results, z)) for z in zones)
        if inside
    ]
    legend = {group: results.element(group) for group in areas}
    return [
        category_map(
            results.base,
            held,
            legend,
            colours_of(areas),
            results.place_names,
            title=Text("布局要素的范围", "Elements of the layout"),
            outlines=outlines,
            overlays=[RAIL],
            caption=Text(
                "只部分纳入要素的县整县画出。", "A county included only in part is drawn whole."
            ),
        )
    ]


def _table(results: Results) -> list[Record]:
    frame: pd.DataFrame = results.frame("elements")
    year, gdp = _year(results, "year"), _year(results, "gdp_year")
    columns = [
        Show("group", "要素", "Element", through=results.element),
        Show("kind", "类别", "Kind", through=words(KINDS)),
        Show("members_announced", "公布成员数", "Members announced", "number"),
        Show("counties", "区域内县数", "Counties inside", "number"),
        Show("inferred", "其中推断", "of them inferred", "number"),
        Show("area_announced_km2", "公布面积", "Area announced", "number"),
        Show("area_km2", "合计面积", "Area summed", "number"),
        Show("residents_announced", "公布人口", "Residents announced", "count"),
        Show("residents", f"合计人口{year.zh}", f"Residents summed{year.en}", "count"),
        Show("gdp", f"合计生产总值{gdp.zh}", f"GDP summed{gdp.en}", "number", 0),
    ]
    return [shown(results, "elements", columns, rows=frame)]


def _year(results: Results, column: str) -> Text:
    """The year of the counties' figures for a table head; nothing where they differ."""
    there = "counties" in results.bundle.names and column in results.frame("counties")
    years = results.frame("counties")[column].dropna().unique() if there else []
    return Text(f"（{years[0]} 年）", f", {years[0]}") if len(years) == 1 else Text("", "")


_COLUMNS = (
    "group",
    "kind",
    "counties",
    "inferred",
    "area_km2",
    "residents",
    "gdp",
    "members_announced",
    "area_announced_km2",
    "residents_announced",
)

SECTION = Section(
    "elements",
    Text("布局要素", "The elements of the layout"),
    [
        Part(
            Text("布局要素图", "map of the elements"),
            {"elements": ("group", "kind"), "counties": ("place", "groups")},
            _map,
        ),
        Part(Text("公布数与合计数", "announced beside summed"), {"elements": _COLUMNS}, _table),
    ],
)
