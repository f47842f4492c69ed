"""Study files: defaults, changes written as percentages, and every refusal with its words."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from buju.errors import NetworkError, RegionError, StudyError
from buju.study import load_study
from buju.study.inputs import require_inputs
from buju.study.parameters import parameter_rows

STRIP = Path(__file__).parents[2] / "examples/strip"


@pytest.fixture
def study(tmp_path):
    """A function that writes a study beside a copy of the strip's region and returns its path."""
    shutil.copytree(STRIP / "region", tmp_path / "region")
    content = yaml.safe_load((STRIP / "study.yaml").read_text(encoding="utf-8"))

    def write(**changes):
        path = tmp_path / "study.yaml"
        path.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
        return path

    return write


def test_defaults_are_written_out(study):
    loaded = load_study(study().parent)
    resolved = yaml.safe_load(loaded.resolved())
    assert resolved["simulate"]["epsilon"] == 3.3
    assert resolved["scenarios"]["zone"]["zones"]["990103"]["productivity"] == 1.03
    assert list(loaded.scenarios) == ["base", "fast-line", "zone"]
    assert loaded.scenarios["base"].date == "2020-12-31"


def test_every_input_has_its_hash(study):
    inputs = load_study(study()).inputs()
    assert {"study.yaml", "region/places.csv", "region/links.csv"} <= set(inputs)
    assert all(len(digest) == 64 for digest in inputs.values())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenarioes": {}}, "scenarioes: unknown key; this section knows: study, "),
        ({"scenarios": {"a": {}}}, "scenarios need one called 'base'"),
        ({"scenarios": {"base": {"project": ["P1"]}}}, "scenarios.base.project: unknown key"),
        ({"scenarios": {"base": {"zones": {"990103": {"amenity": "3%"}}}}}, r"write '\+3%'"),
        ({"scenarios": {"base": {"zones": {"990103": {"amenity": -1}}}}}, "must be above zero"),
        ({"scenarios": {"base": {"date": "2020", "year": 2020}}}, "give 'date' or 'year'"),
        ({"scenarios": {"base": {}, "快线": {}}}, "titles may be Chinese"),
        ({"scenarios": {"base": {"zones": {"99010": {}}}}}, "Did you mean '99010"),
        ({"measure": {"cores": ["990105x"]}}, "Did you mean '990105'"),
        ({"simulate": {"alpha": 1.5}}, r"simulate.alpha: must be below 1 \(found 1.5\)"),
        ({"simulate": {"model": "cge"}}, "'commuting-trade'"),
        ({"year": "next"}, r"year: must be a whole number \(found 'next'\)"),
        ({"decide": {"budget": "b.csv"}}, "decide.budget: unknown key; this section knows: rate,"),
        ({"decide": {"budgets": {"a": -1.0}, "years": [2026, 2030]}}, "budgets: a below 0"),
        ({"decide": {"budgets": {"a": 1.0}}}, "budgets need years"),
        ({"decide": {"rate": "mars-2006"}}, "rate: 'mars-2006'; a number or one of china-2006"),
        (
            {"decide": {"sharing": [{"project": "P", "parties": {"a": ["14"]}, "km": {"a": 1}}]}},
            "two or more share",
        ),
        (
            {"decide": {"limits": {"zone": "z", "caps": {}, "cases": {"x": {"water": ""}}}}},
            "no cap 'water'",
        ),
    ],
)
def test_refusals(study, changes, words):
    with pytest.raises(StudyError, match=words):
        load_study(study(**changes))


def test_unknown_project_is_refused_before_anything_is_computed(study):
    with pytest.raises(NetworkError, match=r"no project is called 'P2'\. Did you mean 'P1'"):
        load_study(study(scenarios={"base": {}, "x": {"projects": ["P2"]}}))


def test_a_missing_or_unreadable_file(tmp_path):
    with pytest.raises(StudyError, match="no such study file"):
        load_study(tmp_path)
    (tmp_path / "study.yaml").write_bytes(b"study: [\xff")
    with pytest.raises(StudyError, match="not readable YAML in UTF-8"):
        load_study(tmp_path)
    (tmp_path / "study.yaml").write_text("- a list", encoding="utf-8")
    with pytest.raises(StudyError, match="must be a mapping"):
        load_study(tmp_path)


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        ({"alpha": [0.5, 1.5]}, "must lie between 0 and 1"),
        ({"sigma": [4, 3]}, "runs from 4.0 down"),
    ],
)
def test_ranges_outside_what_the_model_accepts_are_refused(study, draws, words):
    with pytest.raises(StudyError, match=words):
        load_study(study(simulate={"draws": {"count": 2, **draws}}))


