"""Intervals: the same draws twice, signs that flip, errors that keep totals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.study.context import Run
from buju.study.draws import _parameters, _with_errors, draw, drawn_specs
from buju.study.economy import economy
from buju.study.intervals import interval_note, summary
from buju.study.load import load_study
from buju.study.model import DrawSpec

STRIP = Path(__file__).parents[2] / "examples/strip"


def strip(**draws):
    study = load_study(STRIP)
    simulate = study.spec.simulate.model_copy(update={"draws": DrawSpec(**draws)})
    return Run(replace(study, spec=study.spec.model_copy(update={"simulate": simulate})))


def test_the_same_study_gives_the_same_draws():
    asked = {"count": 3, "seed": 7, "epsilon": (2.5, 6.8), "commuting_decay": (3.5, 5.5)}
    one, two = (draw(strip(**asked), ["fast-line"]) for _ in range(2))
    pd.testing.assert_frame_equal(one.parameters, two.parameters)
    assert (one.hats["residents"]["fast-line"] == two.hats["residents"]["fast-line"]).all()
    assert one.parameters["epsilon"].between(2.5, 6.8).all()
    assert one.parameters["epsilon"].nunique() == 3
    assert (one.parameters["sigma"] == 4.0).all()


def test_a_draw_without_ranges_is_the_study_itself():
    run = strip(count=2)
    found = draw(run, ["fast-line"]).hats["residents"]["fast-line"]
    assert (found[0] == found[1]).all()


def test_without_draws_nothing_is_claimed():
    nothing = draw(strip(count=0), ["fast-line"])
    told = summary(nothing.hats["residents"]["fast-line"], DrawSpec(), 1.0)
    assert set(told["direction"]) == set(told["point"]) == {"not drawn"}
    assert told[["low", "high"]].isna().all().all()


@pytest.mark.parametrize(
    ("negative", "direction"),
    [(0, "up"), (10, "up"), (11, "uncertain"), (89, "uncertain"), (95, "down")],
)
def test_a_sign_that_flips_in_more_than_a_tenth_is_uncertain(negative, direction):
    change = np.where(np.arange(100) < negative, -0.01, 0.01)
    told = summary(1 + change[:, None], DrawSpec(count=100), [1.0]).iloc[0]
    assert told["direction"] == direction
    assert told["positive"] == pytest.approx(1 - negative / 100)


def test_intervals_hold_the_middle_share_of_the_draws():
    drawn, asked = 1 + np.linspace(0, 1, 101)[:, None], DrawSpec(count=101, interval=0.8)
    told = summary(drawn, asked, [1.3]).iloc[0]
    assert (told["low"], told["median"], told["high"]) == pytest.approx((0.1, 0.5, 0.9))


@pytest.mark.parametrize(
    ("published", "point"), [(0.05, "below"), (0.1, "inside"), (0.9, "inside"), (0.95, "above")]
)
def test_a_figure_outside_its_own_interval_says_so(published, point):
    drawn, asked = 1 + np.linspace(0, 1, 101)[:, None], DrawSpec(count=101, interval=0.8)
    told = summary(drawn, asked, [1 + published])
    assert told["point"].tolist() == [point]
    zh, en = interval_note(asked, told.add_prefix("jobs_"))
    if point == "inside":
        assert "Every published figure lies within its interval" in en
        assert "公布的数值都在各自的区间内" in zh
    else:
        assert "In 1 of 1 rows a published figure lies outside its own interval" in en
        assert "1 行中有 1 行的公布数值落在自己的区间之外" in zh


def test_where_nothing_changes_there_is_no_direction():
    told = summary(1 + np.array([[1e-15], [-1e-15]]), DrawSpec(count=2), [1.0]).iloc[0]
    assert (told["direction"], told["point"]) == ("none", "inside")


def test_half_of_the_draws_of_a_parameter_lie_below_its_own_value():
    run = strip(count=400, epsilon=(2.5, 6.8), sigma=(3.0, 6.0))
    found = pd.DataFrame([_parameters(spec) for spec in drawn_specs(run.study.spec.simulate)])
    assert found["epsilon"].between(2.5, 6.8).all()
    assert (found["epsilon"] < 3.3).mean() == pytest.approx(0.5, abs=0.06)  # two in a hundred miss
    assert abs(found["epsilon"].corr(found["sigma"])) < 0.1


def test_one_range_more_leaves_the_other_draws_as_they_were():
    one = strip(count=5, sigma=(3.0, 6.0))
    two = strip(count=5, sigma=(3.0, 6.0), alpha=(0.5, 0.7))
    a, b = ([s.sigma for s in drawn_specs(run.study.spec.simulate)] for run in (one, two))
    assert a == b


def test_errors_of_modelled_figures_keep_the_sums_of_prefectures():
    run = strip(count=1, gdp_error=0.4, sample_error=True)
    region = run.region
    places = region.tables["places"].assign(jobs=np.nan, gdp_basis="modelled")
    told = replace(region, tables=dict(region.tables) | {"places": places})
    run = Run(replace(run.study, region=told))
    before = economy(run)
    after = _with_errors(run, before, 5)
    parent = dict(zip(region.places["place"], region.places["parent"], strict=True))
    above = before["place"].map(parent).fillna(before["place"])
    for name in ("jobs", "gdp"):
        assert (after[name] - before[name]).abs().max() > 0
        sums = [frame.groupby(above)[name].sum() for frame in (before, after)]
        np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12)
        outside = ~before["place"].isin(region.level("county")["place"])
        assert (after.loc[outside, name] == before.loc[outside, name]).all()
