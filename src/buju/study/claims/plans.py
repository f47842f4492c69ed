"""Checks of tags, projects and targets: counted, opened, met."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import StudyError
from buju.region import opened_by
from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run


def _row(table: pd.DataFrame, key: str, value: str, name: str) -> pd.Series:
    rows = table[table[key] == value]
    if rows.empty:
        raise StudyError(f"claims.csv speaks of {name} {value!r}, which {name}s.csv does not list")
    return rows.iloc[0]


@check
def tag_count(run: Run, *, tag: str, expected: float) -> Finding:
    """How many of the announced items under a tag have a published name?"""
    tags = run.region.tags
    _row(tags, "tag", tag, "tag")
    below = tags[tags["parent"] == tag]
    named = int(below["published"].sum())
    zh = f"公布数 {expected:g}，其中已公布名称 {named} 个"
    en = f"{expected:g} announced, {named} of them named"
    if named < expected:
        return Finding("no data", named, zh, en)
    return decided(named == expected, named, zh, en)


@check
def projects_listed(run: Run, *, projects: list[str], expected: float) -> Finding:
    """Do as many named works as announced stand in the table of projects, each with a source?"""
    rows = [_row(run.region.projects, "project", code, "project") for code in projects]
    sourced = [row for row in rows if not pd.isna(row["source"])]
    zh = "、".join(f"{row['name_zh']}（{row['project']}）" for row in sourced)
    en = ", ".join(f"{row['name_en']} ({row['project']})" for row in sourced)
    return decided(
        len(sourced) == expected,
        len(sourced),
        f"项目表中有出处的 {len(sourced)} 项：{zh}",
        f"{len(sourced)} with a source in the table of projects: {en}",
    )


@check
def project_state(run: Run, *, project: str, by: str) -> Finding:
    """Was a project completed by a date?"""
    row = _row(run.region.projects, "project", project, "project")
    done = row["actual_completion"]
    if pd.isna(done):
        planned = row["planned_completion"]
        when = "—" if pd.isna(planned) else planned
        return Finding(
            "no data",
            np.nan,
            f"没有完工记录；计划 {when}",
            f"no completion on record; planned {when}",
        )
    return decided(
        opened_by(done, by), np.nan, f"{done} 完工，期限 {by}", f"completed {done}, due {by}"
    )


@check
def target_outturn(run: Run, *, target: str) -> Finding:
    """Did the outturn on record meet the target?"""
    row = _row(run.region.targets, "target", target, "target")
    value, actual = row["value"], row["actual_value"]
    if pd.isna(value) or pd.isna(actual):
        return Finding(
            "no data", actual, "目标值或实绩未公布", "the target or its outturn was not published"
        )
    met = {"<=": actual <= value, "down": actual <= value, "=": actual == value}
    return decided(
        bool(met.get(row["direction"], actual >= value)),
        actual,
        f"目标 {value:g}，实绩 {actual:g}（{row['actual_year']}）",
        f"target {value:g}, outturn {actual:g} ({row['actual_year']})",
    )
