"""Figures that cannot be meant: no jobs where people live, totals in 万, units or years mixed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buju.region.dates import last_day
from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given

_TOO_FEW = 1000.0
# A sum in persons and one in 千 or 万 differ by these factors, give or take revisions.
_FACTORS = (1e3, 1e4)
_SLACK = 1.25
_ORDERED = (
    ("links", "opened", "closed"),
    ("projects", "start", "actual_completion"),
    ("projects", "start", "planned_completion"),
)


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Jobs of zero or of some counties, residents in 万, units and years mixed, dates in order."""
    for name in ("places", "outside_places"):
        if name in given.tables:
            _wan(frames[name], given.tables[name], found)
    for name, first, last in _ORDERED:
        if name in given.tables:
            _in_order(frames[name], given.tables[name], first, last, found)
    if "places" in given.tables:
        _years(frames["places"], given.tables["places"], found)
        _jobs(frames["places"], given.tables["places"], found)
        _mixed(frames["places"], given.tables["places"], found)
    if "employment" in given.tables:
        _employment(frames["employment"], frames["places"], given.tables["employment"], found)


def _years(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    counties = places[places["level"] == "county"]
    years = counties["year"].dropna()
    if years.nunique() < 2:
        return
    counted = years.value_counts()
    most = max(counted.index, key=lambda year: (counted[year], year))
    for at in years.index[years != most]:
        year = str(int(years[at]))
        line = int(raw.lines[at])
        found.add("years_mixed", raw, row=line, column="year", value=year, other=str(int(most)))


def _in_order(frame: pd.DataFrame, raw: RawTable, first: str, last: str, found: Findings) -> None:
    for at, (one, other) in enumerate(zip(frame[first], frame[last], strict=True)):
        if isinstance(one, str) and isinstance(other, str) and last_day(other) < _first_day(one):
            line = int(raw.lines[at])
            found.add(
                "dates_order", raw, row=line, column=last, value=other, before=first, other=one
            )


def _first_day(date: str) -> str:
    return date + "-01-01"[len(date) - 4 :]


def _jobs(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    zero = (places["jobs"] == 0) & (places["residents"] > 0)
    given = places["jobs"].notna()
    counties = places["level"] == "county"
    lacking = np.flatnonzero(counties & ~given)
    if (given & counties).any() and len(lacking):
        found.add(
            "jobs_partly",
            raw,
            row=int(raw.lines[lacking[0]]),
            column="jobs",
            number=len(lacking),
            given=int((given & counties).sum()),
        )
    if given.any() and (places["jobs"][given] == 0).all():
        found.add("jobs_all_zero", raw, column="jobs", value="0")
        return
    for at in np.flatnonzero(zero):
        found.add("jobs_zero", raw, row=int(raw.lines[at]), column="jobs", value="0")


def _employment(
    employment: pd.DataFrame, places: pd.DataFrame, raw: RawTable, found: Findings
) -> None:
    jobs = employment["jobs"]
    if jobs.notna().any() and (jobs.dropna() == 0).all():
        found.add("jobs_all_zero", raw, column="jobs", value="0")
        return
    lived_in = set(places["place"][places["residents"] > 0])
    totals = employment.groupby(["place", "year"])["jobs"].transform("sum")
    complete = jobs.notna() & (totals == 0) & employment["place"].isin(lived_in)
    first = ~employment.duplicated(["place", "year"])
    for at in np.flatnonzero(complete & first):
        found.add("jobs_zero", raw, row=int(raw.lines[at]), column="jobs", value="0")


def _wan(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    if "level" in places.columns:
        places = places[places["level"] == "county"]
    residents = places["residents"].dropna()
    with_area = places["area_km2"].notna().any()
    if with_area and (residents > 0).any() and (residents < _TOO_FEW).all():
        found.add("totals_in_wan", raw, column="residents", value=f"{residents.max():g}")


def _mixed(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    below = places[places["level"] == "county"].groupby("parent")["residents"].sum()
    for at, (place, name, residents) in enumerate(
        zip(places["place"], places["name_zh"], places["residents"], strict=True)
    ):
        total = below.get(place, 0.0)
        if not total > 0 or not residents > 0:
            continue
        ratio = residents / total
        if any(f / _SLACK < max(ratio, 1 / ratio) < f * _SLACK for f in _FACTORS):
            found.add(
                "units_mixed",
                raw,
                row=int(raw.lines[at]),
                column="residents",
                value=str(name),
                ratio=f"{ratio:.4g}",
            )
