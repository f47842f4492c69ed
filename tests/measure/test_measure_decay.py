"""Decays: exact values and refused parameters."""

import dataclasses
from math import exp, pi, sqrt

import numpy as np
import pytest

from buju.errors import ParameterError
from buju.measure import decay


def test_exact_values() -> None:
    assert decay.Cumulative(60)([0, 60, 60.001]).tolist() == [1, 1, 0]
    assert decay.Exponential(0.1)(5.0) == exp(-0.5)
    assert decay.Power(2)([0, 0.2, 1, 4]).tolist() == [1, 1, 1, 1 / 16]
    assert decay.Linear(40)([0, 10, 40, 50]).tolist() == [1, 0.75, 0, 0]


def test_logistic_is_the_formula_and_one_at_zero() -> None:
    median, sd, t = 30.0, 10.0, np.array([0.0, 10, 30, 45])
    k = pi / (sd * sqrt(3))
    formula = (1 + np.exp(-median * k)) / (1 + np.exp((t - median) * k))
    assert decay.Logistic(median, sd)(t) == pytest.approx(formula, rel=1e-14)
    assert decay.Logistic(median, sd)(0.0) == 1
    assert decay.Logistic(30, 0.01)([29, 1e6]).tolist() == [1, 0]  # no overflow


@pytest.mark.parametrize(
    "f", [decay.Exponential(0), decay.Power(0), decay.Cumulative(1e9), decay.Logistic(9e9, 1)]
)
def test_out_of_reach_weighs_nothing_even_without_decay(f: decay.Decay) -> None:
    assert f([5.0, np.inf]).tolist() == [1, 0]


def test_decays_are_frozen_and_compare() -> None:
    assert decay.Power(1) == decay.Power(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        decay.Power(1).exponent = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda: decay.Cumulative(-1), "Cumulative: minutes is -1; a finite number at least 0"),
        (lambda: decay.Exponential(np.nan), "Exponential: rate is nan"),
        (lambda: decay.Power(-2), "Power: exponent is -2"),
        (lambda: decay.Logistic(30, 0), "Logistic: sd is 0; a finite number above 0"),
        (lambda: decay.Linear(np.inf), "Linear: minutes is inf"),
        (lambda: decay.Linear("60"), "Linear: minutes holds something that is not a number"),
    ],
)
def test_refused_parameters(build, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build()


@pytest.mark.parametrize("bad", [np.nan, -1.0])
def test_refused_times(bad: float) -> None:
    with pytest.raises(ParameterError, match="a travel time is NaN or negative"):
        decay.Power(1)([1, bad])
