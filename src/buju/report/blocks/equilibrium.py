"""The equilibrium: what it starts from and what each scenario changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from buju.report.content import Show, shown, words
from buju.report.formats import Format, Refused, Text, Value
from buju.report.maps.choropleth import value_map
from buju.report.maps.classes import diverging_classes, quantile_classes
from buju.report.records import Callout, Figure, Grid, Heading, Record, TableContent
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

BASES = {
    "observed": Text("实测", "observed"),
    "modelled": Text("模型", "modelled"),
    "computed": Text("计算", "computed"),
    "estimated": Text("估计", "estimated"),
}
LONG_RUN = Text(
    "模型结果，长期，与同一区域没有该项目时相比；不是预测。",
    "Model, long run, relative to the same region without the project; no forecast.",
)
_COUNTED = Text("；括号内为县数", "; counties in brackets")
_ENDS = 10


def _baseline(results: Results) -> list[Record]:
    frame = results.frame("baseline")
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("residents", "常住人口", "Residents", "count"),
        Show("jobs", "就业", "Jobs", "count"),
        Show("jobs_basis", "就业依据", "Basis of jobs", through=words(BASES)),
        Show("wage", "每就业者收入", "Income per job", "number", 2),
        Show("gdp_basis", "生产总值依据", "Basis of GDP", through=words(BASES)),
    ]
    if "commuters_out" in frame:
        columns.append(Show("commuters_out", "外出通勤比重", "Commuting out", "share", 1))
    return [
        Heading(Text("起点：基准均衡", "Where it starts: the baseline")),
        shown(results, "baseline", columns),
    ]


def _effects(results: Results) -> list[Record]:
    """Maps and tables of every scenario, or the reason why it has none."""
    found: list[Record] = []
    frame = results.frame("effects")
    for name, title in results.scenarios:
        rows = frame[frame["scenario"] == name]
        if rows.empty:
            continue
        found.append(Heading(Text("情景：", "Scenario: ") + title))
        refused = rows[rows["verdict"] != CERTIFIED]
        if not refused.empty:
            verdict = str(refused["verdict"].iloc[0])
            found.append(Callout(_refusal(verdict), "warning"))
            continue
        found.append(Callout(LONG_RUN))
        found.append(Grid(_maps(results, name, title, rows)))
        found.append(_ends(results, title, rows[rows["place"].isin(results.counties.index)]))
    return found


def _refusal(verdict: str) -> Text:
    return Text(
        f"该情景的方程组没有得到认证的解（结论：{verdict}），数字不予显示。",
        f"The equations of this scenario have no certified solution (verdict: {verdict}); its "
        "numbers are refused.",
    )


def _maps(results: Results, name: str, title: Text, rows: pd.DataFrame) -> list[Figure]:
    inside = rows[rows["place"].isin(results.base.places)].set_index("place")
    before = results.frame("baseline").set_index("place")["residents"].reindex(inside.index)
    after = before + inside["residents_persons"]
    change = inside["residents_change"]
    levels = quantile_classes([*before, *after])
    projects = results.projects(name)
    pairs = ((before, results.scenario("base")), (after, title))
    figures = [
        value_map(
            results.base,
            values.to_dict(),
            results.place_names,
            levels,
            title=Text("常住人口：", "Residents: ") + which,
            unit=Text("人", "Persons") + _COUNTED,
            format=Format("count"),
        )
        for values, which in pairs
    ]
    return [
        *figures,
        value_map(
            results.base,
            change.to_dict(),
            results.place_names,
            shades := diverging_classes(change.tolist()),
            title=Text("常住人口变化：", "Change of residents: ") + title,
            unit=Text("变化率", "Change") + _COUNTED,
            format=Format("change", shades.digits(100)),
            projects=projects,
        ),
    ]


def _effect_columns(results: Results) -> list[Show]:
    percent = [
        ("residents_change", "居民", "Residents"),
        ("jobs_change", "就业", "Jobs"),
        ("wage_change", "工资", "Wage"),
        ("rent_change", "租金", "Rent"),
        ("price_change", "物价", "Prices"),
    ]
    persons = Text("人", "persons")
    return [
        Show("place", "地点", "Place", through=results.place_both),
        *(Show(c, zh, en, "change", 3, guarded=True) for c, zh, en in percent),
        Show(
            "residents_persons", "居民增减", "Residents", "signed_count", unit=persons, guarded=True
        ),
        Show("jobs_persons", "就业增减", "Jobs", "signed_count", unit=persons, guarded=True),
    ]


def _ends(results: Results, title: Text, rows: pd.DataFrame) -> TableContent:
    order = rows.sort_values("residents_change", ascending=False)
    if len(order) > 2 * _ENDS:
        order = pd.concat([order.head(_ENDS), order.tail(_ENDS)])
    head = Text(
        f"居民增减最多的县（前 {_ENDS} 与后 {_ENDS}）：",
        f"Counties that gain and lose most residents, first and last {_ENDS}: ",
    )
    return shown(results, "effects", _effect_columns(results), rows=order, title=head + title)


def _every_place(results: Results) -> list[Record]:
    columns = [
        Show("scenario", "情景", "Scenario", through=results.scenario),
        *_effect_columns(results),
    ]
    return [
        Heading(Text("全部地点", "Every place")),
        shown(results, "effects", columns, filter_by="scenario"),
    ]


def _groups(results: Results) -> list[Record]:
    persons = Text("人", "persons")
    columns = [
        Show("scenario", "情景", "Scenario", through=results.scenario),
        Show("group", "要素", "Element", through=results.element),
        Show("residents_change", "居民", "Residents", "change", 3, guarded=True),
        Show(
            "residents_persons", "居民增减", "Residents", "signed_count", unit=persons, guarded=True
        ),
        Show("jobs_change", "就业", "Jobs", "change", 3, guarded=True),
        Show("jobs_persons", "就业增减", "Jobs", "signed_count", unit=persons, guarded=True),
    ]
    return [
        Heading(Text("按布局要素", "By element of the layout")),
        shown(results, "group_effects", columns),
    ]


def _beside(results: Results) -> list[Record]:
    """The model's changes of share beside those observed; refused scenarios say so."""
    frame = results.frame("beside")
    points = Text("百分点", "points")
    columns = [
        Show("group", "要素", "Element", through=results.element),
        Show("observed_residents", "实测居民", "Residents observed", "signed", 2, unit=points),
    ]
    if "observed_jobs" in frame:
        columns.append(Show("observed_jobs", "实测就业", "Jobs observed", "signed", 2, unit=points))
    for name, title in results.scenarios:
        column = f"model_{name}"
        if column in frame:
            head = Text(f"模型：{title.zh}", f"Model: {title.en}")
            refused = through_verdict(results, name)
            columns.append(Show(column, head.zh, head.en, "signed", 3, refused, unit=points))
    return [
        Heading(Text("实际变化与模型并列", "Observed shift beside the model")),
        Callout(
            Text(
                "两者回答的问题不同：实测为十年间一切因素的合计，模型为单个项目的长期影响，不应相减。",
                "They answer different questions: ten years of everything against the long-run "
                "effect of one project. Do not subtract one from the other.",
            )
        ),
        shown(results, "beside", columns),
    ]


