"""What was observed between two censuses: people and jobs by county and by element."""

from __future__ import annotations

from buju.report.content import Show, shown
from buju.report.formats import Format, Text
from buju.report.maps.choropleth import value_map
from buju.report.maps.classes import diverging_classes
from buju.report.records import Grid, Record
from buju.report.results import Results
from buju.report.section import Part, Section

_COUNTED = Text("；括号内为县数", "; counties in brackets")


def _years(results: Results, name: str) -> str:
    row = results.frame(name).iloc[0]
    return f"{row['first_year']}→{row['last_year']}"


def _map(results: Results) -> list[Record]:
    frame = results.frame("county_shift").set_index("place")
    years = _years(results, "county_shift")
    growth = diverging_classes(frame["growth"].tolist())
    points = diverging_classes(frame["share_points"].tolist())
    return [
        Grid(
            [
                value_map(
                    results.base,
                    frame["growth"].to_dict(),
                    results.place_names,
                    growth,
                    title=Text(f"常住人口变化 {years}", f"Change of residents, {years}"),
                    unit=Text("变化率", "Change") + _COUNTED,
                    format=Format("change", growth.digits(100)),
                ),
                value_map(
                    results.base,
                    frame["share_points"].to_dict(),
                    results.place_names,
                    points,
                    title=Text(
                        f"占全域人口份额的变化 {years}", f"Change of share of residents, {years}"
                    ),
                    unit=Text("百分点", "Points") + _COUNTED,
                    format=Format("signed", points.digits()),
                ),
            ]
        )
    ]


def _elements(name: str, first: str, last: str) -> Part:
    def build(results: Results) -> list[Record]:
        frame = results.frame(name)
        row = frame.iloc[0]
        early, late = str(row["first_year"]), str(row["last_year"])
        columns = [
            Show("group", "要素", "Element", through=results.element),
            Show("first", f"{early} 年", early, "count"),
            Show("last", f"{late} 年", late, "count"),
            Show("first_share", f"{early} 年份额", f"Share {early}", "share", 2),
            Show("last_share", f"{late} 年份额", f"Share {late}", "share", 2),
            Show("share_points", "份额变化", "Change of share", "signed", 2),
        ]
        return [shown(results, name, columns)]

    columns = ("group", "first", "last", "first_share", "last_share", "share_points", "first_year")
    return Part(Text(first, last), {name: (*columns, "last_year")}, build)


def _counties(results: Results) -> list[Record]:
    frame = results.frame("county_shift").sort_values("growth", ascending=False)
    row = frame.iloc[0]
    early, late = str(row["first_year"]), str(row["last_year"])
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        Show("prefecture", "地级市", "Prefecture", through=results.place_both),
        Show("first", f"{early} 年", early, "count"),
        Show("last", f"{late} 年", late, "count"),
        Show("change", "增减", "Change", "signed_count", unit=Text("人", "persons")),
        Show("growth", "变化率", "Change rate", "change"),
        Show("share_points", "份额变化", "Change of share", "signed", 3),
    ]
    return [shown(results, "county_shift", columns, rows=frame)]


def _urban(results: Results) -> list[Record]:
    frame = results.frame("urban_share").sort_values("share", ascending=False)
    year = results.manifest["year"]
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        Show("residents", f"{year} 年常住人口", f"Residents, {year}", "count"),
        Show("urban", f"{year} 年城镇人口", f"Urban residents, {year}", "count"),
        Show("share", f"{year} 年城镇人口比重", f"Urban share, {year}", "share", 1),
    ]
    return [shown(results, "urban_share", columns, rows=frame)]


_SHIFT = ("place", "prefecture", "first", "last", "change", "growth", "share_points")

SECTION = Section(
    "change",
    Text("人口与就业的实际变化", "The observed shift of people and jobs"),
    [
        Part(
            Text("各县人口变化图", "map of change by county"),
            {"county_shift": ("place", "growth", "share_points", "first_year", "last_year")},
            _map,
        ),
        _elements("population_shift", "各要素人口份额", "shares of residents by element"),
        _elements("jobs_shift", "各要素就业份额", "shares of jobs by element"),
        Part(
            Text("各县人口变化表", "change by county"),
            {"county_shift": (*_SHIFT, "first_year", "last_year")},
            _counties,
        ),
        Part(
            Text("城镇人口比重", "urban share"),
            {"urban_share": ("place", "residents", "urban", "share")},
            _urban,
        ),
    ],
)
