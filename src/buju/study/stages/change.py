"""What changed between two censuses: people and jobs by element and by county."""

from __future__ import annotations

import pandas as pd

from buju import measure
from buju.study.bundle import Table
from buju.study.census import POPULATION, URBAN, census
from buju.study.context import Run
from buju.study.stages.layout import named


def change_tables(run: Run) -> dict[str, Table]:
    """Tables `population_shift`, `jobs_shift`, `county_shift` and `urban_share`.

    None where the region has no census of a year for all its counties, or both years are one; the
    reason is kept.
    """
    first, last = run.study.spec.measure.first_year, run.study.spec.year
    people = {year: census(run, POPULATION, year) for year in (first, last)}
    reason = (
        _lacking(run, people)
        if first < last
        else (
            f"measure.first_year（{first}）不早于研究年份（{last}）",
            f"measure.first_year ({first}) is not before the study's year ({last})",
        )
    )
    if reason is not None:
        for name in ("county_shift", "population_shift", "jobs_shift", "urban_share"):
            run.leave_out(name, *reason)
        return {}
    tables = {"county_shift": _counties(run, people, first, last)}
    grouped = not run.region.place_groups.empty
    if grouped:
        tables["population_shift"] = _shift(run, people, first, last, "常住人口", "residents")
    jobs = {year: _jobs(run, year) for year in (first, last)}
    counties = set(run.frame("counties")["place"])
    if grouped and all(set(table.index) == counties for table in jobs.values()):
        tables["jobs_shift"] = _shift(run, jobs, first, last, "就业样本", "sampled jobs")
    urban = census(run, URBAN, last)
    if not urban.empty:
        tables["urban_share"] = _urban(run, urban, people[last])
    return tables


def _lacking(run: Run, people: dict[int, pd.Series]) -> tuple[str, str] | None:
    """Why there is no change to show, in Chinese and English; None where every county is counted.

    A count of zero is none, since a share of growth cannot be had from it.
    """
    counties = set(run.frame("counties")["place"])
    for year, values in people.items():
        missing = counties - set(values.index[values > 0])
        if missing:
            return (
                f"指标表（indicators）缺少 {len(missing)} 个县 {year} 年的普查人口 {POPULATION}"
                f"（首个为 {min(missing)}）；请补上各县，或修改研究文件的 measure.first_year",
                f"indicators has no {POPULATION} of {year} for {len(missing)} counties, first "
                f"{min(missing)}; add the rows, or change measure.first_year in the study",
            )
    return None


def _jobs(run: Run, year: int) -> pd.Series:
    table = run.region.employment
    counties = run.frame("counties")["place"]
    chosen = table[(table["year"] == year) & table["place"].isin(counties)]
    return chosen.groupby("place")["jobs"].sum()


def _counties(run: Run, people: dict[int, pd.Series], first: int, last: int) -> Table:
    frame = run.frame("counties")[["place", "name_zh", "name_en", "prefecture"]].copy()
    for label, year in (("first", first), ("last", last)):
        frame[label] = frame["place"].map(people[year])
    frame["change"] = frame["last"] - frame["first"]
    frame["growth"] = frame["last"] / frame["first"] - 1
    share = frame[["first", "last"]] / frame[["first", "last"]].sum()
    frame["share_points"] = 100 * (share["last"] - share["first"])
    frame["first_year"], frame["last_year"] = first, last
    return Table(
        frame,
        f"各县常住人口 {first}→{last}",
        f"Residents by county, {first} to {last}",
        {"first": "person", "last": "person", "growth": "share", "share_points": "points"},
        basis="observed",
        note_zh="普查数，2010 年按 2020 年区划；四个普查开发区先并入所在县。",
        note_en="Census counts; 2010 on 2020 units, census zones folded into counties first.",
    )


def _shift(
    run: Run, values: dict[int, pd.Series], first: int, last: int, zh: str, en: str
) -> Table:
    region = run.region
    members = pd.concat(
        [region.members(g).assign(group=g) for g in region.place_groups["group"]],
        ignore_index=True,
    )
    members = members[members["place"].isin(values[last].index)]
    before, after = (
        values[year].rename_axis("place").rename("value").reset_index() for year in (first, last)
    )
    frame = measure.population_shift(before, after, members[["group", "place", "weight"]])
    names = named(region.place_groups).set_index("group")
    frame.insert(1, "name_zh", frame["group"].map(names["name_zh"]))
    frame.insert(2, "name_en", frame["group"].map(names["name_en"]))
    frame["first_year"], frame["last_year"] = first, last
    return Table(
        frame,
        f"各布局要素占全省{zh}的份额 {first}→{last}",
        f"Share of the region's {en} by element, {first} to {last}",
        {"first": "person", "last": "person", "share_points": "points"},
        basis="observed",
    )


def _urban(run: Run, urban: pd.Series, people: pd.Series) -> Table:
    frame = run.frame("counties")[["place", "name_zh", "name_en"]].copy()
    frame["residents"] = frame["place"].map(people)
    frame["urban"] = frame["place"].map(urban)
    frame["share"] = frame["urban"] / frame["residents"]
    return Table(
        frame,
        "城镇人口比重",
        "Urban share of residents",
        {"residents": "person", "urban": "person", "share": "share"},
        basis="observed",
    )
