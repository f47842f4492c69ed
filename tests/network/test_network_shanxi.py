"""The Shanxi example against its timetable: no parameter belongs to a single pair."""

import time
from pathlib import Path

import numpy as np
import pytest

from buju.network import Impedance, Scenario, fit, path, reach_table, times
from buju.region import read_region

FOLDER = Path(__file__).parents[2] / "examples/shanxi/region"
MULTIPLE_UNITS, ALL = 0.08, 0.15  # bars set before the network was built
UNTUNED = Impedance(dwell=(("multiple_unit", 0.0), ("locomotive", 0.0)))


@pytest.fixture(scope="module")
def shanxi():
    return read_region(FOLDER)


@pytest.fixture(scope="module")
def fitted(shanxi):
    return fit(shanxi, date="2019-10-31")


def summary(result):
    return result.summary.set_index(["comparison", "sample"])


def test_routed_times_come_as_close_as_promised(fitted):
    found = summary(fitted)
    assert found.loc[("same class", "multiple_unit"), "pairs"] == 50
    assert found.loc[("same class", "all"), "pairs"] == 141
    assert (found["without_way"] == 0).all()
    assert found.loc[("same class", "multiple_unit"), "median_relative"] <= MULTIPLE_UNITS
    assert found.loc[("same class", "all"), "median_relative"] <= ALL
    assert found.loc[("same class", "all, independent"), "median_relative"] <= ALL
    assert found.loc[("same class", "all, independent"), "rank_correlation"] >= 0.95


def test_pairs_that_gave_links_their_minutes_flatter_the_fit(fitted):
    found = summary(fitted)["median_relative"]
    for sample in ("multiple_unit", "locomotive", "all"):
        free = found[("same class", f"{sample}, independent")]
        assert free > found[("same class", sample)]


def test_the_fit_does_not_hang_on_standing_times(shanxi, fitted):
    bare = summary(fit(shanxi, date="2019-10-31", impedance=UNTUNED))["median_relative"]
    told = summary(fitted)["median_relative"]
    assert bare[("same class", "all")] - told[("same class", "all")] < 0.05


def test_the_fastest_journey_is_no_slower_than_the_same_class(fitted):
    assert (fitted.pairs["fastest"] <= fitted.pairs["modelled"] + 1e-9).all()


def test_openings_shorten_the_way_to_datong(shanxi):
    dates = ["2019-10-31", "2020-12-31", "2024-12-31"]
    found = [
        reach_table(shanxi, Scenario(date=date), "140100", ["140200"])["minutes"].item()
        for date in dates
    ]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(dates)


def test_passenger_lines_leave_goods_alone(shanxi):
    before, after = (
        times(shanxi, Scenario(date="2024-11-30", projects=projects), mode="goods")
        for projects in ((), ("P01", "P02"))
    )
    assert (before["minutes"] == after["minutes"]).all()
    assert before.attrs["islands"] == []


@pytest.mark.parametrize("mode", ["all", "road", "rail", "goods"])
def test_every_pair_has_a_time(shanxi, mode):
    frame = times(shanxi, mode=mode)
    assert len(frame) == (117 + 69) ** 2
    assert np.isfinite(frame[["minutes", "cost"]]).all(axis=None)
    assert frame.attrs["unreachable"] == []
    assert (frame["cost"] >= frame["minutes"] - 1e-9).all()


def test_a_whole_province_takes_less_than_half_a_second(shanxi):
    spent = []
    for _ in range(3):
        start = time.process_time()
        times(shanxi)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.5


def test_legs_add_up_on_the_whole_network(shanxi):
    frame = times(shanxi, Scenario(date="2024-12-31"))
    rng = np.random.default_rng(5)
    for row in frame.iloc[rng.integers(0, len(frame), 25)].itertuples():
        way = path(shanxi, Scenario(date="2024-12-31"), row.origin, row.destination)
        assert way["minutes"].sum() == pytest.approx(row.minutes, abs=1e-9)
