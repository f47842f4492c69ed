"""Labour-market areas under other thresholds."""

from __future__ import annotations

from dataclasses import replace

from buju.report.content import Show, shown
from buju.report.formats import Text
from buju.report.records import Heading, Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part


def _table(results: Results) -> list[Record]:
    table = results.table("labour_areas")
    columns = [
        Show("least", "自足率下限", "Least self-containment", "share", 0),
        Show("target", "自足率目标", "Target", "share", 0),
        Show("least_size", "规模下限", "Least size", "count"),
        Show("target_size", "规模目标", "Target size", "count"),
        Show("areas", "区数", "Areas", "number"),
        Show("valid", "达标的区", "Valid areas", "number"),
        Show("alone", "单县成区", "Counties alone", "number"),
        Show("largest", "最大区的县数", "Counties in the largest", "number"),
        Show("reserve", "留置并入的县", "From the reserve list", "number"),
        Show("asked", "本研究所用", "Used in this study"),
    ]
    frame = table.frame
    asked = frame[frame["asked"]].iloc[0]
    few, many = frame["areas"].min(), frame["areas"].max()
    return [
        Heading(Text("劳动力市场区为何这样多", "Why so many labour-market areas")),
        Paragraph(
            Text(
                f"本研究所用的门槛得到 {asked['areas']} 个区，其中 {asked['alone']} 个只有一个县；"
                f"换用下表的门槛，区数在 {few} 到 {many} 之间。",
                f"The thresholds of this study leave {asked['areas']} areas, {asked['alone']} of "
                f"a single county; under those below, {few} to {many} areas are left.",
            )
        ),
        Paragraph(Text(table.note_zh, table.note_en)),
        replace(shown(results, "labour_areas", columns), note=Text("", ""), unfolded=True),
    ]


PART = Part(
    Text("劳动力市场区的门槛", "thresholds of labour-market areas"),
    {"labour_areas": ("least", "target", "least_size", "target_size", "areas", "alone", "asked")},
    _table,
)
