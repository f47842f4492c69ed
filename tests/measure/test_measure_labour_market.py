"""Labour-market areas: the validity rule by hand, and what holds whatever the flows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError, SchemaError
from buju.measure import labour_market_areas

USUAL = {
    "min_size": 1000, "min_self_containment": 0.6667,
    "target_size": 10_000, "target_self_containment": 0.75,
}  # fmt: skip


def table(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["residence", "workplace", "commuters"])


def random_flows(seed: int, size: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 40, (size, 2))
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    mass = rng.pareto(1.2, size) + 0.2
    trips = np.outer(mass, mass) * np.exp(-apart / 5)
    trips = np.round(trips / trips.sum() * 6000 * size)
    homes, works = np.nonzero(trips)
    names = np.array([f"{k:03}" for k in range(size)])
    return pd.DataFrame(
        {"residence": names[homes], "workplace": names[works], "commuters": trips[homes, works]}
    )


def slow_validity(flows: pd.DataFrame, members: set[str]) -> float:
    home, work = flows["residence"].isin(members), flows["workplace"].isin(members)
    count = flows["commuters"]
    residents, jobs, inside = count[home].sum(), count[work].sum(), count[home & work].sum()
    contained = min(inside / residents, inside / jobs)
    if contained == 1:
        return 1.0
    small = max(0.0, (10_000 - residents) / 9000)
    return min(1, contained / 0.75) * (1 - (1 - 0.6667 / 0.75) * small) * 0.75 / 0.6667


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), size=st.integers(2, 40))
def test_every_place_once_and_every_area_valid_or_named(seed: int, size: int) -> None:
    flows = random_flows(seed, size)
    result = labour_market_areas(flows, **USUAL)
    assert sorted(result["place"]) == sorted(set(flows["residence"]) | set(flows["workplace"]))
    assert not result["place"].duplicated().any()
    assert set(result["area"]) <= set(result["place"])
    areas = result.attrs["areas"].set_index("area")
    for name, members in result.groupby("area"):
        value = slow_validity(flows, set(members["place"]))
        if not members["reserve"].any() and len(areas) > 1:
            assert value >= 1 - 1e-9
        assert areas.loc[name, "valid"] == (value >= 1 - 1e-12)
        assert areas.loc[name, "reserve_places"] == members["reserve"].sum()
    assert areas["residents"].sum() == pytest.approx(flows["commuters"].sum())


def test_two_basins_worked_by_hand() -> None:
    """A-B and C-D exchange commuters; 50 cross. Alone, no place reaches 0.75 of 6,000."""
    flows = table(
        [
            ("A", "A", 4000), ("A", "B", 2000), ("B", "A", 2500), ("B", "B", 3500),
            ("C", "C", 4000), ("C", "D", 2000), ("D", "C", 2000), ("D", "D", 4000), ("B", "C", 50),
        ]
    )  # fmt: skip
    result = labour_market_areas(flows, **USUAL)
    assert result["area"].tolist() == ["A", "A", "C", "C"]
    assert not result["reserve"].any()
    areas = result.attrs["areas"].set_index("area")
    assert areas.loc["A", "self_containment"] == pytest.approx(12_000 / 12_050)
    assert areas["valid"].all()


def test_the_minimum_of_self_containment_is_enough_from_the_target_size_on() -> None:
    big = table([("A", "A", 7000), ("A", "B", 3000), ("B", "B", 7000), ("B", "A", 3000)])
    assert labour_market_areas(big, **USUAL)["area"].tolist() == ["A", "B"]
    small = big.assign(commuters=big["commuters"] / 5)
    assert labour_market_areas(small, **USUAL)["area"].nunique() == 1


def test_places_without_jobs_join_unchecked_and_lonely_ones_stay() -> None:
    flows = table([("A", "A", 5000), ("V", "A", 200), ("L", "L", 10)])
    result = labour_market_areas(flows, **USUAL).set_index("place")
    assert result.loc["V", "area"] == "A"
    assert result.loc["V", "reserve"]
    assert result.loc["L"].tolist() == ["L", False]


def test_the_order_of_places_does_not_matter_without_ties() -> None:
    flows = random_flows(7, 30)
    one = labour_market_areas(flows, **USUAL).set_index("place")["area"]
    two = labour_market_areas(flows.iloc[::-1], **USUAL).set_index("place")["area"]
    pd.testing.assert_series_equal(one.sort_index(), two.sort_index())


@pytest.mark.parametrize(
    ("flows", "change", "error", "words"),
    [
        (table([("A", "A", -1)]), {}, SchemaError, "negative"),
        (table([("A", "A", 1), ("A", "A", 2)]), {}, SchemaError, "repeated"),
        (table([("A", "A", 0)]), {}, ParameterError, "no commuters"),
        (table([("A", "A", 1)]).drop(columns="commuters"), {}, SchemaError, "commuters"),
        (table([("A", "A", 1)]), {"min_size": 20_000}, ParameterError, "must lie below"),
        (table([("A", "A", 1)]), {"target_self_containment": 1.2}, ParameterError, "exceed 1"),
    ],
)
def test_what_is_refused(flows, change, error, words) -> None:
    with pytest.raises(error, match=words):
        labour_market_areas(flows, **{**USUAL, **change})
