"""Economies that hang together by very little.

Tolerances: 1e-9 on block balances, which are sums of positive terms; 1e-6 on the closed-form wage,
whose own error is of the order of the tie.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from economies import economy

from buju.errors import NotCertified
from buju.simulate import Baseline, CommutingTrade, Gravity, Shocks, counterfactual
from buju.simulate.balance import balance
from buju.simulate.connection import one_way
from buju.simulate.kernel import Kernel
from buju.simulate.solvers import Damped

MODEL = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.3)
BALANCE = 1e-9


def imbalance(base, found, part):
    """Exports less imports plus net cross-block earnings over gross, from rebuilt flows."""
    flows = found.flows()
    spent = (
        flows["trade"] * (base.income * found.income * base.residents * found.residents)[:, None]
    )
    earned = flows["commuting"] * base.workers * (base.wage * found.wage)
    credit = spent[np.ix_(~part, part)].sum() + earned[np.ix_(part, ~part)].sum()
    debit = spent[np.ix_(part, ~part)].sum() + earned[np.ix_(~part, part)].sum()
    return abs(credit - debit) / (credit + debit)


@pytest.mark.parametrize("parts", [2, 3])
@pytest.mark.parametrize("tie", [1e-2, 1e-5, 1e-9, 1e-12])
def test_blocks_balance_their_payments(tie, parts) -> None:
    base = economy(24, 1, tie=tie, parts=parts)
    one = np.arange(24) % parts == 0
    draw = np.random.default_rng(0)
    change = Shocks(
        productivity=np.where(one, 1.2, 1.0), trade_cost=np.exp(0.1 * draw.normal(size=(24, 24)))
    )
    found = counterfactual(MODEL, base, change)
    assert found.verdict == "certified"
    assert imbalance(base, found, one) < BALANCE
    assert found.certificate.blocks == (parts if tie < 1e-4 else found.certificate.blocks)


@pytest.mark.parametrize("ties", [(1e-12, 1e-6), (1e-6, 1e-12), (1e-13, 1e-9, 1e-5), (1e-10,) * 4])
def test_blocks_within_blocks(ties) -> None:
    """Places fall into halves of halves; `ties` stand from the weakest split inwards.

    The gap of the deflated map shows that every level's wage is held by a balance of its own scale.
    """
    depth, n = len(ties), 3 * 2 ** len(ties)
    apart = (np.arange(n) % 2**depth)[:, None] ^ (np.arange(n) % 2**depth)[None, :]
    weak = np.ones((n, n))
    for level, tie in enumerate(ties):
        bit = 1 << (depth - 1 - level)
        weak[(apart >= bit) & (apart < 2 * bit)] = tie
    draw = np.random.default_rng(5)
    people = np.exp(0.5 * draw.normal(size=(n, n))) * weak
    wage, jobs, residents = np.exp(0.2 * draw.normal(size=n)), people.sum(0), people.sum(1)
    income = people @ wage / residents
    fall = 0.5 * draw.normal(size=(n, n)) + np.log(weak)
    goods = balance(fall, income * residents, wage * jobs, [f"P{k}" for k in range(n)])
    base = Baseline(
        commuting=people / people.sum(), trade=goods / goods.sum(1, keepdims=True), wage=wage,
        income=income, jobs=jobs, residents=residents,
    )  # fmt: skip
    change = Shocks(productivity=np.exp(0.3 * draw.normal(size=n)))
    found = counterfactual(MODEL, base, change)
    assert found.certificate.blocks == 2**depth
    assert found.certificate.gap > 0.2
    assert found.certificate.block_balance < BALANCE
    for level in range(depth):
        part = np.arange(n) % 2**depth < 2 ** (depth - 1 - level)
        assert imbalance(base, found, part) < BALANCE


def test_no_shock_leaves_near_islands_as_they_are() -> None:
    found = counterfactual(MODEL, economy(24, 1, tie=1e-9, parts=2), Shocks())
    assert found.wage == pytest.approx(np.ones(24), abs=1e-6)  # its own rounding over the tie


def twins(tie):
    """Two equal places that trade `tie` of their income; nobody commutes between them."""
    return Baseline(
        trade=[[1 - tie, tie], [tie, 1 - tie]], wage=[1, 1], income=[1, 1], jobs=[50, 50],
        residents=[50, 50],
    )  # fmt: skip


@pytest.mark.parametrize("tie", [1e-6, 1e-9])
def test_relative_wage_of_two_near_islands_by_hand(tie) -> None:
    """With almost no trade, X1 T12 m2 / m1 = X2 T21 m1 / m2 fixes the wage ratio.

    With nobody moving and one good a place, m = (a/w)^(sigma-1) and X = w: ratio r of wages solves
    r · (m2/m1) = m1/m2, so r = (m1/m2)^2 = (a1/a2)^(2(s-1)) r^(-2(s-1)).
    """
    model = CommutingTrade(
        alpha=0.6, epsilon=3.3, sigma=4.0, trade="crs", closure="fixed", commuting="off"
    )
    found = counterfactual(model, twins(tie), Shocks(productivity=[1.2, 1.0]))
    power = 2 * (model.sigma - 1)
    assert found.wage[0] / found.wage[1] == pytest.approx(1.2 ** (power / (1 + power)), rel=1e-5)


def test_gravity_has_near_islands_too() -> None:
    found = counterfactual(
        Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4.0),
        twins(1e-9),
        Shocks(productivity=[1.2, 1]),
    )
    assert found.verdict == "certified"
    assert found.certificate.blocks == 2


def test_islands_without_any_tie_are_refused_by_name() -> None:
    cut = np.where(np.arange(4)[:, None] % 2 == np.arange(4)[None, :] % 2, 1.0, np.inf)
    base = economy(4, 2, labels=["A", "B", "C", "D"])
    with pytest.raises(NotCertified, match=r"no money goes .* to '.', '.' and back") as refusal:
        counterfactual(MODEL, base, Shocks(trade_cost=cut, commuting_cost=cut))
    assert refusal.value.equilibrium.verdict == "disconnected"
    assert "经济体不连通" in refusal.value.chinese


def test_one_way_payments_are_refused() -> None:
    cost = np.ones((4, 4))
    cost[0, 1:] = np.inf  # place 0 buys from nobody else, so nobody can be paid by it
    base = economy(4, 2)
    cut = np.where(np.eye(4, dtype=bool), 1.0, np.inf)
    found = counterfactual(MODEL, base, Shocks(trade_cost=cost, commuting_cost=cut), throw=False)
    assert found.verdict == "disconnected"


def test_a_step_that_is_small_is_not_an_answer() -> None:
    """Damped iteration creeps in a near-island; its verdict says that the equations do not hold."""
    base = economy(24, 1, tie=1e-5, parts=2)
    shocks = Shocks(productivity=np.where(np.arange(24) % 2 == 0, 1.2, 1.0))
    crept = counterfactual(
        MODEL, base, shocks, solver=Damped(iterations=400, factor=0.1), throw=False
    )
    solved = counterfactual(MODEL, base, shocks)
    if crept.verdict == "certified":  # found weak blocks and finished
        assert crept.wage == pytest.approx(solved.wage, rel=1e-8)
    else:
        assert crept.verdict in ("iteration_limit", "ill_conditioned")


def test_the_fewer_places_are_the_ones_named():
    apart = np.ones((5, 5))
    apart[0, 1:] = apart[1:, 0] = 0.0
    world = SimpleNamespace(size=5, jobs=np.array([9.0, 1, 1, 1, 1]))
    model = SimpleNamespace(payments=lambda _: (Kernel(apart), Kernel(np.eye(5))))
    assert one_way(model, world).tolist() == [True, False, False, False, False]
    world.jobs = world.jobs[::-1]
    assert one_way(model, world).tolist() == [True, False, False, False, False]
