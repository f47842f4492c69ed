"""Skims along chosen ways, use of links as a derivative, fares, choice among modes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import NetworkError
from buju.network import Impedance, Scenario, link_usage, log_sum, path, skims, times_matrix
from buju.region import read_region

EXAMPLES = Path(__file__).parents[2] / "examples"
EXACT = 1e-9  # sums of the same few numbers in another order
SLOPE = 1e-5  # central differences of piecewise linear sums over 1e-4 min, relative


@pytest.fixture(scope="module")
def shanxi():
    return read_region(EXAMPLES / "shanxi/region")


@pytest.fixture(scope="module")
def strip():
    found = read_region(EXAMPLES / "strip/region")
    outside = found.outside_places.assign(area_km2=100.0)
    return replace(found, tables=dict(found.tables) | {"outside_places": outside})


def uneven(region):
    """Links of uneven minutes, so that fastest ways are unique."""
    draw = np.random.default_rng(4)
    minutes = region.links["minutes"] * (1 + 0.01 * draw.random(len(region.links)))
    frame = region.links.assign(minutes=minutes)
    return replace(region, tables=dict(region.tables) | {"links": frame})


def worth(region, scenario, weights):
    places = list(weights.index)
    minutes = times_matrix(region, scenario, origins=places, destinations=places).minutes
    off = ~np.eye(len(places), dtype=bool)
    return float((weights.to_numpy() * minutes)[off].sum())


def test_use_of_links_is_the_derivative_of_weighted_minutes(shanxi):
    region, base = uneven(shanxi), Scenario(date="2024")
    places = list(times_matrix(shanxi, base).rows)[::4]
    draw = np.random.default_rng(5)
    weights = pd.DataFrame(draw.random((len(places),) * 2), index=places, columns=places)
    usage = link_usage(region, base, weights).set_index("link_id")["usage"]
    minutes = region.links.set_index("link_id")["minutes"]
    chosen = [*usage.sort_values().index[-6:], *usage[usage > 0].sort_values().index[:3], "S06"]
    step = 1e-4
    for link in chosen:
        up, down = (
            worth(region, Scenario(date="2024", links={link: {"minutes": minutes[link] + d}}),
                  weights)
            for d in (step, -step)
        )  # fmt: skip
        assert (up - down) / (2 * step) == pytest.approx(usage[link], rel=SLOPE, abs=1e-3)


@pytest.mark.parametrize("mode", ["all", "road", "rail", "goods"])
@pytest.mark.parametrize("by", ["minutes", "cost"])
def test_skims_add_up_to_the_times(strip, mode, by):
    rule = Impedance(fares=(("conventional", 0.3),), value_of_time=30)
    links = strip.links.assign(length=50.0)
    region = replace(strip, tables=dict(strip.tables) | {"links": links})
    matrix = times_matrix(region, mode=mode, impedance=rule)
    found = skims(region, mode=mode, by=by, impedance=rule)
    off = ~np.eye(len(matrix.rows), dtype=bool)
    np.testing.assert_allclose(found[by][off], getattr(matrix, by)[off], rtol=0, atol=EXACT)
    weighed = found["road"] + found["ride"] + rule.wait_weight * found["wait"] + 2 * found["fare"]
    np.testing.assert_allclose(weighed[off], found["cost"][off], rtol=0, atol=EXACT)
    if mode == "rail":
        assert (found["boardings"][off] >= 1).all()
    if mode == "road":
        assert not found["fare"].any()


def test_skims_are_those_of_the_way(strip):
    found = skims(strip, origins=["990103"], destinations=["970100"])
    way = path(strip, None, "990103", "970100")
    assert found["boardings"].item() == 1
    assert found["transfers"].item() == 0
    assert found["access"].item() == way.loc[way["leg"] == "road", "minutes"].sum()


def test_a_cut_off_place_keeps_infinite_minutes_and_its_weight_is_told(strip):
    cut = Scenario(without=("L01",))
    found = skims(strip, cut, origins=["980100"], destinations=["990101"])
    assert np.isinf(found["minutes"].item())
    assert np.isnan(found["km"].item())
    weights = pd.DataFrame([[3.0]], index=["980100"], columns=["990101"])
    table = link_usage(strip, cut, weights)
    assert table["usage"].sum() == 0
    assert table.attrs["unreachable"] == 3


def test_use_is_told_by_direction(strip):
    weights = pd.DataFrame([[2.0]], index=["990102"], columns=["990101"])
    table = link_usage(strip, None, weights, mode="road").set_index("link_id")
    assert table.loc["L02", ["forward", "backward", "usage"]].tolist() == [0, 2, 2]


def test_a_fare_without_a_length_names_the_link(strip):
    bare = strip.links.assign(length=np.nan)
    region = replace(strip, tables=dict(strip.tables) | {"links": bare})
    rule = Impedance(fares=(("conventional", 0.3),), value_of_time=30)
    with pytest.raises(NetworkError, match=r"link L\d+ \(conventional\) has no length"):
        times_matrix(region, impedance=rule)


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "990102 to 990101 is nan"), (np.inf, "is inf; every pair")]
)
def test_weights_must_be_numbers(strip, value, words):
    weights = pd.DataFrame([[value]], index=["990102"], columns=["990101"])
    with pytest.raises(NetworkError, match=words):
        link_usage(strip, None, weights)


@given(
    costs=st.lists(st.one_of(st.floats(0, 500), st.just(np.inf)), min_size=2, max_size=5),
    theta=st.floats(0.001, 2),
)
@settings(deadline=None)
def test_more_modes_never_cost_more(costs, theta):
    whole, fewer = float(log_sum(*costs, theta=theta)), float(log_sum(*costs[1:], theta=theta))
    assert whole <= min(costs) + EXACT
    assert whole <= fewer + EXACT
    assert not np.isnan(whole)


@pytest.mark.parametrize("theta", [0, -1, np.nan])
def test_log_sum_needs_a_spread(theta):
    with pytest.raises(NetworkError, match="theta above zero"):
        log_sum(1.0, theta=theta)
