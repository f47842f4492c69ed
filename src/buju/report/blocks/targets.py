"""Targets and their lights, growth forecast beside its record, a change taken apart."""

from __future__ import annotations

import pandas as pd

from buju.report.content import UNITS, Show, either, shown, words
from buju.report.fan import Ahead, fan
from buju.report.formats import Format, Text, is_missing
from buju.report.lights import NAMES, Lamp, lamps
from buju.report.records import Callout, Figure, Grid, Heading, Items, Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section

KINDS = {
    "seed": Text("公告", "announcement"),
    "plan": Text("规划", "plan"),
    "outturn": Text("实绩", "outturn"),
    "study": Text("研究", "study"),
    "baseline": Text("基期", "baseline"),
}
BASES = {"published": Text("公布", "published"), "routed": Text("路网计算", "routed")}
_ORDER = ("red", "amber", "green")


def _number(value: object) -> str:
    return "—" if is_missing(value) else f"{float(str(value)):,.2f}".removesuffix(".00")


def _lamps(results: Results) -> list[Record]:
    frame = results.frame("targets")
    lit = frame[frame["light"].isin(_ORDER)]
    grey = frame[frame["light"] == "grey"]
    lit = lit.sort_values("light", key=lambda s: s.map(_ORDER.index), kind="stable")
    counted = grey.groupby(["rule_zh", "rule_en"], sort=False).size()
    reasons = Text(
        "；".join(f"{zh} {n} 项" for (zh, _), n in counted.items()),
        "; ".join(f"{n}: {en}" for (_, en), n in counted.items()),
    )
    said = Text(f"另有 {len(grey)} 行无法判定（灰）：", f"{len(grey)} further rows have no light: ")
    if lit.empty:
        return [Callout(said + reasons + Text("。", "."))]
    title = Text("能够判定的目标", "Targets that can be judged")
    figure = lamps(
        [_lamp(row) for row in lit.to_dict("records")], title=title, caption=said + reasons
    )
    return [Paragraph(_rules(frame)), figure]


def _rules(frame: pd.DataFrame) -> Text:
    used = frame[frame["light"] != "grey"].drop_duplicates("rule")
    zh = "；".join(f"{NAMES[r.light].zh}：{r.rule_zh}" for r in used.itertuples())
    en = "; ".join(f"{NAMES[r.light].en}: {r.rule_en}" for r in used.itertuples())
    return Text(
        f"判定规则——{zh}。直线进度只是一把尺：工程往往在规划后期才完成。",
        f"Rules: {en}. The straight line is a yardstick: works often finish late in a plan.",
    )


def _lamp(row: dict[str, object]) -> Lamp:
    scope, unit = Text.split(row["scope"]), UNITS.get(str(row["unit"]), Text.same(row["unit"]))
    unit = Text("", "") if row["unit"] == "count" else unit + Text("", " ")
    name = Text(f"{scope.zh}：{row['name_zh']}", f"{scope.en}: {row['name_en']}")
    aim, now = _number(row["value"]), _number(row["actual_value"])
    routed = row["actual_basis"] == "routed"
    figures = Text(
        f"目标 {aim}{unit.zh}（{row['year']}） · {'路网计算' if routed else '实绩'} {now}"
        f"（{row['actual_year']}）",
        f"target {aim} {unit.en}({row['year']}) · {'routed' if routed else 'outturn'} {now} "
        f"({row['actual_year']})",
    )
    return Lamp(str(row["light"]), name, figures, Text(str(row["rule_zh"]), str(row["rule_en"])))


def _targets(results: Results) -> list[Record]:
    def unit(value: object) -> Text | None:
        return None if is_missing(value) else UNITS.get(str(value), Text.same(value))

    columns = [
        Show("target", "编号", "Code"),
        Show("kind", "类别", "Kind", through=words(KINDS)),
        Show("scope", "范围", "Scope", through=either),
        Show("name_zh", "指标", "Indicator (Chinese)"),
        Show("unit", "单位", "Unit", through=unit),
        Show("baseline_value", "基期", "Baseline", "general"),
        Show("value", "目标", "Target", "general"),
        Show("year", "年份", "Year"),
        Show("actual_value", "实绩", "Outturn", "general"),
        Show("actual_year", "年份", "Year"),
        Show("actual_basis", "实绩依据", "Outturn is", through=words(BASES)),
        Show("path", "直线进度", "Straight line", "general"),
        Show("required", "尚需年均", "Required a year", "number", 1),
        Show("required_unit", "单位", "Unit", through=unit),
        Show("light", "灯", "Light", through=words(NAMES)),
        Show("rule_zh", "规则", "Rule (Chinese)"),
        Show("note", "备注", "Note (Chinese)"),
    ]
    table = results.frame("targets")
    return [shown(results, "targets", columns, rows=table, filter_by="kind")]


