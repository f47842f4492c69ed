"""What limits of water and land cost a zone that grows."""

from __future__ import annotations

from buju.report.blocks.certificates import VERDICTS
from buju.report.content import Show, shown, words
from buju.report.formats import Text
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section


def _limits(results: Results) -> list[Record]:
    use = [
        Show("case", "情形", "Case"),
        Show("title_zh", "上限", "Limit", english="title_en"),
        Show("unit", "单位", "Unit"),
        Show("most", "可供", "Supply", "count"),
        Show("use_before", "基准用量", "Use, baseline", "count"),
        Show("use_without", "不限时用量", "Use, unlimited", "count", guarded=True),
        Show("use", "用量", "Use", "count", guarded=True),
        Show("binds", "起约束", "Binds"),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    price = [
        Show("case", "情形", "Case"),
        Show("title_zh", "上限", "Limit", english="title_en"),
        Show("price", "影子价格（元/单位）", "Shadow price, CNY", "number", 2, guarded=True),
        Show("worth", "多一单位的福利（元）", "Worth of one more, CNY", "number", 2, guarded=True),
        Show("zone_residents", "区内人口", "Residents, zone", "change", 2, guarded=True),
        Show("zone_residents_free", "不限时", "unlimited", "change", 2, guarded=True),
        Show("zone_jobs", "区内就业", "Jobs, zone", "change", 2, guarded=True),
        Show("residual", "互补残差", "Residual", "scientific", 1),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    cost = Text("上限的代价", "What the limits cost")
    return [
        shown(results, "limits", use),
        shown(results, "limits", price, title=cost),
    ]


SECTION = Section(
    "limits",
    Text("水与地：能承载多少", "Water and land: what can be hosted"),
    [
        Part(
            Text("承载力上限", "limits"),
            {"limits": ("case", "cap", "most", "use", "price", "residual", "verdict")},
            _limits,
        )
    ],
)
