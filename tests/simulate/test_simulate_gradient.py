"""Derivatives against finite differences and against the identities they must satisfy.

Tolerances: central differences of step 1e-4 in logs err by about 1e-8 of the third derivative and
the solver's 1e-12 over the step, so 1e-6 absolute on values of order 0.01 to 1; identities 1e-9.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from economies import economy, surroundings, with_origins
from test_simulate_switches import without_commuting

from buju.errors import NotCertified, ParameterError
from buju.simulate import CommutingTrade, Gravity, Shocks, batch, counterfactual, gradient

STEP, CLOSE, IDENTITY = 1e-4, 1e-6, 1e-9
PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}
N = 6
CASES = {
    "plain": (CommutingTrade(**PLAIN), economy(N, 1)),
    "elastic": (CommutingTrade(**PLAIN, delta=0.5), economy(N, 1)),
    "fixed-housing": (CommutingTrade(**PLAIN, housing="fixed"), economy(N, 1)),
    "spillovers": (CommutingTrade(**PLAIN, nu=0.05, trade="crs"), economy(N, 1)),
    "fading": (
        CommutingTrade(
            **PLAIN,
            spillover=0.07,
            spillover_decay=0.05,
            amenity_spillover=-0.1,
            amenity_spillover_decay=0.1,
        ),
        surroundings(economy(N, 1)),
    ),
    "common-land": (
        CommutingTrade(**PLAIN, land="portfolio", delta=0.3),
        economy(N, 1, common=0.6),
    ),
    "stay": (CommutingTrade(**PLAIN, closure="fixed"), economy(N, 1)),
    "groups": (CommutingTrade(**PLAIN, delta=0.2), with_origins(economy(N, 1))),
    "at-home": (CommutingTrade(**PLAIN, commuting="off"), without_commuting(N)),
    "near-islands": (CommutingTrade(**PLAIN), economy(N, 1, tie=1e-7, parts=2)),
    "gravity": (Gravity.allen_arkolakis(a=0.05, b=-0.3, sigma=5), without_commuting(N)),
}


def somewhere(model, base, **more):
    """Away from the baseline, so that derivatives are not just shares."""
    draw = np.random.default_rng(4)
    hats = {"trade_cost": np.exp(0.1 * draw.normal(size=(N, N))),
            "productivity": np.exp(0.1 * draw.normal(size=N))}  # fmt: skip
    if model.name == "commuting-trade" and model.commuting == "on":
        hats["commuting_cost"] = np.exp(0.1 * draw.normal(size=(N, N)))
    return hats | more


def bumped(hats, name, at, by):
    full = np.array(hats[name], dtype=float)
    full[at] *= np.exp(by)
    return Shocks(**(hats | {name: full}))


@pytest.mark.parametrize("case", CASES)
def test_finite_differences(case) -> None:
    model, base = CASES[case]
    hats = somewhere(model, base)
    if case == "groups":
        hats["migration_cost"] = np.ones((3, N))
    wrt = tuple(hats)
    slopes = gradient(counterfactual(model, base, Shocks(**hats)), wrt=wrt)
    for name in wrt:
        for at in [(2, 4), (1, 1)] if np.ndim(hats[name]) == 2 else [(0,), (5,)]:
            up, down = (
                np.log(counterfactual(model, base, bumped(hats, name, at, by)).welfare)
                for by in (STEP, -STEP)
            )
            assert slopes[name][at] == pytest.approx((up - down) / (2 * STEP), abs=CLOSE), (
                name,
                at,
            )


@pytest.mark.parametrize("delta, housing", [(0.0, "real"), (0.8, "real"), (0.0, "fixed")])
def test_sums(delta, housing) -> None:
    model = CommutingTrade(**PLAIN, delta=delta, housing=housing)
    base = economy(40, 2)
    e = counterfactual(model, base, Shocks(trade_cost=1 + 0.5 * np.eye(40)[::-1]))
    g = gradient(e, wrt=("commuting_cost", "trade_cost", "amenity", "productivity"))
    goods = model.alpha + (1 - model.alpha) * delta / (1 + delta)
    assert g["commuting_cost"].sum() == pytest.approx(-1, abs=IDENTITY)
    assert g["amenity"].sum() == pytest.approx(1 / model.epsilon, abs=IDENTITY)
    assert g["trade_cost"].sum() == pytest.approx(-goods, abs=IDENTITY)
    assert g["productivity"].sum() == pytest.approx(goods, abs=IDENTITY)


@pytest.mark.parametrize("case", CASES)
def test_elasticities(case) -> None:
    model, base = CASES[case]
    hats = Shocks(**somewhere(model, base))
    wrt = model.elasticities
    slopes = gradient(counterfactual(model, base, hats), wrt=wrt)
    for name in wrt:
        value, step = getattr(model, name), STEP
        if name in ("delta", "nu") and not value:
            continue  # at the end of its range: the next test
        up, down = (
            np.log(counterfactual(replace(model, **{name: value + by}), base, hats).welfare)
            for by in (step, -step)
        )
        assert float(slopes[name]) == pytest.approx((up - down) / (2 * step), abs=CLOSE), name


def test_an_elasticity_at_the_end_of_its_range() -> None:
    model, base = CASES["plain"]
    hats = Shocks(**somewhere(model, base))
    slopes = gradient(counterfactual(model, base, hats), wrt=("delta", "nu"))
    for name in ("delta", "nu"):
        here, one, two = (
            np.log(counterfactual(replace(model, **{name: by}), base, hats).welfare)
            for by in (0.0, STEP, 2 * STEP)
        )
        slope = (4 * one - 3 * here - two) / (2 * STEP)
        assert float(slopes[name]) == pytest.approx(slope, abs=CLOSE), name


def _log_jobs(hats):
    xp = hats["jobs"].__array_namespace__()
    return xp.log(hats["jobs"][1] + 2.0 * hats["residents"][4]) - xp.log(xp.sum(hats["jobs"]))


def _real_wage(hats):
    xp = hats["wage"].__array_namespace__()
    return xp.sum(xp.log(hats["wage"] / hats["price"]))


@pytest.mark.parametrize("of", [_log_jobs, _real_wage])
@pytest.mark.parametrize("case", ["elastic", "fading", "groups", "common-land", "gravity"])
def test_any_function_of_the_hats(case, of) -> None:
    model, base = CASES[case]
    hats = somewhere(model, base)
    slopes = gradient(counterfactual(model, base, Shocks(**hats)), of=of, wrt=tuple(hats))
    for name in hats:
        at = (2, 4) if np.ndim(hats[name]) == 2 else (5,)
        up, down = (
            of(_hats(counterfactual(model, base, bumped(hats, name, at, by))))
            for by in (STEP, -STEP)
        )
        assert slopes[name][at] == pytest.approx((up - down) / (2 * STEP), abs=CLOSE), name


def _hats(e):
    return {name: getattr(e, name) for name in ("wage", "price", "residents", "jobs")}


def test_workers_of_an_open_economy() -> None:
    model, base = CommutingTrade(**PLAIN, closure="open"), economy(N, 1)
    e = counterfactual(model, base, Shocks())
    slope = gradient(e, of="workers", wrt=("productivity",))["productivity"].sum()
    up, down = (
        counterfactual(model, base, Shocks(productivity=np.exp(by))).state[-1]
        for by in (STEP, -STEP)
    )
    assert slope == pytest.approx((up - down) / (2 * STEP), rel=1e-5)


def test_refusals() -> None:
    base = economy(N, 1)
    e = counterfactual(CommutingTrade(**PLAIN), base, Shocks())
    with pytest.raises(ParameterError, match="wrt = 'migration_cost': choose one of"):
        gradient(e, wrt=("migration_cost",))
    with pytest.raises(ParameterError, match="unless closure='open'"):
        gradient(e, of="workers")
    with pytest.raises(ParameterError, match="the outcome depends on the numeraire"):
        gradient(e, of=lambda hats: hats["wage"][0])
    with pytest.raises(ParameterError, match="wrt = 'spillover': choose one of"):
        gradient(e, wrt=("spillover",))
    with pytest.raises(ParameterError, match="backend = 'torch'"):
        gradient(e, backend="torch")
    loose = replace(e, verdict="ill_conditioned")
    with pytest.raises(NotCertified, match=r"'ill_conditioned' with a gap .* would be noise"):
        gradient(loose)
    nominal = counterfactual(CommutingTrade(**PLAIN, housing="nominal", delta=1.0), base, Shocks())
    with pytest.raises(ParameterError, match="welfare depends on the numeraire"):
        gradient(nominal)


def test_batch_equals_one_by_one_and_names_what_fails() -> None:
    model, base = CASES["elastic"]
    many = [Shocks(trade_cost=c) for c in (0.9, 1.1, 1.3)]
    alone = [counterfactual(model, base, s).welfare for s in many]
    together = [e.welfare for e in batch(model, base, many)]
    assert together == pytest.approx(alone, rel=1e-9)
    with ThreadPoolExecutor(2) as pool:
        assert [e.welfare for e in batch(model, base, many, executor=pool)] == together
    cut = np.where(np.eye(N, dtype=bool), 1.0, np.inf)
    islands = Shocks(trade_cost=cut, commuting_cost=cut)
    with pytest.raises(NotCertified, match=r"1 of 2 .* by position: 1 \(disconnected\)"):
        batch(model, base, [Shocks(), islands])
    verdicts = [e.verdict for e in batch(model, base, [Shocks(), islands], throw=False)]
    assert verdicts == ["certified", "disconnected"]
    with pytest.raises(ParameterError, match="shock amenity has shape"):
        batch(model, base, [Shocks(), Shocks(amenity=np.ones(3))])
