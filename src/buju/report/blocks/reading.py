"""What the report is and is not."""

from __future__ import annotations

from buju.report.formats import Text
from buju.report.records import Callout, Items, Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section


def _reading(results: Results) -> list[Record]:
    year = results.manifest["year"]
    return [
        Callout(
            Text(
                "仅供分析，不作为行政区划、用地或投资决策的依据。",
                "For analysis only; no basis for boundaries, land use or investment by itself.",
            ),
            "warning",
        ),
        Paragraph(
            Text(
                f"本报告由数据表自动生成，基准年 {year}。报告自身不做计算："
                "所列数字取自同一结果文件夹的数据表，每张表注明依据与出处。",
                f"This report is written from tables; the base year is {year}. It computes nothing "
                "itself: its numbers stand in the tables of the same folder, and every table names "
                "its basis and its source.",
            )
        ),
        Items(
            [
                Text(
                    "依据分三类：实测（统计或普查公布）、计算（由实测数直接推算）、模型（依赖模型假设）。",
                    "There are three bases: observed (published counts), computed (from observed "
                    "figures) and modelled (resting on a model's assumptions).",
                ),
                Text(
                    "模型结果读作：长期，与同一区域没有该项目时相比。不是预测，也不含时间路径。",
                    "Read model results as: long run, relative to the same region without the "
                    "project. They are no forecast and hold no path over time.",
                ),
                Text(
                    "“已认证”只说明方程求解精度达标，不说明模型为真；未认证的结果不予显示。",
                    "“Certified” says that the equations were solved to a stated precision, not "
                    "that the model is true; a result without it is refused, not shown.",
                ),
                Text(
                    "缺失值显示为“—”，不以零代替；不可到达显示为“不可达”。",
                    "A missing value is printed as “—”, never as zero; a place without a way is "
                    "“unreachable”.",
                ),
            ]
        ),
    ]


SECTION = Section(
    "reading",
    Text("如何阅读本报告", "What this is and is not"),
    [Part(Text("阅读说明", "how to read"), {}, _reading)],
)
