"""The pipeline of projects: stages, dates, money, and agreed items without content."""

from __future__ import annotations

import datetime

from buju.report.content import Show, either, shown, words
from buju.report.formats import Text, is_missing
from buju.report.records import Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section
from buju.report.stage_bars import Bar, Stage, schedule, stage_bars

STAGES = {
    "reserve": Text("储备", "reserve"),
    "signed": Text("签约", "signed"),
    "landed": Text("落地", "landed"),
    "started": Text("开工", "started"),
    "building": Text("建设", "building"),
    "operating": Text("投产", "operating"),
}


def _bars(results: Results) -> list[Record]:
    frame = results.frame("pipeline_stages")
    rows = [_stage(row) for row in frame.to_dict("records")]
    known = int(frame["projects"].iloc[:-1].sum())
    whole = int(frame["projects"].sum())
    caption = Text(
        f"{whole} 个项目中查明阶段的 {known} 个。各阶段不相加；比率为存量之比，"
        "不是同一批项目的转化率。",
        f"The stage of {known} of {whole} projects is established. Stages are not added; a ratio "
        "is one of stocks, not of a cohort.",
    )
    return [stage_bars(rows, title=Text("项目阶段", "Stages of projects"), caption=caption)]


def _stage(row: dict[str, object]) -> Stage:
    here, reached, over = int(str(row["projects"])), row["reached"], row["conversion"]
    tail = Text.same(here)
    if not is_missing(over):
        share = f"{float(str(over)):.0%}"
        tail = Text(f"{here}；进入下一阶段 {share}", f"{here}; {share} further")
    name = Text(str(row["zh"]), str(row["en"]))
    return Stage(name, here, None if is_missing(reached) else int(str(reached)), tail)


def _stages(results: Results) -> list[Record]:
    frame = results.frame("pipeline_stages")
    names = [Text(zh, en) for zh, en in zip(frame["zh"], frame["en"], strict=True)]
    columns = [
        Show("stage", "阶段", "Stage"),
        Show("projects", "处于该阶段", "In the stage", "number"),
        Show("reached", "该阶段或更后", "In it or beyond", "number"),
        Show("conversion", "下一阶段之比", "Ratio of the next", "share", 0),
        Show("costed", "有公布投资", "With a published cost", "number"),
        Show("cost", "公布投资合计", "Sum of published costs", "number", 1),
    ]
    return [shown(results, "pipeline_stages", columns, rows=frame.assign(stage=names))]


def _gantt(results: Results) -> list[Record]:
    frame = results.frame("pipeline_gantt").sort_values("begins", kind="stable")
    bars = [
        Bar(Text(row.name_zh, row.name_en), _day(row.begins), _day(row.ends), str(row.basis))
        for row in frame.itertuples()
    ]
    caption = Text(
        "只画公布了开工日期的项目；没有完工记录不等于没有完工。",
        "Projects with a start on record; no completion on record does not prove that works go on.",
    )
    title = Text("项目进度", "Schedule of projects")
    return [schedule(bars, _day(frame["as_of"].iloc[0]), title=title, caption=caption)]


def _day(text: object) -> datetime.date:
    return datetime.date.fromisoformat(str(text))


def _spending(results: Results) -> list[Record]:
    columns = [
        Show("name_zh", "项目", "Project", english="name_en"),
        Show("cost", "计划投资", "Planned", "number", 1),
        Show("invested", "已完成投资", "Invested", "number", 1),
        Show("invested_as_of", "截至", "As of"),
        Show("share", "完成比例", "Share done", "share", 0),
        Show("elapsed", "工期已过", "Time passed", "share", 0),
    ]
    return [shown(results, "pipeline_spending", columns)]


def _register(results: Results) -> list[Record]:
    columns = [
        Show("project", "编号", "Code"),
        Show("name_zh", "项目", "Project", english="name_en"),
        Show("groups", "要素", "Element", through=results.elements_of),
        Show("stage", "阶段", "Stage", through=words(STAGES)),
        Show("phases_zh", "分期", "Phases", english="phases_en"),
        Show("tags_zh", "标签", "Tags", english="tags_en"),
        Show("cost", "公布投资", "Published cost", "number", 1),
        Show("start", "开工", "Start"),
        Show("planned_completion", "计划完工", "Planned end"),
        Show("actual_completion", "完工", "Completed"),
        Show("state_zh", "日期状态", "Dates", english="state_en"),
        Show("status", "状态", "Status", through=either),
    ]
    return [shown(results, "pipeline_projects", columns)]


def _cooperation(results: Results) -> list[Record]:
    table = results.table("cooperation_items")
    items, fields = table.frame, results.frame("cooperation_fields")
    empty = int(items["content"].isna().sum())
    said = Text(
        f"{len(items)} 条事项分属 {len(fields)} 个方面；{empty} 条的内容没有公布，"
        "以下各栏留空，待有关部门填写。",
        f"{len(items)} items in {len(fields)} fields; the content of {empty} was not published: "
        "the cells stay empty, to be filled in by those who know.",
    )
    columns = [
        Show("number", "序号", "Number", "number"),
        Show("field", "方面", "Field"),
        Show("content", "内容", "Content", through=either),
        Show("responsible", "责任单位", "Responsible"),
        Show("due", "时限", "Due"),
        Show("state", "进展", "State"),
    ]
    return [Paragraph(said), shown(results, "cooperation_items", columns)]


_NONE = Text(
    "区域没有项目表（projects.csv），本节从略。", "The region has no projects (projects.csv)."
)
_STAGE = ("stage", "zh", "en", "projects", "reached", "conversion", "cost")

SECTION = Section(
    "pipeline",
    Text("项目储备与推进", "Pipeline of projects"),
    [
        Part(Text("阶段图", "bars of stages"), {"pipeline_stages": _STAGE}, _bars),
        Part(Text("阶段表", "stages"), {"pipeline_stages": _STAGE}, _stages),
        Part(
            Text("进度图", "schedule"),
            {"pipeline_gantt": ("name_zh", "name_en", "begins", "ends", "basis", "as_of")},
            _gantt,
        ),
        Part(
            Text("投资进度", "planned and actual investment"),
            {"pipeline_spending": ("name_zh", "cost", "invested", "share", "elapsed")},
            _spending,
            Text(
                "没有项目同时公布了计划投资和已完成投资。",
                "No project has both planned and actual investment on record.",
            ),
        ),
        Part(
            Text("项目台账", "register of projects"),
            {"pipeline_projects": ("project", "name_zh", "stage", "phases_zh", "state_zh")},
            _register,
            _NONE,
        ),
        Part(
            Text("协作事项", "cooperation items"),
            {"cooperation_items": ("number", "content"), "cooperation_fields": ("number",)},
            _cooperation,
        ),
    ],
)  # fmt: skip
