"""Closures, origin groups and commuting off, against Newton on all pairs in levels.

Tolerance 2e-9 in logs: the referee differentiates by finite differences and stops at 1e-13.
"""

from dataclasses import replace

import numpy as np
import pytest
from economies import economy, scaled, solve_levels, with_origins

from buju.errors import ParameterError
from buju.simulate import Baseline, CommutingTrade, Gravity, Shocks, counterfactual

CLOSE = 2e-9
PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0, "delta": 0.4}
HATS = ("wage", "income", "rent", "price", "residents", "jobs", "welfare", "welfare_by_group")


def change(n, seed=3):
    draw = np.random.default_rng(seed)
    return {
        "productivity": np.exp(0.2 * draw.normal(size=n)),
        "kappa": np.exp(0.1 * draw.normal(size=(n, n))),
        "d": np.exp(0.1 * draw.normal(size=(n, n))),
    }


def as_shocks(c, **more):
    return Shocks(
        productivity=c["productivity"], commuting_cost=c["kappa"], trade_cost=c["d"], **more
    )


def agree(found, expected):
    for name in HATS:
        assert np.log(getattr(found, name)) == pytest.approx(np.log(expected[name]), abs=CLOSE), (
            name
        )


def without_commuting(n, seed=0):
    draw = np.random.default_rng(seed)
    workers, wage = np.exp(draw.normal(size=n)), np.exp(0.3 * draw.normal(size=n))
    goods = scaled(np.exp(draw.normal(size=(n, n))), wage * workers, wage * workers)
    return Baseline(
        trade=goods / goods.sum(1, keepdims=True), wage=wage, income=wage, jobs=workers,
        residents=workers,
    )  # fmt: skip


@pytest.mark.parametrize("closure", ["open", "fixed"])
def test_closures(closure) -> None:
    base, model = economy(8, seed=5), CommutingTrade(**PLAIN, closure=closure)
    expected = solve_levels(model, base, numeraire="gdp", **change(8))
    agree(counterfactual(model, base, as_shocks(change(8)), numeraire="gdp"), expected)


def test_open_economy_keeps_utility_and_takes_in_workers() -> None:
    base, model = economy(8, seed=5), CommutingTrade(**PLAIN, closure="open")
    found = counterfactual(model, base, Shocks(productivity=1.05))
    assert found.welfare == pytest.approx(1, abs=1e-10)
    assert found.jobs @ base.jobs == pytest.approx(found.residents @ base.residents, rel=1e-10)
    assert found.jobs @ base.jobs > base.workers


def test_fixed_closure_leaves_everybody_at_home() -> None:
    base, model = economy(8, seed=5), CommutingTrade(**PLAIN, closure="fixed")
    found = counterfactual(model, base, as_shocks(change(8)))
    assert found.residents == pytest.approx(np.ones(8), abs=1e-12)
    assert len(found.welfare_by_group) == 8
    assert np.ptp(found.welfare_by_group) > 1e-3


def test_origin_groups() -> None:
    base, model = with_origins(economy(8, seed=5)), CommutingTrade(**PLAIN)
    move = np.exp(0.1 * np.random.default_rng(8).normal(size=(3, 8)))
    expected = solve_levels(model, base, numeraire="mean_wage", move=move, **change(8))
    found = counterfactual(model, base, as_shocks(change(8), migration_cost=move))
    agree(found, expected)
    assert len(found.welfare_by_group) == 3


def test_one_group_is_the_plain_economy() -> None:
    base, model = economy(8, seed=5), CommutingTrade(**PLAIN)
    share = base.residents / base.residents.sum()
    one = replace(base, origins=share[None, :], origin_workers=[base.workers])
    plain = counterfactual(model, base, as_shocks(change(8)))
    grouped = counterfactual(model, one, as_shocks(change(8)))
    assert grouped.wage == pytest.approx(plain.wage, rel=1e-9)
    assert grouped.welfare == pytest.approx(plain.welfare, rel=1e-9)


@pytest.mark.parametrize("trade", ["irs", "crs"])
def test_without_commuting_it_is_redding_2016(trade) -> None:
    base, c = without_commuting(9), change(9)
    shocks = Shocks(productivity=c["productivity"], trade_cost=c["d"], amenity=c["kappa"][0])
    a = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4, trade=trade, commuting="off")
    b = Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4, trade=trade)
    one, other = counterfactual(a, base, shocks), counterfactual(b, base, shocks)
    for name in ("wage", "price", "jobs", "residents", "income", "welfare"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-10), name


def test_switching_commuting_off_needs_a_diagonal() -> None:
    model = CommutingTrade(**PLAIN, commuting="off")
    with pytest.raises(ParameterError, match="commuting='off', but residents of 'P0', 'P1'"):
        counterfactual(model, economy(4), Shocks())


def test_groups_refuse_other_closures_and_plain_baselines_migration_costs() -> None:
    base = with_origins(economy(4))
    with pytest.raises(ParameterError, match="leave `origins` out of the baseline"):
        counterfactual(CommutingTrade(**PLAIN, closure="open"), base, Shocks())
    with pytest.raises(ParameterError, match="has no origin groups; give it `origins`"):
        counterfactual(CommutingTrade(**PLAIN), economy(4), Shocks(migration_cost=1.1))


def test_gravity_refuses_what_it_does_not_have() -> None:
    with pytest.raises(ParameterError, match="commuting_cost: Gravity has no such thing"):
        counterfactual(
            Gravity.helpman(alpha=0.75, sigma=5), without_commuting(4), Shocks(commuting_cost=1.1)
        )
    with pytest.raises(ParameterError, match="must be above 0, or nothing keeps all workers"):
        Gravity(S_l=0.0, S_g=0.2, D_l=0.0, D_g=0.2, theta=4.0)


def test_gravity_with_countries_is_commuting_trade_with_countries() -> None:
    """People who may not cross the border: two groups that share no place."""
    base, c = without_commuting(9), change(9)
    inside = np.array([np.arange(9) < 4, np.arange(9) >= 4])
    people = inside @ base.residents
    base = replace(base, origins=inside * base.residents / people[:, None], origin_workers=people)
    shocks = Shocks(productivity=c["productivity"], trade_cost=c["d"])
    a = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4, commuting="off")
    b = Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4)
    one, other = counterfactual(a, base, shocks), counterfactual(b, base, shocks)
    for name in ("wage", "price", "jobs", "income", "welfare", "welfare_by_group"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-10), name
    assert one.jobs[:4] @ base.jobs[:4] == pytest.approx(people[0], rel=1e-10)
    mixed = replace(base, origins=np.ones((2, 9)) * base.residents / base.workers)
    with pytest.raises(ParameterError, match="in Gravity groups share no place"):
        counterfactual(b, mixed, shocks)
