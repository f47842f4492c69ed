"""Forecasts of short panels: known truth recovered, scores as others compute them, no leak."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import drawn

from buju import track
from buju.errors import ParameterError, SchemaError
from buju.track.forecast import crps_of_draws, crps_of_student, forecast, year_effects
from buju.track.forecast.model import _scales
from buju.track.forecast.series import with_spread_means, with_unknown_mean

# The bar: an interval of 80 % covers 77 to 83 %. With 9 origins a panel, whose places share each
# year's shock, coverage of one panel has a standard deviation of 0.07: 40 panels leave 0.011.
LOW, HIGH = 0.77, 0.83
FIRST = 8


def recovered(count: int, **truth) -> tuple[float, float, float]:
    """Mean coverage, CRPS and CRPS of each place's own mean over panels."""
    found = []
    for seed in range(count):
        table = track.backtest(drawn(seed, **truth), least_years=FIRST, draws=1024).summary
        rows = table.set_index("method")
        found.append(
            (rows.coverage["pooled"], rows.crps["pooled"], rows.crps["own_mean"]),
        )
    coverage, crps, own = np.mean(found, axis=0)
    return float(coverage), float(crps), float(own)


@pytest.mark.parametrize(
    "truth",
    [{}, {"persistence": 0.2, "uneven": 0.4}],
    ids=["even", "uneven"],
)
def test_a_known_truth_is_covered_as_often_as_said_and_better_than_by_its_own_mean(truth):
    coverage, crps, own = recovered(40, **truth)
    assert LOW <= coverage <= HIGH
    assert crps < own


@pytest.mark.long
@pytest.mark.parametrize(
    "truth",
    [
        {},
        {"persistence": 0.0},
        {"persistence": 0.7},
        {"uneven": 0.4},
        {"between": 0.2, "shared": 3.0},
        {"shared": 0.3},
        {"places": 100, "years": 20},
    ],
    ids=str,
)
def test_many_panels_of_many_truths_are_covered(truth):
    coverage, crps, own = recovered(200, **truth)
    assert LOW <= coverage <= HIGH
    assert crps < own


def test_chances_are_as_good_as_their_name():
    # nothing is known of the level before, so the truth may stand anywhere about the target
    levels = 8 + 4 * np.random.default_rng(0).standard_normal(30)
    parts = [
        track.backtest(drawn(seed, level=level), target=8.0, least_years=FIRST, draws=1024)
        for seed, level in enumerate(levels)
    ]
    rows = pd.concat(part.forecasts for part in parts)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0)):
        said = rows[rows["probability"].between(low, high)]
        assert said["met"].mean() == pytest.approx(said["probability"].mean(), abs=0.06)


def test_scores_are_those_of_scoringrules():
    rng = np.random.default_rng(3)
    draws, outcome = rng.normal(2, 3, (5, 400)), rng.normal(2, 3, 5)
    expected = scoringrules.crps_ensemble(outcome, draws)
    np.testing.assert_allclose(crps_of_draws(draws, outcome), expected, rtol=1e-12)
    freedom, scale = np.array([2.0, 3, 7, 20, 100]), np.array([0.5, 1, 2, 3, 4])
    expected = scoringrules.crps_t(outcome, freedom, np.zeros(5), scale)
    np.testing.assert_allclose(
        crps_of_student(np.zeros(5), scale, freedom, outcome), expected, rtol=1e-10
    )


def test_the_summary_scores_are_scoringrules_means_of_the_forecasts():
    found = track.backtest(drawn(5, 12, 12), target=6.0)
    rows, pooled = found.forecasts, found.summary.iloc[0]
    brier = scoringrules.brier_score(rows["met"].to_numpy(float), rows["probability"].to_numpy())
    assert pooled["brier"] == pytest.approx(float(np.mean(brier)))
    climate = scoringrules.brier_score(rows["met"].to_numpy(float), rows["climatology"].to_numpy())
    assert pooled["brier_skill"] == pytest.approx(1 - np.mean(brier) / np.mean(climate))


def test_series_around_an_unknown_mean_are_predicted_as_by_generalised_least_squares():
    years, ahead = np.arange(6.0), np.array([6.0, 7.0])
    z = np.array([1.0, 3.0, 2.0, 4.0, 3.0, 5.0])
    grid = with_unknown_mean(z, years, ahead, 0.0)
    k = int(np.flatnonzero(grid.persistence == 0.5)[0])
    cover = 0.5 ** np.abs(years[:, None] - years) / 0.75
    inverse = np.linalg.inv(cover)
    mean = inverse.sum(0) @ z / inverse.sum()
    expected = [mean + 0.5**h * (z[-1] - mean) for h in (1, 2)]
    np.testing.assert_allclose(grid.mean[k, 0], expected, rtol=1e-12)
    rest = z - mean
    assert grid.square[k, 0] == pytest.approx(rest @ inverse @ rest)
    no_memory = int(np.flatnonzero(grid.persistence == 0.0)[0])
    root = grid.root[no_memory, 0]
    np.testing.assert_allclose(root @ root.T, np.eye(2) + 1 / 6, rtol=1e-12)


