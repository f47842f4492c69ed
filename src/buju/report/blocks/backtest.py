"""The model against what happened, also where it loses."""

from __future__ import annotations

from buju.report.blocks.fit import KINDS, named
from buju.report.content import Show, shown
from buju.report.formats import Text
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section


def _people(results: Results) -> list[Record]:
    rows = results.frame("backtest_summary")
    methods = [Text(zh, en) for zh, en in zip(rows["method_zh"], rows["method_en"], strict=True)]
    columns = [
        Show("method", "方法", "Method"),
        Show("mean_absolute_error", "平均绝对误差", "Mean absolute error", "number", 0),
        Show(
            "mean_absolute_growth_error", "增长率平均绝对误差", "Mean error of growth", "share", 1
        ),
        Show("rank_correlation", "增长率秩相关", "Rank correlation of growth", "number", 2),
    ]
    return [shown(results, "backtest_summary", columns, rows=rows.assign(method=methods))]


def _times(results: Results) -> list[Record]:
    columns = [
        Show("origin", "起点", "From"),
        Show("destination", "终点", "To"),
        Show("kind", "类别", "Kind", through=lambda kind: KINDS.get(kind, Text.same(kind))),
        Show("as_of", "路网日期", "Network of"),
        Show("announced", "公布", "Announced", "number", 0),
        Show("modelled", "路网", "Network", "number", 0),
        Show("relative", "相对误差", "Relative error", "change", 1),
        Show("independent", "独立检验", "Independent test"),
    ]
    rows = named(results.frame("backtest_times"))
    return [shown(results, "backtest_times", columns, rows=rows)]


_ENDS = ("origin_zh", "origin_en", "destination_zh", "destination_en")
_ERRORS = ("mean_absolute_error", "mean_absolute_growth_error", "rank_correlation")

SECTION = Section(
    "backtest",
    Text("回溯检验：模型与实际", "Back-tests: the model against what happened"),
    [
        Part(
            Text("人口回溯检验", "back-test of people"),
            {"backtest_summary": ("method_zh", "method_en", *_ERRORS)},
            _people,
        ),
        Part(
            Text("开通后的旅行时间", "times after openings"),
            {"backtest_times": (*_ENDS, "kind", "as_of", "announced", "modelled", "independent")},
            _times,
        ),
    ],
)