def _record(results: Results) -> list[Record]:
    columns = [
        Show("target", "目标", "Target"),
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year"),
        Show("in_year", "目标年份", "The target's year"),
        Show("value", "公布增速", "Published growth", "number", 1),
        Show("gap", "与目标相差", "Gap to the target", "signed", 1),
        Show("met", "达到", "Met"),
        Show("note", "备注", "Note", through=either),
    ]
    return [
        Heading(Text("增速目标与已公布的增速", "A growth target beside published growth")),
        shown(results, "growth_record", columns),
    ]


def _fans(results: Results) -> list[Record]:
    forecast, path = results.frame("growth_forecast"), results.frame("growth_path")
    figures = [_fan(results, row, path) for row in forecast[forecast["asked"]].to_dict("records")]
    backtest = results.frame("growth_backtest").drop_duplicates(["target", "known_to"])
    told = [
        Text(f"截至 {r.known_to} 年的预测：{r.zh}", f"Forecast from {r.known_to}: {r.en}")
        for r in backtest.itertuples()
    ]
    return [
        Heading(Text("预测与其历史表现", "Forecasts and their record")),
        Grid(figures),
        Items(told),
    ]


def _fan(results: Results, row: dict[str, object], path: pd.DataFrame) -> Figure:
    mine = path[(path["target"] == row["target"]) & (path["known_to"] == row["known_to"])]
    mine = mine[mine["place"] == row["place"]]
    seen, ahead = mine[mine["value"].notna()], mine[mine["median"].notna()]
    name = results.place(row["place"])
    chance, target = Format("share").write(row["probability"]), float(str(row["target_value"]))  # type: ignore[arg-type]
    came = (
        [] if is_missing(row["outcome"]) else [(int(str(row["year"])), float(str(row["outcome"])))]
    )
    title = Text(
        f"{name.zh} {row['year']} 年（所知截至 {row['known_to']} 年）",
        f"{name.en} {row['year']}, known to {row['known_to']}",
    )
    caption = Text(
        f"达标概率 {chance.zh}；宽带与窄带为区间，虚线为中位数",
        f"Chance {chance.en}; bands are intervals, the dashed line is the median",
    )
    if row["year"] != row["target_year"]:
        caption += Text(
            f"；目标原定 {row['target_year']} 年，此处问的是 {row['year']} 年能否达到同一增速",
            f"; set for {row['target_year']}, asked here of the same rate in {row['year']}",
        )
    if came:
        caption += Text("；空心点为后来的实绩", "; the open dot is what came")
    years = ["year", "median", "low", "high", "low_half", "high_half"]
    return fan(
        [(int(y), float(v)) for y, v in zip(seen["year"], seen["value"], strict=True)],
        [Ahead(int(r[0]), *map(float, r[1:])) for r in ahead[years].to_numpy()],
        came,
        target=target,
        title=title,
        caption=caption + Text("。", "."),
    )


def _chances(results: Results) -> list[Record]:
    columns = [
        Show("known_to", "所知截至", "Known to"),
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year"),
        Show("target_value", "目标", "Target", "number", 1),
        Show("probability", "达标概率", "Chance", "share", 0),
        Show("hit_rate", "此前达标率", "Hit rate so far", "share", 0),
        Show("median", "中位数", "Median", "number", 1),
        Show("low", "下限", "Low", "number", 1),
        Show("high", "上限", "High", "number", 1),
        Show("outcome", "后来的实绩", "What came", "number", 1),
        Show("met", "达到", "Met"),
    ]
    return [shown(results, "growth_forecast", columns, filter_by="known_to")]


def _worth(results: Results) -> list[Record]:
    frame = results.frame("growth_backtest")
    methods = [Text(zh, en) for zh, en in zip(frame["method_zh"], frame["method_en"], strict=True)]
    columns = [
        Show("known_to", "所知截至", "Known to"),
        Show("method", "方法", "Method"),
        Show("forecasts", "预测次数", "Forecasts", "number"),
        Show("origins", "起点", "Origins", "number"),
        Show("crps", "CRPS", "CRPS", "number", 2),
        Show("skill", "技巧", "Skill", "change", 0),
        Show("difference_errors", "差 / 标准误", "Difference / error", "signed", 1),
        Show("coverage", "区间覆盖", "Interval held", "share", 0),
        Show("coverage_95", "95% 区间覆盖", "95 % interval held", "share", 0),
        Show("brier", "Brier", "Brier", "number", 3),
        Show("brier_skill", "Brier 技巧", "Brier skill", "change", 0),
    ]
    return [shown(results, "growth_backtest", columns, rows=frame.assign(method=methods))]