def test_places_means_shrink_as_the_formula_says():
    rng = np.random.default_rng(0)
    years, ahead = np.arange(7.0), np.array([7.0])
    series = rng.normal(0, 1, (20, 7)) + rng.normal(0, 1, (20, 1))
    grid = with_spread_means(series, years, ahead)
    k = int(np.flatnonzero(np.isclose(grid.persistence, 0) & (grid.spread > 0.9))[0])
    weight = grid.spread[k] * 7 / (1 + grid.spread[k] * 7)
    np.testing.assert_allclose(grid.mean[k, :, 0], weight * series.mean(axis=1), rtol=1e-10)


def test_gaps_are_filled_by_nothing_and_a_late_gap_looks_further_ahead():
    rng = np.random.default_rng(0)
    series = rng.normal(0, 1, (6, 9)) + 1.0
    series -= series.mean(axis=0)
    whole = with_spread_means(series, np.arange(9.0), np.array([9.0]))
    series[0, -1] = np.nan
    found = with_spread_means(series, np.arange(9.0), np.array([9.0]))
    assert found.root.shape[1] == 2
    k = int(np.flatnonzero(np.isclose(found.persistence, 0.5))[3])
    other, same = found.root[k, found.pattern[0], 0, 0], found.root[k, found.pattern[1], 0, 0]
    assert other > same
    assert same == pytest.approx(whole.root[k, 0, 0, 0])


def test_variances_of_equal_places_are_pooled_and_of_unequal_ones_are_not():
    rng = np.random.default_rng(2)
    length = np.full(400, 12)
    alike = (rng.standard_normal((400, 12)) ** 2).sum(axis=1)
    scale, freedom = _scales(alike, length)
    assert freedom > 100
    assert np.ptp(scale) < 0.15
    uneven = alike * rng.choice([0.25, 4.0], 400)
    scale, freedom = _scales(uneven, length)
    assert freedom < 5
    assert scale.max() / scale.min() > 3


def test_year_effects_of_a_panel_without_gaps_are_means():
    rng = np.random.default_rng(0)
    panel = rng.normal(size=(5, 4))
    np.testing.assert_allclose(year_effects(panel), panel.mean(axis=0))


def test_nothing_later_than_the_origin_enters():
    table = drawn(1, 10, 12)
    changed = table.assign(value=table["value"].where(table["year"] < 2012, table["value"] + 100))
    one, other = (
        track.backtest(t, target=7.0).forecasts.query("year < 2012") for t in (table, changed)
    )
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000))
def test_names_and_the_order_of_rows_change_nothing(seed):
    table = drawn(seed, 6, 8)
    mixed = table.sample(frac=1, random_state=seed).assign(place=lambda t: "X" + t["place"])
    one = track.target_probability(table, 6.0).table.set_index("place")
    other = track.target_probability(mixed, 6.0).table.set_index("place")
    other.index = other.index.str.removeprefix("X")
    pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.floats(1, 20))
def test_a_higher_target_is_never_likelier_and_less_is_the_rest(seed, target):
    table = drawn(seed, 6, 8)
    up, higher = (track.target_probability(table, t).table for t in (target, target + 1.0))
    assert (higher["probability"] <= up["probability"]).all()
    down = track.target_probability(table, target, direction="<=").table
    np.testing.assert_allclose(up["probability"] + down["probability"], 1.0)


def test_the_number_of_places_that_meet_it_agrees_with_their_chances():
    found = track.target_probability(drawn(4, 12, 12), 6.0)
    assert found.number["probability"].sum() == pytest.approx(1.0)
    expected = (found.number["places"] * found.number["probability"]).sum()
    assert expected == pytest.approx(found.table["probability"].sum(), abs=0.4)
    none_meets = found.number["probability"][0]
    assert none_meets > np.prod(1 - found.table["probability"])  # they share the year's shock


def test_growth_over_years_varies_less_than_in_one_and_the_path_widens():
    table = drawn(4, 20, 14)
    year = track.target_probability(table, 6.0, year=2019).table
    mean = track.target_probability(table, 6.0, year=2019, over="average")
    assert ((mean.table["high"] - mean.table["low"]) < (year["high"] - year["low"])).all()
    path = mean.path[mean.path["place"] == "P000"]
    width = (path["high"] - path["low"]).to_numpy()
    assert path["year"].tolist() == [2015, 2016, 2017, 2018, 2019]
    assert width[-1] > width[0]
    inside = (path["low"] < path["low_half"]) & (path["high_half"] < path["high"])
    assert inside.all()


