"""Caps on what places host: prices against a root found by hand, complementarity, worth, faults."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from buju.decide import ArrayEconomy, Cap, limited
from buju.errors import NotCertified, ParameterError
from buju.simulate import (
    Baseline,
    CommutingTrade,
    CostFunction,
    Costs,
    Shocks,
    Totals,
    calibrate,
    counterfactual,
)

# What the search itself promises for a binding cap.
MET = 1e-8
# A root found by bisection on equilibria that are solved to 1e-12 or so.
ROOT = 1e-6
# Central differences of the log of welfare with steps of 1e-4 of a cap.
DIFFERENCE = 1e-4


def drawn_economy(n: int, seed: int) -> Baseline:
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(15, 60, (n, n))
    np.fill_diagonal(minutes, 8.0)
    labels = [f"P{k}" for k in range(n)]
    table = pd.DataFrame(minutes, index=labels, columns=labels)
    people = rng.uniform(50, 200, n)
    jobs = people * rng.uniform(0.8, 1.2, n)
    falls = CostFunction.from_elasticity
    costs = Costs(commuting=falls("exponential", 0.07, 3.3), trade=falls("power", 1.29, 3.0))
    totals = Totals(
        residents=people, jobs=jobs * people.sum() / jobs.sum(), wage=rng.uniform(0.8, 1.3, n),
        minutes_commuting=table, minutes_trade=table,
    )  # fmt: skip
    return calibrate(totals, CommutingTrade(alpha=0.65, epsilon=3.3, sigma=4.0), costs)


@pytest.fixture(scope="module")
def four() -> ArrayEconomy:
    model = CommutingTrade(alpha=0.65, epsilon=3.3, sigma=4.0, delta=0.3)
    return ArrayEconomy(model, drawn_economy(4, seed=3))


PUSH = np.array([1.1, 1.05, 1.0, 1.0])


def use(e, cap):
    b = e.baseline
    at = list(b.labels)
    homes = sum(v * (e.residents * b.residents)[at.index(p)] for p, v in cap.per_resident.items())
    jobs = sum(v * (e.jobs * b.jobs)[at.index(p)] for p, v in cap.per_job.items())
    return homes + jobs


def water(four, room=1.0, place=0):
    b = four.baseline
    label = b.labels[place]
    cap = Cap("water", 1.0, per_resident={label: 2.0}, per_job={label: 3.0}, unit="m³")
    now = counterfactual(four.model, b, Shocks())
    return Cap("water", room * use(now, cap), cap.per_resident, cap.per_job, "m³")


def test_the_price_is_the_root_that_bisection_finds(four):
    cap = water(four)
    found = limited(four, [cap], hats={"productivity": PUSH})
    b = four.baseline

    def over(price):
        amenity, made = np.ones(4), PUSH.copy()
        amenity[0] = np.exp(-four.model.epsilon * price * 2.0 / b.income[0])
        made[0] *= np.exp(-price * 3.0 / b.wage[0])
        e = counterfactual(four.model, b, Shocks(amenity=amenity, productivity=made))
        return use(e, cap) / cap.most - 1

    price = brentq(over, 0.0, 0.5 * b.wage[0], xtol=1e-12)
    row = found.caps.iloc[0]
    assert row["binds"]
    assert row["verdict"] == "certified"
    assert row["price"] == pytest.approx(price, rel=ROOT)
    assert row["without"] > cap.most
    assert use(found.equilibrium, cap) == pytest.approx(cap.most, rel=MET)
    assert found.unique == "locally"


def test_a_cap_that_does_not_bind_changes_nothing(four):
    found = limited(four, [water(four, 2.0)], hats={"productivity": PUSH})
    row = found.caps.iloc[0]
    plain = counterfactual(four.model, four.baseline, Shocks(productivity=PUSH))
    assert not row["binds"]
    assert row["price"] == row["worth"] == 0
    assert (found.unique, found.solves) == ("free", 1)
    np.testing.assert_allclose(found.equilibrium.residents, plain.residents, rtol=1e-12)


@settings(max_examples=12, deadline=None)
@given(rooms=st.lists(st.floats(0.9, 1.3), min_size=3, max_size=3))
def test_each_cap_binds_or_is_free(rooms):
    model = CommutingTrade(alpha=0.65, epsilon=3.3, sigma=4.0, delta=0.3)
    four = ArrayEconomy(model, drawn_economy(4, seed=3))
    caps = []
    for k, room in enumerate(rooms):
        one = water(four, room, place=k)
        caps.append(Cap(f"cap {k}", one.most, one.per_resident, one.per_job, one.unit))
    found = limited(four, caps, hats={"productivity": PUSH})
    price, spare = (found.caps[c].to_numpy() for c in ("price", "spare"))
    scale = found.caps["most"].to_numpy()
    assert (price >= 0).all()
    assert (spare >= -10 * MET * scale).all()
    assert (np.minimum(price / found.equilibrium.baseline.wage.mean(), spare / scale) < 1e-7).all()
    assert found.residual <= MET
    assert found.equilibrium.verdict == "certified"


def test_more_supply_lowers_the_price_until_it_costs_nothing(four):
    prices = [
        limited(four, [water(four, room)], hats={"productivity": PUSH}).caps["price"].iloc[0]
        for room in (0.98, 1.0, 1.02, 1.05, 1.5)
    ]
    assert all(a > b for a, b in pairwise(prices[:4]))
    assert prices[-1] == 0


def test_worth_is_the_slope_of_welfare_by_the_cap(four):
    step = 1e-4
    ends = [
        np.log(limited(four, [water(four, room)], hats={"productivity": PUSH}).equilibrium.welfare)
        for room in (1 - step, 1 + step)
    ]
    found = limited(four, [water(four)], hats={"productivity": PUSH}).caps.iloc[0]
    assert found["worth"] == pytest.approx(
        (ends[1] - ends[0]) / (2 * step * found["most"]), rel=DIFFERENCE
    )


def test_caps_that_say_the_same_twice_are_met_by_the_tighter(four):
    one = water(four)
    double = {p: 2 * v for p, v in one.per_resident.items()}
    jobs = {p: 2 * v for p, v in one.per_job.items()}
    other = Cap("land", 2 * one.most * 0.995, double, jobs)
    found = limited(four, [one, other], hats={"productivity": PUSH})
    assert found.residual <= MET
    assert found.caps["spare"].iloc[0] > 0
    alone = limited(four, [other], hats={"productivity": PUSH})
    assert found.equilibrium.residents == pytest.approx(alone.equilibrium.residents, rel=1e-6)


def test_a_zone_in_part_and_groups_by_origin_are_hosted_too():
    model = CommutingTrade(alpha=0.65, epsilon=3.3, sigma=4.0)
    base = drawn_economy(5, seed=1)
    split = np.random.default_rng(2).dirichlet(np.ones(3), size=5).T * base.residents
    workers = split.sum(axis=1)
    base = replace(base, origins=split / workers[:, None], origin_workers=workers)
    economy = ArrayEconomy(model, base)
    cap = Cap("land", 1.0, per_resident={base.labels[1]: 0.5, base.labels[2]: 1.0})
    now = counterfactual(model, base, Shocks())
    cap = Cap("land", 0.97 * use(now, cap), cap.per_resident)
    found = limited(economy, [cap])
    assert found.caps["binds"].iloc[0]
    assert use(found.equilibrium, cap) == pytest.approx(cap.most, rel=MET)


def test_faults_are_named_together(four):
    with pytest.raises(ParameterError) as refused:
        limited(
            four,
            [
                Cap("water", 0.0, per_resident={"nowhere": 1.0}),
                Cap("water", 5.0),
                Cap("land", 5.0, per_job={four.baseline.labels[0]: -1.0}),
            ],
        )
    said = str(refused.value)
    for words in ("'water' stands twice", "most is 0.0; above 0", "no place 'nowhere'",
                  "nobody uses it", "use must be 0 or more"):  # fmt: skip
        assert words in said
    with pytest.raises(ParameterError, match="0 given; from 1 to 8"):
        limited(four, [])


def test_too_few_solves_are_said(four):
    with pytest.raises(NotCertified, match="were not met within 2 solves"):
        limited(four, [water(four, 0.7)], hats={"productivity": PUSH}, most_solves=2)
