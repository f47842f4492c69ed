"""The pipeline of projects, their dates and money, and agreed items without content."""

from __future__ import annotations

import pandas as pd

from buju import track
from buju.region.dates import last_day
from buju.study.bundle import Table
from buju.study.context import Run
from buju.track.schedule import STATES

_PHASES = ("phase", "leap")


def tables(run: Run) -> dict[str, Table]:
    """Tables `pipeline_*`, empty where the region has no projects, and `cooperation_*`."""
    as_of = run.study.spec.track.as_of or f"{run.study.spec.year}-12-31"
    projects = run.region.projects
    found = {"pipeline_projects": _projects(run, as_of)}
    if len(projects):
        found |= {
            "pipeline_stages": Table(
                track.by_stage(projects),
                "项目阶段",
                "Stages of projects",
                {"projects": "count", "reached": "count", "cost": "1e8 CNY"},
                "observed",
                "一个项目先后经过多个阶段，各阶段不相加；reached 为处于该阶段或更后阶段的项目数，"
                "conversion 为下一阶段与本阶段 reached 之比（存量之比，不是同一批项目的转化率）。"
                "费用只计已公布者。",
                "Stages are not added: a project passes through several. reached: projects in the "
                "stage or beyond; conversion: reached of the next stage over it, a ratio of "
                "stocks, not of a cohort. Only published costs count.",
            ),
            "pipeline_spending": Table(
                _named(run, track.spending(projects, as_of)),
                "计划投资与已完成投资",
                "Planned and actual investment",
                {"cost": "1e8 CNY", "invested": "1e8 CNY", "share": "share", "elapsed": "share"},
                "observed",
                "只列两项都已公布的项目；elapsed 为计划工期已过的比例，前期进度慢于时间属常见。",
                "Projects with both figures on record; elapsed: share of the planned time that had "
                "passed. Works are slow at first.",
            ),
            "pipeline_gantt": Table(
                _named(run, track.gantt(projects, as_of)).assign(as_of=last_day(as_of)),
                "项目进度图数据",
                "Bars of the schedule",
                basis="observed",
                note_zh="actual：已完工；planned：画到计划完工；open：无计划完工，画到查看日。",
                note_en="actual: completed; planned: to the planned end; open: no planned end, to "
                "the day of looking.",
            ),
        }
    return found | _cooperation(run)


def _projects(run: Run, as_of: str) -> Table:
    projects = run.region.projects
    tags = run.region.tags.set_index("tag")
    dates = track.milestones(projects, as_of) if len(projects) else pd.DataFrame()
    frame = projects.drop(columns=["start", "planned_completion", "actual_completion"])
    frame = frame.merge(dates, on="project") if len(projects) else frame
    phases = tags.index[tags["kind"].isin(_PHASES)]
    held = [_codes(codes) for codes in projects["tags"]]
    frame = frame.assign(
        phases_zh=[_words(tags, [c for c in codes if c in phases], "name_zh") for codes in held],
        phases_en=[_words(tags, [c for c in codes if c in phases], "name_en") for codes in held],
        tags_zh=[_words(tags, codes, "name_zh") for codes in held],
        tags_en=[_words(tags, codes, "name_en") for codes in held],
    )
    if len(projects):
        said = frame["state"].map(STATES)
        frame = frame.assign(state_zh=said.str[0], state_en=said.str[1])
    return Table(
        frame,
        "项目台账",
        "Register of projects",
        {"length": "km", "cost": "1e8 CNY", "invested": "1e8 CNY", "days_late": "day"},
        "observed",
        f"截至 {as_of} 的公开记录；没有完工记录不等于没有完工。阶段未查明的留空。",
        f"Public record as of {as_of}; no completion on record does not prove that works go on. "
        "Stages that were not established stay empty.",
    )


def _codes(text: object) -> list[str]:
    return [] if pd.isna(text) else [code for code in str(text).split(";") if code]


def _words(tags: pd.DataFrame, codes: list[str], column: str) -> str:
    both = tags.loc[codes]
    names = both[column].fillna(both["name_zh"])
    return ("、" if column == "name_zh" else ", ").join(names)


def _named(run: Run, frame: pd.DataFrame) -> pd.DataFrame:
    names = run.region.projects.set_index("project")[["name_zh", "name_en"]]
    joined = frame.join(names, on="project")
    return joined.assign(name_en=joined["name_en"].fillna(joined["name_zh"]))


def _cooperation(run: Run) -> dict[str, Table]:
    asked = run.study.spec.track.cooperation
    if asked is None:
        return {}
    items, fields = track.cooperation(run.region.tags, asked.items, asked.fields)
    heads = run.region.tags.set_index("tag").loc[[asked.items, asked.fields]]
    zh, en = heads["name_zh"], heads["name_en"]
    note = (
        f"{len(items)} 条事项、{len(fields)} 个方面；内容未公布的留空，待有关部门填写。",
        f"{len(items)} items in {len(fields)} fields; what was not published stays empty, to be "
        "filled in by those who know.",
    )
    return {
        "cooperation_items": Table(items, zh.iloc[0], en.iloc[0], {}, "observed", *note),
        "cooperation_fields": Table(fields, zh.iloc[1], en.iloc[1], {}, "observed", *note),
    }
