"""Who ranks where on the indicators there are, how firmly, and what would move a place up."""

from __future__ import annotations

import pandas as pd

from buju.report.content import UNITS, Show, either, shown, words
from buju.report.formats import Text, is_missing
from buju.report.ranks import Interval, heat_strip, rank_intervals
from buju.report.records import Callout, Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section

STATES = {
    "used": Text("计入", "in the index"),
    "few": Text("覆盖不足", "too few places"),
    "none": Text("无数据，待填", "no figures, to be filled"),
    "unnamed": Text("名称未读到", "name not seen"),
}
CHOICES = {
    "normalise": Text("标准化方法", "scaling"),
    "weight": Text("权重", "weights"),
    "aggregate": Text("合成方法", "way of adding up"),
    "indicators": Text("指标误差", "errors of the figures"),
    "impute": Text("补缺", "filling of gaps"),
}
HOW = {"alone": Text("只改一项", "one alone"), "together": Text("同时改变", "together")}
WHAT = {
    "indicator": Text("指标", "indicator"),
    "place": Text("地点", "place"),
    "filled cell": Text("补上的数", "filled cell"),
    "empty cell": Text("空缺", "empty cell"),
    "treated": Text("异常值处理", "outlier treated"),
    "note": Text("说明", "note"),
}


def _mark(results: Results) -> list[Record]:
    row = results.frame("assess_summary").iloc[0]
    return [
        Callout(
            Text(
                f"非官方考核：指标和权重为本研究所设，只用 {int(row['used'])} 项覆盖全部"
                f" {int(row['places'])} 个地点的指标（共列 {int(row['elements'])} 项）。"
                "名次应与区间一起读。",
                f"Not an official assessment: indicators and weights are those of this study, "
                f"{int(row['used'])} of {int(row['elements'])} indicators cover all "
                f"{int(row['places'])} places. Read ranks with their intervals.",
            ),
            "warning",
        ),
        Paragraph(
            Text(
                f"{int(row['pairs'])} 对城市中，{row['settled']:.0%} 的先后在九成抽样里不变。",
                f"Of {int(row['pairs'])} pairs of places, the order of {row['settled']:.0%} holds "
                "in nine draws of ten or more.",
            )
        ),
    ]


def _intervals(results: Results) -> list[Record]:
    frame = results.frame("assess_scores")
    marks: dict[str, float] = {}
    mark = None
    if "assess_official" in results.bundle.names:
        order = results.frame("assess_official")
        marks = dict(zip(order["place"], order["official_rank"], strict=True))
        year = int(order["official_year"].iloc[0])
        mark = Text(f"{year} 年度官方次序", f"the official order of {year}")
    rows = [
        Interval(results.place(r.place), r.rank, r.p05, r.p95, marks.get(r.place))
        for r in frame.itertuples()
    ]
    title = Text("名次与名次区间（非官方考核）", "Ranks and rank intervals (not official)")
    return [rank_intervals(rows, title=title, value=Text("基准名次", "The base rank"), mark=mark)]


def _strip(results: Results) -> list[Record]:
    order = list(results.frame("assess_scores")["place"])
    wide = results.frame("assess_acceptability").pivot(
        index="place", columns="rank", values="share"
    )
    wide = wide.reindex(order)
    return [
        heat_strip(
            [results.place(p) for p in order],
            [Text.same(c) for c in wide.columns],
            wide.to_numpy().tolist(),
            title=Text("列各名次的抽样比例", "Share of draws at each rank"),
            caption=Text(
                "单位 %，空白不足 0.5%。", "Per cent; an empty cell is below half a per cent."
            ),
        )
    ]


def _table(results: Results) -> list[Record]:
    frame = results.frame("assess_scores")
    among = [c for c in frame if str(c).startswith("among_")]
    columns = [
        Show("place", "城市", "City", through=results.place_both),
        Show("rank", "名次", "Rank", "number"),
        Show("score", "得分", "Score", "number", 1),
        Show("median", "名次中位数", "Median rank", "number"),
        Show("p05", "5%", "5 %", "number"),
        Show("p95", "95%", "95 %", "number"),
        *(
            Show(c, f"列前 {c[6:]} 的概率", f"P(among the first {c[6:]})", "share", 1)
            for c in map(str, among)
        ),
        Show("first_any_weights", "任意权重下列第一", "First, any weights", "share", 1),
        Show("best_weights", "最有利权重得分", "Score, own weights", "number", 2),
    ]
    return [shown(results, "assess_scores", columns)]


