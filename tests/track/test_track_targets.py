"""Targets by kind, required growth, run rates, and every rule of the lights."""

import numpy as np
import pandas as pd
import pytest

from buju import track
from buju.errors import ParameterError, SchemaError

ROW = {
    "target": "T",
    "kind": "plan",
    "indicator": "railway",
    "unit": "km",
    "baseline_value": 1000.0,
    "baseline_year": 2020,
    "value": 2000.0,
    "year": 2030,
    "direction": "up",
    "actual_value": 1500.0,
    "actual_year": 2025,
}


FALL = {"baseline_value": 3.0, "value": 1.0}


def rule(chance=None, **changes):
    row = ROW | changes
    found = track.assess(pd.DataFrame([row]), None if chance is None else {"T": chance})
    return found.loc[0, "rule"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "on_path"),
        ({"actual_value": 2000.0}, "met"),
        ({"actual_value": 1450.0}, "near_path"),
        ({"actual_value": 1300.0}, "off_path"),
        ({"actual_value": 900.0}, "off_path"),
        ({"actual_value": 1900.0, "actual_year": 2030}, "missed"),
        ({"value": np.nan}, "no_target"),
        ({"kind": "outturn"}, "no_target"),
        ({"kind": "study"}, "no_target"),
        ({"year": np.nan}, "no_year"),
        ({"actual_value": np.nan}, "no_outturn"),
        ({"baseline_value": np.nan}, "no_baseline"),
        ({"baseline_year": np.nan}, "no_baseline"),
        ({"direction": "keep"}, "not_numeric"),
        (FALL | {"direction": "down", "actual_value": 2.0}, "on_path"),
        (FALL | {"direction": "<=", "actual_value": 0.9}, "met"),
        ({"value": 1000.0, "actual_value": 990.0}, "off_path"),
        ({"direction": "=", "actual_value": 2000.0}, "met"),
    ],
)  # fmt: skip
def test_every_row_has_a_light_by_a_stated_rule(changes, expected):
    assert rule(**changes) == expected


@pytest.mark.parametrize(
    ("chance", "expected"), [(0.7, "likely"), (0.5, "doubtful"), (0.2, "unlikely")]
)
def test_a_chance_lights_a_target_still_to_come(chance, expected):
    row = {"unit": "percent/year", "actual_value": np.nan, "baseline_value": np.nan}
    assert rule(chance, **row) == expected
    assert rule(chance, **row | {"actual_value": 2100.0, "actual_year": 2030}) == "met"


def test_the_rules_have_words_in_both_languages():
    rules = track.lights()
    assert set(rules["light"]) == {"green", "amber", "red", "grey"}
    assert rules["zh"].str.len().min() > 0 and rules["en"].str.len().min() > 0


def test_nothing_is_left_out_and_kinds_stay():
    rows = pd.DataFrame([ROW | {"target": k, "kind": kind} for k, kind in
                         enumerate(["seed", "plan", "outturn", "study", "baseline"])])  # fmt: skip
    found = track.assess(rows)
    assert found["kind"].tolist() == rows["kind"].tolist()
    with pytest.raises(SchemaError, match="kind 'rumour' is none of"):
        track.assess(rows.assign(kind="rumour"))
    with pytest.raises(SchemaError, match="column\\(s\\) year are missing"):
        track.assess(rows.drop(columns="year"))


def test_required_growth_starts_from_the_latest_figure():
    found = track.assess(pd.DataFrame([ROW])).iloc[0]
    assert found["required"] == pytest.approx(100 * ((2000 / 1500) ** 0.2 - 1))
    assert (found["required_unit"], found["remaining"]) == ("percent/year", 5)
    found = track.assess(pd.DataFrame([ROW | {"unit": "percent", "value": 95.0,
                                              "actual_value": 90.0}])).iloc[0]  # fmt: skip
    assert (found["required"], found["required_unit"]) == (1.0, "points/year")


