"""Who pays and who gains when several jurisdictions build together, and whether a split holds."""

from __future__ import annotations

from collections.abc import Callable

from buju.report.blocks.certificates import VERDICTS
from buju.report.content import Show, shown, words
from buju.report.formats import Text, Value
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section

RULES = {
    "shapley": Text("夏普利值", "Shapley"),
    "equal_gain": Text("等额增益", "equal gain"),
    "least_core": Text("最小核心", "least core"),
}


def _titled(results: Results, table: str) -> Callable[[object], Value]:
    frame = results.frame(table).drop_duplicates("case").set_index("case")
    return lambda case: Text(str(frame.loc[case, "title_zh"]), str(frame.loc[case, "title_en"]))


def _coalitions(results: Results) -> list[Record]:
    columns = [
        Show("case", "情形", "Case", through=_titled(results, "sharing_coalitions")),
        Show("coalition", "联盟", "Coalition"),
        Show("benefit", "效益现值", "Benefit", "number", 1, guarded=True),
        Show("cost", "成本现值", "Cost", "number", 1, guarded=True),
        Show("net", "净现值", "Net", "signed", 1, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    return [shown(results, "sharing_coalitions", columns)]


def _shares(results: Results) -> list[Record]:
    amounts = [
        ("accrued", "自有净收益", "Own net gain"),
        ("shapley", "夏普利份额", "Shapley"),
        ("equal_gain", "等额增益", "Equal gain"),
        ("least_core", "最小核心", "Least core"),
        ("transfer_shapley", "夏普利转移", "Transfer, Shapley"),
        ("transfer_equal_gain", "等额转移", "Transfer, equal gain"),
    ]
    frame = results.frame("sharing")
    columns = [
        Show("case", "情形", "Case", through=_titled(results, "sharing")),
        Show("party", "主体", "Party"),
        Show("alone", "单独所得", "Alone", "number", 1, guarded=True),
        *(Show(c, zh, en, "signed", 1, guarded=True) for c, zh, en in amounts if c in frame),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    core = [
        Show("case", "情形", "Case", through=_titled(results, "sharing_core")),
        Show("rule", "规则", "Rule", through=words(RULES)),
        Show("in_core", "无人有理由退出", "Nobody leaves"),
        Show("coalition", "最不满的联盟", "Least content"),
        Show("excess", "退出可多得", "Gain by leaving", "signed", 2, guarded=True),
        Show("core_empty", "核心为空", "Core empty"),
    ]
    return [shown(results, "sharing", columns), shown(results, "sharing_core", core)]


SECTION = Section(
    "sharing",
    Text("跨区域成本收益分担", "Sharing across jurisdictions"),
    [
        Part(
            Text("各种联盟", "coalitions"),
            {"sharing_coalitions": ("case", "coalition", "benefit", "cost", "net")},
            _coalitions,
        ),
        Part(
            Text("分担方案", "shares"),
            {"sharing": ("case", "party", "shapley"), "sharing_core": ("case", "rule", "in_core")},
            _shares,
        ),
    ],
)
