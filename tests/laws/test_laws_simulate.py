"""Laws that every registered model obeys, on random economies.

Tolerance 1e-8, in logs: solvers stop at a residual of 1e-12, and conditioning may cost four digits.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.simulate import Baseline, Shocks, counterfactual
from buju.simulate.balance import balance
from buju.simulate.models.register import MODELS
from buju.simulate.solvers import Anderson, DenseNewton, NewtonKrylov

CLOSE = 1e-8
REAL = ("residents", "jobs")
NOMINAL = ("wage", "income", "rent", "price")
CASES = {
    f"{name}: {variant}": (model, row.commuting)
    for name, row in MODELS.items()
    for variant, model in row.variants.items()
}
seeds = st.integers(0, 2**32 - 1)
every = pytest.mark.parametrize("case", CASES)


def tried(test):
    """Few examples a case, since there are many cases; no deadline on a shared machine."""
    return settings(deadline=None, max_examples=3)(given(seed=seeds)(test))


def surroundings(n, seed):
    """Asymmetric times with a pair that has no way, and areas, from draws of their own."""
    draw = np.random.default_rng([seed, 1])
    minutes = np.exp(2.5 + draw.normal(size=(n, n))) * (1 - 0.8 * np.eye(n))
    minutes[0, n - 1] = np.inf
    return {"minutes": minutes, "area": np.exp(draw.normal(size=n))}


def world(case, seed):
    """A model, a random economy of 2 to 7 places, and random shocks to all it knows."""
    model, commuting = CASES[case]
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 8))
    wage, names = np.exp(0.3 * draw.normal(size=n)), [f"P{i}" for i in range(n)]
    people = np.exp(draw.normal(size=(n, n)) + 2 * np.eye(n)) * np.exp(draw.normal(size=n))
    people = people if commuting else np.diag(people.diagonal())
    jobs, residents = people.sum(0), people.sum(1)
    common = getattr(model, "land", "local") == "portfolio"
    goods_share = model.alpha if common else 1.0
    payment = (1 / goods_share - 1) * (wage @ jobs) / jobs.sum()
    income = people @ (wage + payment) / residents
    fall = 0.7 * draw.normal(size=(n, n)) + np.eye(n)
    goods = balance(fall, goods_share * income * residents, wage * jobs, names)
    base = Baseline(
        commuting=people / people.sum(), trade=goods / goods.sum(1, keepdims=True), wage=wage,
        income=income, jobs=jobs, residents=residents, labels=names, payment=payment,
        **surroundings(n, seed),
    )  # fmt: skip
    hats = {
        "productivity": np.exp(0.1 * draw.normal(size=n)),
        "amenity": np.exp(0.1 * draw.normal(size=n)),
        "trade_cost": np.exp(0.1 * draw.normal(size=(n, n))),
    }
    if commuting:
        hats["commuting_cost"] = np.exp(0.1 * draw.normal(size=(n, n)))
    return model, base, hats, draw


def same(a, b, names=REAL + NOMINAL):
    for name in names:
        one, other = np.log(getattr(a, name)), np.log(getattr(b, name))
        assert one == pytest.approx(other, abs=CLOSE, nan_ok=True), name
    assert np.log(a.welfare) == pytest.approx(np.log(b.welfare), abs=CLOSE)


@every
@tried
def test_no_shock_gives_ones(case, seed) -> None:
    model, base, _, _ = world(case, seed)
    found = counterfactual(model, base, Shocks())
    for name in REAL + NOMINAL:
        hat = np.nan_to_num(getattr(found, name), nan=1.0)
        assert hat == pytest.approx(np.ones(base.size), abs=CLOSE), name
    assert found.welfare == pytest.approx(1, abs=CLOSE)


@every
@tried
def test_markets_clear_and_shares_sum_to_one(case, seed) -> None:
    model, base, hats, _ = world(case, seed)
    e = counterfactual(model, base, Shocks(**hats))
    flows = e.flows()
    people = (e.residents * base.residents).sum()
    wage, jobs = base.wage * e.wage, base.jobs * e.jobs
    spending = base.income * e.income * base.residents * e.residents
    assert flows["commuting"].sum() == pytest.approx(1, abs=CLOSE)
    assert flows["trade"].sum(1) == pytest.approx(np.ones(base.size), abs=CLOSE)
    assert flows["commuting"].sum(0) * people == pytest.approx(jobs, rel=CLOSE)
    assert flows["commuting"].sum(1) * people == pytest.approx(
        base.residents * e.residents, rel=CLOSE
    )
    assert people * (flows["commuting"] @ (wage + e.payment)) == pytest.approx(spending, rel=CLOSE)
    share = model.alpha if base.payment else 1.0
    assert share * spending @ flows["trade"] == pytest.approx(wage * jobs, rel=CLOSE)
    assert people * e.payment == pytest.approx((1 - share) * spending.sum(), rel=CLOSE)
    if getattr(model, "closure", "closed") != "open":
        assert people == pytest.approx(base.workers, rel=CLOSE)


@every
@tried
def test_renaming_places_changes_nothing(case, seed) -> None:
    model, base, hats, draw = world(case, seed)
    order = draw.permutation(base.size)
    pairs = np.ix_(order, order)
    turned = Baseline(
        commuting=base.commuting[pairs], trade=base.trade[pairs], wage=base.wage[order],
        income=base.income[order], jobs=base.jobs[order], residents=base.residents[order],
        labels=[base.labels[i] for i in order], minutes=base.minutes[pairs],
        area=base.area[order], payment=base.payment,
    )  # fmt: skip
    moved = {k: v[order] if v.ndim == 1 else v[pairs] for k, v in hats.items()}
    a, b = (
        counterfactual(model, base, Shocks(**hats)),
        counterfactual(model, turned, Shocks(**moved)),
    )
    for name in REAL + NOMINAL:
        assert getattr(b, name) == pytest.approx(getattr(a, name)[order], rel=CLOSE, nan_ok=True)
    assert a.welfare == pytest.approx(b.welfare, rel=CLOSE)


@every
@tried
def test_units_of_money_and_people_do_not_matter(case, seed) -> None:
    model, base, hats, _ = world(case, seed)
    other = replace(
        base, wage=base.wage * 7.3, income=base.income * 7.3, jobs=base.jobs * 1e4,
        residents=base.residents * 1e4, payment=base.payment * 7.3,
    )  # fmt: skip
    shocks = Shocks(**hats)
    same(counterfactual(model, base, shocks), counterfactual(model, other, shocks))


@every
@tried
def test_the_start_and_the_solver_do_not_matter(case, seed) -> None:
    model, base, hats, draw = world(case, seed)
    shocks = Shocks(**hats)
    first = counterfactual(model, base, shocks)
    start = first.state + 0.2 * draw.normal(size=len(first.state))
    same(first, counterfactual(model, base, shocks, start=start))
    for solver in (NewtonKrylov(), DenseNewton(), Anderson(iterations=2000)):
        found = counterfactual(model, base, shocks, solver=solver, throw=False)
        if found.verdict == "certified":
            same(first, found)
        else:
            assert isinstance(solver, Anderson)


@every
@tried
def test_further_starts_find_the_same(case, seed) -> None:
    model, base, hats, _ = world(case, seed)
    found = counterfactual(model, base, Shocks(**hats), starts=2, seed=seed)
    assert (found.verdict, found.others) == ("certified", ())
    assert found.certificate.searched.endswith("one solution")


@every
@tried
def test_the_numeraire_changes_money_only(case, seed) -> None:
    model, base, hats, _ = world(case, seed)
    a = counterfactual(model, base, Shocks(**hats))
    b = counterfactual(model, base, Shocks(**hats), numeraire="gdp")
    assert (a.wage * base.wage).mean() == pytest.approx(base.wage.mean(), rel=CLOSE)
    earned = (b.wage * base.wage) @ (b.jobs * base.jobs)
    assert earned == pytest.approx(base.wage @ base.jobs, rel=CLOSE)
    if model.homogeneous:
        same(a, b, REAL)
        factor = a.wage / b.wage
        assert np.ptp(np.log(factor)) < CLOSE
        for name in ("income", "rent", "price"):
            expected = getattr(b, name) * factor[0]
            assert getattr(a, name) == pytest.approx(expected, rel=CLOSE, nan_ok=True)


@pytest.mark.parametrize("case", [case for case, (_, commuting) in CASES.items() if not commuting])
@tried
def test_a_cheaper_link_never_lowers_welfare_without_commuting(case, seed) -> None:
    """With commuting it may, slightly: rents are spent where one lives, so locations are not
    efficient to begin with (`docs/explanation/commuting-trade.md`)."""
    model, base, hats, draw = world(case, seed)
    n, i = draw.integers(base.size, size=2)
    cheaper = hats["trade_cost"].copy()
    cheaper[n, i] *= 0.8
    before = counterfactual(model, base, Shocks(**hats)).welfare
    after = counterfactual(model, base, Shocks(**(hats | {"trade_cost": cheaper}))).welfare
    assert after >= before * (1 - CLOSE)


@every
@tried
def test_all_links_cheaper_raises_welfare(case, seed) -> None:
    model, base, hats, _ = world(case, seed)
    name = "commuting_cost" if "commuting_cost" in hats else "trade_cost"
    before = counterfactual(model, base, Shocks(**hats), numeraire="gdp")
    cheaper = Shocks(**(hats | {name: hats[name] / 1.1}))
    after = counterfactual(model, base, cheaper, numeraire="gdp")
    if getattr(model, "closure", "closed") == "open":
        assert after.jobs @ base.jobs > before.jobs @ base.jobs
    elif name == "commuting_cost":
        assert after.welfare == pytest.approx(before.welfare * 1.1, rel=CLOSE)
    else:
        assert after.welfare > before.welfare


@every
@tried
def test_all_prices_move_welfare_as_homogeneity_says(case, seed) -> None:
    """All goods 10 per cent cheaper to move is all places 10 per cent more productive."""
    model, base, hats, _ = world(case, seed)
    a = counterfactual(model, base, Shocks(**(hats | {"trade_cost": hats["trade_cost"] / 1.1})))
    b = counterfactual(model, base, Shocks(**(hats | {"productivity": hats["productivity"] * 1.1})))
    same(a, b, (*REAL, "wage", "income"))


def test_every_model_is_registered() -> None:
    folder = Path(sys.modules["buju.simulate.models.register"].__file__).parent
    helpers = {"__init__", "register", "world", "residence", "money", "uniqueness"}
    files = {path.stem for path in folder.glob("*.py")} - helpers
    assert files == {row.make.__module__.rsplit(".", 1)[1] for row in MODELS.values()}