def through_verdict(results: Results, scenario: str) -> Callable[[Any], Value] | None:
    """What hides a scenario's numbers where its solution is not certified."""
    rows = results.frame("certificates")
    verdicts = rows[rows["scenario"] == scenario]["verdict"].tolist() or ["no certificate"]
    if verdicts == [CERTIFIED]:
        return None
    return lambda _: Refused(str(verdicts[0]))


_EFFECTS = (
    "scenario",
    "place",
    "residents_change",
    "jobs_change",
    "wage_change",
    "rent_change",
    "price_change",
    "residents_persons",
    "jobs_persons",
    "verdict",
)
_GROUPS = ("scenario", "group", "residents_change", "residents_persons", "jobs_change")

SECTION = Section(
    "equilibrium",
    Text("均衡模型：谁增谁减", "Equilibrium: who gains and who loses"),
    [
        Part(
            Text("基准均衡", "baseline"),
            {"baseline": ("place", "residents", "jobs", "jobs_basis", "wage", "gdp_basis")},
            _baseline,
        ),
        Part(
            Text("各情景的变化", "changes by scenario"),
            {"effects": _EFFECTS, "baseline": ("place", "residents"), "counties": ("place",)},
            _effects,
        ),
        Part(
            Text("按要素的变化", "changes by element"),
            {"group_effects": (*_GROUPS, "jobs_persons", "verdict")},
            _groups,
        ),
        Part(
            Text("实际与模型并列", "observed beside model"),
            {"beside": ("group", "observed_residents"), "certificates": ("scenario", "verdict")},
            _beside,
        ),
        Part(Text("全部地点的变化", "changes of every place"), {"effects": _EFFECTS}, _every_place),
    ],
)