@pytest.mark.parametrize(
    ("simulate", "where", "zh"),
    [
        ({"draws": {"delta": [0, 1]}}, "at the edge of it", "位于区间端点"),
        ({"draws": {"epsilon": [4, 7]}}, "outside it", "位于区间之外"),
        (
            {"draws": {"services_share": [0.1, 0.3]}},
            "costs.services_share = 0, lies",
            "位于区间之外",
        ),
        ({"sigma": 6, "draws": {"sigma": [3, 6]}}, "at the edge of it", "位于区间端点"),
    ],
)
def test_a_range_that_does_not_surround_the_studys_own_value_is_refused(study, simulate, where, zh):
    with pytest.raises(StudyError, match=where) as told:
        load_study(study(simulate=simulate))
    assert "outside its own interval" in str(told.value)
    assert zh in told.value.chinese


def test_a_range_of_one_value_is_that_value(study):
    load_study(study(simulate={"draws": {"epsilon": [3.3, 3.3]}}))


def test_a_parameter_of_the_studys_own_shows_its_source(study):
    said = "Somebody (2020), doi:10.1/2"
    found = load_study(study(simulate={"delta": 0.5, "sources": {"delta": said}}))
    rows = parameter_rows(found.spec.simulate).set_index("parameter")
    assert rows.loc["delta", ["value", "source"]].tolist() == ["0.5", said]
    with pytest.raises(StudyError, match="no parameter of simulate or its costs has this name"):
        load_study(study(simulate={"sources": {"detla": said}}))


def test_a_year_that_is_not_that_of_the_places_is_refused(study):
    with pytest.raises(StudyError, match=r"the study says 2015, the counties of places.csv 2020"):
        load_study(study(year=2015))


def lacking(table, place, **values):
    def edit(frame):
        here = frame["place"] == place
        return frame.assign(**{c: frame[c].mask(here, v) for c, v in values.items()})

    return {table: edit}


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (lacking("places", "990103", gdp=0.0), "places.csv, line 6, column 'gdp', value '0'"),
        (lacking("places", "990103", gdp=np.nan), "places.csv, line 6, column 'gdp': place 990103"),
        (lacking("places", "990103", residents=0.0), "line 6, column 'residents', value '0'"),
        (lacking("outside_places", "970100", gdp=0.0), "outside_places.csv, line 3, column 'gdp'"),
        (
            {"nodes": lambda nodes: nodes[nodes["zone_id"] != "990103"]},
            "place 990103 has no seat in the network. Add a row to nodes",
        ),
    ],
    ids=["gdp 0", "gdp empty", "residents 0", "outside gdp", "seat"],
)
def test_what_an_economy_needs_is_asked_before_anything_runs(edits, words):
    study = load_study(STRIP)
    tables = dict(study.region.tables)
    tables |= {name: edit(tables[name]) for name, edit in edits.items()}
    region = replace(study.region, tables=tables)
    with pytest.raises(RegionError) as refused:
        require_inputs(study.path, study.spec, region)
    assert words in refused.value.english
    assert len(refused.value.faults) == 1
    assert "请" in refused.value.chinese


def test_a_place_whose_gdp_is_taken_from_another_needs_none():
    study = load_study(STRIP)
    places = lacking("places", "990103", gdp=np.nan)["places"](study.region.tables["places"])
    region = replace(study.region, tables=dict(study.region.tables) | {"places": places})
    taken = study.spec.simulate.model_copy(update={"gdp_per_head_of": {"990103": "990104"}})
    require_inputs(study.path, study.spec.model_copy(update={"simulate": taken}), region)


def test_outside_places_that_take_no_part_need_nothing():
    study = load_study(STRIP)
    outside = lacking("outside_places", "970100", gdp=0.0)
    table = outside["outside_places"](study.region.tables["outside_places"])
    region = replace(study.region, tables=dict(study.region.tables) | {"outside_places": table})
    alone = study.spec.simulate.model_copy(update={"outside": "none"})
    require_inputs(study.path, study.spec.model_copy(update={"simulate": alone}), region)
