"""Levers that meet targets: recovery of a known change, the bundled region, and what cannot be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.decide import (
    ArrayEconomy,
    GrowthTarget,
    Hat,
    Inequality,
    NetworkEconomy,
    NotReachable,
    Product,
    RealProduct,
    Residents,
    Speed,
    Welfare,
    reach_target,
)
from buju.errors import ParameterError
from buju.simulate import Baseline, CommutingTrade
from buju.study import prepare_study

# The bar for a target that is solved again.
MET = 1e-6
SOLVES = 8

SHARE = np.array([[0.30, 0.05, 0.0], [0.05, 0.25, 0.05], [0.0, 0.05, 0.25]])


def plain(seed: int = 0, **model: object) -> ArrayEconomy:
    """Three places whose goods markets clear at equal wages."""
    rng = np.random.default_rng(seed)
    half = rng.uniform(0.02, 0.1, (3, 3))
    trade = half + half.T
    people = 100 * SHARE.sum(axis=1)
    flows = trade * np.sqrt(np.outer(people, people))
    np.fill_diagonal(flows, 0.0)
    np.fill_diagonal(flows, people - flows.sum(axis=1))
    base = Baseline(commuting=SHARE, trade=flows / people[:, None], wage=np.ones(3),
                    income=np.ones(3), jobs=100 * SHARE.sum(axis=0), residents=people,
                    labels=("a", "b", "c"))  # fmt: skip
    return ArrayEconomy(
        CommutingTrade(**{"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0, **model}), base
    )


def level(economy: ArrayEconomy, outcome: object, hats: dict[str, object]) -> float:
    ends = []
    for shocks in ({}, hats):
        found = economy.solve(None, **shocks)
        value = outcome.of(found.model, found.state, found.world, found.baseline.labels)
        ends.append(float(value))
    return float(np.exp(ends[1] - ends[0])) if outcome.logged else ends[1] / ends[0]


PLACES = {"a": 1.0, "b": 0.5}
OUTCOMES = [Welfare(), Residents({"a": 1.0}), Product(PLACES), RealProduct(PLACES)]


@settings(max_examples=40, deadline=None)
@given(
    outcome=st.sampled_from(OUTCOMES),
    shock=st.sampled_from(["productivity", "housing", "amenity"]),
    factor=st.floats(0.6, 1.8),
    seed=st.integers(0, 3),
)
def test_a_known_change_is_found_again(
    outcome: object, shock: str, factor: float, seed: int
) -> None:
    economy, lever = plain(seed), Hat(shock, PLACES)
    hats = {shock: 1 + np.array([1.0, 0.5, 0.0]) * (factor - 1)}
    target = level(economy, outcome, hats)
    found = reach_target(economy, outcome, target, lever)
    assert found.solves <= SOLVES
    assert found.level == pytest.approx(target, rel=MET)
    again = {shock: 1 + np.array([1.0, 0.5, 0.0]) * (found.factor - 1)}
    assert level(economy, outcome, again) == pytest.approx(target, rel=MET)
    assert found.factor == pytest.approx(factor, rel=1e-3)


def test_growth_targets_are_gaps_to_a_forecast() -> None:
    target = GrowthTarget(growth=0.08, forecast=0.065, years=3)
    assert target.level == pytest.approx((1.08 / 1.065) ** 3)
    found = reach_target(plain(), RealProduct(PLACES), target, Hat("productivity", PLACES))
    assert found.level == pytest.approx(target.level, rel=MET)
    assert "gap between a target of 8.00% a year and a forecast of 6.50%" in found.english
    assert "预测 6.50%" in found.chinese
    with pytest.raises(ParameterError, match="above -1"):
        GrowthTarget(growth=0.08, forecast=-1.0)


def test_balance_between_elements_can_be_the_target() -> None:
    economy = plain()
    tilted = economy.solve(None, productivity=[1.3, 1.0, 0.9])
    assert tilted.verdict == "certified"
    outcome = Inequality({"one": {"a": 1.0}, "rest": {"b": 1.0, "c": 1.0}})
    with pytest.raises(ParameterError, match="has no meaning"):
        reach_target(economy, outcome, 0.9, Hat("productivity", {"a": 1.0}))


def test_not_reachable_with_this_lever() -> None:
    with pytest.raises(NotReachable, match="not reachable with this lever") as error:
        reach_target(plain(), Welfare(), 3.0, Hat("productivity", {"a": 1.0}), limits=(0.9, 1.5))
    assert error.value.factor == pytest.approx(1.5)
    assert error.value.level > 1
    assert "无法达到目标" in error.value.chinese
    assert error.value.path["factor"].iloc[0] == 1
    with pytest.raises(NotReachable, match="only the direction"):
        reach_target(plain(), Welfare(), 1.1, Hat("productivity", {"a": 1.0}), limits=(0.5, 1.0))
    with pytest.raises(NotReachable, match="no effect"):
        reach_target(plain(), Residents({"a": 1.0, "b": 1.0, "c": 1.0}), 1.1,
                     Hat("productivity", {"a": 1.0}))  # fmt: skip


def test_a_target_that_holds_already_needs_nothing() -> None:
    found = reach_target(plain(), Welfare(), 1.0, Hat("productivity", {"a": 1.0}))
    assert found.factor == 1.0
    assert found.solves == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": -1.0}, "above 0"),
        ({"limits": (1.1, 2.0)}, "around 1"),
        ({"lever": Hat("productivity", {"z": 1.0})}, "no place 'z'"),
        ({"lever": Hat("migration_cost", {"a": 1.0})}, "no origin groups"),
        ({"lever": Speed(lines=("L01",))}, "no network"),
    ],
)
def test_what_is_refused(change: dict[str, object], words: str) -> None:
    asked = {"target": 1.1, "lever": Hat("productivity", {"a": 1.0})} | change
    with pytest.raises(ParameterError, match=words):
        reach_target(plain(), Welfare(), asked.pop("target"), asked.pop("lever"), **asked)
    with pytest.raises(ParameterError, match="are known"):
        Hat("tax", {"a": 1.0})


@pytest.fixture(scope="module")
def shanxi() -> NetworkEconomy:
    world = (study := prepare_study("examples/shanxi")).world
    return NetworkEconomy(
        region=study.run.region, base=world.base, model=world.model, costs=world.costs,
        baseline=world.prepared.baseline, solver=world.solver,
    )  # fmt: skip


def members(economy: NetworkEconomy, group: str) -> dict[str, float]:
    rows = economy.region.members(group)
    return dict(zip(rows["place"], rows["weight"], strict=True))


@pytest.mark.parametrize(
    ("shock", "target"),
    [("productivity", 1.03), ("housing", 1.01), ("amenity", 1.05), ("migration_cost", 1.01)],
)
def test_levers_of_a_zone_in_shanxi(shanxi: NetworkEconomy, shock: str, target: float) -> None:
    zone = members(shanxi, "taixin_zone")
    found = reach_target(shanxi, Residents(zone), target, Hat(shock, zone))
    assert found.solves <= SOLVES
    weight = np.array([zone.get(place, 0.0) for place in shanxi.places])
    hat = 1 + weight * (found.factor - 1)
    if shock == "migration_cost":
        assert found.factor < 1
        hat = np.tile(hat, (len(shanxi.baseline.origins), 1))
    again = shanxi.solve(shanxi.base, **{shock: hat})
    people = weight * shanxi.baseline.residents
    assert (people @ again.residents) / people.sum() == pytest.approx(target, rel=MET)


def test_speed_of_a_line_in_shanxi(shanxi: NetworkEconomy) -> None:
    line = replace(shanxi.base, name="line", projects=("P01",))
    links = tuple(shanxi.region.links.query("project == 'P01'")["link_id"])
    outcome = Product(members(shanxi, "taixin_zone"))
    lever = Speed(links=links)
    fast = shanxi.solve(lever.moved(shanxi, line, np.log(1.2))[0])
    now = shanxi.solve(line)
    ends = [outcome.of(e.model, e.state, e.world, e.baseline.labels) for e in (now, fast)]
    target = float(np.exp(ends[1] - ends[0]))
    found = reach_target(shanxi, outcome, target, lever, scenario=line)
    assert found.solves <= SOLVES
    assert found.level == pytest.approx(target, rel=MET)
    with pytest.raises(NotReachable, match=r"falls short|turns before"):
        reach_target(shanxi, Welfare(), 1.5, lever, scenario=line)
    with pytest.raises(ParameterError, match="no line or link 'L99'"):
        reach_target(shanxi, Welfare(), 1.5, Speed(lines=("L99",)), scenario=line)
