"""What an economy cannot be without, asked of every place before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from buju.errors import RegionError
from buju.region import Region
from buju.region.faults import Fault
from buju.study.model import StudyFile

_FILL = {
    "residents": (
        "Write the persons who live there, or take the place out of the table",
        "请填写常住人口（人），或从表中删去该地点",
    ),
    "gdp": (
        "Write it in 1e8 CNY, or say in the study whose GDP per head to take: "
        "simulate.gdp_per_head_of",
        "请填写（亿元），或在研究文件 simulate.gdp_per_head_of 中指明采用何地的人均值",
    ),
}


def require_inputs(file: Path, spec: StudyFile, region: Region) -> None:
    """Raise `RegionError` with every place that lacks what the study computes with.

    Residents and GDP above zero, GDP unless the study says whose to take, and a seat in the
    network: of counties, and of outside places where they take part.
    """
    faults = list(_lacking(spec, region))
    if faults:
        english, chinese = (
            [f"{file}: the region lacks what this study needs, {len(faults)} fault(s)"],
            [f"{file}：区域缺少该研究所需的数据，{len(faults)} 处"],
        )
        raise RegionError(
            "\n  ".join(english + [fault.english for fault in faults]),
            "\n  ".join(chinese + [fault.chinese for fault in faults]),
            faults=faults,
        )


def _lacking(spec: StudyFile, region: Region) -> Iterator[Fault]:
    asked = spec.simulate
    tables = {"places": region.places[region.places["level"] == "county"]}
    if asked.outside == "cities":
        tables["outside_places"] = region.outside_places
    nodes = region.nodes
    seats = set(nodes.loc[nodes["node_type"] == "seat", "zone_id"])
    for table, rows in tables.items():
        for column, filled in (("residents", set()), ("gdp", set(asked.gdp_per_head_of))):
            wrong = rows[~(rows[column] > 0) & ~rows["place"].isin(filled)]
            for row, place, value in zip(wrong.index, wrong["place"], wrong[column], strict=True):
                yield _without(table, int(row), column, place, value)
        for row, place in zip(rows.index, rows["place"], strict=True):
            if place not in seats:
                yield _unseated(table, int(row), place)


def _without(table: str, row: int, column: str, place: str, value: float) -> Fault:
    english, chinese = _FILL[column]
    return Fault(
        table, row + 2, column, "" if pd.isna(value) else f"{value:g}",
        f"place {place} has no {column} above zero", english,
        f"地点 {place} 没有大于零的 {column}", chinese, file=f"{table}.csv",
    )  # fmt: skip


def _unseated(table: str, row: int, place: str) -> Fault:
    return Fault(
        table, row + 2, "place", place, f"place {place} has no seat in the network",
        f"Add a row to nodes.csv with node_type seat and zone_id {place}, and a link to it",
        f"地点 {place} 在路网中没有驻地节点",
        f"请在 nodes.csv 增加 node_type 为 seat、zone_id 为 {place} 的一行，并连上路段",
        file=f"{table}.csv",
    )  # fmt: skip
