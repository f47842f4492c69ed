"""Inversion and the estimated decay: what went in comes out.

Tolerance 1e-8: two calibrations to 1e-12 and a solve to 1e-12 between them.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from buju.errors import ParameterError
from buju.simulate import (
    CommutingTrade,
    CostFunction,
    Costs,
    Shocks,
    Totals,
    calibrate,
    counterfactual,
    estimate_decay,
    invert,
)

CLOSE = 1e-8
NAMES = [f"P{k}" for k in range(7)]
FADING = {
    "spillover": 0.06, "spillover_decay": 0.02, "amenity_spillover": 0.04,
    "amenity_spillover_decay": 0.05,
}  # fmt: skip


def minutes(seed):
    draw = np.random.default_rng(seed)
    at = draw.random((7, 2)) * 90
    t = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 10 + 10 * draw.random((7, 7))
    return pd.DataFrame(t, index=NAMES, columns=NAMES)


def totals(seed, times):
    draw = np.random.default_rng(seed)
    jobs, residents = np.exp(0.5 * draw.normal(size=(2, 7)))
    return Totals(
        residents=residents * jobs.sum() / residents.sum(), jobs=jobs,
        wage=np.exp(0.2 * draw.normal(size=7)), minutes_commuting=times, minutes_trade=times,
    )  # fmt: skip


@pytest.mark.parametrize(
    "switch",
    [{}, {"trade": "crs", "nu": 0.05}, {"delta": 0.7}, FADING, {"land": "portfolio"}],
    ids=["plain", "crs", "elastic", "fading", "common land"],
)
def test_fundamentals_carry_one_economy_into_another(switch) -> None:
    """Hats of fundamentals and costs between two unrelated economies lead from one to the other."""
    model = CommutingTrade(alpha=0.65, epsilon=3, sigma=4, **switch)
    costs = Costs(
        commuting=CostFunction(form="exponential", coefficient=0.02),
        trade=CostFunction(form="power", coefficient=0.4),
    )
    worlds = []
    for seed in (1, 2):
        times = minutes(seed)
        base = calibrate(totals(seed, times), model, costs)
        base = replace(base, minutes=times, area=np.linspace(1, 3, 7))
        logs = {
            "log_commuting_cost": costs.commuting.log_cost(times),
            "log_trade_cost": costs.trade.log_cost(times),
        }
        worlds.append((base, times, invert(base, model, **logs)))
    (a, before, one), (b, after, two) = worlds
    assert one.trade_misfit < CLOSE
    scale = b.workers / a.workers  # with varieties and spillovers the size of an economy counts
    b = calibrate(
        Totals(
            residents=b.residents / scale, jobs=b.jobs / scale, wage=b.wage,
            minutes_commuting=after, minutes_trade=after,
        ),
        model, costs,
    )  # fmt: skip
    found = counterfactual(
        model,
        a,
        Shocks(
            productivity=two.productivity / one.productivity,
            amenity=two.amenity / one.amenity,
            commuting_cost=costs.commuting.hat(before, after).to_numpy(),
            trade_cost=costs.trade.hat(before, after).to_numpy(),
            minutes=after if "spillover" in switch else None,
        ),
    )
    assert found.jobs * a.jobs == pytest.approx(b.jobs, rel=CLOSE)
    assert found.residents * a.residents == pytest.approx(b.residents, rel=CLOSE)
    wages = found.wage * a.wage / b.wage
    assert wages == pytest.approx(np.full(7, wages[0]), rel=CLOSE)
    assert found.flows()["trade"] == pytest.approx(b.trade, rel=CLOSE)


def test_inversion_refuses_costs_of_other_places_and_flows_without_a_way() -> None:
    model = CommutingTrade(alpha=0.65, epsilon=3, sigma=4)
    cost = CostFunction(form="exponential", coefficient=0.02)
    base = calibrate(totals(1, minutes(1)), model, Costs(commuting=cost, trade=cost))
    log = cost.log_cost(minutes(1))
    turned = log.iloc[::-1, ::-1]
    with pytest.raises(ParameterError, match="log_trade_cost: its places are not those"):
        invert(base, model, log_commuting_cost=log, log_trade_cost=turned)
    cut = log.copy()
    cut.iloc[2, 3] = np.inf
    with pytest.raises(ParameterError, match="from 'P2' to 'P3' is inf, yet the baseline has"):
        invert(base, model, log_commuting_cost=cut, log_trade_cost=log)


@pytest.mark.parametrize(("form", "truth"), [("exponential", 0.06), ("power", 1.4)])
def test_decay_is_recovered(form, truth) -> None:
    """Exactly without noise; within three standard errors of Poisson draws."""
    times = minutes(3)
    draw = np.random.default_rng(5)
    fall = np.exp(-truth * times) if form == "exponential" else times**-truth
    mean = fall * np.exp(draw.normal(size=7))[:, None] * np.exp(draw.normal(size=7))
    mean *= 20_000 / mean.to_numpy().sum()
    assert estimate_decay(mean, times, form=form).elasticity == pytest.approx(truth, rel=1e-7)
    hits = 0
    for _ in range(20):
        seen = pd.DataFrame(draw.poisson(mean), index=NAMES, columns=NAMES)
        found = estimate_decay(seen, times, form=form, own=True)
        hits += abs(found.elasticity - truth) < 2 * found.standard_error
    assert hits >= 16  # 95 per cent of 20, and the sandwich is a little short in samples of 49


def test_the_score_is_that_of_poisson_with_dummies() -> None:
    """Against iterated weighted least squares with a dummy for each place."""
    times = minutes(4)
    draw = np.random.default_rng(6)
    seen = pd.DataFrame(draw.poisson(30 * np.exp(-0.03 * times)), index=NAMES, columns=NAMES)
    off = ~np.eye(7, dtype=bool)
    n, i = np.nonzero(off)
    design = np.column_stack([-times.to_numpy()[off], np.eye(7)[n], np.eye(7)[i][:, 1:]])
    y = seen.to_numpy()[off].astype(float)
    eta = np.log(y + 0.5)
    for _ in range(60):
        mu = np.exp(eta)
        root = np.sqrt(mu)
        beta = np.linalg.lstsq(design * root[:, None], root * (eta + (y - mu) / mu), rcond=None)[0]
        eta = design @ beta
    bread = np.linalg.inv(design.T @ (design * mu[:, None]))
    meat = design.T @ (design * ((y - mu) ** 2)[:, None])
    found = estimate_decay(seen, times)
    assert found.elasticity == pytest.approx(beta[0], rel=1e-8)
    assert found.standard_error == pytest.approx(np.sqrt((bread @ meat @ bread)[0, 0]), rel=1e-6)


def test_decay_refuses_with_words() -> None:
    times, flows = minutes(3), minutes(3) * 0 + 5.0
    cut = times.copy()
    cut.iloc[1, 4] = np.inf
    with pytest.raises(ParameterError, match="'P1' to 'P4': there is a flow but no way"):
        estimate_decay(flows, cut)
    with pytest.raises(ParameterError, match="flows and times do not have the same places"):
        estimate_decay(flows, times.iloc[:5, :5])
    few = times.iloc[:3, :3]
    with pytest.raises(ParameterError, match="6 usable pairs for 6 place effects"):
        estimate_decay(few * 0 + 1, few)
    alone = flows.copy()
    alone.loc["P3"] = 0.0
    assert estimate_decay(alone * np.exp(-0.02 * times), times).dropped == ("P3",)


def test_the_estimate_makes_a_cost_function() -> None:
    times = minutes(3)
    cost = estimate_decay(np.exp(-0.06 * times), times).cost(3.0, own=10.0)
    assert cost == CostFunction(form="exponential", coefficient=cost.coefficient, own=10.0)
    assert cost.coefficient == pytest.approx(0.02, rel=1e-7)
