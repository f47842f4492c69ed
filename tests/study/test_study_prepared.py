"""A warm study answers as a run does, stops when told, and refuses what it cannot know."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from buju.errors import NetworkError, StudyError
from buju.study import prepare_study, run_study

STRIP = Path(__file__).parents[2] / "examples/strip"
DRAWS = {"count": 4, "seed": 3, "epsilon": [2.5, 6.8], "sigma": [3.0, 6.0]}
WIDE = {
    "alpha": [0.5, 0.7], "epsilon": [2.5, 6.8], "sigma": [3.0, 6.0], "commuting_decay": [3.5, 5.5],
    "trade_elasticity": [0.8, 1.6], "services_share": [0.1, 0.3], "services_elasticity": [0.8, 1.6],
}  # fmt: skip
SHARE_OUTSIDE = 0.02  # of figures outside an interval of 80 % round the middle of every range
SAME = 1e-12  # the same arithmetic in the same order


def written(folder, scenario, draws=DRAWS):
    study = yaml.safe_load((STRIP / "study.yaml").read_text(encoding="utf-8"))
    study |= {"region": str(STRIP / "region"), "scenarios": {"base": {}, "asked": scenario}}
    study["simulate"] = {"draws": draws, "costs": {"services_share": 0.2}}
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    return prepare_study(written(tmp_path_factory.mktemp("warm"), {}))


@pytest.mark.parametrize(
    "scenario",
    [
        {"projects": ["P1"]},
        {"zones": {"990103": {"productivity": "+3%"}}},
        {"links": {"F1": {"opened": "2019", "minutes": 20}}},
    ],
    ids=["project", "zone", "opening year"],
)
def test_the_answer_is_that_of_a_run(tmp_path, warm, scenario):
    if "links" in scenario:
        planned = warm.run.region.links
        link = planned[planned["project"].notna()]["link_id"].iloc[0]
        scenario = {"links": {link: scenario["links"]["F1"]}}
    answer = warm.what_if(scenario, draws=4)
    assert answer.effects["residents_change"].abs().max() > 1e-6
    bundle = run_study(written(tmp_path, scenario))
    for found, name in (
        (answer.effects, "effects"),
        (answer.groups, "group_effects"),
        (answer.certificate, "certificates"),
    ):
        told = bundle.frame(name).drop(columns="scenario")
        pd.testing.assert_frame_equal(
            found.drop(columns="scenario"), told, check_dtype=False, rtol=SAME, atol=SAME
        )


@pytest.mark.parametrize(
    "scenario", [{"projects": ["P1"]}, {"zones": {"990103": {"amenity": 1.02}}}]
)
def test_published_figures_stand_within_their_intervals(tmp_path, scenario):
    wide = prepare_study(written(tmp_path, {}, {"seed": 2020, **WIDE}))
    answer = wide.what_if(scenario, draws=60)
    for frame in (answer.effects, answer.groups, answer.certificate):
        columns = [column for column in frame if column.endswith("_point")]
        assert columns
        for column in columns:
            share = frame[column].isin(("below", "above")).mean()
            assert share <= SHARE_OUTSIDE, (column, share)


def test_an_opening_year_decides_whether_a_line_is_there(warm):
    links = warm.run.region.links
    link = links[links["project"].notna()]["link_id"].iloc[0]
    early = warm.what_if({"year": 2027, "links": {link: {"opened": "2026"}}})
    late = warm.what_if({"year": 2027, "links": {link: {"opened": "2030"}}})
    assert early.minutes_changed["pairs"].iloc[0] > 0
    assert late.minutes_changed["pairs"].iloc[0] != early.minutes_changed["pairs"].iloc[0]


def test_a_point_answer_has_no_interval(warm):
    answer = warm.what_if({"projects": ["P1"]})
    assert answer.effects[["residents_low", "residents_high"]].isna().all().all()
    assert (answer.effects["verdict"] == "certified").all()


def test_questions_leave_no_trace(warm):
    routed = len(warm.run._routed)
    one = warm.what_if({"projects": ["P1"]}, draws=2).effects
    warm.what_if({"zones": {"990103": {"productivity": "-9%"}}})
    again = warm.what_if({"projects": ["P1"]}, draws=2).effects
    pd.testing.assert_frame_equal(one, again)
    assert len(warm.run._routed) == routed


def test_progress_can_stop_it_and_the_study_stays_fit(warm):
    class Stop(Exception):
        pass

    def stop(what, share):
        if what == "draws" and share > 0.7:
            raise Stop

    before = warm.what_if({"projects": ["P1"]}, draws=4).effects
    with pytest.raises(Stop):
        warm.what_if({"projects": ["P1"]}, draws=4, progress=stop)
    pd.testing.assert_frame_equal(warm.what_if({"projects": ["P1"]}, draws=4).effects, before)


def test_progress_rises_from_0_to_1(warm):
    told = []
    warm.what_if({"projects": ["P1"]}, draws=3, progress=lambda _, share: told.append(share))
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert (np.diff(told) >= 0).all()


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ({"project": ["P1"]}, "unknown key"),
        ({"zones": {"990199": {}}}, "nothing called '990199'"),
        ({"zones": {"990103": {"productivity": "3%"}}}, "write '\\+3%'"),
    ],
)
def test_a_wrong_question_is_refused(warm, scenario, words):
    with pytest.raises(StudyError, match=words):
        warm.what_if(scenario)


@pytest.mark.parametrize("opened", [2027, "soon", None])
def test_an_opening_that_is_no_date_is_refused(warm, opened):
    link = warm.run.region.links["link_id"].iloc[0]
    with pytest.raises(StudyError, match="in quotes"):
        warm.what_if({"links": {link: {"opened": opened}}})


def test_the_opening_of_an_unknown_link_is_refused(warm):
    with pytest.raises(NetworkError, match="no link is called"):
        warm.what_if({"links": {"nowhere": {"opened": "2027"}}})


def test_draws_without_ranges_are_refused():
    plain = prepare_study(STRIP)
    with pytest.raises(StudyError, match="no range to draw from"):
        plain.what_if({"projects": ["P1"]}, draws=10)
