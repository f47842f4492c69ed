"""What a minute saved on each rail and road link is worth: maps and the links worth most."""

from __future__ import annotations

import pandas as pd

from buju.report.blocks.certificates import VERDICTS
from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text
from buju.report.maps import diverging_classes, link_map, quantile_classes
from buju.report.records import Callout, Figure, Grid, Heading, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

MODES = {"rail": Text("铁路", "Rail"), "road": Text("公路", "Roads")}
_MOST = 15
_SMALL = Text(
    "边际值：只适用于很小的变化；大的工程须重新计算路线并求解（见项目评价）。县驻地之间的连线是估算的道路。",
    "Marginal values hold for small changes only; a large project has to be routed and solved "
    "again (see the appraisal). Roads between county seats are estimated.",
)


def _maps(results: Results) -> list[Record]:
    frame = results.frame("link_values")
    found: list[Record] = [Callout(_SMALL)]
    for network, rows in frame.groupby("network", sort=False):
        title = results.scenario(str(network))
        found.append(Heading(Text("路网：", "Network: ") + title))
        figures = [
            _value(results, rows[rows["mode"] == mode], name + Text("：", ": ") + title)
            for mode, name in MODES.items()
            if (rows["mode"] == mode).any()
        ]
        if rows["access"].notna().any() and rows["access"].abs().max() > 0:
            figures.append(_access(results, rows, title))
        found += [Grid(figures), _table(results, rows, title)]
    return found


def _value(results: Results, rows: pd.DataFrame, title: Text) -> Figure:
    values = dict(zip(rows["link_id"], rows["per_percent"].astype(float), strict=True))
    classes = diverging_classes(list(values.values()))
    return link_map(
        results.base,
        results.layers["links"],
        values,
        classes,
        title=Text("快 1% 的价值，", "Worth of 1 % less time, ") + title,
        unit=Text("亿元/年", "CNY 100 m a year"),
        format=Format("number", min(4, classes.digits())),
        caption=_where(results),
    )


def _access(results: Results, rows: pd.DataFrame, title: Text) -> Figure:
    used = rows[rows["access"] > 0]
    values = dict(zip(used["link_id"], used["access"].astype(float), strict=True))
    classes = quantile_classes(list(values.values()))
    return link_map(
        results.base,
        results.layers["links"],
        values,
        classes,
        title=Text("通往所选地点的路：", "Ways to the place asked for: ") + title,
        unit=Text("居民中最快路线经过该段的份额", "Share of residents whose fastest way uses it"),
        format=Format("share", max(1, min(3, classes.digits(100)))),
        caption=_where(results),
    )


def _where(results: Results) -> Text:
    table = results.table("link_values")
    return Text(
        table.note_zh.split("。", 1)[0] + "。", table.note_en.split(". ", 1)[0].rstrip(".") + "."
    )


def _columns(results: Results, access: bool) -> list[Show]:
    columns = [
        Show("name", "路段", "Link"),
        Show("mode", "方式", "Mode", through=words(MODES)),
        Show("minutes", "时间", "Time", "number", 1),
        Show("per_percent", "快 1% 的价值", "Worth of 1 %", "number", 3, guarded=True),
        Show("value", "快一分钟的价值", "Worth of a minute", "number", 3, guarded=True),
        Show("people", "其中：人员出行", "Through people", "number", 3, guarded=True),
        Show("freight", "其中：货运", "Through freight", "number", 3, guarded=True),
    ]
    if access:
        columns.append(Show("access", "通达份额", "Access", "share", 1, guarded=True))
    return [*columns, Show("verdict", "结论", "Verdict", through=words(VERDICTS))]


def _table(results: Results, rows: pd.DataFrame, title: Text) -> TableContent:
    top = [
        rows[rows["mode"] == mode].sort_values("per_percent", ascending=False).head(_MOST)
        for mode in MODES
    ]
    access = bool(rows["access"].notna().any())
    return shown(
        results,
        "link_values",
        _columns(results, access),
        rows=pd.concat(top),
        title=Text(f"每种方式价值最大的 {_MOST} 段：", f"The {_MOST} links worth most by mode: ")
        + title,
    )


def _lines(results: Results) -> list[Record]:
    columns = [
        Show("network", "路网", "Network", through=lambda n: results.scenario(str(n))),
        Show("name_zh", "线路", "Line", english="name_en"),
        Show("minutes", "全线时间", "Whole time", "number", 0),
        Show("value", "快一分钟的价值", "Worth of a minute", "number", 3, guarded=True),
        Show("per_percent", "快 1% 的价值", "Worth of 1 %", "number", 3, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "line_values", columns, filter_by="network")]


def _checks(results: Results) -> list[Record]:
    columns = [
        Show("network", "路网", "Network", through=lambda n: results.scenario(str(n))),
        Show("name", "路段", "Link"),
        Show("value", "边际值", "Marginal", "number", 4, guarded=True),
        Show("solved_again", "重新求解", "Solved again", "number", 4, guarded=True),
        Show("relative_difference", "相对差", "Difference", "scientific", 1, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "link_checks", columns)]


SECTION = Section(
    "link-values",
    Text("每一段路值多少", "What each link is worth"),
    [
        Part(
            Text("路段价值图", "map of link values"),
            {"link_values": ("network", "link_id", "value", "per_percent", "access", "verdict")},
            _maps,
        ),
        Part(Text("线路价值", "values of lines"), {"line_values": ("line", "value")}, _lines),
        Part(Text("重新求解的比较", "solved again"), {"link_checks": ("link_id",)}, _checks),
    ],
)
