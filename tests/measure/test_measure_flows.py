"""Flows: margins, calibration against a Poisson regression, communities, functional areas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from buju.errors import ParameterError
from buju.measure import (
    calibrate_gravity,
    communities,
    decay,
    flow_fit,
    functional_urban_area,
    wilson,
)
from buju.measure.interaction.communities import modularity


def world(seed: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 60, (size, 2))
    minutes = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 2
    starts, ends = rng.uniform(1, 100, size), rng.uniform(1, 100, size)
    return minutes, starts, ends * starts.sum() / ends.sum()


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.integers(2, 15))
def test_margins_hold_as_asked(seed: int, size: int) -> None:
    minutes, starts, ends = world(seed, size)
    f = decay.Exponential(0.05)
    both = wilson(starts, ends, minutes, f)
    np.testing.assert_allclose(both.sum(axis=1), starts, rtol=1e-9)
    np.testing.assert_allclose(both.sum(axis=0), ends, rtol=1e-9)
    np.testing.assert_allclose(
        wilson(starts, ends, minutes, f, constrained="origins").sum(axis=1), starts
    )
    np.testing.assert_allclose(
        wilson(starts, ends, minutes, f, constrained="destinations").sum(axis=0), ends
    )
    total = wilson(starts, ends, minutes, f, constrained="total")
    assert total.sum() == pytest.approx(starts.sum())
    assert flow_fit(both, both).common_part == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("form", "f", "parameter"),
    [("exponential", decay.Exponential(0.07), 0.07), ("power", decay.Power(1.7), 1.7)],
)
def test_calibration_recovers_the_parameter(form: str, f: decay.Decay, parameter: float) -> None:
    minutes, starts, ends = world(3, 12)
    trips = wilson(starts, ends, minutes, f)
    found = calibrate_gravity(trips, minutes, form=form, diagonal=True)
    assert found.parameter == pytest.approx(parameter, rel=1e-8)
    np.testing.assert_allclose(found.flows, trips, rtol=1e-6)


@pytest.mark.parametrize("constrained", ["origins", "destinations", "total"])
def test_every_calibration_meets_the_mean_cost(constrained: str) -> None:
    minutes, starts, ends = world(3, 12)
    trips = wilson(starts, ends, minutes, decay.Exponential(0.07))
    found = calibrate_gravity(trips, minutes, constrained=constrained, diagonal=True)
    assert (found.flows * minutes).sum() == pytest.approx((trips * minutes).sum(), rel=1e-9)


@pytest.mark.parametrize("form", ["exponential", "power"])
def test_calibration_equals_a_poisson_regression(form: str) -> None:
    """Maximum likelihood with a constant for every origin and destination, by a general solver."""
    minutes, starts, ends = world(8, 6)
    rng = np.random.default_rng(1)
    observed = rng.poisson(wilson(starts, ends, minutes, decay.Exponential(0.04)) + 1).astype(float)
    cost = minutes if form == "exponential" else np.log(minutes)
    cost = cost - cost.mean()
    open_ = ~np.eye(6, dtype=bool)

    def loss(x: np.ndarray) -> float:
        log_rate = x[:6, None] + x[None, 6:12] - x[12] * cost
        return float((np.exp(log_rate) - observed * log_rate)[open_].sum())

    def slope(x: np.ndarray) -> np.ndarray:
        left = np.where(open_, np.exp(x[:6, None] + x[None, 6:12] - x[12] * cost) - observed, 0)
        return np.concatenate([left.sum(1), left.sum(0), [-(left * cost).sum()]])

    start = np.concatenate([np.full(12, np.log(observed.mean()) / 2), [0.01]])
    best = minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    found = calibrate_gravity(observed, minutes, form=form)
    assert found.parameter == pytest.approx(best.x[12], rel=1e-5)
    steep = minimize_information(best.x, cost, open_)
    assert found.standard_error == pytest.approx(steep, rel=1e-4)


def minimize_information(x: np.ndarray, cost: np.ndarray, open_: np.ndarray) -> float:
    """Standard error of the slope from the full Fisher information, constants included."""
    rate = np.where(open_, np.exp(x[:6, None] + x[None, 6:12] - x[12] * cost), 0).ravel()
    rows, columns = np.divmod(np.arange(36), 6)
    design = np.concatenate([np.eye(6)[rows], np.eye(6)[columns], -cost.reshape(-1, 1)], axis=1)
    information = design.T @ (rate[:, None] * design)
    return float(np.sqrt(np.linalg.pinv(information)[12, 12]))


def test_what_wilson_refuses() -> None:
    f = decay.Exponential(0.1)
    with pytest.raises(ParameterError, match="sums must be equal"):
        wilson([1, 2], [3, 3], [[1, 2], [2, 1]], f)
    with pytest.raises(ParameterError, match="no way to any place"):
        wilson([1, 2], [2, 1], [[np.inf, np.inf], [1, 1]], f)
    with pytest.raises(ParameterError, match="meet both margins"):
        wilson([2, 1], [1, 2], [[1, np.inf], [1, 1]], f)
    with pytest.raises(ParameterError, match="all times are equal"):
        calibrate_gravity(np.ones((3, 3)), np.ones((3, 3)))
    with pytest.raises(ParameterError, match="no negative power"):
        calibrate_gravity(np.ones((2, 2)), np.zeros((2, 2)), form="power", diagonal=True)


def table(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["residence", "workplace", "commuters"])


def test_communities_find_planted_groups_and_say_how_stable() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 6)
    rows = [
        (f"{i:02}", f"{j:02}", float(rng.integers(20, 40) if group[i] == group[j] else 1))
        for i in range(18)
        for j in range(18)
        if i != j
    ]
    found = communities(table(rows), seeds=5)
    assert found.groupby("community")["place"].count().tolist() == [6, 6, 6]
    assert found.groupby(group)["community"].nunique().eq(1).all()
    assert (found["stability"] == 1).all()
    again = communities(table(rows), seeds=5)
    pd.testing.assert_frame_equal(found, again)


def test_modularity_by_hand() -> None:
    both = np.array([[0, 4, 1], [4, 0, 0], [1, 0, 0]], dtype=float)
    # strengths 5, 4, 1 of 10; groups {0, 1}, {2}: 8/10 inside less (81 + 1) / 100
    assert modularity(both, np.array([0, 0, 1])) == pytest.approx(0.8 - 0.82)


CITY = [
    ("C", "C", 80), ("C", "D", 20), ("D", "D", 60), ("D", "C", 10), ("S", "C", 9), ("S", "D", 7),
    ("S", "S", 84), ("V", "C", 20), ("V", "V", 80), ("E", "E", 100),
]  # fmt: skip


def test_cities_join_and_units_commute_to_the_joined_city() -> None:
    found = functional_urban_area(table(CITY), {"C": 0.9, "D": 0.6}).set_index("place")
    assert found.loc["D", "area"] == found.loc["C", "area"] == "C"  # C sends 20 % to D
    assert found.loc["S", "role"] == "commuting"  # 16 % to both together
    assert found.loc["S", "margin"] == pytest.approx(0.01)
    assert found.loc["E", "role"] == "outside"


def test_exclaves_leave_and_enclaves_join() -> None:
    beside = {"C": ["D", "S"], "D": ["C"], "S": ["C", "E"], "E": ["S"], "V": []}
    found = functional_urban_area(table(CITY), {"C": 0.9, "D": 0.6}, neighbours=beside).set_index(
        "place"
    )
    assert found.loc["V", "role"] == "outside"  # commutes, but does not touch
    assert found.loc["E", "role"] == "enclave"  # touches S alone
    assert found.attrs["contiguous"]


def test_what_functional_areas_refuse() -> None:
    with pytest.raises(ParameterError, match="there is no city"):
        functional_urban_area(table(CITY), {"C": 0.2})
    with pytest.raises(ParameterError, match="share is 0 to 1"):
        functional_urban_area(table(CITY), {"C": 90.0})
    with pytest.raises(ParameterError, match="has no flows"):
        functional_urban_area(table(CITY), {"X": 0.9})
