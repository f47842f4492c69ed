"""Figures lie where `bounds.csv` says they can, unless the planner takes them by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buju.region.checks.accepted import SUM, Accepted
from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given
from buju.region.schema import Bound, bounds, tables, unit_zh

_EARTH_KM = 6371.0
_SLACK = 0.02
"""Yearbooks round residents to 100 or to 1000 persons."""


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Residents, GDP a head, jobs to a resident, density, minutes, speeds and lengths."""
    accepted = Accepted.of(given, frames, found)
    for name in dict.fromkeys(bound.table for bound in bounds().values()):
        if name in given.tables:
            frame = _derived(name, frames)
            for bound in (b for b in bounds().values() if b.table == name):
                _check(bound, frame, given.tables[name], accepted, found)
    if "places" in given.tables:
        _sums(frames["places"], given.tables["places"], accepted, found)


def _derived(name: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The table with the quantities that more than one column give."""
    frame = frames[name]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if name in ("places", "outside_places"):
            people = frame["residents"].where(frame["residents"] > 0)
            frame = frame.assign(
                gdp_per_head=1e8 * frame["gdp"].where(frame["gdp"] > 0) / people,
                density=people / frame["area_km2"].where(frame["area_km2"] > 0),
            )
            if "jobs" in frame:
                jobs = frame["jobs"].where(frame["jobs"] > 0)
                frame = frame.assign(jobs_per_resident=jobs / people)
        if name == "links":
            minutes = frame["minutes"].where(frame["minutes"] > 0)
            frame = frame.assign(crow_speed=60 * _crow_km(frame, frames["nodes"]) / minutes)
    return frame


def _crow_km(links: pd.DataFrame, nodes: pd.DataFrame) -> pd.Series:
    """Kilometres of the straight line between a link's nodes, NaN where one is not in degrees."""
    at = nodes.drop_duplicates("node_id").set_index("node_id")[["x_coord", "y_coord"]]
    at = at.where((at["x_coord"].abs() <= 180) & (at["y_coord"].abs() <= 90))
    tail, head = (
        np.radians(at.reindex(links[end]).to_numpy(dtype=float))
        for end in ("from_node_id", "to_node_id")
    )
    turn = np.cos((tail[:, 1] + head[:, 1]) / 2)
    east, north = (head[:, 0] - tail[:, 0]) * turn, head[:, 1] - tail[:, 1]
    return pd.Series(_EARTH_KM * np.hypot(east, north), index=links.index)


def _check(
    bound: Bound, frame: pd.DataFrame, raw: RawTable, accepted: Accepted, found: Findings
) -> None:
    rows = frame if not bound.level else frame[frame["level"] == bound.level]
    values = rows[bound.quantity].to_numpy(dtype=float)
    low = -np.inf if bound.above is None else bound.above
    high = np.inf if bound.high is None else bound.high
    key = tables()[bound.table].key[0]
    # What is below zero, or could not be read, is a fault already.
    for at in np.flatnonzero((values >= 0) & ((values <= low) | (values > high))):
        row = rows.index[at]
        code = str(rows[key].iat[at])
        if bound.accept and accepted.holds(bound.name, code):
            accepted.note(found, bound, code, f"{values[at]:.6g}")
            continue
        found.add(
            "implausible" if bound.accept else "out_of_bounds",
            raw,
            row=int(raw.lines[row]),
            column=bound.column,
            value=_written(raw, bound.column, int(row)),
            accept=f"{bound.name} {code}",
            **_words(bound, float(values[at])),
        )


def _sums(places: pd.DataFrame, raw: RawTable, accepted: Accepted, found: Findings) -> None:
    """Prefectures have the residents of their counties, where both are of one year."""
    counties = places[places["level"] == "county"]
    known = counties.groupby("parent")["residents"].agg(lambda people: people.notna().all())
    below = counties.groupby("parent")["residents"].sum().where(known)
    years = counties.groupby("parent")["year"].agg(lambda y: y.iloc[0] if y.nunique() == 1 else 0)
    for at in np.flatnonzero(places["level"] == "prefecture"):
        code, people = str(places["place"].iat[at]), places["residents"].iat[at]
        total = below.get(code, 0.0)
        year = places["year"].iat[at]
        if not total > 0 or not people > 0 or pd.isna(year) or years[code] != year:
            continue
        # A factor of a thousand is the fault `units_mixed` of its own.
        apart = abs(people / total - 1) > _SLACK and max(people / total, total / people) < 500
        if apart and not accepted.holds(SUM, code):
            found.add(
                SUM,
                raw,
                row=int(raw.lines[at]),
                column="residents",
                value=f"{places['name_zh'].iat[at]}（{code}）",
                found=f"{people:,.0f}",
                expected=f"{total:,.0f}",
                code=code,
            )


def _written(raw: RawTable, column: str, row: int) -> str:
    text = raw.cells[column].iat[row] if column in raw.cells.columns else ""
    return str(text) if isinstance(text, str) else ""


def _words(bound: Bound, value: float) -> dict[str, str]:
    above, high = (None if b is None else f"{b:,g}" for b in (bound.above, bound.high))
    expected = Expected(above, high)
    return {
        "found": f"{value:,.4g}" if abs(value) < 1e6 else f"{value:.3g}",
        "in_unit_of": f" {bound.unit}" if bound.unit else "",
        "in_unit_of_zh": f" {unit_zh(bound.unit)}" if bound.unit else "",
        "expected_en": expected.english,
        "expected_zh": expected.chinese,
        "what_en": bound.what_en,
        "what_zh": bound.what_zh,
        "reason_en": bound.reason_en,
        "reason_zh": bound.reason_zh,
    }


@dataclass(frozen=True)
class Expected:
    """A range in words."""

    above: str | None
    high: str | None

    @property
    def english(self) -> str:
        """As in "more than 0 and at most 1,440"."""
        parts = [
            f"more than {self.above}" if self.above is not None else "",
            f"at most {self.high}" if self.high is not None else "",
        ]
        return " and ".join(part for part in parts if part)

    @property
    def chinese(self) -> str:
        """The same in Chinese."""
        parts = [
            f"大于 {self.above}" if self.above is not None else "",
            f"不超过 {self.high}" if self.high is not None else "",
        ]
        return "、".join(part for part in parts if part)
