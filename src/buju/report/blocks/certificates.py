"""Whether the equations were solved, in plain words, and the parameters they were solved with."""

from __future__ import annotations

from buju.report.blocks import effect_tables
from buju.report.content import Show, either, shown, words
from buju.report.formats import Text
from buju.report.records import Items, Record
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

VERDICTS = {
    "certified": Text("已认证", "certified"),
    "ill_conditioned": Text("方程成立，但解定得太松", "ill-conditioned: held too loosely"),
    "iteration_limit": Text("未解完（迭代上限）", "iteration limit reached"),
    "diverged": Text("发散", "diverged"),
    "disconnected": Text("经济体不连通", "disconnected economy"),
    "several_equilibria": Text("存在多个均衡", "several equilibria found"),
    "not certified": Text("未认证", "not certified"),
    "not_certified": Text("未认证", "not certified"),
}
NUMERAIRES = {"mean_wage": Text("平均工资", "mean wage"), "gdp": Text("生产总值", "GDP")}
UNIQUENESS = {
    "proved": Text("已证明", "proved"),
    "not proved": Text("未证明", "not proved"),
    "does not apply": Text("定理不适用", "no theorem applies"),
}


def _plain(results: Results) -> list[Record]:
    said = []
    for row in results.frame("certificates").itertuples():
        title = results.scenario(str(row.scenario))
        if row.verdict == CERTIFIED:
            words_ = Text(
                "：已认证：方程求解精度达标，不代表模型为真",
                ": certified: the equations are solved to the stated precision, which does not "
                "make the model true",
            )
        else:
            words_ = Text(
                f"：未认证（{row.verdict}），结果不予显示",
                f": refused ({row.verdict}); its results are not shown",
            )
        said.append(title + words_)
    return [Items(said)]


def _certificates(results: Results) -> list[Record]:
    frame = results.frame("certificates")
    refused = Show("draws_refused", "未认证的抽样", "Draws refused", "number", 0)
    columns = [
        Show("scenario", "情景", "Scenario", through=results.scenario),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
        *effect_tables.changed("welfare", "福利", "Welfare", frame, 4),
        *([refused] if "draws_refused" in frame else []),
        Show("residual", "最大残差", "Largest residual", "scientific", 1),
        Show("gap", "谱隙", "Spectral gap", "number", 3),
        Show("error_bound", "误差界", "Error bound", "scientific", 1),
        Show("block_balance", "分块平衡", "Block balance", "scientific", 1),
        Show("homogeneity", "齐次性误差", "Homogeneity error", "scientific", 1),
        Show("numeraire", "计价标准", "Numeraire", through=words(NUMERAIRES)),
        Show("uniqueness", "唯一性", "Uniqueness", through=words(UNIQUENESS)),
    ]
    return [shown(results, "certificates", columns)]


def _parameters(results: Results) -> list[Record]:
    frame = results.frame("parameters")
    meanings = {
        str(row.parameter): Text(str(row.meaning_zh), str(row.meaning_en))
        for row in frame.itertuples()
    }
    columns = [
        Show("parameter", "参数", "Parameter"),
        Show("value", "取值", "Value"),
        *([Show("drawn", "抽样区间", "Range drawn")] if "drawn" in frame else []),
        Show("meaning", "含义", "Meaning", through=words(meanings)),
        Show("source", "来源", "Source", through=either),
    ]
    rows = frame.assign(meaning=frame["parameter"])
    return [shown(results, "parameters", columns, rows=rows)]


_COLUMNS = (
    "scenario",
    "verdict",
    "welfare_change",
    "residual",
    "gap",
    "error_bound",
    "block_balance",
    "homogeneity",
    "numeraire",
    "uniqueness",
)

SECTION = Section(
    "certificates",
    Text("求解证书与参数", "Certificates and parameters"),
    [
        Part(Text("结论", "verdicts"), {"certificates": ("scenario", "verdict")}, _plain),
        Part(Text("求解证书", "certificates"), {"certificates": _COLUMNS}, _certificates),
        Part(
            Text("参数", "parameters"),
            {"parameters": ("parameter", "value", "meaning_zh", "meaning_en", "source")},
            _parameters,
        ),
    ],
)
