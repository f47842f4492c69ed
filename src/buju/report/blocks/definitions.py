"""The same region under every definition: areas by county, margins, agreement, maps."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from buju.report.blocks import labour_areas
from buju.report.blocks.definition_maps import area_names, maps, named, used
from buju.report.content import Show, shown
from buju.report.formats import Format, Text, is_missing
from buju.report.records import Column, Paragraph, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

_NEAREST = 6
"""Counties shown for each definition, those nearest to changing."""


def _methods(results: Results) -> list[Record]:
    frame = results.frame("definition_methods")
    table = shown(
        results,
        "definition_methods",
        [
            Show("definition", "定义", "Definition", through=named(results).get),
            Show("how_zh", "做法", "How it is applied"),
            Show("reference", "文献", "Reference"),
            Show("areas", "区数", "Areas", "number"),
            Show("places", "划入的县", "Counties inside", "number"),
        ],
    )
    rows = [
        (row[0], _how(record), *row[2:])
        for row, record in zip(table.rows, frame.to_dict("records"), strict=True)
    ]
    said = Paragraph(
        Text(
            "没有观测的通勤流：劳动力市场区、功能性城市地区和流动社区都用模型推算的通勤流，"
            "结果随模型参数而变；圈与吸引范围用模型旅行时间。各县的余量都是其他条件不变时的。",
            "No commuting was observed: labour-market areas, functional urban areas and "
            "communities use the model's commuting and change with its parameters; circles and "
            "attraction use modelled times. Margins hold all else unchanged.",
        )
    )
    return [
        said,
        TableContent(table.title, table.columns, rows, table.basis, table.source, table.note),
    ]


def _how(record: Mapping[object, object]) -> Text:
    how = Text(str(record["how_zh"]), str(record["how_en"]))
    if not record["left_out_zh"]:
        return how
    return how + Text(
        f"（未计算：{record['left_out_zh']}）", f" (left out: {record['left_out_en']})"
    )


def _margin(value: object, unit: str) -> Text:
    if is_missing(value) or math.isinf(float(value)):  # type: ignore[arg-type]
        return Text("", "")
    number = float(value)  # type: ignore[arg-type]
    if unit == "min":
        written = f"{number:+.0f}" if abs(number) >= 1 else f"{number:+.1f}"
    else:
        written = f"{number:+.0%}" if number < 1 else f"×{number + 1:,.3g}"
    return Text(f"（{written}）", f" ({written})")


def _table(results: Results) -> list[Record]:
    table = results.table("definitions")
    names, applied = named(results), used(results)
    rows = []
    for record in table.frame.to_dict("records"):
        cells = []
        for name in applied:
            held = area_names(results, record[name])
            outside = Text("—", "—") if not held.zh else held
            unit = table.units.get(f"{name}_margin", "")
            cells.append(outside + _margin(record.get(f"{name}_margin"), unit))
        rows.append((results.place_both(record["place"]), *cells))
    return [
        TableContent(
            Text(
                "各县在各种定义下的归属（括号内为余量：圈为分钟，其他为份额或倍数）",
                "Where each county falls by each definition (in brackets the margin: minutes for "
                "circles, else a share or a factor)",
            ),
            [
                Column(Text("县（市、区）", "County"), Format()),
                *(Column(names[name], Format()) for name in applied),
            ],
            rows,
            table.basis,
            "tables/definitions.parquet",
            Text(table.note_zh, table.note_en),
        )
    ]


def _flips(results: Results) -> list[Record]:
    table = results.table("definition_evidence")
    names = named(results)
    frame = table.frame[table.frame["margin"].notna()]
    size = frame["margin"].abs()
    chosen = frame.assign(size=size).sort_values("size", kind="stable")
    chosen = chosen.groupby("definition", sort=False).head(_NEAREST)
    order = {name: k for k, name in enumerate(names)}
    chosen = chosen.sort_values("definition", key=lambda column: column.map(order), kind="stable")
    rows = [
        (
            names[row.definition],
            results.place_both(row.place),
            area_names(results, row.areas),
            Text(str(row.flip_zh), str(row.flip_en)),
        )
        for row in chosen.itertuples()
    ]
    return [
        TableContent(
            Text(
                f"最接近改变归属的县（每种定义 {_NEAREST} 个）",
                f"What would flip it: the {_NEAREST} counties nearest to changing, by definition",
            ),
            [
                Column(Text("定义", "Definition"), Format()),
                Column(Text("县（市、区）", "County"), Format()),
                Column(Text("现属", "Now in"), Format()),
                Column(Text("改变的条件", "What would flip it"), Format()),
            ],
            rows,
            table.basis,
            "tables/definition_evidence.parquet",
            Text(table.note_zh, table.note_en),
            filter_by=0,
        )
    ]


def _agreement(results: Results) -> list[Record]:
    """Pairs with the announced layout; where there is none, all pairs."""
    frame = results.frame("definition_agreement")
    names = named(results)
    plan = frame[frame["first"] == "announced"]
    rows = frame if plan.empty else plan
    columns = [
        Show("first", "定义", "Definition", through=names.get),
        Show("second", "与之比较", "Compared with", through=names.get),
        Show("common", "两者都划入的县", "Counties both hold", "number"),
        Show("same_share", "归属相应的县", "Counties in corresponding areas", "share", 0),
        Show("adjusted_rand", "调整兰德指数", "Adjusted Rand index", "number", 2),
    ]
    return [shown(results, "definition_agreement", columns, rows=rows)]


def _close(results: Results) -> list[Record]:
    frame: pd.DataFrame = results.frame("definition_agreement")
    plan = frame[(frame["first"] == "announced") & frame["adjusted_rand"].notna()]
    if plan.empty:
        return []
    names = named(results)
    near, far = plan.loc[plan["same_share"].idxmax()], plan.loc[plan["same_share"].idxmin()]
    return [
        Paragraph(
            Text(
                f"与公布的布局最相合的是“{names[near['second']].zh}”（{near['same_share']:.0%} 的县"
                f"归属相应），最不合的是“{names[far['second']].zh}”（{far['same_share']:.0%}）。"
                "不一致不等于布局有误：布局还考虑历史、水系和行政区划。",
                f"Closest to the announced layout: {names[near['second']].en} "
                f"({near['same_share']:.0%} of counties); farthest: {names[far['second']].en} "
                f"({far['same_share']:.0%}). A difference is no error of the layout, which also "
                "follows history, water and administration.",
            )
        )
    ]


_METHODS = ("definition", "name_zh", "name_en", "how_zh", "how_en", "reference", "areas")
_EVIDENCE = ("definition", "place", "area", "areas", "margin", "flip_zh", "flip_en")
_PAIRS = ("first", "second", "common", "same_share", "adjusted_rand")

SECTION = Section(
    "definitions",
    Text("同一区域，各种定义", "The same region under every definition"),
    [
        Part(
            Text("各种定义的做法", "definitions"),
            {"definition_methods": (*_METHODS, "places", "left_out_zh", "left_out_en")},
            _methods,
        ),
        labour_areas.PART,
        Part(
            Text("一致程度", "agreement"),
            {"definition_agreement": _PAIRS, "definition_methods": _METHODS},
            lambda results: [*_close(results), *_agreement(results)],
        ),
        Part(
            Text("各种定义的图", "maps of the definitions"),
            {
                "definition_evidence": _EVIDENCE,
                "definitions": ("place",),
                "definition_methods": _METHODS,
            },
            maps,
        ),
        Part(
            Text("逐县归属", "county by county"),
            {"definitions": ("place",), "definition_methods": _METHODS},
            _table,
        ),
        Part(
            Text("改变的条件", "what would flip it"),
            {"definition_evidence": _EVIDENCE, "definition_methods": _METHODS},
            _flips,
        ),
    ],
)
