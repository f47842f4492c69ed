"""What an economy cannot be without, asked of every place before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    network: of counties, and of outside places where they take part; and jobs or employment.
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
        at = _Stands(region, table)
        for column, filled in (("residents", set()), ("gdp", set(asked.gdp_per_head_of))):
            wrong = rows[~(rows[column] > 0) & ~rows["place"].isin(filled)]
            for row, place, value in zip(wrong.index, wrong["place"], wrong[column], strict=True):
                yield _without(at, int(row), column, place, value)
        for row, place in zip(rows.index, rows["place"], strict=True):
            if place not in seats:
                yield _unseated(at, int(row), place)
    yield from _jobless(region, spec.year)


def _jobless(region: Region, year: int) -> Iterator[Fault]:
    """Counties with neither jobs of their own nor employment to share jobs out by."""
    counties = region.places[region.places["level"] == "county"]
    if counties["jobs"].notna().any():  # all of them: jobs of some counties only are a fault
        return
    table = region.employment
    counted = table[table["year"] == year].groupby("place")["jobs"].sum()
    lacking = counties[~(counties["place"].map(counted) > 0)]
    at = _Stands(region, "places")
    for row, place in zip(lacking.index, lacking["place"], strict=True):
        yield at.fault(
            int(row), "jobs", "",
            f"place {place} has neither jobs nor employment of {year} above zero",
            f"Fill in jobs of all counties, or employment of {year} by sector",
            f"地点 {place} 既无就业人数，也无 {year} 年的分行业就业",
            f"请填写各县的就业人数 jobs，或在分行业就业表（employment）填写 {year} 年数据",
        )  # fmt: skip


@dataclass(frozen=True)
class _Stands:
    """Where a table of the region stands, to say so in a fault."""

    region: Region
    table: str

    def fault(
        self,
        row: int,
        column: str,
        value: str,
        rule: str,
        remedy: str,
        rule_zh: str,
        remedy_zh: str,
    ) -> Fault:
        raw = self.region.stands.get(self.table)
        if raw is None:
            file = f"{self.table}.csv"
            words = (rule, remedy, rule_zh, remedy_zh)
            return Fault(self.table, None, column, value, *words, "study_needs", file=file)
        line = int(raw.lines[row])
        return Fault(
            self.table, line, column, value, rule, remedy, rule_zh, remedy_zh, "study_needs", "",
            raw.file, raw.sheet, raw.address(line, column),
        )  # fmt: skip


def _without(at: _Stands, row: int, column: str, place: str, value: float) -> Fault:
    english, chinese = _FILL[column]
    return at.fault(
        row, column, "" if pd.isna(value) else f"{value:g}",
        f"place {place} has no {column} above zero", english,
        f"地点 {place} 没有大于零的 {column}", chinese,
    )  # fmt: skip


def _unseated(at: _Stands, row: int, place: str) -> Fault:
    return at.fault(
        row, "place", place, f"place {place} has no seat in the network",
        f"Add a row to nodes (网络节点) with node_type seat and zone_id {place}, and a link to it",
        f"地点 {place} 在路网中没有驻地节点",
        f"请在网络节点表（nodes）增加 node_type 为 seat、zone_id 为 {place} 的一行，并连上路段",
    )  # fmt: skip
