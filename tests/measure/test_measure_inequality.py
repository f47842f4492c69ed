"""Inequality indices against small cases and the textbook double sums."""

from math import log

import numpy as np
import pandas as pd
import pytest

from buju import measure
from buju.errors import ParameterError


def test_gini_by_hand_and_by_the_double_sum() -> None:
    assert measure.gini([1, 1, 1]) == 0
    assert measure.gini([0, 0, 0, 8]) == 0.75  # 1 - 1/n
    assert measure.gini([0, 0, 0, 8], corrected=True) == 1
    rng = np.random.default_rng(2)
    x, w = rng.uniform(0, 5, 9), rng.uniform(0, 3, 9)
    share = w / w.sum()
    gaps = np.abs(x[:, None] - x)
    expected = share @ gaps @ share / (2 * share @ x)
    assert measure.gini(x, w) == pytest.approx(expected)
    assert measure.gini([3, 1], weights=[1, 3]) == pytest.approx(measure.gini([3, 1, 1, 1]))


def test_theil_by_hand() -> None:
    assert measure.theil([0, 0, 0, 8]) == pytest.approx(log(4))
    # shares of income 3/4, 1/4 against shares of people 1/2, 1/2
    assert measure.theil([3, 1]) == pytest.approx(0.75 * log(1.5) + 0.25 * log(0.5))
    assert measure.theil([3, 1], weights=[1, 3]) == pytest.approx(measure.theil([3, 1, 1, 1]))


def test_theil_within_and_between_by_hand() -> None:
    parts = measure.theil_decomposition([3, 1, 0, 0], ["a", "a", "b", "b"], [1, 1, 1, 1])
    assert parts.between == pytest.approx(log(2))  # all income in one half of the people
    assert parts.within == pytest.approx(0.75 * log(1.5) + 0.25 * log(0.5))
    assert parts.total == pytest.approx(parts.within + parts.between)
    assert parts.groups["group"].tolist() == ["a", "b"]
    assert parts.groups["share"].tolist() == [1, 0]
    assert np.isnan(parts.groups["theil"][1])
    assert parts.groups["contribution"][1] == 0
    nobody = measure.theil_decomposition([1, 2, 9], ["a", "a", "b"], [1, 1, 0])
    assert nobody.between == 0


def test_williamson_and_herfindahl_by_hand() -> None:
    # mean 2 with three quarters of the people at 1: sqrt(0.75 · 1 + 0.25 · 9) / 2
    assert measure.williamson([1, 5], [3, 1]) == pytest.approx(np.sqrt(3) / 2)
    assert measure.herfindahl([0.5, 0.25, 0.25]) == 0.375
    assert measure.herfindahl([2, 1, 1]) == 0.375
    assert measure.herfindahl([1, 1, 1, 1]) == 0.25
    assert measure.herfindahl([0.3333333, 0.3333333, 0.3333333]) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: measure.gini([1, np.nan]), r"x is NaN at \[1\]"),
        (lambda: measure.gini([1, -1]), r"x is negative at \[1\]"),
        (lambda: measure.gini([0, 0]), "the mean of x is 0.0"),
        (lambda: measure.gini([]), "the mean of x is 0.0"),
        (lambda: measure.gini([1, 2], [0, 0]), "weights sums to zero"),
        (lambda: measure.gini([1, 2], [1]), "weights has 1 values"),
        (lambda: measure.gini([1, 2], [1, 1], corrected=True), "leave out `weights` or"),
        (lambda: measure.theil([0, 3], [1, 0]), "the mean of x is 0.0"),
        (lambda: measure.theil([1, np.inf]), r"x is infinite at \[1\]"),
        (lambda: measure.theil_decomposition([1, 2], ["a"]), "groups names 1 units of 2"),
        (lambda: measure.theil_decomposition([1, 2], ["a", None]), r"first fault at \[1\]"),
        (lambda: measure.williamson([1, 2], [0, 0]), "population sums to zero"),
        (lambda: measure.williamson([1, 2], [1, np.nan]), r"population is NaN at \[1\]"),
        (lambda: measure.herfindahl([0.3, 0.2]), "shares sum to 0.5, not 1; give every part"),
        (lambda: measure.herfindahl([0, 0]), "shares sums to zero"),
    ],
)
def test_refusals(call, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call()


def test_labels_must_match() -> None:
    x = pd.Series([1.0, 2], index=["a", "b"])
    assert measure.williamson(x, pd.Series([1, 1], index=["a", "b"])) == pytest.approx(1 / 3)
    with pytest.raises(ParameterError, match="population carries the same labels in other order"):
        measure.williamson(x, pd.Series([1, 1], index=["b", "a"]))