def test_a_record_stands_beside_every_chance():
    found = track.target_probability(drawn(4, 12, 12), 6.0, places=["P003"])
    assert "P003 2013" in str(found)
    assert "CRPS" in found.backtest.zh and "Brier" in found.backtest.en
    assert found.backtest.summary["coverage"].notna().sum() == 2


def test_every_figure_left_out_is_listed():
    table = drawn(4, 6, 8)
    table.loc[table.index[[3]], "value"] = np.nan
    few = pd.DataFrame({"place": ["Q"] * 2, "year": [2007, 2008], "value": [3.0, 4.0]})
    early = pd.DataFrame({"place": ["P000"], "year": [1999], "value": [3.0]})
    panel = track.read_panel(pd.concat([table, few, early]))
    assert len(panel.dropped) == 4
    assert panel.dropped["reason_en"].tolist() == [
        "no value",
        "place has 2 year(s), 4 are needed",
        "place has 2 year(s), 4 are needed",
        "year has 1 place(s), 3 are needed",
    ]
    assert "缺少数值" in panel.dropped["reason_zh"][0]
    assert np.isfinite(panel.values).sum() + len(panel.dropped) == len(table) + 3
    found = track.backtest(pd.concat([table, few, early]))
    assert len(found.dropped) == 4
    assert found.origins_left_out["origin"].tolist() == [2001, 2002, 2003]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"value": lambda t: t["value"] / 100}, track.Fractions, "multiply by 100"),
        (
            {"value": lambda t: t["value"].where(t["place"] != "P001", 0.01 * t["value"])},
            track.Fractions,
            "growth of P001 never exceeds",
        ),
        (
            {"prices": lambda t: np.where(t["year"] < 2004, "constant", "current")},
            track.MixedPrices,
            "constant, current stand side by side",
        ),
        ({"prices": "current"}, track.MixedPrices, "deflate one of them"),
        (
            {"kind": lambda t: np.where(t["year"] < 2008, "outturn", "plan")},
            track.MixedKinds,
            "kind 'plan' among observed growth",
        ),
        ({"year": lambda t: t["year"] // 4 * 4}, SchemaError, "stands more than once"),
        ({"value": "eight"}, SchemaError, "'eight' is no number"),
        ({"value": 5.0}, track.TooShort, "copied down"),
    ],
    ids=["fractions", "some", "mixed", "current", "plan", "twice", "words", "constant"],
)
def test_bad_panels_are_refused_in_both_languages(change, kind, words):
    with pytest.raises(kind, match=words) as caught:
        track.target_probability(drawn(4, 6, 8).assign(**change), 6.0, prices="constant")
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.chinese)


def test_growth_that_is_small_indeed_may_be_said_so():
    table = drawn(4, 6, 8).assign(value=lambda t: t["value"] / 100)
    assert track.read_panel(table, small_growth=True).values.shape == (6, 8)
    assert track.backtest(table, small_growth=True).summary["crps"].notna().all()


def test_a_target_that_is_a_fraction_is_refused():
    with pytest.raises(track.Fractions, match="Write 8 for 8%"):
        track.target_probability(drawn(4, 6, 8), 0.08)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (drawn(4, 2, 8), "2 place\\(s\\) with 4 year\\(s\\) are left"),
        (drawn(4, 6, 3), "0 place\\(s\\) with 4 year\\(s\\) are left after 18 figure"),
    ],
)
def test_a_panel_too_short_is_refused(table, words):
    with pytest.raises(track.TooShort, match=words):
        track.target_probability(table, 6.0)


def test_no_origin_is_refused():
    with pytest.raises(track.TooShort, match="no year has 4 years before it"):
        track.backtest(drawn(4, 6, 4))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"year": 2008}, "already has 2008"),
        ({"places": ["Z"]}, "place\\(s\\) Z are not in the panel"),
        ({"direction": "up"}, "direction 'up'"),
        ({"level": 80}, "between 0 and 1"),
    ],
)
def test_settings_that_no_forecast_has_are_refused(asked, words):
    with pytest.raises(ParameterError, match=words):
        track.target_probability(drawn(4, 6, 8), 6.0, **asked)


def test_a_place_that_never_moved_has_an_interval_all_the_same():
    table = drawn(4, 8, 8)
    table.loc[table["place"] == "P001", "value"] = 5.0
    found = forecast(track.read_panel(table).values, np.arange(8.0), 1)
    assert np.ptp(found.draws[1]) > 0
