"""The equilibrium: what it starts from and what each scenario changes."""

from __future__ import annotations

import pandas as pd

from buju.report.blocks import effect_tables
from buju.report.blocks.effect_tables import DIRECTIONS, jobs_head
from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text, Value, is_missing
from buju.report.maps.choropleth import category_map, value_map
from buju.report.maps.classes import Classes, diverging_classes, quantile_classes
from buju.report.maps.overlays import of_scenario
from buju.report.records import Callout, Figure, Grid, Heading, Record
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

BASES = {
    "observed": Text("实测", "observed"),
    "modelled": Text("模型", "modelled"),
    "computed": Text("计算", "computed"),
    "estimated": Text("估计", "estimated"),
    "equal to residents": Text("按居民数", "equal to residents"),
    "in the region's ratio to residents": Text(
        "按区域就业与人口之比", "in the region's ratio to residents"
    ),
}
_PER_HEAD = "per head of "
LONG_RUN = Text(
    "模型结果，长期，与同一区域没有该项目时相比；不是预测。",
    "Model, long run, relative to the same region without the project; no forecast.",
)
_COUNTED = Text("；括号内为县数", "; counties in brackets")
_DIRECTION_COLOURS = {"up": "#4a8fc7", "down": "#d97b16", "uncertain": "#dddddd", "none": "#f4f4f4"}


def _baseline(results: Results) -> list[Record]:
    frame = results.frame("baseline")
    year, jobs = results.manifest["year"], jobs_head(results)

    def basis(code: object) -> Value:
        text = "" if is_missing(code) else str(code)
        if text.startswith(_PER_HEAD):
            return Text("按人均值，取自", "per head of ") + results.place(text[len(_PER_HEAD) :])
        return words(BASES)(code)

    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("residents", f"{year} 年常住人口", f"Residents, {year}", "count"),
        Show("jobs", f"{year} 年{jobs.zh}", f"{jobs.en}, {year}", "count"),
        Show("jobs_basis", "就业依据", "Basis of jobs", through=basis),
        Show("wage", "每就业者收入", "Income per job", "number", 2),
        Show("gdp_basis", "生产总值依据", "Basis of GDP", through=basis),
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
        found += [Callout(LONG_RUN), *effect_tables.stray(rows)]
        found += [Grid(_maps(results, name, title, rows)), *_direction(results, title, rows)]
        found.append(
            effect_tables.ends(results, title, rows[rows["place"].isin(results.counties.index)])
        )
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
    levels, shades = _classes(results)
    built = of_scenario(results, name)
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
            shades,
            title=Text("常住人口变化：", "Change of residents: ") + title,
            unit=Text("变化率", "Change") + _COUNTED,
            format=Format("change", shades.digits(100)),
            overlays=built,
        ),
    ]


def _classes(results: Results) -> tuple[Classes, Classes]:
    """Classes of levels and of changes that the maps of all scenarios share."""
    frame = results.frame("effects")
    frame = frame[(frame["verdict"] == CERTIFIED) & frame["place"].isin(results.base.places)]
    before = results.frame("baseline").set_index("place")["residents"].reindex(frame["place"])
    after = before.to_numpy() + frame["residents_persons"].to_numpy()
    levels = quantile_classes([*before.groupby(level=0).first(), *after])
    return levels, diverging_classes(frame["residents_change"].tolist())


def _direction(results: Results, title: Text, rows: pd.DataFrame) -> list[Record]:
    """Where the draws agree on the sign of the change, and where they do not."""
    if not effect_tables.drawn("residents", rows):
        return []
    held = rows.set_index("place")["residents_direction"].astype(str)
    held = held[held.index.isin(results.base.places)]
    legend = {key: text for key, text in DIRECTIONS.items() if (held == key).any()}
    head = Text("居民变化的方向是否可靠：", "Whether the direction of the change is sure: ")
    return [
        category_map(
            results.base,
            held.to_dict(),
            legend,
            _DIRECTION_COLOURS,
            results.place_names,
            title=head + title,
            caption=Text(
                "参数抽样中符号不一致的县记为方向不确定。",
                "Uncertain: the draws of the parameters differ in sign.",
            ),
        )
    ]


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
_VARIANTS = ("variant", "variant_zh", "variant_en", "scenario", "group", "verdict")

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
            effect_tables.groups,
        ),
        Part(
            Text("不同设定", "other settings"),
            {"variants": (*_VARIANTS, "residents_change", "jobs_change", "welfare_change")},
            effect_tables.variants,
        ),
        Part(
            Text("实际与模型并列", "observed beside model"),
            {"beside": ("group", "observed_residents"), "certificates": ("scenario", "verdict")},
            effect_tables.beside,
        ),
        Part(
            Text("全部地点的变化", "changes of every place"),
            {"effects": _EFFECTS},
            effect_tables.every_place,
        ),
    ],
)
