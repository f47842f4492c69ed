"""Stage `network`: times of every scenario, reach of the centre, and how well the times fit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.network import Scenario, fit, reach_table
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.openings import amended
from buju.study.stages.layout import named

_TIMES_NOTE_ZH = "公路与客运铁路联合最短时间，含接驳、候车与换乘；方法见文档 network 页。"
_TIMES_NOTE_EN = "Fastest by road and passenger rail, with access, waiting and transfers."


def stage(run: Run) -> dict[str, Table]:
    """Tables `times`, `reach`, `fit_summary`, `fit_pairs` and `unreachable`."""
    tables = {"times": _times(run), "unreachable": _unreachable(run)}
    asked = run.study.spec.network
    if asked.reach_from is not None:
        tables["reach"] = _reach(run, asked.reach_from)
    if asked.fit_date is not None and not run.region.od_times.empty:
        tables |= _fit(run, asked.fit_date)
    return tables


def _times(run: Run) -> Table:
    frames = []
    base = run.minutes(run.study.scenarios["base"]).minutes
    for name, scenario in run.study.scenarios.items():
        matrix = run.minutes(scenario)
        size = len(matrix.labels)
        frame = pd.DataFrame(
            {
                "scenario": name,
                "origin": np.repeat(matrix.labels, size),
                "destination": np.tile(matrix.labels, size),
                "minutes": matrix.minutes.ravel(),
            }
        )
        if name != "base":
            frame = frame[(matrix.minutes != base).ravel()]
        frames.append(frame)
    return Table(
        pd.concat(frames, ignore_index=True),
        "各情景旅行时间（base 为全部地点对，其他情景只列有变化的）",
        "Travel times by scenario (all pairs for base, changed pairs for the others)",
        {"minutes": "min"},
        basis="modelled",
        note_zh=_TIMES_NOTE_ZH,
        note_en=_TIMES_NOTE_EN,
    )


def _unreachable(run: Run) -> Table:
    rows = []
    for name, scenario in run.study.scenarios.items():
        matrix = run.minutes(scenario)
        labels = np.asarray(matrix.labels)
        for i, j in np.argwhere(np.isinf(matrix.minutes)):
            rows.append({"scenario": name, "origin": labels[i], "destination": labels[j]})
    frame = pd.DataFrame(rows, columns=["scenario", "origin", "destination"]).astype("str")
    return Table(frame, "网络中无法到达的地点对", "Pairs that the network does not connect")


def reach_scenarios(run: Run) -> list[tuple[str, Scenario]]:
    """The networks whose reach is compared: dates first, then the study's scenarios."""
    dated = [(date, run.dated(date)) for date in run.study.spec.network.reach_dates]
    return dated + list(run.study.scenarios.items())


def _reach(run: Run, origin: str) -> Table:
    minutes = run.study.spec.network.reach_minutes
    names = named(run.region.places).set_index("place")
    frames = [
        reach_table(*amended(run.region, scenario), origin).assign(network=label)
        for label, scenario in reach_scenarios(run)
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame = frame[frame["destination"] != origin].reset_index(drop=True)
    frame.insert(0, "network", frame.pop("network"))
    frame["name_zh"] = frame["destination"].map(names["name_zh"])
    frame["name_en"] = frame["destination"].map(names["name_en"])
    frame["within"] = frame["minutes"] <= minutes
    return Table(
        frame,
        f"{names['name_zh'][origin]}到各地级市驻地",
        f"{names['name_en'][origin]} to every prefecture seat",
        {"minutes": "min", "door_minutes": "min", "road_minutes": "min"},
        basis="modelled",
        note_zh=f"目标 {minutes:g} 分钟按站到站计；门到门含接驳与候车，公路更快时取公路。",
        note_en=f"The target of {minutes:g} min is station to station; door to door has access "
        "and waiting in it, or is by road where that is faster.",
    )


def _fit(run: Run, date: str) -> dict[str, Table]:
    result = fit(run.region, date=date)
    note_zh = "实测为各城市对最优直达列车；允许换乘的路线可以更快。"
    note_en = "Measured: the best direct train of each pair; a journey with changes may beat it."
    return {
        "fit_summary": Table(
            result.summary,
            "网络时间与实测时间的吻合程度",
            "Fit of modelled to measured times",
            {"median_absolute_minutes": "min", "median_relative": "share"},
            note_zh=note_zh,
            note_en=note_en,
        ),
        "fit_pairs": Table(
            _named(run, result.pairs),
            "逐对比较",
            "Pair by pair",
            {
                "measured": "min",
                "modelled": "min",
                "relative": "share",
                "fastest": "min",
                "fastest_relative": "share",
            },
            note_zh=note_zh,
            note_en=note_en,
        ),
        "announced": Table(
            _named(run, result.announced),
            "公布或规划时间与路网时间",
            "Announced and planned times beside the network's",
            {"announced": "min", "modelled": "min", "relative": "share"},
            note_zh="按公布之日的路网计算；路段时间本身取自公布值的，不构成检验。",
            note_en="On the network of that day; no test where a link has the announced minutes.",
        ),
    }


def _named(run: Run, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with names of their stations beside the codes, in both languages."""
    nodes = run.region.nodes.set_index("node_id")
    places = pd.concat([run.region.places, run.region.outside_places]).set_index("place")
    english = nodes["zone_id"].map(places["name_en"]).fillna(nodes["name"])
    named = pairs.copy()
    for end in ("origin", "destination"):
        named[f"{end}_zh"] = named[end].map(nodes["name"])
        named[f"{end}_en"] = named[end].map(english)
    return named
