"""City sizes: exact laws, recovery of a known exponent, and scipy as a second opinion."""

import numpy as np
import pytest
from scipy import stats

from buju import measure
from buju.errors import ParameterError

ZIPF = [1000 / rank for rank in range(1, 41)]


def test_primacy_by_hand() -> None:
    assert measure.primacy([3, 12, 4, 5]) == 12 / 5
    assert measure.primacy([3, 12, 4, 5], cities=4) == 1
    assert measure.primacy(range(1, 12), cities=11) == 22 / 55
    assert measure.primacy(ZIPF) == 2
    assert measure.primacy(ZIPF, cities=4) == pytest.approx(12 / 13)


def test_rank_size_of_an_exact_line() -> None:
    fit = measure.rank_size(ZIPF[::-1], shift=0)
    assert fit.exponent == pytest.approx(1)
    assert fit.intercept == pytest.approx(np.log(1000))
    assert fit.r_squared == pytest.approx(1)
    assert fit.standard_error == pytest.approx(np.sqrt(2 / 40))
    assert (fit.places, fit.shift, fit.note, fit.note_zh) == (40, 0, "", "")


def test_rank_size_with_the_shift_against_least_squares() -> None:
    size = np.array([90.0, 40, 33, 12, 12, 5])
    slope, intercept = np.polyfit(np.log(size), np.log(np.arange(1, 7) - 0.5), 1)
    fit = measure.rank_size(size)
    assert fit.exponent == pytest.approx(-slope)
    assert fit.intercept == pytest.approx(intercept)
    assert "6 places, fewer than 30" in fit.note
    assert "6" in fit.note_zh


def test_a_power_law_is_recovered() -> None:
    rng = np.random.default_rng(7)
    tail = 50 * rng.uniform(size=4000) ** (-1 / 1.5)  # density exponent 2.5
    body = rng.uniform(1, 50, 4000)
    fit = measure.power_law_tail(np.concatenate([tail, body])[::10])
    assert abs(fit.exponent - 2.5) < 3 * fit.standard_error
    assert 40 < fit.minimum < 80
    known = measure.power_law_tail(tail, minimum=50)
    assert abs(known.exponent - 2.5) < 3 * known.standard_error
    assert known.standard_error == pytest.approx((known.exponent - 1) / np.sqrt(4000))
    assert known.note == ""


def test_the_distance_is_that_of_scipy() -> None:
    size = np.array([10.0, 11, 13, 13, 18, 30, 95])
    fit = measure.power_law_tail(size, minimum=10)
    assert fit.exponent == pytest.approx(1 + 7 / np.log(size / 10).sum())
    test = stats.kstest(size, stats.pareto(b=fit.exponent - 1, scale=10).cdf)
    assert fit.distance == pytest.approx(test.statistic)
    assert "7 sizes in the tail" in fit.note


def test_scanning_finds_the_least_distance() -> None:
    size = np.array([1.0, 2, 2, 3, 5, 8, 13, 21, 34])
    fit = measure.power_law_tail(size)
    tried = [measure.power_law_tail(size, minimum=start) for start in np.unique(size)[:-1]]
    assert fit == min(tried, key=lambda one: one.distance)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: measure.primacy([1, 2], cities=4), "primacy of 4 cities needs as many, and 2"),
        (lambda: measure.primacy([1, 2], cities=3), "cities is 3; primacy is known for 2, 4"),
        (lambda: measure.primacy([1, 0]), r"populations is zero at \[1\]"),
        (lambda: measure.rank_size([1, 2]), "three or more places"),
        (lambda: measure.rank_size([2, 2, 2]), "of unequal size"),
        (lambda: measure.rank_size([1, 2, 3], shift=1), "shift below 1"),
        (lambda: measure.rank_size([1, 2, np.nan]), r"populations is NaN at \[2\]"),
        (lambda: measure.power_law_tail([5, 5]), "no tail with two different sizes among 2"),
        (lambda: measure.power_law_tail([1, 5], minimum=4), "from 4 on; lower `minimum`"),
        (lambda: measure.power_law_tail([1, -5]), r"sizes is negative at \[1\]"),
    ],
)
def test_refusals(call, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call()