def _profile(results: Results) -> list[Record]:
    order = list(results.frame("assess_scores")["place"])
    frame = results.frame("assess_profile")
    found: list[Record] = []
    for group, title in (
        (True, Text("各方面得分", "Scores by group")),
        (False, Text("各项指标得分", "Scores by indicator")),
    ):
        rows = frame[frame["group"] == group]
        codes = list(dict.fromkeys(rows["code"]))
        names = rows.drop_duplicates("code").set_index("code")
        wide = rows.pivot(index="place", columns="code", values="score").reindex(order)[codes]
        heads = [Text(str(names.loc[c, "name_zh"]), str(names.loc[c, "name_en"])) for c in codes]
        caption = Text(
            "1 为各地最低，100 为最高。", "1 is the lowest of the places, 100 the highest."
        )
        if group:
            caption = Text("方面内各指标的加权平均。", "Weighted means of the indicators.")
        found.append(
            heat_strip(
                [results.place(p) for p in order], heads, wide.to_numpy().tolist(),
                title=title, caption=caption, percent=False, slanted=True,
            )
        )  # fmt: skip
    return found


def _choices(results: Results) -> list[Record]:
    columns = [
        Show("choice", "选择", "Choice", through=words(CHOICES)),
        Show("first", "单独", "Alone", "share", 0),
        Show("first_low", "5%", "5 %", "share", 0),
        Show("first_high", "95%", "95 %", "share", 0),
        Show("total", "连同交互", "With interactions", "share", 0),
        Show("total_low", "5%", "5 %", "share", 0),
        Show("total_high", "95%", "95 %", "share", 0),
    ]
    shifts = [
        Show("choice", "选择", "Choice", through=words(CHOICES)),
        Show("option", "备选", "Alternative"),
        Show("mean_shift", "平均变动（位）", "Mean shift", "number", 2, unit=Text("", "")),
        Show("greatest_shift", "最大变动（位）", "Greatest shift", "number", unit=Text("", "")),
    ]
    return [shown(results, "assess_choices", columns), shown(results, "assess_shifts", shifts)]


def _moves(results: Results) -> list[Record]:
    frame = results.frame("assess_moves")
    alone = frame[(frame["how"] == "alone") & frame["reached"].astype(bool)]
    kept = alone.sort_values(["places", "in_sd"], key=lambda c: c.abs(), kind="stable")
    kept = kept.groupby("places", sort=True).head(5)
    together = frame[frame["how"] == "together"]
    together = together[together["in_sd"].abs() > 1e-6]
    together = together.sort_values(
        ["places", "in_sd"], key=lambda c: c.abs(), ascending=[True, False]
    )
    together = together.groupby("places", sort=True).head(5)
    rows = pd.concat([kept, together]).sort_values(["places", "how"], kind="stable")
    columns = [
        Show("places", "上升位数", "Places up", "number"),
        Show("how", "方式", "How", through=words(HOW)),
        Show("name_zh", "指标", "Indicator", english="name_en"),
        Show("now", "现值", "Now", "general"),
        Show("needed", "需要", "Needed", "general"),
        Show("unit", "单位", "Unit", through=words(UNITS)),
        Show("in_sd", "标准差", "In deviations", "signed", 2, unit=Text("", "")),
        Show("within_observed", "已有城市达到", "Reached elsewhere"),
    ]
    return [shown(results, "assess_moves", columns, rows=rows)]


def _official(results: Results) -> list[Record]:
    columns = [
        Show("official_rank", "官方次序", "Official place", "number"),
        Show("place", "城市", "City", through=results.place_both),
        Show("index_rank", "指数名次", "Index rank", "number"),
        Show("p05", "5%", "5 %", "number"),
        Show("p95", "95%", "95 %", "number"),
        Show("inside", "在区间内", "Inside"),
        Show("index_rank_then", "当年数据重算", "With figures of then", "number"),
    ]
    return [shown(results, "assess_official", columns)]


def _indicators(results: Results) -> list[Record]:
    return [_elements(results, "assess_indicators", share=True)]


