"""The zones as levers: what a push in each does, and what depends on inferred members."""

from __future__ import annotations

from buju.report.blocks.certificates import VERDICTS
from buju.report.blocks.effect_tables import DIRECTIONS
from buju.report.content import Show, shown, words
from buju.report.formats import Format, Text
from buju.report.ranges import Row, ranges
from buju.report.records import Record
from buju.report.results import CERTIFIED, Results
from buju.report.section import Part, Section

_MEMBERS = {
    "True": Text("全部成员", "all members"),
    "False": Text("只用公布成员", "announced members only"),
}
_ASKED = (
    ("welfare", "全域居民福利", "Welfare, region"),
    ("zone_residents", "区内人口", "Residents, zone"),
    ("zone_jobs", "区内就业", "Jobs, zone"),
    ("rest_residents", "其余人口", "Residents, rest"),
    ("rest_jobs", "其余就业", "Jobs, rest"),
    ("rest_product", "其余实际产出", "Real product, rest"),
)
_DIRECTIONS = DIRECTIONS | {"not drawn": Text("没有区间", "no interval")}


def _levers(results: Results) -> list[Record]:
    frame = results.frame("zone_levers")
    who = [
        Show("zones", "区", "Zones", through=results.elements_of),
        Show("inferred_members", "成员", "Members", through=words(_MEMBERS)),
    ]
    sizes = [
        *who,
        Show("counties", "县数", "Counties", "count"),
        Show("zone_gdp", "区内生产总值", "GDP of the zone", "number", 0),
        Show("welfare_money", "全域福利", "Welfare, region", "number", 2, guarded=True),
        Show("per_push", "单位推动力", "For each push", "number", 3, guarded=True),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
    ]
    found: list[Record] = [_chart(results), shown(results, "zone_levers", sizes)]
    for name, zh, en in _ASKED:
        columns = [
            *who,
            Show(name, zh, en, "change", 3, guarded=True),
            Show(f"{name}_low", "区间下限", "Low", "change", 3, guarded=True),
            Show(f"{name}_high", "区间上限", "High", "change", 3, guarded=True),
            Show(f"{name}_direction", "方向", "Direction", through=words(_DIRECTIONS)),
            Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
        ]
        found.append(
            shown(
                results,
                "zone_levers",
                columns,
                rows=frame,
                title=Text(f"杠杆的作用：{zh}", f"Effect of the levers: {en}"),
            )
        )
    return found


def _chart(results: Results) -> Record:
    frame = results.frame("zone_levers")
    rows = []
    for row in frame[frame["verdict"] == CERTIFIED].to_dict("records"):
        name = results.elements_of(row["zones"]) + Text("（", " (")
        name += _MEMBERS[str(bool(row["inferred_members"]))] + Text("）", ")")
        rows.append(
            Row(
                name,
                100 * float(row["rest_product"]),
                100 * float(row["rest_product_low"]),
                100 * float(row["rest_product_high"]),
            )
        )
    return ranges(
        rows,
        title=Text("其余各县实际产出的变化", "Change of real product in the other counties"),
        unit=Text("%", "per cent"),
        format=Format("number", 2),
    )


def _flips(results: Results) -> list[Record]:
    columns = [
        Show("zones", "区", "Zones", through=results.elements_of),
        Show("outcome_zh", "结论", "Conclusion", english="outcome_en"),
        Show("with_inferred", "全部成员", "All members", "signed", 5, guarded=True),
        Show("announced_only", "只用公布成员", "Announced only", "signed", 5, guarded=True),
        Show("flips", "改变", "Flips"),
    ]
    return [shown(results, "zone_flips", columns)]


SECTION = Section(
    "levers",
    Text("双引擎：两区作为杠杆", "The two engines as levers"),
    [
        Part(
            Text("两区的作用", "effects of the zones"),
            {"zone_levers": ("zones", "inferred_members", "welfare", "per_push", "rest_product")},
            _levers,
        ),
        Part(Text("什么会改变", "what flips"), {"zone_flips": ("outcome", "flips")}, _flips),
    ],
)
