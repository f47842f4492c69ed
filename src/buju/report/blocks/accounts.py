"""Energy and carbon, as far as figures were published; what was not stays empty and says so."""

from __future__ import annotations

from buju.report.blocks.targets import KINDS
from buju.report.content import UNITS, Show, either, shown, words
from buju.report.formats import Text, is_missing
from buju.report.ranks import heat_strip
from buju.report.records import Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section

STATES = {
    "met": Text("达到", "met"),
    "missed": Text("未达到", "missed"),
    "no target": Text("目标值未公布", "no target published"),
    "no outturn": Text("实绩未公布", "no outturn published"),
    "neither": Text("均未公布", "neither published"),
}
VERDICTS = {
    "not known": Text("不能判定", "not known"),
    "not zero": Text("不为零", "not zero"),
    "zero every hour": Text("逐时为零", "zero every hour"),
    "zero over the period by sales": Text("靠上网抵扣为零", "zero over the period by sales"),
    "zero by offsets": Text("靠抵消为零", "zero by offsets"),
}


def _year(value: object) -> str | None:
    return None if is_missing(value) else str(int(value))  # type: ignore[call-overload]


def _targets(results: Results) -> list[Record]:
    columns = [
        Show("scope", "范围", "Scope", through=either),
        Show("name_zh", "目标", "Target", english="name_en"),
        Show("kind", "类别", "Kind", through=words(KINDS)),
        Show("value", "目标值", "Target value", "general"),
        Show("year", "年份", "Year", through=_year),
        Show("actual_value", "实绩", "Outturn", "general"),
        Show("actual_year", "年份", "Year", through=_year),
        Show("unit", "单位", "Unit", through=words(UNITS)),
        Show("state", "判断", "Verdict", through=words(STATES)),
        Show("note", "备注", "Remark"),
    ]
    return [shown(results, "accounts_targets", columns)]


def _published(results: Results) -> list[Record]:
    frame = results.frame("accounts_published")
    rows = frame.assign(year=[str(y) for y in frame["year"]])
    columns = [
        Show("name_zh", "指标", "Indicator", english="name_en"),
        Show("year", "年份", "Year"),
        Show("value", "公布数", "As published", "general"),
        Show("unit", "单位", "Unit", through=words(UNITS)),
    ]
    return [shown(results, "accounts_published", columns, rows=rows)]


def _intensity(results: Results) -> list[Record]:
    frame = results.frame("accounts_intensity")
    years = sorted(frame["year"].unique())
    later = years[1:]
    ends = frame[frame["year"] == years[-1]].sort_values("intensity", ascending=False)
    order = list(ends["place"])
    wide = frame.pivot(index="place", columns="year", values="cumulative").reindex(order)[later]
    strip = heat_strip(
        [results.place(p) for p in order],
        [Text.same(y) for y in later],
        [[None if v != v else -100 * v for v in row] for row in wide.to_numpy().tolist()],
        title=Text(
            f"单位生产总值排放自 {years[0]} 年的累计降幅（%）",
            f"Fall of carbon per product since {years[0]} (%)",
        ),
        caption=Text(
            "颜色越深降得越多，负数为上升；自上而下按最近一年的排放强度由高到低。",
            "Darker is a larger fall, a negative figure a rise; from the most to the least carbon "
            "per product in the latest year.",
        ),
        percent=False,
    )
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("amount", "排放", "Emissions", "number", 1),
        Show(
            "product",
            "生产总值",
            "Product",
            "number",
            0,
            unit=Text("亿元，不变价", "CNY 100 m, constant prices"),
        ),
        Show("intensity", "强度", "Intensity", "number", 2),
        Show("change", "比上年", "Over the year before", "change", 1),
        Show("cumulative", f"自 {years[0]} 年", f"Since {years[0]}", "change", 1),
    ]
    title = Text(f"{years[-1]} 年的排放与强度", f"Emissions and intensity in {years[-1]}")
    return [strip, shown(results, "accounts_intensity", columns, rows=ends, title=title)]


def _facilities(results: Results) -> list[Record]:
    frame = results.frame("accounts_facilities")
    columns = [
        Show("name_zh", "设施", "Facility", english="name_en"),
        Show("verdict", "判断", "Verdict", through=words(VERDICTS)),
        Show("lacks_zh", "缺什么", "What is not published", english="lacks_en"),
        *(
            show
            for show in (
                Show("load_kwh", "用电", "Load", "number"),
                Show("generation_kwh", "自发电", "Own generation", "number"),
                Show("bought_kwh", "购电", "Bought", "number"),
                Show("self_sufficiency", "自给率", "Self-sufficiency", "share", 1),
                Show("net_t", "净排放", "Net emissions", "number", 2),
            )
            if show.column in frame
        ),
    ]
    return [shown(results, "accounts_facilities", columns)]


def _carbon(results: Results) -> list[Record]:
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year", through=_year),
        Show("sector", "行业", "Sector"),
        Show("fuel", "品种", "Fuel"),
        Show("co2_t", "排放", "CO2", "number"),
        Show("low_t", "低", "Low", "number"),
        Show("high_t", "高", "High", "number"),
    ]
    return [shown(results, "accounts_carbon", columns)]


def _energy(results: Results) -> list[Record]:
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year", through=_year),
        Show("sector", "行业", "Sector"),
        Show("fuel", "品种", "Fuel"),
        Show("consumed_tce", "消费", "Consumed", "number"),
    ]
    return [shown(results, "accounts_energy", columns)]