def test_a_target_without_baseline_is_refused_where_a_path_is_asked_for():
    with pytest.raises(track.NoBaseline, match="give the baseline and its year") as caught:
        track.required_growth(np.nan, 100.0, 5)
    assert "没有基期值" in caught.value.chinese
    with pytest.raises(ParameterError, match="levels above zero"):
        track.required_growth(0.0, 100.0, 5)
    with pytest.raises(ParameterError, match="time left"):
        track.required_growth(50.0, 100.0, 0)


def outturns(**changes):
    row = {"kind": "outturn", "indicator": "railway", "unit": "km", "value": [1500.0, 2100.0]}
    return pd.DataFrame(row | changes)


def test_a_target_is_compared_with_outturns_of_the_same_thing_only():
    target = pd.Series(ROW)
    found = track.beside(target, outturns())
    assert found["gap"].tolist() == [-500, 100]
    assert found["met"].tolist() == [False, True]
    with pytest.raises(track.MixedKinds, match="kind 'plan' beside 'outturn'"):
        track.beside(target, outturns(kind="plan"))
    with pytest.raises(track.MixedKinds, match="indicator 'gdp' beside 'railway'"):
        track.beside(target, outturns(indicator="gdp"))
    with pytest.raises(track.MixedKinds, match="only seed and plan rows set a target"):
        track.beside(pd.Series(ROW | {"kind": "outturn"}), outturns())
    with pytest.raises(track.NoBaseline, match="only a direction"):
        track.beside(pd.Series(ROW | {"value": np.nan}), outturns())
    with pytest.raises(track.MixedPrices, match="at constant prices and an outturn at current"):
        track.beside(pd.Series(ROW | {"prices": "constant"}), outturns(prices="current"))


def test_kinds_together_are_refused_unless_one_is_asked_for():
    rows = pd.DataFrame([ROW, ROW | {"target": "U", "kind": "seed"}])
    assert track.one_kind(rows, "seed")["target"].tolist() == ["U"]
    with pytest.raises(track.MixedKinds, match=r"T \(plan\), U \(seed\)") as caught:
        track.one_kind(rows)
    assert "不能合为一列" in caught.value.chinese


def test_the_rest_of_the_year_by_hand():
    # docs/explanation/track.md: half a year at 6.5 %, 46 % of the year, 8 % asked for
    assert track.rest_of_year(8, 6.5, 0.46) == pytest.approx((8 - 0.46 * 6.5) / 0.54)
    with pytest.raises(ParameterError, match="not per cent"):
        track.rest_of_year(8, 6.5, 46)


MONTHS = ["M03", "M06", "M09", "M12"]


def test_last_years_profile_misleads_less_than_an_even_one():
    now = pd.Series([5.0, 32.4, np.nan, np.nan], index=MONTHS)
    before = pd.DataFrame({"2016": [4.0, 30, 60, 100], "2015": [6.0, 36, 66, 100]}, index=MONTHS)
    found = track.run_rate(now, before)
    assert found.share == pytest.approx(0.33)
    assert found.year_end == pytest.approx(32.4 / 0.33)
    assert (found.low, found.high) == (pytest.approx(90), pytest.approx(108))
    assert found.linear == pytest.approx(64.8)


def test_cumulative_figures_become_periods_and_gaps_are_refused():
    assert track.parts_of_year(pd.Series([3.0, 7, np.nan], index=list("abc"))).tolist() == [3, 4]
    with pytest.raises(SchemaError, match="b missing before a later one"):
        track.parts_of_year(pd.Series([3.0, np.nan, 8], index=list("abc")))
    now = pd.Series([5.0, np.nan, np.nan, np.nan], index=MONTHS)
    with pytest.raises(SchemaError, match="same periods"):
        track.run_rate(now, pd.DataFrame({"y": [1.0, 2]}, index=["a", "b"]))
    with pytest.raises(SchemaError, match="nothing done by then"):
        track.run_rate(now, pd.DataFrame({"y": [0.0, 2, 3, 4]}, index=MONTHS))
