"""Tables of what scenarios change: places, elements, variants, beside what was observed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from buju.report.content import Show, shown, words
from buju.report.formats import Refused, Text, Value
from buju.report.records import Callout, Heading, Record, TableContent
from buju.report.results import CERTIFIED, Results

DIRECTIONS = {
    "up": Text("增加", "up"),
    "down": Text("减少", "down"),
    "uncertain": Text("方向不确定", "uncertain"),
    "none": Text("不变", "none"),
}
POINTS = {
    "inside": Text("在区间内", "within"),
    "below": Text("低于区间", "below it"),
    "above": Text("高于区间", "above it"),
}
_PERSONS = Text("人", "persons")
_ENDS = 10
_INTERVAL = (
    ("median", "抽样中位数", "median of the draws"),
    ("low", "区间下限", "low"),
    ("high", "区间上限", "high"),
)


def changed(name: str, zh: str, en: str, frame: pd.DataFrame, digits: int = 3) -> list[Show]:
    """A change with the interval and the direction that the draws give, where there are any.

    Where a change stands to its own interval has a column as soon as one lies outside.
    """
    found = [Show(f"{name}_change", zh, en, "change", digits, guarded=True)]
    for end, low_zh, low_en in _INTERVAL:
        if _given(frame, f"{name}_{end}"):
            title = (f"{zh}{low_zh}", f"{en}, {low_en}")
            found.append(Show(f"{name}_{end}", *title, "change", digits, guarded=True))
    if drawn(name, frame):
        said = words(DIRECTIONS)
        found.append(Show(f"{name}_direction", "方向", "Direction", through=said, guarded=True))
    if outside(name, frame):
        title = (f"{zh}：数值与区间", f"{en}: the figure and its interval")
        found.append(Show(f"{name}_point", *title, through=words(POINTS), guarded=True))
    return found


def outside(name: str, frame: pd.DataFrame) -> int:
    """How many published figures lie outside their own interval."""
    column = f"{name}_point"
    return int(frame[column].isin(("below", "above")).sum()) if column in frame else 0


def stray(rows: pd.DataFrame) -> list[Callout]:
    """A warning where figures for residents or jobs fall outside their own intervals."""
    count = {name: outside(name, rows) for name in ("residents", "jobs")}
    if not any(count.values()):
        return []
    said = Text(
        f"注意：{len(rows)} 行中，居民有 {count['residents']} 行、就业有 {count['jobs']} 行的数值"
        "落在自己的抽样区间之外，表中注明高于或低于区间；此时以区间和抽样中位数为准。",
        f"Note: of {len(rows)} rows, {count['residents']} figures for residents and "
        f"{count['jobs']} for jobs lie outside their own interval; the tables say whether above or "
        "below it. Rely on the interval and the median of the draws there.",
    )
    return [Callout(said, "warning")]


def drawn(name: str, frame: pd.DataFrame) -> bool:
    """Whether parameters were drawn: without an interval a direction says nothing new."""
    return f"{name}_direction" in frame and _given(frame, f"{name}_low")


def _persons(name: str, zh: str, en: str) -> Show:
    column = f"{name}_persons"
    return Show(column, f"{zh}增减", f"{en}, change", "signed_count", unit=_PERSONS, guarded=True)


def _money(_results: Results, frame: pd.DataFrame) -> list[Show]:
    named = (("wage", "工资", "Wage"), ("rent", "租金", "Rent"), ("price", "物价", "Prices"))
    return [column for name, zh, en in named for column in changed(name, zh, en, frame)]


def jobs_head(results: Results) -> Text:
    """What jobs are called: scaled to residents where they were not given."""
    plain, scaled = Text("就业", "Jobs"), Text("就业（按人口折算）", "Jobs, scaled to residents")
    if results.lacks({"baseline": ("jobs_basis",)}):
        return plain
    return scaled if (results.frame("baseline")["jobs_basis"] == "modelled").any() else plain


def _both(results: Results, frame: pd.DataFrame) -> list[Show]:
    jobs = jobs_head(results)
    return [
        *changed("residents", "居民", "Residents", frame),
        _persons("residents", "居民", "Residents"),
        *changed("jobs", jobs.zh, jobs.en, frame),
        _persons("jobs", jobs.zh, jobs.en),
    ]


def ends(results: Results, title: Text, rows: pd.DataFrame) -> TableContent:
    """The counties that gain and lose most."""
    order = rows.sort_values("residents_change", ascending=False)
    if len(order) > 2 * _ENDS:
        order = pd.concat([order.head(_ENDS), order.tail(_ENDS)])
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        *_both(results, order),
    ]
    head = Text(
        f"居民增减最多的县（前 {_ENDS} 与后 {_ENDS}）：",
        f"Counties that gain and lose most residents, first and last {_ENDS}: ",
    )
    return shown(results, "effects", columns, rows=order, title=head + title)


def every_place(results: Results) -> list[Record]:
    """All places under each scenario, those outside the region too."""
    first = Show("place", "地点", "Place", through=results.place_both)
    heading = Heading(Text("全部地点", "Every place"))
    people, money = (_by_scenario(results, "effects", first, c) for c in (_both, _money))
    return [
        heading,
        *people,
        Heading(Text("全部地点：工资、租金、物价", "Every place: money")),
        *money,
    ]


def groups(results: Results) -> list[Record]:
    """Elements of the layout under each scenario."""
    first = Show("group", "要素", "Element", through=results.element)
    heading = Heading(Text("按布局要素", "By element of the layout"))
    return [heading, *_by_scenario(results, "group_effects", first, _both)]


def _by_scenario(
    results: Results, name: str, first: Show, told: Callable[[Results, pd.DataFrame], list[Show]]
) -> list[Record]:
    """One table a scenario: the first column, then those that are told of its rows."""
    table = results.table(name)
    found: list[Record] = []
    for scenario, title in results.scenarios:
        rows = table.frame[table.frame["scenario"] == scenario]
        if rows.empty:
            continue
        head = Text(f"{table.title_zh}：", f"{table.title_en}: ") + title
        found += stray(rows) if told is _both else []
        found.append(shown(results, name, [first, *told(results, rows)], rows=rows, title=head))
    return found


def variants(results: Results) -> list[Record]:
    """Elements under other settings of the model, so that none of them stands alone."""
    frame = results.frame("variants")
    names = {
        str(row.variant): Text(str(row.variant_zh), str(row.variant_en))
        for row in frame.drop_duplicates("variant").itertuples()
    }
    columns = [
        Show("scenario", "情景", "Scenario", through=results.scenario),
        Show("variant", "设定", "Setting", through=words(names)),
        Show("group", "要素", "Element", through=results.element),
        Show("residents_change", "居民", "Residents", "change", 3, guarded=True),
        Show(
            "jobs_change", jobs_head(results).zh, jobs_head(results).en, "change", 3, guarded=True
        ),
        Show("welfare_change", "福利", "Welfare", "change", 3, guarded=True),
    ]
    return [
        Heading(Text("换一种设定", "Under other settings")),
        shown(results, "variants", columns, filter_by="group"),
    ]


def beside(results: Results) -> list[Record]:
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
            for end, zh, en in _INTERVAL:
                if end != "median" and _given(frame, f"{column}_{end}"):
                    heads = (head.zh + zh, f"{head.en}, {en}")
                    bound = Show(f"{column}_{end}", *heads, "signed", 3, refused, unit=points)
                    columns.append(bound)
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


def _given(frame: pd.DataFrame, column: str) -> bool:
    return column in frame and bool(frame[column].notna().any())


def through_verdict(results: Results, scenario: str) -> Callable[[Any], Value] | None:
    """What hides a scenario's numbers where its solution is not certified."""
    rows = results.frame("certificates")
    verdicts = rows[rows["scenario"] == scenario]["verdict"].tolist() or ["no certificate"]
    if verdicts == [CERTIFIED]:
        return None
    return lambda _: Refused(str(verdicts[0]))
