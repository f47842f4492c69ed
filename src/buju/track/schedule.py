"""Dates and money of projects on record: late or not, spent beside planned, bars of a chart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.region.dates import last_day

STATES = {
    "done": ("已完成", "done"),
    "done_late": ("已完成（晚于计划）", "done, later than planned"),
    "overdue": ("已过计划日期，无完工记录", "planned date passed, no completion on record"),
    "running": ("在计划期内", "within its planned time"),
    "no_plan": ("未公布计划完工", "no planned completion published"),
}


def milestones(projects: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """What the record says of each project's dates on a day.

    A missing completion is a gap of the record; it does not prove that works go on.

    Parameters
    ----------
    projects
        `project`, `start`, `planned_completion`, `actual_completion` as YYYY, YYYY-MM or
        YYYY-MM-DD; an incomplete date counts to its last day.
    as_of
        The day it is looked at.

    Returns
    -------
    DataFrame
        `project`, `start`, `planned_completion`, `actual_completion`, `state` (`done`, `done_late`,
        `overdue`, `running`, `no_plan`), `days_late` (after the planned date: of completion, or so
        far; NaN where either is missing, 0 or less where early).

    Examples
    --------
    >>> table = pd.DataFrame({"project": ["A"], "start": ["2020-06"],
    ...     "planned_completion": ["2025"], "actual_completion": ["2024-12-31"]})
    >>> milestones(table, "2026-01-01")[["state", "days_late"]].to_numpy().tolist()
    [['done', -365.0]]
    """
    look = pd.Timestamp(last_day(as_of))
    planned, actual = _days(projects["planned_completion"]), _days(projects["actual_completion"])
    done = actual.notna() & (actual <= look)
    late = (actual.where(done, look) - planned).dt.days.astype(float)
    state = np.select(
        [done & (late > 0), done, planned.isna(), late > 0],
        ["done_late", "done", "no_plan", "overdue"],
        default="running",
    )
    late = late.where(done | (late > 0))
    names = ["project", "start", "planned_completion", "actual_completion"]
    return projects[names].assign(state=state, days_late=late)


def spending(projects: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Planned beside actual investment of the projects that have both on record.

    Parameters
    ----------
    projects
        `project`, `cost` and `invested` (1e8 CNY), `invested_as_of` (date), `start`,
        `planned_completion`.

    Returns
    -------
    DataFrame
        `project`, `cost`, `invested`, `invested_as_of`, `share` (invested over cost), `elapsed`
        (share of the time from start to planned completion that had passed then; NaN where a date
        is missing). Works are slow at first, so `share` below `elapsed` need not be late.

    Examples
    --------
    >>> table = pd.DataFrame({"project": ["A"], "cost": [200.0], "invested": [50.0],
    ...     "invested_as_of": ["2022-12-31"], "start": ["2021-12-31"],
    ...     "planned_completion": ["2025-12-31"]})
    >>> spending(table, "2023-01-01")[["share", "elapsed"]].round(3).to_numpy().tolist()
    [[0.25, 0.25]]
    """
    rows = projects[projects["cost"].notna() & projects["invested"].notna()]
    day = _days(rows["invested_as_of"]).fillna(pd.Timestamp(last_day(as_of)))
    start, planned = _days(rows["start"]), _days(rows["planned_completion"])
    elapsed = ((day - start).dt.days / (planned - start).dt.days).clip(0.0, 1.0)
    names = ["project", "cost", "invested", "invested_as_of"]
    return rows[names].assign(share=rows["invested"] / rows["cost"], elapsed=elapsed)


def gantt(projects: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Bars for a chart: from the start to the completion on record, else to the planned one.

    Returns
    -------
    DataFrame
        `project`, `begins`, `ends` (YYYY-MM-DD), `basis`: "actual" (completed), "planned" (ends as
        planned), "open" (no planned end: drawn to the day of looking). Only projects with a start.
    """
    rows = projects[projects["start"].notna()]
    look = last_day(as_of)
    found = []
    for row in rows.itertuples():
        ends = {"actual": row.actual_completion, "planned": row.planned_completion, "open": look}
        basis = next(name for name, end in ends.items() if not pd.isna(end))
        last = last_day(str(ends[basis]))
        found.append((row.project, _first_day(str(row.start)), last, basis))
    return pd.DataFrame(found, columns=["project", "begins", "ends", "basis"])


def _days(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates.map(lambda d: last_day(str(d)), na_action="ignore"))


def _first_day(date: str) -> str:
    last_day(date)  # refuses what is no date
    return f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10]