def _template(results: Results) -> list[Record]:
    frame = results.frame("assess_template")
    there = int(frame["used"].sum())
    named = int((frame["state"] != "unnamed").sum())
    said = Text(
        f"官方办法列 {len(frame)} 项指标：{there} 项此处有分市数据，{named - there} 项只知名称，"
        f"{len(frame) - named} 项的确切名称没有读到。不计算官方得分。",
        f"The official scheme has {len(frame)} indicators: {there} have figures by city here, "
        f"{named - there} are known by name, of {len(frame) - named} the exact name was not seen. "
        "No official score is computed.",
    )
    return [Callout(said), _elements(results, "assess_template", share=False)]


def _elements(results: Results, name: str, *, share: bool) -> Record:
    frame = results.frame(name)
    rows = frame.assign(
        cover=[f"{a} / {b}" for a, b in zip(frame["covered"], frame["places"], strict=True)],
    )
    columns = [
        Show("group_zh", "方面", "Group", english="group_en"),
        Show("name_zh", "指标", "Indicator", english="name_en"),
        Show("state", "状态", "State", through=words(STATES)),
        Show("year", "年份", "Year", through=lambda y: None if is_missing(y) else str(int(y))),
        Show("cover", "覆盖", "Cover"),
        *([Show("share", "占指数", "Share of the index", "share", 1)] if share else []),
        Show("note", "备注", "Remark", through=either),
    ]
    return shown(results, name, columns, rows=rows)


def _left_out(results: Results) -> list[Record]:
    columns = [
        Show("what", "什么", "What", through=words(WHAT)),
        Show("code", "代码", "Code"),
        Show("why", "原因", "Why", through=words(STATES)),
    ]
    fill = results.frame("assess_to_fill") if not results.is_empty("assess_to_fill") else None
    found: list[Record] = [shown(results, "assess_left_out", columns)]
    if fill is not None:
        found.append(
            Paragraph(
                Text(
                    f"待填 {len(fill)} 个数字（{fill['indicator'].nunique()} 项指标），见结果文件夹"
                    "中的 assess/to-fill.xlsx；基准方案的逐步公式见 assess/base-case.xlsx。",
                    f"{len(fill)} figures of {fill['indicator'].nunique()} indicators wait to be "
                    "filled: assess/to-fill.xlsx in the bundle; the base case as live formulas: "
                    "assess/base-case.xlsx.",
                )
            )
        )
    return found


_ROWS = ("code", "name_zh", "name_en", "group_zh", "group_en", "state", "year", "covered", "places")

SECTION = Section(
    "assess",
    Text("评价与排名（非官方考核）", "Assessment and ranking (not official)"),
    [
        Part(Text("概况", "at a glance"), {"assess_summary": ("used", "settled")}, _mark),
        Part(
            Text("名次区间图", "rank intervals"),
            {"assess_scores": ("place", "rank", "p05", "p95")},
            _intervals,
        ),
        Part(
            Text("名次比例图", "ranks by draws"),
            {"assess_acceptability": ("place", "rank", "share"), "assess_scores": ("place",)},
            _strip,
        ),
        Part(
            Text("得分与名次", "scores and ranks"),
            {"assess_scores": ("place", "rank", "score", "median", "p05", "p95")},
            _table,
        ),
        Part(
            Text("分方面得分", "profiles"),
            {"assess_profile": ("place", "code", "score", "group"), "assess_scores": ("place",)},
            _profile,
        ),
        Part(
            Text("哪项选择要紧", "which choice matters"),
            {
                "assess_choices": ("choice", "first", "total"),
                "assess_shifts": ("choice", "option", "mean_shift"),
            },
            _choices,
        ),
        Part(
            Text("怎样上升", "what would move it up"),
            {"assess_moves": ("places", "how", "code", "now", "needed")},
            _moves,
        ),
        Part(
            Text("与官方次序的比较", "beside the official order"),
            {"assess_official": ("place", "official_rank", "index_rank")},
            _official,
        ),
        Part(
            Text("指标", "indicators"),
            {"assess_indicators": (*_ROWS, "share")},
            _indicators,
        ),
        Part(
            Text("官方办法", "the official scheme"),
            {"assess_template": _ROWS},
            _template,
        ),
        Part(
            Text("没有计入的", "what was left out"),
            {"assess_left_out": ("what", "code", "why")},
            _left_out,
        ),
    ],
    over="assess_summary",
)
