"""Checks of what was announced of projects and pilots, as far as the record goes."""

from __future__ import annotations

import pandas as pd

from buju.errors import StudyError
from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run

_RECORD = {
    "stage": ("阶段", "stage"),
    "cost": ("投资", "cost"),
    "start": ("开工日期", "start"),
    "planned_completion": ("计划完工", "planned completion"),
    "actual_completion": ("完工日期", "completion"),
    "invested": ("已完成投资", "money invested"),
}


def _projects(run: Run, codes: list[str]) -> pd.DataFrame:
    table = run.region.projects.set_index("project")
    absent = [code for code in codes if code not in table.index]
    if absent:
        raise StudyError(
            f"claims.csv speaks of project {absent[0]!r}, which projects.csv does not list",
            f"claims.csv 提到项目 {absent[0]!r}，projects.csv 中没有",
        )
    return table.loc[codes]


@check
def projects_record(run: Run, *, projects: list[str], what_zh: str, what_en: str) -> Finding:
    """What is on record of projects whose effect was announced; an effect needs more than that."""
    rows = _projects(run, projects)
    held = {name: int(rows[name].notna().sum()) for name in _RECORD}
    some = {name: n for name, n in held.items() if n}
    zh = "、".join(f"{_RECORD[n][0]} {k} 项" for n, k in some.items()) or "均无"
    en = ", ".join(f"{_RECORD[n][1]} of {k}" for n, k in some.items()) or "nothing"
    lacking = "阶段、投资、日期的公开记录"
    return Finding(
        "no data",
        float(sum(held.values())),
        f"{len(rows)} 个项目中，{lacking}：{zh}；没有{what_zh}",
        f"on record of {len(rows)} project(s): {en} (stage, cost, dates); {what_en} not published",
    )


@check
def early_work(run: Run, *, place: str) -> Finding:
    """How far projects of a place have come on record; without an earlier register no change."""
    region = run.region
    above = region.ancestors()
    if place not in above:
        raise StudyError(
            f"claims.csv speaks of place {place!r}, which places.csv does not list",
            f"claims.csv 提到地点 {place!r}，places.csv 中没有",
        )
    inside = {code for code, chain in above.items() if place in chain}
    held = region.projects["places"].fillna("").str.split(";")
    rows = region.projects[[bool(inside & set(codes)) for codes in held]]
    known, reserve = rows["stage"].notna().sum(), (rows["stage"] == "reserve").sum()
    cost, plan = rows["cost"].notna().sum(), rows["planned_completion"].notna().sum()
    return Finding(
        "no data",
        float(known),
        f"{len(rows)} 个项目中，查明阶段 {known} 个（储备 {reserve} 个），有公布投资 {cost} 个、"
        f"计划完工日期 {plan} 个；没有此前的项目台账，无法比较变化",
        f"of {len(rows)} projects the stage of {known} is established ({reserve} in reserve), "
        f"{cost} have a published cost, {plan} a planned completion; there is no earlier register "
        "to compare with",
    )


@check
def one_document(run: Run, *, source: str) -> Finding:
    """Does one document name elements of the layout, projects and targets?"""
    counted = {
        name: int(_cites(run.region.tables[name], source).sum())
        for name in ("place_groups", "projects", "targets")
    }
    groups, projects, targets = counted.values()
    both = run.region.projects
    tied = int((both["groups"].notna() & _cites(both, source)).sum())
    return decided(
        min(counted.values()) > 0,
        float(min(counted.values())),
        f"同一文件写到布局要素 {groups} 个、项目 {projects} 个、目标 {targets} 个，"
        f"其中 {tied} 个项目写明所属要素；只说明写在一处，不说明统筹得如何",
        f"one document names {groups} elements, {projects} projects and {targets} targets; "
        f"{tied} of the projects belong to an element. It shows that they stand together, not how "
        "well they are joined",
    )


def _cites(table: pd.DataFrame, source: str) -> pd.Series:
    return table["source"].fillna("").str.split(";").map(lambda keys: source in keys)
