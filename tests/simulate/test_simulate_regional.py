"""A region as a baseline: totals kept, the border closed to daily trips, the same as by hand."""

from pathlib import Path

import numpy as np
import pytest

from buju.region import read_region
from buju.simulate import CommutingTrade, Shocks, calibrate, counterfactual, regional_economy

STRIP = Path(__file__).parents[2] / "examples/strip/region"
MODEL = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0)


@pytest.fixture(scope="module")
def region():
    return read_region(STRIP)


def test_totals_are_those_of_the_tables(region):
    people, base = regional_economy(region, year=2020), calibrate(region, MODEL)
    assert base.labels == tuple(people["place"])
    workers = people["residents"] * people["jobs"].sum() / people["residents"].sum()
    np.testing.assert_allclose(base.residents, workers, rtol=1e-11)
    np.testing.assert_allclose(base.jobs, people["jobs"], rtol=1e-11)
    np.testing.assert_allclose(base.wage, people["gdp"] / people["jobs"], rtol=1e-12)


def test_nobody_crosses_the_border_daily(region):
    base = calibrate(region, MODEL)
    outside = np.isin(base.labels, region.outside_places["place"])
    assert (base.commuting[np.ix_(outside, ~outside)] == 0).all()
    assert (base.commuting[np.ix_(~outside, outside)] == 0).all()
    assert (base.trade[np.ix_(~outside, outside)] > 0).all()


def test_it_solves(region):
    base = calibrate(region, MODEL)
    found = counterfactual(MODEL, base, Shocks(productivity=np.linspace(1, 1.05, base.size)))
    assert found.verdict == "certified"
    assert found.welfare > 1
