"""Figures that cannot be meant: no jobs where people live, totals in 万, units mixed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given

_TOO_FEW = 1000.0
# A sum in persons and one in 千 or 万 differ by these factors, give or take revisions.
_FACTORS = (1e3, 1e4)
_SLACK = 1.25


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Jobs of zero, residents in 万, and residents in different units."""
    for name in ("places", "outside_places"):
        if name in given.tables:
            _wan(frames[name], given.tables[name], found)
    if "places" in given.tables:
        _jobs(frames["places"], given.tables["places"], found)
        _mixed(frames["places"], given.tables["places"], found)
    if "employment" in given.tables:
        _employment(frames["employment"], frames["places"], given.tables["employment"], found)


def _jobs(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    zero = (places["jobs"] == 0) & (places["residents"] > 0)
    given = places["jobs"].notna()
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
