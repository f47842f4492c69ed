"""Stage `track`: targets with their lights, growth forecast with its record, the pipeline."""

from __future__ import annotations

import pandas as pd

from buju import track
from buju.region.dates import last_day
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages import track_growth, track_parts, track_pipeline

_UNITS = {"done": "share", "chance": "share", "remaining": "year"}


def stage(run: Run) -> dict[str, Table]:
    """Tables of targets and of projects, empty where the region has none, and what was asked."""
    tables = track_growth.tables(run)
    chances = track_growth.chances(tables)
    tables |= {"targets": _targets(run, chances)} | _pace(run)
    return tables | track_parts.tables(run) | track_pipeline.tables(run)


def as_of(run: Run) -> str:
    """The day that targets and projects are looked at."""
    return run.study.spec.track.as_of or f"{run.study.spec.year}-12-31"


def _targets(run: Run, chances: dict[str, float]) -> Table:
    rows = run.region.targets.assign(actual_basis="published")
    rows.loc[rows["actual_value"].isna(), "actual_basis"] = ""
    for name in run.study.spec.track.reach:
        found = _routed(run)
        if found is not None:
            row = rows["target"] == name
            scale = 60.0 if (rows.loc[row, "unit"] == "h").all() else 1.0
            told = {"actual_value": found[0] / scale, "actual_year": found[1]}
            rows.loc[row, [*told, "actual_basis"]] = [*told.values(), "routed"]
    if rows.empty:
        judged = pd.DataFrame(columns=["target", "light", "rule"])
    else:
        judged = track.assess(rows, chances).drop(columns="kind")
    words = track.lights().set_index("rule")[["zh", "en"]].add_prefix("rule_")
    frame = rows.merge(judged, on="target", how="left").join(words, on="rule")
    return Table(
        frame,
        "目标与实绩",
        "Targets and outturns",
        _UNITS,
        note_zh=f"截至 {as_of(run)} 的记录。类别分列，互不混用；required 为由最近一期到目标年的年均"
        "复合增速或每年百分点；path 为基期到目标的直线在实绩年份的值。actual_basis 为 routed 的实绩"
        "由路网算得，并非公布数。",
        note_en=f"The record as of {as_of(run)}. Kinds are never mixed. required: growth a year "
        "from the latest figure, or points a year; path: the straight line from the baseline in "
        "the outturn's year. Where actual_basis is routed, the figure was computed, not published.",
    )


def _pace(run: Run) -> dict[str, Table]:
    """Cumulative changes as a pace a year, so that periods of different length compare."""
    names = list(run.study.spec.track.cumulative)
    rows = run.region.targets.set_index("target", drop=False).loc[names]
    found = []
    for row in rows.itertuples():
        aim = row.kind in track.AIMS
        value, year = (row.value, row.year) if aim else (row.actual_value, row.actual_year)
        pace = track.yearly_pace(value, row.baseline_year, year)
        names_of = (row.target, row.kind, row.scope, row.name_zh, row.name_en)
        found.append((*names_of, row.baseline_year, year, value, pace, row.source))
    if not found:
        return {}
    columns = ["target", "kind", "scope", "name_zh", "name_en", "from_year", "year", "value"]
    return {
        "cumulative_pace": Table(
            pd.DataFrame(found, columns=[*columns, "pace", "source"]),
            "累计变化与年均速度",
            "Cumulative changes and their pace a year",
            {"value": "percent", "pace": "percent/year"},
            note_zh="年均为复合速度。不同地域、不同类别的行并列而不相减：全国目标不是下达给省的目标。",
            note_en="Compound pace. Rows of other scopes and kinds stand side by side and are not "
            "subtracted: the nation's target is not the one given to the province.",
        )
    }


def _routed(run: Run) -> tuple[float, int] | None:
    """Minutes to the farthest seat on the latest dated network by then, with its year."""
    if "reach" not in run.tables:
        return None
    table, look = run.frame("reach"), last_day(as_of(run))
    dates = [d for d in run.study.spec.network.reach_dates if last_day(d) <= look]
    dates = sorted(set(dates) & set(table["network"]))
    if not dates:
        return None
    return float(table.loc[table["network"] == dates[-1], "minutes"].max()), int(dates[-1][:4])