def _electricity(results: Results) -> list[Record]:
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year", through=_year),
        Show("sector", "行业", "Sector"),
        Show("kwh", "用电", "Electricity", "number"),
        Show("kg_per_kwh", "电网因子", "Grid factor", "number", 4),
        Show("co2_t", "对应排放", "Emissions", "number"),
    ]
    return [shown(results, "accounts_electricity", columns)]


def _budgets(results: Results) -> list[Record]:
    columns = [
        Show("place", "地点", "Place", through=results.place_both),
        Show("year", "年份", "Year", through=_year),
        Show("path", "路径", "Path", "number", 1),
        Show("emitted", "实际", "Emitted", "number", 1),
        Show("gap_total", "累计超出", "Over the path so far", "signed", 1),
        Show("remaining", "预算余额", "Budget left", "number", 1),
        Show("runs_out", "按现状用完", "Used up in", through=_year),
    ]
    return [shown(results, "accounts_budgets", columns)]


def _factors(results: Results) -> list[Record]:
    columns = [
        Show("name_zh", "燃料", "Fuel", english="name_en"),
        Show("unit", "计量", "Unit"),
        Show("ncv_kj", "热值", "Heat", "number", unit=Text("千焦", "kJ")),
        Show("carbon_t_per_tj", "含碳量", "Carbon", "number", 2, unit=Text("吨/太焦", "t/TJ")),
        Show("oxidation", "氧化率", "Oxidised", "number", 2),
        Show("co2_kg", "因子", "Factor", "number", 4, unit=Text("千克 CO2", "kg CO2")),
        Show("recomputed_kg", "复算", "Recomputed", "number", 4, unit=Text("", "")),
        Show("low_kg", "低", "Low", "number", 2, unit=Text("", "")),
        Show("high_kg", "高", "High", "number", 2, unit=Text("", "")),
        Show("coal_kgce", "折标系数", "Standard coal", "number", 4, unit=Text("", "")),
        Show("vintage", "年份", "Vintage"),
    ]
    return [shown(results, "accounts_factors", columns)]


def _quotients(results: Results) -> list[Record]:
    columns = [
        Show("sector_zh", "行业", "Sector", english="sector_en"),
        Show("jobs", "区域就业", "Jobs here", "number"),
        Show("share", "占区域", "Of the region", "share", 2),
        Show("national_share", "占全国", "Of the nation", "share", 2),
        Show("slq", "区位商", "Quotient", "number", 2),
    ]
    return [shown(results, "accounts_quotients", columns)]


def _multipliers(results: Results) -> list[Record]:
    columns = [
        Show("sector_zh", "行业", "Sector", english="sector_en"),
        Show("method", "方法", "Method"),
        Show("delta", "δ", "δ", "number", 2),
        Show("output", "产出乘数", "Output multiplier", "number", 3),
        Show("relative", "后向联系", "Backward linkage", "number", 2),
    ]
    return [shown(results, "accounts_multipliers", columns, filter_by="method")]


def _lead(_results: Results) -> list[Record]:
    return [
        Paragraph(
            Text(
                "这里只列公布过的数字和由它们算出的账户；没有公布的留空并写明缺什么，不作估造。",
                "Published figures and what follows from them; what was not published stays empty "
                "and is named. Nothing is made up.",
            )
        )
    ]


SECTION = Section(
    "accounts",
    Text("能源与碳账户", "Energy and carbon accounts"),
    [
        Part(Text("能源与碳账户", "accounts"), {"accounts_factors": ("fuel",)}, _lead),
        Part(
            Text("能耗与碳的目标", "targets of energy and carbon"),
            {"accounts_targets": ("scope", "name_zh", "name_en", "value", "actual_value", "state")},
            _targets,
        ),
        Part(
            Text("已公布的能耗数字", "published figures of energy"),
            {"accounts_published": ("name_zh", "name_en", "year", "value", "unit")},
            _published,
        ),
        Part(
            Text("单位生产总值排放", "carbon per product"),
            {"accounts_intensity": ("place", "year", "amount", "product", "intensity", "change")},
            _intensity,
        ),
        Part(
            Text("零碳设施", "zero-carbon facilities"),
            {"accounts_facilities": ("name_zh", "name_en", "verdict", "lacks_zh", "lacks_en")},
            _facilities,
        ),
        Part(
            Text("分行业分品种排放", "carbon by sector and fuel"),
            {"accounts_carbon": ("place", "year", "sector", "fuel", "co2_t", "low_t", "high_t")},
            _carbon,
        ),
        Part(
            Text("能源消费", "energy consumed"),
            {"accounts_energy": ("place", "year", "sector", "fuel", "consumed_tce")},
            _energy,
        ),
        Part(
            Text("用电对应的排放", "emissions behind electricity"),
            {"accounts_electricity": ("place", "year", "sector", "kwh", "kg_per_kwh", "co2_t")},
            _electricity,
        ),
        Part(
            Text("碳预算", "carbon budgets"),
            {"accounts_budgets": ("place", "year", "path", "emitted", "gap_total", "remaining")},
            _budgets,
        ),
        Part(
            Text("与全国相比的行业构成", "sectors against the nation"),
            {"accounts_quotients": ("sector_zh", "sector_en", "jobs", "share", "slq")},
            _quotients,
        ),
        Part(
            Text("产出乘数", "output multipliers"),
            {"accounts_multipliers": ("sector_zh", "sector_en", "method", "delta", "output")},
            _multipliers,
        ),
        Part(
            Text("排放因子", "emission factors"),
            {"accounts_factors": ("name_zh", "name_en", "co2_kg", "recomputed_kg", "vintage")},
            _factors,
        ),
    ],
    over="accounts_factors",
)