def _dropped(results: Results) -> list[Record]:
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year"),
        Show("value", "数值", "Value", "number", 1),
        Show("reason_zh", "原因", "Reason", english="reason_en"),
    ]
    return [shown(results, "growth_dropped", columns)]


def _left_out(results: Results) -> list[Record]:
    columns = [
        Show("target", "目标", "Target"),
        Show("known_to", "所知截至", "Known to"),
        Show("reason_zh", "原因", "Reason", english="reason_en"),
    ]
    return [shown(results, "growth_left_out", columns)]


def _pace(results: Results) -> list[Record]:
    columns = [
        Show("target", "编号", "Code"),
        Show("scope", "范围", "Scope", through=either),
        Show("kind", "类别", "Kind", through=words(KINDS)),
        Show("name_zh", "指标", "Indicator", english="name_en"),
        Show("from_year", "自", "From"),
        Show("year", "至", "To"),
        Show("value", "累计", "Cumulative", "number", 1),
        Show("pace", "年均", "A year", "number", 2),
    ]
    return [
        Heading(Text("能耗强度", "Energy per unit of GDP")),
        shown(results, "cumulative_pace", columns),
    ]


def _parts(results: Results) -> list[Record]:
    frame = results.frame("change_parts")
    names = [Text(zh, en) for zh, en in zip(frame["factor_zh"], frame["factor_en"], strict=True)]
    columns = [
        Show("factor", "因素", "Factor"),
        Show("effect", "加法：变化量", "Additive: part of the change", "signed", 1),
        Show("ratio", "乘法：倍数", "Multiplicative: ratio", "number", 3),
    ]
    places = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("scale", "总量", "Scale", "signed", 1),
        Show("structure", "结构", "Structure", "signed", 1),
        Show("intensity", "强度", "Intensity", "signed", 1),
        Show("total", "合计", "Total", "signed", 1),
    ]
    return [
        Heading(Text("变化的分解", "A change taken apart")),
        shown(results, "change_parts", columns, rows=frame.assign(factor=names)),
        shown(results, "change_places", places),
    ]


_NONE = Text(
    "区域没有目标表（targets.csv），本节从略。", "The region has no targets (targets.csv)."
)
_TARGET = ("target", "kind", "scope", "value", "actual_value", "light", "rule_zh", "rule_en")
_FORECAST = (
    "target",
    "known_to",
    "place",
    "year",
    "probability",
    "outcome",
    "asked",
    "target_year",
    "hit_rate",
)
_WORTH = ("method_zh", "method_en", "crps", "skill", "coverage", "brier", "zh", "en")

SECTION = Section(
    "targets",
    Text("目标跟踪", "Targets"),
    [
        Part(Text("目标判定", "lights"), {"targets": _TARGET}, _lamps, _NONE),
        Part(
            Text("增速目标与实绩", "a growth target beside outturns"),
            {"growth_record": ("target", "place", "year", "value", "gap", "met")},
            _record,
        ),
        Part(
            Text("增速预测", "growth forecast"),
            {"growth_forecast": _FORECAST, "growth_path": ("place", "median"),
             "growth_backtest": _WORTH},
            _fans,
        ),
        Part(Text("达标概率", "chances"), {"growth_forecast": _FORECAST}, _chances),
        Part(Text("预测的历史表现", "record of forecasts"), {"growth_backtest": _WORTH}, _worth),
        Part(
            Text("未使用的观测值", "observations left out"),
            {"growth_dropped": ("place", "year", "value", "reason_zh", "reason_en")},
            _dropped,
            Text("没有剔除任何观测值。", "No observation was left out."),
        ),
        Part(
            Text("未能作出的预测", "forecasts that could not be made"),
            {"growth_left_out": ("target", "known_to", "reason_zh", "reason_en")},
            _left_out,
            Text("各目标所需的预测都已作出。", "Every forecast that was due was made."),
        ),
        Part(
            Text("能耗强度", "energy per unit of GDP"),
            {"cumulative_pace": ("target", "scope", "kind", "value", "pace")},
            _pace,
        ),
        Part(
            Text("变化的分解", "decomposition"),
            {"change_parts": ("factor_zh", "effect", "ratio"), "change_places": ("place", "total")},
            _parts,
        ),
        Part(Text("全部目标", "all targets"), {"targets": _TARGET}, _targets, _NONE),
    ],
)  # fmt: skip
