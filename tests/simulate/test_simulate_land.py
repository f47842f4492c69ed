"""Land held in common: against Newton in levels, by hand, and what a baseline must satisfy.

Tolerance 2e-9 in logs: the referee differentiates by finite differences and stops at 1e-13.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from economies import economy, scaled, solve_levels, surroundings, with_origins
from test_simulate_switches import agree, as_shocks, change, without_commuting

from buju.errors import NotCertified, ParameterError
from buju.simulate import (
    Baseline,
    CommutingTrade,
    CostFunction,
    Costs,
    Flows,
    Gravity,
    Shocks,
    Totals,
    calibrate,
    counterfactual,
    invert,
    prepare,
)

COMMON = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0, "land": "portfolio"}
COST = CostFunction(form="power", coefficient=0.4)
COSTS = Costs(commuting=COST, trade=COST)
NAMES = ["A", "B", "C"]
MINUTES = pd.DataFrame([[5.0, 40, 60], [35, 5, 20], [70, 25, 5]], index=NAMES, columns=NAMES)


def apart():
    """Two places of equal wages that neither trade nor commute."""
    return Baseline(trade=np.eye(2), wage=[1, 1], income=[1 / 0.6, 1 / 0.6], jobs=[30, 70],
                    residents=[30, 70], payment=0.4 / 0.6)  # fmt: skip


@pytest.mark.parametrize("numeraire", ["mean_wage", "gdp"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"trade": "crs", "nu": 0.05, "delta": 0.7},
        {"closure": "open", "delta": 0.4},
        {"closure": "fixed", "housing": "fixed"},
        {"spillover": 0.05, "spillover_decay": 0.1},
    ],
    ids=["plain", "crs", "open", "stay", "fading"],
)
def test_agrees_with_newton_on_all_pairs(more, numeraire) -> None:
    base = surroundings(economy(8, seed=5, common=0.6))
    model = CommutingTrade(**(COMMON | more))
    expected = solve_levels(model, base, numeraire=numeraire, **change(8))
    found = counterfactual(model, base, as_shocks(change(8)), numeraire=numeraire)
    agree(found, expected)
    earned = (base.wage * found.wage) @ (base.jobs * found.jobs) / (base.jobs @ found.jobs)
    assert found.payment == pytest.approx(0.4 / 0.6 * earned, rel=1e-9)


def test_groups_agree_too() -> None:
    base, model = with_origins(economy(8, seed=5, common=0.6)), CommutingTrade(**COMMON)
    expected = solve_levels(model, base, numeraire="gdp", **change(8))
    agree(counterfactual(model, base, as_shocks(change(8)), numeraire="gdp"), expected)


def test_without_commuting_agrees_too() -> None:
    draw = np.random.default_rng(4)
    workers, wage = np.exp(draw.normal(size=7)), np.exp(0.3 * draw.normal(size=7))
    payment = 0.4 / 0.6 * (wage @ workers) / workers.sum()
    spent = 0.6 * (wage + payment) * workers
    goods = scaled(np.exp(draw.normal(size=(7, 7))), spent, wage * workers)
    base = Baseline(trade=goods / goods.sum(1, keepdims=True), wage=wage, income=wage + payment,
                    jobs=workers, residents=workers, payment=payment)  # fmt: skip
    model = CommutingTrade(**COMMON, commuting="off")
    c = change(7) | {"kappa": 1.0}
    expected = solve_levels(model, base, numeraire="gdp", **c)
    agree(counterfactual(model, base, as_shocks(c), numeraire="gdp"), expected)


def test_by_hand_where_only_rents_tie_two_places() -> None:
    """All that is earned is spent at home, so wages stay; prices fall where output rose, and people
    come until rents have risen."""
    model = CommutingTrade(**COMMON, trade="crs", housing="fixed", commuting="off")
    found = counterfactual(model, apart(), Shocks(productivity=[1.2, 1.0]))
    assert found.wage == pytest.approx([1, 1], rel=1e-10)
    assert found.price == pytest.approx([1 / 1.2, 1], rel=1e-10)
    more = 1.2 ** (0.6 * 3.3 / (1 + 0.4 * 3.3))
    grown = 100 / (30 * more + 70)
    assert found.residents == pytest.approx([more * grown, grown], rel=1e-10)
    assert found.payment == pytest.approx(0.4 / 0.6, rel=1e-10)
    stay = CommutingTrade(**COMMON, trade="crs", housing="fixed", commuting="off", closure="fixed")
    found = counterfactual(stay, apart(), Shocks(productivity=[1.2, 1.0]))
    assert found.welfare_by_group == pytest.approx([1.2**0.6, 1], rel=1e-10)
    local = CommutingTrade(**(COMMON | {"land": "local"}), commuting="off")
    kept = replace(apart(), payment=0.0, income=[1, 1])
    with pytest.raises(NotCertified, match="disconnected"):
        counterfactual(local, kept, Shocks(productivity=[1.2, 1.0]))


def test_rents_tie_what_hardly_trades() -> None:
    """No weak blocks: rents cross every border."""
    base = economy(8, seed=1, tie=1e-7, parts=2, common=0.6)
    found = counterfactual(CommutingTrade(**COMMON), base, as_shocks(change(8)))
    assert found.verdict == "certified"
    assert found.certificate.blocks == 0
    expected = solve_levels(CommutingTrade(**COMMON), base, numeraire="mean_wage", **change(8))
    agree(found, expected)


def test_calibrated_baselines_pay_out_all_rents() -> None:
    model = CommutingTrade(**COMMON)
    totals = Totals(residents=[50, 30, 20], jobs=[60, 25, 15], wage=[1.3, 1, 0.8],
                    minutes_commuting=MINUTES, minutes_trade=MINUTES)  # fmt: skip
    people = np.array([[40, 5, 5], [15, 12, 3], [5, 8, 7.0]])
    flows = Flows(commuters=people, wage=[1.3, 1, 0.8], trade=np.ones((3, 3)), labels=NAMES)
    places = pd.DataFrame({"place": NAMES, "residents": [50, 30, 20], "jobs": [60, 25, 15],
                           "gdp": [78.0, 25, 12]})  # fmt: skip
    ready = prepare(places, MINUTES, MINUTES, model=model, costs=COSTS)
    assert "payment" in set(ready.record["quantity"])
    for base in (calibrate(totals, model, COSTS), calibrate(flows, model), ready.baseline):
        everything = base.income @ base.residents
        assert base.payment * base.workers == pytest.approx(0.4 * everything, rel=1e-10)
        assert base.goods_share == pytest.approx(0.6, rel=1e-12)
        spent = 0.6 * base.income * base.residents
        assert spent @ base.trade == pytest.approx(base.wage * base.jobs, rel=1e-10)
        found = counterfactual(model, base, Shocks())
        assert found.wage == pytest.approx(np.ones(3), rel=1e-9)


def test_refusals_name_the_remedy() -> None:
    base, kept = economy(4, common=0.6), economy(4)
    with pytest.raises(ParameterError, match=r"receives 0 of rents, but .* calibrate the baseline"):
        counterfactual(CommutingTrade(**COMMON), kept, Shocks())
    with pytest.raises(ParameterError, match=r"land='local'\) and pays 0; calibrate"):
        counterfactual(CommutingTrade(**(COMMON | {"land": "local"})), base, Shocks())
    with pytest.raises(ParameterError, match=r"alpha = 0\.7 pays"):
        counterfactual(CommutingTrade(**(COMMON | {"alpha": 0.7})), base, Shocks())
    with pytest.raises(ParameterError, match="Gravity pays out no rents"):
        counterfactual(Gravity.helpman(alpha=0.7, sigma=5), base, Shocks())
    with pytest.raises(ParameterError, match="land = 'shared': choose one of"):
        CommutingTrade(**(COMMON | {"land": "shared"}))
    with pytest.raises(ParameterError, match=r"from commuting and wage and a payment of 1\)"):
        replace(kept, payment=1.0)
    with pytest.raises(ParameterError, match=r"payment = -1\.0: must be a number >= 0"):
        replace(kept, payment=-1.0)
    logs = COST.log_cost(MINUTES)
    flat = economy(3, labels=NAMES)
    with pytest.raises(ParameterError, match="calibrate the baseline with this model"):
        invert(flat, CommutingTrade(**COMMON), log_commuting_cost=logs, log_trade_cost=logs)
    assert without_commuting(4).goods_share == 1
