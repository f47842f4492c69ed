"""Stage `definitions`: the same region under every definition, beside the announced layout."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from buju import measure
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages import attraction_divisions, divisions, flow_divisions, grid_divisions
from buju.study.stages.divisions import Division
from buju.study.stages.labour_areas import labour_areas
from buju.study.stages.near import contiguity

_NONE_OBSERVED_ZH = "没有观测的通勤流，凡用通勤流的定义都依据模型推算的流量。"
_NONE_OBSERVED_EN = "No commuting was observed: definitions by commuting rest on modelled flows."


def stage(run: Run) -> dict[str, Table]:
    """Tables `definitions`, those called `definition_…`, and `labour_areas`."""
    flows = flow_divisions.modelled_flows(run)
    found = divide(run, flows)
    used = [d for d in found if not d.left_out_zh]
    return {
        "definitions": _definitions(run, used),
        "definition_evidence": _evidence(used),
        "definition_methods": _methods(found),
        "definition_agreement": _agreement(run, used),
        "labour_areas": labour_areas(run, flows),
    }


def divide(run: Run, flows: pd.DataFrame) -> list[Division]:
    """Every definition that the region's tables allow, the announced layout first."""
    found = []
    if not run.region.place_groups.empty:
        found.append(divisions.announced(run))
    if run.study.spec.measure.cores:
        found += [*divisions.circles(run), *attraction_divisions.attractions(run)]
    nodal = attraction_divisions.gravity(run)
    if nodal is not None:
        found.append(nodal)
    found.append(grid_divisions.urbanisation(run))
    found.append(flow_divisions.labour_market(run, flows))
    found.append(flow_divisions.functional_areas(run, flows, contiguity(run)))
    found.append(flow_divisions.flow_communities(run, flows))
    return found


def _definitions(run: Run, used: list[Division]) -> Table:
    frame = run.frame("counties")[["place", "name_zh", "name_en", "prefecture"]].copy()
    for division in used:
        rows = division.frame.set_index("place")
        frame[division.name] = frame["place"].map(rows["areas"]).fillna("").astype("str")
        if division.unit:
            frame[f"{division.name}_margin"] = frame["place"].map(rows["margin"])
    units = {f"{d.name}_margin": d.unit for d in used if d.unit}
    return Table(
        frame,
        "同一区域在各种定义下的划分",
        "The same region under every definition",
        units,
        basis="modelled",
        note_zh="每格为该县所属的圈、群或区（以其中心或要素代码表示），空白为都不属于；"
        "余量（以 _margin 结尾的列）为距改变归属有多远。" + _NONE_OBSERVED_ZH,
        note_en="Each cell: the circle, cluster or area the county falls in, by the code of its "
        "centre or element; empty for none; `_margin`: how far it is from changing. "
        + _NONE_OBSERVED_EN,
    )


def _evidence(used: list[Division]) -> Table:
    frames = [
        d.frame.assign(definition=d.name, unit=d.unit)[["definition", *d.frame.columns, "unit"]]
        for d in used
    ]
    columns = ["definition", *divisions.COLUMNS, "unit"]
    return Table(
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns),
        "各定义逐县的依据、余量与改变归属的条件",
        "Evidence by definition and county: margin, and what would flip it",
        basis="modelled",
        note_zh="value：圈为分钟，吸引为份额，引力为最强联系份额，劳动力市场区为自足率，"
        "功能性城市地区为通勤率，社区为稳定性；margin 的单位见 unit。" + _NONE_OBSERVED_ZH,
        note_en="`value`: minutes, share of pull, share of the largest tie, self-containment, "
        "commuting rate, stability; `margin` in the unit of `unit`. " + _NONE_OBSERVED_EN,
    )


def _methods(found: list[Division]) -> Table:
    rows = [
        {
            "definition": d.name,
            "name_zh": d.zh,
            "name_en": d.en,
            "how_zh": d.how_zh,
            "how_en": d.how_en,
            "reference": d.reference,
            "basis": d.basis,
            "areas": d.frame["area"].nunique(),
            "places": int(d.frame["area"].notna().sum()),
            "left_out_zh": d.left_out_zh,
            "left_out_en": d.left_out_en,
        }
        for d in found
    ]
    return Table(
        pd.DataFrame(rows),
        "各种定义的做法",
        "How each definition is applied",
        {"areas": "count", "places": "count"},
        basis="modelled",
        note_zh="公布的布局为公布的名单；其余由模型时间、吸引规律或模型通勤流得出。",
        note_en="The announced layout is a list; all others rest on modelled times or flows.",
    )


def _agreement(run: Run, used: list[Division]) -> Table:
    places = run.frame("counties")["place"]
    areas = {d.name: d.frame.set_index("place")["area"].reindex(places) for d in used}
    rows = []
    for first, second in combinations(areas, 2):
        found = measure.partition_agreement(areas[first], areas[second])
        rows.append(
            {
                "first": first,
                "second": second,
                "places": found.places,
                "common": found.common,
                "same_share": found.same_share,
                "adjusted_rand": found.adjusted_rand,
            }
        )
    columns = ["first", "second", "places", "common", "same_share", "adjusted_rand"]
    return Table(
        pd.DataFrame(rows, columns=columns),
        "各种定义两两一致的程度",
        "How far definitions agree, pair by pair",
        {"places": "count", "common": "count", "same_share": "share", "adjusted_rand": ""},
        basis="modelled",
        note_zh="归属相应：区与区一一对应后落在对应区内（或都在外）的县的份额；调整兰德指数："
        "只比较两者都划入的县，1 为相同，0 相当于随机。",
        note_en="Corresponding: counties in areas that correspond one to one, or outside both; "
        "adjusted Rand index: of counties both hold, 1 for the same division, 0 for chance.",
    )
