"""Access on two clinics that can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from buju import measure
from buju.errors import ParameterError
from buju.measure import decay
from buju.measure.access import weights

MINUTES = np.array([[10.0, 90.0], [10.0, 10.0]])
SUPPLY, DEMAND = [20, 10], [100, 300]
HALF_HOUR = decay.Cumulative(30)
CATCHMENTS = [
    measure.two_step_floating_catchment,
    measure.balanced_floating_catchment,
    measure.spatial_availability,
]


def test_accessibility_counts_and_weighs() -> None:
    assert measure.accessibility(MINUTES, SUPPLY, HALF_HOUR).tolist() == [20, 30]
    weighed = measure.accessibility(MINUTES, SUPPLY, decay.Exponential(0.1))
    assert weighed == pytest.approx([20 / np.e + 10 * np.exp(-9), 30 / np.e])


def test_catchments_by_hand() -> None:
    # R = 20/400, 10/300
    two = measure.two_step_floating_catchment(MINUTES, SUPPLY, DEMAND, HALF_HOUR)
    assert two == pytest.approx([20 / 400, 20 / 400 + 10 / 300])
    # row weights (1, 0), (1/2, 1/2): R = 20/250, 10/150; column weights (1/2, 1/2), (0, 1)
    balanced = measure.balanced_floating_catchment(MINUTES, SUPPLY, DEMAND, HALF_HOUR)
    assert balanced == pytest.approx([0.04, 0.04 + 10 / 150])
    available = measure.spatial_availability(MINUTES, SUPPLY, DEMAND, HALF_HOUR)
    assert available == pytest.approx([5, 25])


def test_supply_that_nobody_reaches_counts_for_nobody() -> None:
    minutes = [[5, np.inf, 5], [np.inf, 5, np.inf]]
    demand = [0, 10]
    for method in CATCHMENTS:
        assert method(minutes, [4, 5, 6], demand, HALF_HOUR)[0] == 0
    available = measure.spatial_availability(minutes, [4, 5, 6], demand, HALF_HOUR)
    assert available.tolist() == [0, 5]


def test_times_and_potential() -> None:
    assert measure.weighted_mean_time([[0, 30, 9]], [2, 1, 0]).tolist() == [10]
    assert measure.weighted_mean_time([[0, np.inf, 9]], [2, 1, 0]).tolist() == [np.inf]
    assert measure.weighted_mean_time([[0, 30, np.inf]], [2, 1, 0]).tolist() == [10]
    alone = measure.weighted_mean_time([[np.inf, np.inf]], [1, 1], reachable_only=True)
    assert alone.tolist() == [np.inf]
    assert measure.daily_reach([[0, 180, 181]], [1, 2, 4]).tolist() == [3]
    assert measure.economic_potential([[2, np.inf]], [8, 5], exponent=2).tolist() == [2]


def test_closest_facility() -> None:
    nearest = measure.closest_facility([[1, 5, 5], [np.inf, np.inf, np.inf]], [0, 2, 2])
    assert nearest.minutes.tolist() == [5, np.inf]
    assert nearest.facility.tolist() == [1, -1]
    assert measure.closest_facility([[1, 2]], [0, 0]).facility.tolist() == [-1]


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    minutes, supply, demand = rng.uniform(0, 90, (23, 7)), rng.uniform(0, 9, 7), np.arange(23)
    whole = [method(minutes, supply, demand, decay.Power(1)) for method in CATCHMENTS]
    monkeypatch.setattr(weights, "CELLS", 15)
    for method, expected in zip(CATCHMENTS, whole, strict=True):
        assert method(minutes, supply, demand, decay.Power(1)) == pytest.approx(expected)


def test_whole_numbers_do_not_overflow() -> None:
    people = np.full(3, 2**31 - 1, dtype=np.int32)
    reach = measure.accessibility(np.zeros((1, 3), dtype=np.int32), people, HALF_HOUR)
    assert reach.tolist() == [3 * (2**31 - 1)]


def test_arguments_are_left_alone() -> None:
    minutes, supply = MINUTES.copy(), np.array(SUPPLY, float)
    measure.two_step_floating_catchment(minutes, supply, DEMAND, HALF_HOUR)
    measure.economic_potential(minutes, supply, floor=50)
    assert (minutes == MINUTES).all()
    assert supply.tolist() == SUPPLY


def test_labels_must_match() -> None:
    minutes = pd.DataFrame(MINUTES, index=["a", "b"], columns=["x", "y"])
    supply = pd.Series(SUPPLY, index=["x", "y"])
    assert measure.accessibility(minutes, supply, HALF_HOUR).tolist() == [20, 30]
    with pytest.raises(ParameterError, match="opportunities carries the same labels in other"):
        measure.accessibility(minutes, supply[::-1], HALF_HOUR)
    with pytest.raises(ParameterError, match="demand carries labels the others lack: q; reindex"):
        measure.spatial_availability(minutes, supply, pd.Series([1, 2], ["a", "q"]), HALF_HOUR)


@pytest.mark.parametrize("bad, word", [(np.nan, "NaN"), (-1.0, "-1.0")])
def test_a_bad_time_is_named(bad: float, word: str) -> None:
    minutes = MINUTES.copy()
    minutes[1, 0] = bad
    with pytest.raises(ParameterError, match=rf"minutes from \[1\] to \[0\] is {word} \(1 such"):
        measure.accessibility(minutes, SUPPLY, HALF_HOUR)
    named = pd.DataFrame(minutes, index=["140105", "140106"], columns=["x", "y"])
    with pytest.raises(ParameterError, match="from '140106' to 'x'"):
        measure.weighted_mean_time(named, SUPPLY)


@pytest.mark.parametrize(
    "supply, message",
    [
        ([20, np.nan], r"supply is NaN at \[1\] \(1 of 2\); missing is not zero"),
        ([20, -1], r"supply is negative at \[1\]"),
        ([20, np.inf], r"supply is infinite at \[1\]"),
        ([20], "supply has 1 values where the other arguments have 2 places"),
        ([[20, 10]], r"supply has shape \(1, 2\)"),
        (["20", "10"], "supply holds something that is not a number"),
        (pd.Series(["20", "10"]), "supply holds something that is not a number"),
        (pd.Series([20, None], ["x", "y"], dtype="Int64"), "supply is NaN at 'y'"),
    ],
)
def test_a_bad_supply_is_named(supply: object, message: str) -> None:
    for method in CATCHMENTS:
        with pytest.raises(ParameterError, match=message):
            method(MINUTES, supply, DEMAND, HALF_HOUR)


def test_other_refusals() -> None:
    with pytest.raises(ParameterError, match=r"write|give a function of minutes, such as"):
        measure.accessibility(MINUTES, SUPPLY, 60)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"minutes has shape \(2,\)"):
        measure.accessibility([1, 2], SUPPLY, HALF_HOUR)
    with pytest.raises(ParameterError, match=r"decay gives -1.0 for 10 min, from \[0\] to \[0\]"):
        measure.accessibility(MINUTES, SUPPLY, lambda t: -np.ones_like(t))
    with pytest.raises(ParameterError, match="has to weigh each time by itself"):
        measure.accessibility(MINUTES, SUPPLY, lambda t: t[:, 0])
    with pytest.raises(ParameterError, match="too small to divide by"):
        measure.two_step_floating_catchment([[735.0]], [1e6], [0.1], decay.Exponential(1))
    with pytest.raises(ParameterError, match=r"minutes from \[0\] to \[0\] is zero.*`floor`"):
        measure.economic_potential([[0.0]], [1])
    with pytest.raises(ParameterError, match="mass sums to zero"):
        measure.weighted_mean_time([[1.0]], [0])
