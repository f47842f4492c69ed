"""Tiers, nodal areas, agreement of divisions, complementarity: by hand, as laws, and refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError, SchemaError
from buju.measure import (
    city_classes,
    cluster_tiers,
    complementarity,
    gravity_links,
    nodal_areas,
    partition_agreement,
    tier_presets,
)

# Sums of a few floats of order one.
TIGHT = 1e-12


def values(**known: float) -> pd.DataFrame:
    return pd.DataFrame({"cluster": "C", "criterion": list(known), "value": list(known.values())})


def test_a_tier_is_met_only_when_every_criterion_is():
    full = values(
        residents=50e6, gdp=5e4, gdp_per_head=1e5, gdp_per_km2=1.0, mega_cities=2
    )  # exactly on every bound of the top tier
    met = cluster_tiers(full).groupby("tier")["tier_met"].first()
    assert met.all()
    short = full.assign(value=full["value"] - [1, 0, 0, 0, 0])
    met = cluster_tiers(short).groupby("tier")["tier_met"].first()
    assert not met["top"]
    assert met["larger"]


def test_what_is_not_known_neither_meets_nor_fails():
    found = cluster_tiers(values(residents=3e6))
    ordinary = found[found["tier"] == "ordinary"]
    assert ordinary["met"].isna().sum() == 3
    assert ordinary["tier_met"].isna().all()
    larger = found[found["tier"] == "larger"]
    assert not larger["tier_met"].any()
    assert larger["tier_met"].notna().all(), "one failed, so the rest does not matter"


def test_strict_bounds_are_strict():
    found = cluster_tiers(values(urban_share=0.5), preset="fang").set_index("criterion")
    assert found.loc["urban_share", "met"] is not pd.NA
    assert not found.loc["urban_share", "met"]
    assert found.loc["urban_share", "margin"] == 0


def test_presets_that_were_not_seen_in_print_are_marked():
    status = tier_presets().groupby("preset")["status"].unique()
    assert list(status["fang"]) == ["unverified"]
    assert list(status["zhou"]) == ["unverified"]
    assert list(status["guo-sun-fan-2020"]) == ["read"]


def test_an_unknown_preset_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean 'fang'"):
        cluster_tiers(values(residents=1), preset="fan")


def test_a_criterion_given_twice_is_refused():
    twice = pd.concat([values(residents=1)] * 2)
    with pytest.raises(ParameterError, match="twice"):
        cluster_tiers(twice)


def test_a_city_on_the_bound_is_in_the_higher_class():
    sizes = pd.Series({"a": 1e7, "b": 1e7 - 1, "c": 5e6, "d": 1e6, "e": 0.0})
    found = city_classes(sizes)
    assert found["class"].tolist() == ["super", "mega", "mega", "large-2", "small"]
    assert np.isnan(found.loc[0, "to_next"])
    assert found.loc[1, "to_next"] == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.permutations(range(4)))
def test_names_of_areas_do_not_matter(areas: list[int], renamed: list[int]):
    one = pd.Series(areas).astype("str")
    two = pd.Series([renamed[a] for a in areas]).astype("str")
    found = partition_agreement(one, two)
    assert found.same_share == 1
    assert found.adjusted_rand == pytest.approx(1, abs=TIGHT)


def test_the_index_of_hubert_and_arabie_by_hand():
    # contingency [[2, 1], [0, 3]]: pairs 1 + 3 = 4; rows 3 + 3 = 6, columns 1 + 6 = 7, all 15
    one, two = pd.Series(list("aaabbb")), pd.Series(list("xxyyyy"))
    found = partition_agreement(one, two)
    assert found.adjusted_rand == pytest.approx((4 - 42 / 15) / (6.5 - 42 / 15), abs=TIGHT)
    assert found.same_share == pytest.approx(5 / 6, abs=TIGHT)


def test_divisions_of_other_places_are_refused():
    with pytest.raises(ParameterError, match="only one of them has z"):
        partition_agreement(pd.Series({"a": "1"}), pd.Series({"a": "1", "z": "1"}))


@settings(deadline=None)
@given(st.lists(st.floats(1, 100), min_size=2, max_size=9, unique=True), st.integers(0, 1000))
def test_every_place_ends_in_a_centre_and_nothing_depends_on_order(mass: list[float], seed: int):
    draw = np.random.default_rng(seed)
    at = draw.uniform(0, 10, (len(mass), 2))
    apart = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    labels = [f"p{k}" for k in range(len(mass))]
    found = nodal_areas(gravity_links(mass, apart), labels=labels).set_index("place")
    centres = set(found["area"])
    assert (found.loc[list(centres), "area"] == list(centres)).all()
    order = draw.permutation(len(mass))
    links = gravity_links(np.array(mass)[order], apart[np.ix_(order, order)])
    again = nodal_areas(links, labels=[labels[k] for k in order]).set_index("place")
    # two places that have only each other are equally large: either may be called the centre
    assert partition_agreement(again["area"], found["area"]).same_share == 1


def test_a_margin_of_a_nodal_area_is_where_it_flips():
    ties = np.array([[0, 8, 1, 0], [8, 0, 4, 2], [1, 4, 0, 9], [0, 2, 9, 0.0]])
    found = nodal_areas(ties, labels=list("ABCD")).set_index("place")
    assert found["area"].to_dict() == {"A": "B", "B": "B", "C": "C", "D": "C"}
    assert found.loc["D", "margin"] == pytest.approx(9 / 2 - 1)
    assert found.loc["D", "rival"] == "B"
    ties[3, 2] = 1.9
    assert nodal_areas(ties, labels=list("ABCD")).set_index("place").loc["D", "area"] == "B"


def test_a_place_without_ties_is_alone():
    found = nodal_areas([[0, 1, 0], [1, 0, 0], [0, 0, 0]], labels=list("ABC")).set_index("place")
    assert found.loc["C", "area"] == "C"
    assert pd.isna(found.loc["C", "partner"])
    assert np.isinf(found.loc["C", "margin"])


def test_complements_match_fully_and_twins_not_at_all():
    jobs = pd.DataFrame(
        [("A", "coal", 9), ("A", "shops", 1), ("B", "coal", 9), ("B", "shops", 1),
         ("C", "shops", 8), ("C", "coal", 2)],
        columns=["place", "sector", "jobs"],
    )  # fmt: skip
    found = complementarity(jobs).set_index(["place", "partner"])
    twins = found.loc[("A", "B")]
    assert twins["complementarity"] == 0
    assert twins["similarity"] == pytest.approx(1)
    assert pd.isna(twins["gives"])
    pair = found.loc[("A", "C")]
    assert pair["complementarity"] == pytest.approx(1)
    assert (pair["gives"], pair["takes"]) == ("coal", "shops")


def test_a_place_without_jobs_is_refused():
    jobs = pd.DataFrame({"place": ["A", "B"], "sector": "coal", "jobs": [1, 0]})
    with pytest.raises(SchemaError, match="places with jobs"):
        complementarity(jobs)
