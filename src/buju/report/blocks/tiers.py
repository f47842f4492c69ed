"""City clusters against presets of tiers, and cities by class of size."""

from __future__ import annotations

from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text, is_missing
from buju.report.records import Callout, Column, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

STATUS = {
    "read": Text("已核原文", "read"),
    "unverified": Text("未核实", "unverified"),
}
PRESETS = {
    "guo-sun-fan-2020": Text("郭、孙、樊（2020）", "Guo, Sun and Fan (2020)"),
    "fang": Text("方（未核实）", "Fang (unverified)"),
    "zhou": Text("周（未核实）", "Zhou (unverified)"),
}
CRITERIA = {
    "residents": Text("常住人口", "residents"),
    "gdp": Text("生产总值", "GDP"),
    "gdp_per_head": Text("人均生产总值", "GDP per head"),
    "gdp_per_km2": Text("每平方公里生产总值", "GDP per km²"),
    "residents_per_km2": Text("人口密度", "residents per km²"),
    "mega_cities": Text("特大城市数", "mega cities"),
    "cities_over_1m": Text("百万人口以上城市数", "cities of a million"),
    "urban_share": Text("城镇化率", "urban share"),
    "non_agricultural_share": Text("非农产业比重", "non-agricultural share"),
    "core_gdp_share": Text("核心城市生产总值占比", "core's share of GDP"),
    "circles_half_one_two_hours": Text("半、一、两小时圈", "circles of ½, 1 and 2 hours"),
    "gateway_and_corridor": Text("门户与走廊", "gateway and corridor"),
}
UNITS = {
    "person": Text("人", "persons"),
    "1e8 CNY": Text("亿元", "CNY 100 m"),
    "CNY": Text("元", "CNY"),
    "count": Text("个", ""),
    "share": Text("", ""),
    "person/km²": Text("人/平方公里", "persons per km²"),
    "yes or no": Text("", ""),
}


def _summary(results: Results) -> list[Record]:
    """The highest tier each cluster meets, by preset."""
    table = results.table("cluster_tiers")
    rows = []
    for (cluster, preset), found in table.frame.groupby(["cluster", "preset"], sort=False):
        met = found[found["tier_met"].fillna(False).astype(bool)]
        best = met.loc[met["rank"].idxmin()] if len(met) else None
        open_ = bool(found["tier_met"].isna().any())
        none = Text("缺数据，不能判断", "not known") if open_ else Text("均未达到", "none")
        tier = none if best is None else Text(str(best["tier_zh"]), str(best["tier_en"]))
        status = STATUS[str(found["status"].iloc[0])]
        rows.append((results.element(cluster), _preset(preset), tier, status))
    return [
        Callout(
            Text(
                "标“未核实”的方案没有见到原文，门槛来自转述，引用前须核对。",
                "Presets marked unverified were not seen in print; check them before citing.",
            ),
            "warning",
        ),
        TableContent(
            Text("各群、圈达到的等级", "The highest tier each cluster or circle meets"),
            [
                Column(Text("要素", "Element"), Format()),
                Column(Text("方案", "Preset"), Format()),
                Column(Text("达到的等级", "Tier met"), Format()),
                Column(Text("方案状态", "Status of the preset"), Format()),
            ],
            rows,
            table.basis,
            "tables/cluster_tiers.parquet",
            Text(table.note_zh, table.note_en),
        ),
    ]


def _preset(name: object) -> Text:
    return PRESETS.get(str(name), Text.same(name))


def _criteria(results: Results) -> list[Record]:
    frame = results.frame("cluster_tiers")
    columns = [
        Show("cluster", "要素", "Element", through=results.element),
        Show("preset", "方案", "Preset", through=_preset),
        Show("tier_zh", "等级", "Tier"),
        Show("criterion", "指标", "Criterion", through=words(CRITERIA)),
        Show("value", "值", "Value", "general", through=_rounded),
        Show("threshold", "门槛", "Threshold", "general"),
        Show("unit", "单位", "Unit", through=words(UNITS)),
        Show("met", "达到", "Met", through=_met),
        Show("relative_margin", "余量（占门槛）", "Margin over threshold", "change", 0),
        Show("status", "核实", "Status", through=words(STATUS)),
    ]
    table = shown(results, "cluster_tiers", columns, filter_by="cluster")
    rows = [
        (*row[:2], Text(str(r.tier_zh), str(r.tier_en)), *row[3:])
        for row, r in zip(table.rows, frame.itertuples(), strict=True)
    ]
    return [
        TableContent(
            table.title,
            table.columns,
            rows,
            table.basis,
            table.source,
            table.note,
            table.filter_by,
        )
    ]


def _rounded(value: float) -> float:
    """Wholes from a hundred on: a criterion is not known more closely."""
    return round(value) if abs(value) >= 100 else value  # NaN stays NaN


def _met(value: object) -> Text:
    if is_missing(value):
        return Text("无数据", "no data")
    return Text("是", "yes") if value else Text("否", "no")


def _classes(results: Results) -> list[Record]:
    frame = results.frame("city_classes")
    columns = [
        Show("city", "城市", "City", through=results.place_both),
        Show("urban_residents", "城镇人口", "Urban residents", "count"),
        Show("name_zh", "等级", "Class"),
        Show("to_next", "距上一级", "To the next class", "count"),
        Show("above", "超过下限", "Above the lower bound", "count"),
        Show("status", "界限核实", "Status of the bound", through=words(STATUS)),
    ]
    table = shown(results, "city_classes", columns)
    rows = [
        (*row[:2], Text(str(r.name_zh), str(r.name_en)), *row[3:])
        for row, r in zip(table.rows, frame.itertuples(), strict=True)
    ]
    return [TableContent(table.title, table.columns, rows, table.basis, table.source, table.note)]


_TIERS = ("cluster", "preset", "tier_zh", "tier_en", "rank", "criterion", "value", "threshold")

SECTION = Section(
    "tiers",
    Text("城市群等级与城市规模", "Tiers of city clusters, classes of cities"),
    [
        Part(
            Text("达到的等级", "tiers met"),
            {"cluster_tiers": (*_TIERS, "tier_met", "status")},
            _summary,
        ),
        Part(
            Text("逐项指标", "criteria"),
            {"cluster_tiers": (*_TIERS, "unit", "met", "relative_margin", "status")},
            _criteria,
        ),
        Part(
            Text("城市规模等级", "classes of cities"),
            {
                "city_classes": (
                    "city",
                    "urban_residents",
                    "name_zh",
                    "name_en",
                    "to_next",
                    "above",
                    "status",
                )
            },
            _classes,
        ),
    ],
)
