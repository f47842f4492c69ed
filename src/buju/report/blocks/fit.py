"""How well modelled times agree with measured ones, with the worst pairs named."""

from __future__ import annotations

import pandas as pd

from buju.report.content import Show, shown, words
from buju.report.formats import Text
from buju.report.records import Record
from buju.report.results import Results
from buju.report.scatter import Series, scatter
from buju.report.section import Part, Section

CLASSES = {
    "multiple_unit": Text("动车组", "multiple unit"),
    "locomotive": Text("普速列车", "locomotive-hauled"),
    "all": Text("全部", "all"),
}
KINDS = {"announced": Text("公布", "announced"), "planned": Text("规划", "planned")}
COMPARISONS = {
    "same class": Text("同类列车", "same class of train"),
    "fastest": Text("最快路线", "fastest journey"),
}
SAMPLES = CLASSES | {
    f"{key}, independent": Text(f"{text.zh}（未用作路段）", f"{text.en}, not used as a link")
    for key, text in CLASSES.items()
}
_MARKS = (("#1f5f9f", "circle"), ("#b35806", "square"), ("#5b2a86", "diamond"))


def _scatter(results: Results) -> list[Record]:
    pairs = results.frame("fit_pairs")
    series = []
    for k, (name, rows) in enumerate(pairs.groupby("service_class", sort=False)):
        colour, shape = _MARKS[k % len(_MARKS)]
        points = list(zip(rows["measured"], rows["modelled"], strict=True))
        ends = zip(rows["origin_zh"], rows["destination_zh"], strict=True)
        tips = [f"{a} – {b}" for a, b in ends]
        title = CLASSES.get(str(name), Text.same(name))
        series.append(Series(title, colour, shape, points, tips))
    return [
        scatter(
            series,
            title=Text("实测与路网时间", "Measured and modelled times"),
            x=Text("实测最优直达（分钟）", "best direct train measured (min)"),
            y=Text("路网计算（分钟）", "network (min)"),
        )
    ]


def _summary(results: Results) -> list[Record]:
    columns = [
        Show("sample", "样本", "Sample", through=words(SAMPLES)),
        Show("comparison", "比较对象", "Compared with", through=words(COMPARISONS)),
        Show("pairs", "对数", "Pairs", "number"),
        Show("rank_correlation", "秩相关", "Rank correlation", "number", 3),
        Show("median_absolute_minutes", "绝对误差中位数", "Median absolute error", "number", 1),
        Show("median_relative", "相对误差中位数", "Median relative error", "share", 1),
        Show("faster_share", "快于实测的比例", "Share faster than measured", "share", 0),
    ]
    return [shown(results, "fit_summary", columns)]


def _worst(results: Results) -> list[Record]:
    frame = results.frame("fit_pairs")
    order = frame["relative"].abs().sort_values(ascending=False).index[:15]
    columns = [
        *_ends(),
        Show("service_class", "列车类别", "Class of train", through=words(CLASSES)),
        Show("measured", "实测", "Measured", "number", 0),
        Show("modelled", "路网", "Network", "number", 0),
        Show("relative", "相对误差", "Relative error", "change", 1),
        Show("used_as_link", "已用作路段", "Used as a link"),
    ]
    title = Text("误差最大的站对", "Pairs with the largest error")
    rows = named(frame.loc[order])
    return [shown(results, "fit_pairs", columns, rows=rows, title=title)]


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs with the names of their stations as bilingual texts."""
    texts = {
        end: [
            Text(str(zh), f"{en} {zh}")
            for zh, en in zip(frame[f"{end}_zh"], frame[f"{end}_en"], strict=True)
        ]
        for end in ("origin", "destination")
    }
    return frame.assign(**texts)


def _ends() -> list[Show]:
    return [Show("origin", "起点", "From"), Show("destination", "终点", "To")]


_NAMES = ("origin_zh", "origin_en", "destination_zh", "destination_en")
_SUMMARY = ("sample", "comparison", "pairs", "rank_correlation", "median_absolute_minutes")
_PAIRS = (*_NAMES, "service_class", "measured", "modelled")

SECTION = Section(
    "fit",
    Text("路网时间与实测的吻合", "Fit of the network to measured times"),
    [
        Part(Text("散点图", "scatter"), {"fit_pairs": _PAIRS}, _scatter),
        Part(
            Text("吻合程度汇总", "summary of the fit"),
            {"fit_summary": (*_SUMMARY, "median_relative", "faster_share")},
            _summary,
        ),
        Part(
            Text("误差最大的站对", "worst pairs"),
            {"fit_pairs": (*_PAIRS, "relative", "used_as_link")},
            _worst,
        ),
    ],
)
