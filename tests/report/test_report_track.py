"""Sections on targets and projects: charts hold the figures, gaps give their reason."""

import datetime
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from buju.report.blocks import pipeline, targets
from buju.report.fan import Ahead, fan
from buju.report.formats import Text
from buju.report.lights import Lamp, lamps
from buju.report.records import Callout, Figure, TableContent
from buju.report.results import Results
from buju.report.stage_bars import Bar, Stage, schedule, stage_bars
from buju.study.bundle import Table

WORDS = Text("图", "figure")


def parsed(figure: Figure) -> ET.Element:
    return ET.fromstring(figure.standalone("en"))


def texts(figure: Figure) -> list[str]:
    return [t.text or "" for t in parsed(figure).iter() if t.tag.endswith("text")]


def test_a_fan_holds_record_target_bands_and_what_came():
    ahead = [Ahead(2022, 6.3, 2.1, 10.5, 4.6, 8.0), Ahead(2023, 6.0, 1.0, 11.0, 4.0, 8.2)]
    figure = fan([(2020, 4.0), (2021, 10.6)], ahead, [(2022, 3.8)], target=8.0,
                 title=WORDS, caption=WORDS)  # fmt: skip
    tips = re.findall(r"<title>([^<]*)</title>", figure.body)
    assert tips == ["2020: 4.0 %", "2021: 10.6 %", "2022: 3.8 %"]
    assert "target 8 %" in texts(figure)
    assert {"2020", "2023"} <= set(texts(figure))
    width, height = figure.size
    numbers = [float(n) for path in re.findall(r' d="([^"]*)"', figure.body)
               for n in re.findall(r"-?\d+\.?\d*", path)]  # fmt: skip
    assert max(numbers) <= max(width, height) and min(numbers) >= 0


def test_a_fan_of_falling_figures_stays_inside():
    figure = fan([(2020, -4.0)], [Ahead(2021, -5, -9, -1, -7, -3)], [], target=-2.0,
                 title=WORDS, caption=WORDS)  # fmt: skip
    for path in re.findall(r' d="M([^"]*)"', figure.body):
        assert all(-1 <= float(n) <= 401 for n in re.findall(r"-?\d+\.\d+", path))


def test_lights_differ_in_shape_as_well_as_colour():
    rows = [Lamp(light, Text.same("a" * 60), WORDS, WORDS) for light in
            ("green", "amber", "red", "grey")]  # fmt: skip
    figure = lamps(rows, title=WORDS, caption=WORDS)
    kinds = [e.tag.split("}")[-1] for e in parsed(figure).iter() if e.get("fill") in
             ("#1b8a4b", "#d98e04", "#b3322c", "none")]  # fmt: skip
    assert kinds == ["circle", "path", "rect", "circle"]


def test_bars_are_as_long_as_their_counts():
    stages = [Stage(WORDS, 2, 6, WORDS), Stage(WORDS, 4, 4, WORDS), Stage(WORDS, 9, None, WORDS)]
    figure = stage_bars(stages, title=WORDS, caption=WORDS)
    bars = [float(e.get("width")) for e in parsed(figure).iter() if e.get("height") == "20"]
    full = bars[-1]
    assert [round(9 * b / full) for b in bars] == [6, 2, 4, 4, 0, 9]


def test_a_passed_planned_date_without_completion_is_dashed():
    day = datetime.date
    bars = [Bar(WORDS, day(2020, 1, 1), day(2022, 1, 1), "planned"),
            Bar(WORDS, day(2020, 1, 1), day(2022, 1, 1), "actual"),
            Bar(WORDS, day(2020, 1, 1), day(2030, 1, 1), "planned")]  # fmt: skip
    figure = schedule(bars, day(2024, 1, 1), title=WORDS, caption=WORDS)
    dashed = [e for e in parsed(figure).iter() if e.get("stroke-dasharray") == "4 3"]
    assert len(dashed) == 2  # one bar, and the legend


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    """What stage `track` writes for Shanxi."""
    from pathlib import Path

    from buju.study import load_study
    from buju.study.context import Run
    from buju.study.stages import layout, network, track

    run = Run(load_study(Path(__file__).parents[2] / "examples/shanxi"))
    for stage in (layout, network, track):
        run.tables |= stage.stage(run)
    return run.tables


def records(bundle, section):
    return section.records(Results(bundle))


def test_sections_show_what_the_stage_wrote(tables, bundle_of):
    bundle = bundle_of(tables)
    both = [*records(bundle, targets.SECTION), *records(bundle, pipeline.SECTION)]
    assert not [r for r in both if isinstance(r, Callout) and r.kind == "omitted"]
    told = {r.source for r in both if isinstance(r, TableContent)}
    assert {f"tables/{n}.parquet" for n in (
        "targets", "growth_record", "growth_forecast", "growth_backtest", "cumulative_pace",
        "change_parts", "pipeline_stages", "pipeline_projects", "cooperation_items",
    )} <= told  # fmt: skip
    for record in both:
        if isinstance(record, Figure):
            parsed(record)
    register = next(r for r in both if getattr(r, "source", "").endswith("_projects.parquet"))
    assert len(register.rows) == 51
    items = next(r for r in both if getattr(r, "source", "").endswith("_items.parquet"))
    assert [row[0] for row in items.rows] == list(range(1, 16))


def test_without_targets_and_projects_the_reason_stands_there(tables, bundle_of):
    bare = {name: Table(pd.DataFrame(columns=tables[name].frame.columns), "表", "table")
            for name in ("targets", "pipeline_projects")}  # fmt: skip
    bundle = bundle_of({"counties": tables["counties"], **bare})
    for section, file in ((targets.SECTION, "targets.csv"), (pipeline.SECTION, "projects.csv")):
        found = records(bundle, section)
        assert all(isinstance(record, Callout) for record in found)
        assert any(file in record.text.zh and file in record.text.en for record in found)
