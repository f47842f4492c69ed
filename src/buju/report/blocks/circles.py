"""Circles by travel time beside circles by the plan, and which core pulls which county."""

from __future__ import annotations

import pandas as pd

from buju.report.blocks import isochrone_maps
from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text
from buju.report.maps.base import area_colours
from buju.report.maps.choropleth import category_map
from buju.report.maps.overlays import RAIL
from buju.report.records import Column, Grid, Heading, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

AGREEMENT = {
    "same": Text("一致", "same"),
    "numbers_only": Text("时间以内，布局未列", "by the numbers only"),
    "plan_only": Text("布局列入，时间以外", "by the plan only"),
    "different": Text("分属不同要素", "different elements"),
    "neither": Text("都不属于", "neither"),
}
_COLOURS = dict(
    zip(AGREEMENT, ("#3b8fbf", "#a9d5c4", "#ee9d43", "#7a4b94", "#eeeeee"), strict=True)
)


def _map(results: Results) -> list[Record]:
    held = results.frame("circle_plan").set_index("place")["agreement"].astype(str)
    present = {key: text for key, text in AGREEMENT.items() if (held == key).any()}
    return [
        category_map(
            results.base,
            held.to_dict(),
            present,
            _COLOURS,
            results.place_names,
            title=Text("按时间与按布局划圈的异同", "Circles by the numbers beside the plan"),
            overlays=[RAIL],
        )
    ]


def _counts(results: Results) -> list[Record]:
    table = results.table("circle_plan")
    counted = table.frame["agreement"].value_counts()
    rows = [(text, int(counted[key])) for key, text in AGREEMENT.items() if key in counted]
    return [
        TableContent(
            Text("异同的县数", "Counties by agreement"),
            [
                Column(Text("比较结果", "Result"), Format()),
                Column(Text("县数", "Counties"), Format("number"), Text("个", "number")),
            ],
            rows,
            table.basis,
            "tables/circle_plan.parquet",
            Text(table.note_zh, table.note_en),
        )
    ]


def _disagreements(results: Results) -> list[Record]:
    frame = results.frame("circle_plan")
    rows = frame[~frame["agreement"].isin(["same", "neither"])]
    rows = rows.sort_values("margin", ascending=False)
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        Show("agreement", "比较结果", "Result", through=words(AGREEMENT)),
        Show("by_numbers", "按时间属于", "Belongs by time to", through=results.elements_of),
        Show("by_plan", "按布局属于", "Belongs by plan to", through=results.elements_of),
        Show("core", "最近核心城市", "Nearest core city", through=results.place_both),
        Show("minutes", "到该城市的时间", "Time to it", "number", 0),
        Show("margin", "界限减时间（正：圈内）", "Limit less time (+: inside)", "signed", 0),
    ]
    title = Text("时间与布局不一致的县", "Counties where the numbers and the plan disagree")
    return [shown(results, "circle_plan", columns, rows=rows, title=title)]


def _by_date(results: Results) -> list[Record]:
    """How many counties lie within the limit of each core city, date by date."""
    table = results.table("circles")
    inside = table.frame[table.frame["inside"]]
    dates = list(dict.fromkeys(table.frame["date"]))
    cores = list(dict.fromkeys(table.frame["core"]))
    counted = pd.crosstab(inside["core"], inside["date"]).reindex(
        index=cores, columns=dates, fill_value=0
    )
    count = Text("个县", "counties")
    return [
        Heading(Text("随路网变化", "As the network grows")),
        TableContent(
            Text("各核心城市时间圈内的县数", "Counties within the time limit of each core city"),
            [
                Column(Text("核心城市", "Core city"), Format()),
                *(Column(Text.same(date), Format("number"), count) for date in dates),
            ],
            [(results.place_both(core), *map(int, counted.loc[core])) for core in cores],
            table.basis,
            "tables/circles.parquet",
            Text(table.note_zh, table.note_en),
        ),
    ]


def _people(results: Results) -> list[Record]:
    frame = results.frame("circle_people")

    def core(code: object) -> Text:
        return results.place_both(code) if code else Text("各圈合并", "all circles")

    columns = [
        Show("core", "核心城市", "Core city", through=core),
        Show("date", "路网日期", "Network of"),
        Show("projects", "含规划项目", "With planned projects"),
        Show("counties", "圈内县数", "Counties inside", "number"),
        Show("residents", "圈内人口", "Residents inside", "count"),
        Show("change", "比前一日期", "Since the date before", "signed_count"),
        Show("share", "占全域", "Of the region", "share", 1),
    ]
    return [shown(results, "circle_people", columns, rows=frame)]


def _attraction(results: Results) -> list[Record]:
    frame = results.frame("attraction")
    held = frame.set_index("place")["centre"].astype(str)
    centres = list(dict.fromkeys(held))
    legend = {centre: results.place(centre) for centre in centres}
    figure = category_map(
        results.base,
        held.to_dict(),
        legend,
        area_colours(results, centres),
        results.place_names,
        title=Text("各县受哪个核心城市吸引最强", "Which core city pulls each county most"),
        overlays=[RAIL],
    )
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        Show("centre", "吸引最强", "Strongest", through=results.place_both),
        Show("share", "份额", "Share", "share", 1),
        Show("second", "其次", "Second", through=results.place_both),
        Show("second_share", "份额", "Share", "share", 1),
    ]
    return [Grid([figure]), shown(results, "attraction", columns)]


_PLAN = ("place", "agreement", "by_numbers", "by_plan", "core", "minutes", "margin")

CIRCLES = Section(
    "circles",
    Text("按时间划的圈与布局的圈", "Circles by the numbers beside the plan"),
    [
        Part(Text("异同图", "map of agreement"), {"circle_plan": ("place", "agreement")}, _map),
        Part(Text("异同的县数", "counts"), {"circle_plan": ("place", "agreement")}, _counts),
        Part(Text("不一致的县", "disagreements"), {"circle_plan": _PLAN}, _disagreements),
        isochrone_maps.PART,
        Part(
            Text("随路网变化", "circles by date"),
            {"circles": ("date", "place", "core", "inside")},
            _by_date,
        ),
        Part(
            Text("圈内人口", "people inside the circles"),
            {"circle_people": ("core", "date", "projects", "counties", "residents", "change")},
            _people,
        ),
    ],
)
ATTRACTION = Section(
    "attraction",
    Text("核心城市的吸引范围", "Attraction of the core cities"),
    [
        Part(
            Text("吸引范围", "attraction"),
            {"attraction": ("place", "centre", "share", "second", "second_share")},
            _attraction,
        )
    ],
)
