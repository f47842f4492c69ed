"""Projects appraised: worth, cost, what is not known, and who gains."""

from __future__ import annotations

import pandas as pd

from buju.report.blocks.certificates import VERDICTS
from buju.report.blocks.pipeline import STAGES
from buju.report.content import Show, either, shown, words
from buju.report.formats import Format, Text
from buju.report.ranges import Row, ranges
from buju.report.records import Figure, Heading, Record
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

BASES = {
    "published": Text("公布", "published"),
    "partial": Text("只含一部分", "a part only"),
    "assumed": Text("假定", "assumed"),
    "unknown": Text("成本不明", "cost unknown"),
}
INTERVALS = {
    "draws": Text("抽样", "draws"),
    "none": Text("没有区间", "no interval"),
}


def _name(results: Results) -> list[Show]:
    return [Show("name_zh", "项目", "Project", english="name_en")]


def _worth(results: Results) -> list[Record]:
    frame = results.frame("appraisal")
    rows = frame[frame["modelled"]]
    columns = [
        *_name(results),
        Show("cost", "公布成本", "Published cost", "number", 1),
        Show("cost_basis", "成本依据", "Cost", through=words(BASES)),
        Show("benefit", "年效益", "Benefit", "number", 1, guarded=True),
        Show("benefit_low", "下限", "Low", "number", 1, guarded=True),
        Show("benefit_high", "上限", "High", "number", 1, guarded=True),
        Show("benefit_home", "其中区域内", "In the region", "number", 1, guarded=True),
        Show("interval", "区间", "Interval", through=words(INTERVALS)),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    values = [
        *_name(results),
        Show("base_year", "基准年", "Base year", "text"),
        Show("enpv", "经济净现值", "ENPV", "number", 0, guarded=True),
        Show("enpv_low", "下限", "Low", "number", 0, guarded=True),
        Show("enpv_high", "上限", "High", "number", 0, guarded=True),
        Show("enpv_positive", "净现值为正的抽样", "Draws above zero", "share", 0, guarded=True),
        Show("bcr", "效益成本比", "BCR", "number", 2, guarded=True),
        Show("eirr", "内部收益率", "EIRR", through=_rates),
        Show("payback", "回收期", "Payback", "number", 1, guarded=True),
        Show("break_even_cost", "盈亏平衡成本", "Break-even cost", "number", 1, guarded=True),
        Show("minutes_saved", "两端节省时间", "Saved end to end", "number", 0),
        Show("break_even_trips", "盈亏平衡出行量", "Break-even trips", "count", guarded=True),
        Show("note_zh", "说明", "Note", english="note_en"),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    head = Text("线路在路网中的项目：", "Projects with links in the network: ")
    return [
        *_chart(rows),
        shown(results, "appraisal", columns, rows=rows, title=head + Text("效益", "benefits")),
        shown(results, "appraisal", values, rows=rows, title=head + Text("是否值得", "worth")),
    ]


def _rates(value: object) -> str:
    rates = [f"{float(rate):.1%}" for rate in str(value).split(";") if rate]
    return "；".join(rates)


def _chart(rows: pd.DataFrame) -> list[Figure]:
    sure = rows[rows["verdict"] == CERTIFIED]
    found = []
    for column, title, unit in (
        (
            "benefit",
            Text("年效益：全部地区", "Yearly benefit to everybody"),
            Text("亿元/年", "CNY 100 m a year"),
        ),
        ("enpv", Text("经济净现值", "Economic net present value"), Text("亿元", "CNY 100 m")),
    ):
        several = [
            Row(
                Text(row["name_zh"], row["name_en"]),
                float(row[column]),
                float(row[f"{column}_low"]),
                float(row[f"{column}_high"]),
            )
            for row in sure.to_dict("records")
            if pd.notna(row[column])
        ]
        if several:
            found.append(ranges(several, title=title, unit=unit, format=Format("number", 0)))
    return found


def _others(results: Results) -> list[Record]:
    frame = results.frame("appraisal")
    rows = frame[~frame["modelled"]]
    if rows.empty:
        return []
    columns = [
        *_name(results),
        Show("stage", "阶段", "Stage", through=words(STAGES)),
        Show("cost", "公布成本", "Published cost", "number", 1),
        Show("cost_note", "成本说明", "On the cost", through=either),
        Show("note_zh", "说明", "Note", english="note_en"),
    ]
    return [
        shown(
            results,
            "appraisal",
            columns,
            rows=rows,
            title=Text("其余项目：效益未计算", "Other projects: benefit not modelled"),
        )
    ]


def _elements(results: Results) -> list[Record]:
    frame = results.frame("appraisal_elements")
    names = results.frame("appraisal").set_index("project")

    def project(code: object) -> Text:
        row = names.loc[str(code)]
        return Text(str(row["name_zh"]), str(row["name_en"]))

    def element(code: object) -> Text:
        return results.element(code) if code else Text("不属于任何要素", "in no element")

    columns = [
        Show("project", "项目", "Project", through=project),
        Show("element", "要素", "Element", through=element),
        Show("benefits", "效益现值", "Present benefits", "number", 1, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [
        Heading(Text("谁得到效益", "Who gains")),
        shown(results, "appraisal_elements", columns, rows=frame, filter_by="project"),
    ]


_NEEDS = ("project", "modelled", "cost", "benefit", "enpv", "verdict", "interval")

SECTION = Section(
    "appraisal",
    Text("项目评价：值不值", "Appraisal: worth its cost?"),
    [
        Part(Text("项目评价", "appraisal of projects"), {"appraisal": _NEEDS}, _worth),
        Part(Text("其余项目", "other projects"), {"appraisal": _NEEDS}, _others),
        Part(
            Text("效益的分布", "who gains"),
            {"appraisal_elements": ("project", "element", "benefits"), "appraisal": ("project",)},
            _elements,
        ),
    ],
)
