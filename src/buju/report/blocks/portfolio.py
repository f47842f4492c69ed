"""What to build under each budget, what stays out and why, and growth against balance."""

from __future__ import annotations

from collections.abc import Callable

from buju.report.blocks.appraisal import BASES
from buju.report.blocks.certificates import VERDICTS
from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text, Value
from buju.report.ranges import Row, ranges
from buju.report.records import Record
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

BUDGETS = {
    "tight": Text("紧", "tight"),
    "middle": Text("中", "middle"),
    "ample": Text("宽", "ample"),
}
STATUS = {"optimal": Text("最优", "optimal"), "time_limit": Text("到时限", "time limit")}


def _names(results: Results) -> Callable[[object], Value]:
    frame = results.frame("portfolio").drop_duplicates("project").set_index("project")

    def named(codes: object) -> Value:
        known = [c for c in str(codes).split(";") if c in frame.index]
        return Text(
            "、".join(str(frame.loc[c, "name_zh"]) for c in known),
            ", ".join(str(frame.loc[c, "name_en"]) for c in known),
        )

    return named


def _summary(results: Results) -> list[Record]:
    frame = results.frame("portfolio_summary")
    sure = frame[frame["verdict"] == CERTIFIED]
    rows = [
        Row(
            Text(f"每年 {row['yearly']:g} 亿元", f"{row['yearly']:g} a year"),
            float(row["full_model"]),
            float(row["full_low"]),
            float(row["full_high"]),
        )
        for row in sure.to_dict("records")
    ]
    columns = [
        Show("budget", "预算", "Budget", through=words(BUDGETS)),
        Show("yearly", "每年", "A year", "number", 0),
        Show("projects", "入选", "Chosen", through=_names(results)),
        Show("spent", "支出", "Spent", "number", 1),
        Show("value", "净现值（近似）", "Value, pairs", "number", 2, guarded=True),
        Show("bound", "上界", "Bound", "number", 2, guarded=True),
        Show("gap", "间隙", "Gap", "scientific", 1, guarded=True),
        Show("status", "求解", "Solver", through=words(STATUS)),
    ]
    checks = [
        Show("budget", "预算", "Budget", through=words(BUDGETS)),
        Show("value", "净现值（近似）", "Value, pairs", "number", 2, guarded=True),
        Show("full_model", "完整模型", "Full model", "number", 2, guarded=True),
        Show("error", "近似误差", "Error", "signed", 2, guarded=True),
        Show("relative_error", "相对误差", "Relative", "change", 2, guarded=True),
        Show("full_low", "下限", "Low", "number", 0, guarded=True),
        Show("full_high", "上限", "High", "number", 0, guarded=True),
        Show("one_more", "每年多 1 亿元", "One more unit a year", "number", 3, guarded=True),
        Show("lump", "每年多", "More a year", "number", 0),
        Show("lump_per_unit", "其边际价值", "its worth", "number", 3, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    verified = Text("完整模型验证与多一元的价值", "The full model's check, and worth of more money")
    return [
        ranges(
            rows,
            title=Text("各档预算的净现值（完整模型）", "Net present value by budget, full model"),
            unit=Text("亿元", "CNY 100 m"),
            format=Format("number", 0),
        ),
        shown(results, "portfolio_summary", columns),
        shown(results, "portfolio_summary", checks, title=verified),
    ]


def _projects(results: Results) -> list[Record]:
    columns = [
        Show("budget", "预算", "Budget", through=words(BUDGETS)),
        Show("name_zh", "项目", "Project", english="name_en"),
        Show("cost", "成本", "Cost", "number", 1),
        Show("cost_basis", "成本依据", "Basis", through=words(BASES)),
        Show("chosen", "入选", "Chosen"),
        Show("start", "开工", "Start"),
        Show("often", "抽样中入选", "Chosen in draws", "share", 0, guarded=True),
        Show("gain", "单独纳入的增值", "Gain if added", "number", 1, guarded=True),
        Show("reason_zh", "原因", "Reason", english="reason_en"),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "portfolio", columns, filter_by="budget")]


def _front(results: Results) -> list[Record]:
    columns = [
        Show("budget", "预算", "Budget", through=words(BUDGETS)),
        Show("projects", "项目", "Projects", through=_names(results)),
        Show("first", "净现值", "Net present value", "number", 1, guarded=True),
        Show("second", "均衡", "Balance", "signed", 2, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "portfolio_front", columns, filter_by="budget")]


def _pairs(results: Results) -> list[Record]:
    named = _names(results)
    columns = [
        Show("a", "项目", "Project", through=named),
        Show("b", "与", "With", through=named),
        Show("benefit", "相互作用", "Interaction", "signed", 3, guarded=True),
        Show("runs", "求解次数", "Equilibria", "count"),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "portfolio_pairs", columns)]


SECTION = Section(
    "portfolio",
    Text("项目组合：钱先花在哪里", "Portfolio: what to build first"),
    [
        Part(
            Text("各档预算", "each budget"),
            {
                "portfolio_summary": ("budget", "value", "bound", "gap", "full_model", "error"),
                "portfolio": ("project", "name_zh", "name_en"),
            },
            _summary,
        ),
        Part(Text("入选与落选", "in and out"), {"portfolio": ("budget", "project")}, _projects),
        Part(
            Text("增长与均衡", "growth against balance"),
            {"portfolio_front": ("first", "second"), "portfolio": ("project",)},
            _front,
        ),
        Part(
            Text("相互作用", "interactions"),
            {"portfolio_pairs": ("a", "b", "benefit"), "portfolio": ("project",)},
            _pairs,
        ),
    ],
)
