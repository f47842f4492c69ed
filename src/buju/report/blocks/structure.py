"""Who complements whom, who leads in what, how concentrated, and who is near whom."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from buju.report.content import Show, shown, words
from buju.report.formats import Text, is_missing
from buju.report.maps.choropleth import category_map
from buju.report.records import Grid, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

KINDS = {
    "high-high": Text("高—高", "high among high"),
    "low-low": Text("低—低", "low among low"),
    "high-low": Text("高在低中", "high among low"),
    "low-high": Text("低在高中", "low among high"),
    "none": Text("不显著", "not significant"),
}
_KIND_COLOURS = dict(
    zip(KINDS, ("#b2182b", "#2166ac", "#f4a582", "#92c5de", "#eeeeee"), strict=True)
)
WHAT = {
    "density": Text("人口密度", "density"),
    "growth": Text("人口变化率", "growth of residents"),
    "residents": Text("常住人口", "residents"),
    "jobs": Text("就业（样本）", "jobs, sampled"),
    "gdp": Text("生产总值", "GDP"),
}
WEIGHTS = {
    "time": Text("时间衰减", "time decay"),
    "contiguity": Text("相邻", "contiguity"),
}
VARIANTS = {
    "classical": Text("经典", "classical"),
    "esteban-marquillas": Text("埃斯特班—马基利亚斯", "Esteban-Marquillas"),
}


def _complementarity(results: Results) -> list[Record]:
    frame = results.frame("complementarity")
    rows = frame.sort_values("complementarity", ascending=False)
    columns = [
        Show("place", "城市", "City", through=results.place_both),
        Show("partner", "与之相比", "With", through=results.place_both),
        Show("complementarity", "互补", "Complementarity", "number", 2),
        Show("similarity", "相似系数", "Similarity", "number", 2),
        Show("krugman", "克鲁格曼", "Krugman", "number", 2),
        Show("gives_zh", "前者多、后者少", "First has more of"),
        Show("takes_zh", "前者少、后者多", "First has less of"),
    ]
    table = shown(results, "complementarity", columns, rows=rows)
    said = [
        (*row[:5], _pair(r.gives_zh, r.gives_en), _pair(r.takes_zh, r.takes_en))
        for row, r in zip(table.rows, rows.itertuples(), strict=True)
    ]
    return [replace(table, rows=said)]


def _pair(zh: object, en: object) -> Text:
    return Text("", "") if is_missing(zh) else Text(str(zh), str(en))


def _sectors(results: Results, name: str, columns: list[Show]) -> TableContent:
    frame = results.frame(name)
    table = shown(results, name, columns)
    at = [show.column for show in columns].index("sector")
    rows = [
        (*row[:at], _pair(r.sector_zh, r.sector_en), *row[at + 1 :])
        for row, r in zip(table.rows, frame.itertuples(), strict=True)
    ]
    return replace(table, rows=rows)


def _poles(results: Results) -> list[Record]:
    columns = [
        Show("sector", "行业", "Sector"),
        Show("place", "核心极", "Leading county", through=results.place_both),
        Show("quotient", "区位商", "Quotient", "number", 2),
        Show("jobs", "就业（样本）", "Jobs, sampled", "number"),
        Show("rival", "其次", "Next", through=results.place_both),
        Show("rival_quotient", "区位商", "Quotient", "number", 2),
        Show("lead", "领先倍数", "Lead", "number", 2),
    ]
    return [_sectors(results, "core_poles", columns)]


def _profile(results: Results) -> list[Record]:
    columns = [
        Show("sector", "行业", "Sector"),
        Show("quotient", "区位商", "Quotient", "number", 2),
        Show("quotient_rank", "名次", "Rank", "number"),
        Show("share", "占本县就业", "Of its jobs", "share", 1),
        Show("of_region", "占全域该行业", "Of the region's", "share", 1),
        Show("jobs", "就业（样本）", "Jobs, sampled", "number"),
        Show("rival", "其余县中最高", "Highest of the others", through=results.place_both),
        Show("rival_quotient", "其区位商", "Its quotient", "number", 2),
        Show("few", "样本过少", "Few in sample"),
    ]
    return [_sectors(results, "pole_profile", columns)]


def _concentration(results: Results) -> list[Record]:
    def element(code: object) -> Text:
        if is_missing(code) or code == "":
            return Text("全域", "whole region")
        return Text("不属任何群、圈", "in none") if code == "none" else results.element(code)

    columns = [
        Show("quantity", "数量", "Quantity", through=words(WHAT)),
        Show("year", "年份", "Year"),
        Show("element", "要素", "Element", through=element),
        Show("share", "份额", "Share", "share", 1),
        Show("hoover", "胡佛", "Hoover", "number", 3),
        Show("gini", "基尼", "Gini", "number", 3),
        Show("theil", "泰尔", "Theil", "number", 3),
        Show("theil_between", "其中要素之间", "of it between elements", "number", 3),
    ]
    return [shown(results, "concentration", columns)]


def _moran(results: Results) -> list[Record]:
    columns = [
        Show("what", "变量", "Variable", through=words(WHAT)),
        Show("weights", "权重", "Weights", through=words(WEIGHTS)),
        Show("moran", "莫兰指数", "Moran's I", "number", 3),
        Show("p", "p 值", "p", "number", 3),
    ]
    return [shown(results, "association", columns)]


def _local(results: Results) -> list[Record]:
    frame = results.frame("local_association").set_index("place")
    figures = []
    for column in (c for c in frame if c.endswith("_kind")):
        held = frame[column].astype(str)
        present = {key: text for key, text in KINDS.items() if (held == key).any()}
        what = WHAT[column.removesuffix("_kind")]
        figures.append(
            category_map(
                results.base,
                held.to_dict(),
                present,
                _KIND_COLOURS,
                results.place_names,
                title=Text("局部聚集：", "Local clusters: ") + what,
            )
        )
    return [Grid(figures)]


def _shift_share(results: Results) -> list[Record]:
    frame: pd.DataFrame = results.frame("shift_share")
    first, last = (str(frame[c].iloc[0]) for c in ("first_year", "last_year"))
    columns = [
        Show("variant", "方法", "Variant", through=words(VARIANTS)),
        Show("place", "城市", "City", through=results.place_both),
        Show("first", f"{first} 年", first, "number"),
        Show("change", f"到 {last} 年的变化", f"Change to {last}", "signed", 0),
        Show("national", "全域分量", "Regional growth", "signed", 0),
        Show("mix", "结构分量", "Mix", "signed", 0),
        Show("competitive", "竞争分量", "Competitive", "signed", 0),
        Show("allocation", "配置分量", "Allocation", "signed", 0),
    ]
    return [shown(results, "shift_share", columns, filter_by="variant")]


_SECTOR = ("sector", "sector_zh", "sector_en", "place", "quotient", "jobs", "rival")

SECTION = Section(
    "structure",
    Text("错位协同、核心极与集中程度", "Complementarity, core poles and concentration"),
    [
        Part(
            Text("城市间互补", "complementarity"),
            {
                "complementarity": (
                    "place",
                    "partner",
                    "similarity",
                    "krugman",
                    "complementarity",
                    "gives_zh",
                    "takes_zh",
                )
            },
            _complementarity,
        ),
        Part(
            Text("核心极", "core poles"),
            {"core_poles": (*_SECTOR, "rival_quotient", "lead")},
            _poles,
        ),
        Part(
            Text("一县与其余各县的比较", "one county against the others"),
            {"pole_profile": (*_SECTOR, "rival_quotient", "quotient_rank", "of_region", "few")},
            _profile,
        ),
        Part(
            Text("集中程度", "concentration"),
            {"concentration": ("quantity", "year", "element", "hoover", "gini", "theil")},
            _concentration,
        ),
        Part(
            Text("空间自相关", "spatial association"),
            {"association": ("what", "weights", "moran", "p")},
            _moran,
            Text(
                "空间自相关没有计算：未安装所需的附加组件。",
                "Spatial association was not computed: the extra it needs is not installed.",
            ),
        ),
        Part(
            Text("局部聚集图", "map of local clusters"),
            {"local_association": ("place", "density_kind")},
            _local,
        ),
        Part(
            Text("偏离—份额", "shift-share"),
            {"shift_share": ("variant", "place", "first", "change", "mix", "allocation")},
            _shift_share,
        ),
    ],
)
