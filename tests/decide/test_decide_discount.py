"""Discount factors and rates of return: worked cases, other libraries, laws."""

import numpy as np
import numpy_financial
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from buju.decide import discount_factors, irr_roots, npv, regimes
from buju.errors import ParameterError

amounts = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
streams = hnp.arrays(float, st.integers(1, 40), elements=amounts)


def test_declining_schedule_is_cumulative_year_by_year() -> None:
    """The product over years of 1 / (1 + rate of that year), to 400 years, by a plain loop."""
    rate = {30: 0.035, 75: 0.03, 125: 0.025, 200: 0.02, 300: 0.015, 10**6: 0.01}
    value, expected = 1.0, [1.0]
    for year in range(1, 401):
        value /= 1 + next(r for last, r in rate.items() if year <= last)
        expected.append(value)
    np.testing.assert_allclose(discount_factors("uk-green-book", range(401)), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("year", "factor"),
    # HM Treasury, The Green Book (2022), table of discount factors, standard schedule
    [(0, 1.0000), (1, 0.9662), (5, 0.8420), (10, 0.7089), (20, 0.5026), (30, 0.3563), (31, 0.3459)],
)
def test_factors_as_printed_in_the_green_book(year: int, factor: float) -> None:
    assert discount_factors("uk-green-book", [year])[0] == pytest.approx(factor, abs=5e-5)


@pytest.mark.parametrize("name", list(regimes()))
def test_factors_start_at_one_and_fall(name: str) -> None:
    factors = discount_factors(name, np.arange(350))
    assert factors[0] == 1
    assert (np.diff(factors) < 0).all()
    assert regimes()[name].source


def test_eight_per_cent_by_hand() -> None:
    assert discount_factors("china-2006", [0, 1, 2]).tolist() == pytest.approx(
        [1, 1 / 1.08, 1.08**-2]
    )
    assert npv([-100, 60, 60], "china-2006") == pytest.approx(-100 + 60 / 1.08 + 60 / 1.08**2)


@settings(deadline=None)
@given(flows=streams, rate=st.floats(-0.3, 1.0))
def test_other_libraries_have_the_same_value(flows: np.ndarray, rate: float) -> None:
    assert npv(flows, rate) == pytest.approx(numpy_financial.npv(rate, flows), rel=1e-9, abs=1e-6)
    assert npv(flows, rate) == pytest.approx(
        pyxirr.npv(rate, flows, start_from_zero=True), rel=1e-9, abs=1e-6
    )


@settings(deadline=None)
@given(
    flows=streams, more=streams, a=st.floats(-5, 5), timing=st.sampled_from(["start", "mid", "end"])
)
def test_value_is_linear(flows: np.ndarray, more: np.ndarray, a: float, timing: str) -> None:
    size = min(len(flows), len(more))
    x, y = flows[:size], more[:size]
    both = npv(a * x + y, "uk-green-book", timing=timing)
    apart = a * npv(x, "uk-green-book", timing=timing) + npv(y, "uk-green-book", timing=timing)
    assert both == pytest.approx(apart, abs=1e-6)


def test_timing_moves_the_whole_stream() -> None:
    flows = [-50.0, 20, 80]
    start = npv(flows, 0.08)
    assert npv(flows, 0.08, timing="end") == pytest.approx(start / 1.08)
    assert npv(flows, 0.08, timing="mid") == pytest.approx(start / np.sqrt(1.08))
    factors = discount_factors("uk-green-book", range(4))
    assert npv(flows, factors, timing="mid") == pytest.approx(
        npv(flows, "uk-green-book", timing="mid")
    )


@settings(deadline=None, max_examples=60)
@given(flows=hnp.arrays(float, st.integers(2, 12), elements=st.integers(-9, 9).map(float)))
def test_every_rate_is_a_root_and_none_is_missed(flows: np.ndarray) -> None:
    if not flows.any():
        return
    rates = irr_roots(flows)
    assert (np.diff(rates) > 0).all()
    assert (rates > -1).all()
    for rate in rates:
        weight = (1 + rate) ** -np.arange(len(flows))
        assert abs(flows @ weight) <= 1e-7 * np.abs(flows * weight).max()
    grid = np.concatenate([np.linspace(-0.95, 2, 4001), np.geomspace(2, 20, 400)])
    values = np.array([npv(flows, r) for r in grid])
    crossed = np.flatnonzero(values[:-1] * values[1:] < 0)
    for k in crossed:
        assert ((rates >= grid[k] - 1e-9) & (rates <= grid[k + 1] + 1e-9)).any()


def test_rates_worked_by_hand() -> None:
    assert irr_roots([-100, 230, -132]) == pytest.approx([0.1, 0.2])
    assert irr_roots([-1, 2.5, -1.5625]) == pytest.approx([0.25])  # touches without crossing
    assert len(irr_roots([100, 50])) == 0
    assert len(irr_roots([-10, 15, -9])) == 0  # signs change, no real rate
    assert irr_roots([0, 0, -100, 110]) == pytest.approx([0.1])
    assert irr_roots([-100, 30, 40]) == pytest.approx([numpy_financial.irr([-100, 30, 40])])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: discount_factors("china-2020", [0]), "Did you mean 'china-2006'"),
        (lambda: discount_factors("china-2006", [0.5]), "whole numbers"),
        (lambda: discount_factors("china-2006", [-1]), "0 or more"),
        (lambda: npv([1, np.nan], 0.1), "missing amount is not zero"),
        (lambda: npv([1.0], -1.0), "above -1"),
        (lambda: npv([1, 1], [1.0]), "2 factors"),
        (lambda: npv([1, 1], [1.0, 0.9], timing="end"), "3 factors"),
        (lambda: npv([1.0], 0.1, timing="late"), "start, mid, end"),
        (lambda: irr_roots([0, 0]), "every rate is a root"),
    ],
)
def test_what_is_refused(call, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        call()
