"""Worth of a minute: against finite differences on random economies and on the bundled regions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from buju.decide import Inequality, NetworkEconomy, Product, Residents, Welfare, link_values
from buju.decide.marginal.adjoint import slopes
from buju.decide.marginal.link_values import resolved
from buju.errors import NotCertified, ParameterError
from buju.network import Scenario
from buju.region import read_region
from buju.simulate import (
    Baseline,
    CommutingTrade,
    ComposedCost,
    CostFunction,
    Costs,
    Equilibrium,
    Gravity,
    Shocks,
    Totals,
    calibrate,
    counterfactual,
)
from buju.study import prepare_study

# Central differences of a certified solve: 1e-13 of noise over steps of 1e-4, and their square.
DIFFERENCE = 1e-6
# What the worth of a minute may miss by where routes and equilibria are computed again.
AGAIN = 1e-4

LABELS = ("a", "b", "c", "d")
OUTCOMES = {
    "welfare": Welfare(),
    "residents": Residents({"a": 1.0, "b": 0.5}),
    "product": Product({"c": 1.0}),
    "inequality": Inequality({"west": {"a": 1.0, "b": 1.0}, "east": {"c": 1.0, "d": 0.7}}),
}
MODELS = {
    "plain": CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0),
    "elastic": CommutingTrade(alpha=0.7, epsilon=4.0, sigma=5.0, delta=0.4, nu=0.02, trade="crs"),
    "spills": CommutingTrade(alpha=0.7, epsilon=3.3, sigma=4.0, spillover=0.05, spillover_decay=0.1,
                             amenity_spillover=-0.05, amenity_spillover_decay=0.05),
    "portfolio": CommutingTrade(alpha=0.7, epsilon=3.3, sigma=4.0, land="portfolio"),
}  # fmt: skip


def costs_of(model: CommutingTrade) -> Costs:
    falls = CostFunction.from_elasticity
    return Costs(
        commuting=falls("exponential", 0.07, model.epsilon),
        trade=falls("power", 1.29, model.sigma - 1),
    )


def economy(model: CommutingTrade, seed: int = 0) -> Baseline:
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(15, 60, (4, 4))
    np.fill_diagonal(minutes, 8.0)
    table = pd.DataFrame(minutes, index=LABELS, columns=LABELS)
    people = rng.uniform(50, 200, 4)
    jobs = people * rng.uniform(0.8, 1.2, 4)
    totals = Totals(
        residents=people, jobs=jobs * people.sum() / jobs.sum(), wage=rng.uniform(0.8, 1.3, 4),
        minutes_commuting=table, minutes_trade=table,
    )  # fmt: skip
    found = calibrate(totals, model, costs_of(model))
    return replace(found, minutes=minutes, area=rng.uniform(1, 3, 4))


def solved(name: str, **hats: object) -> Equilibrium:
    return counterfactual(MODELS[name], economy(MODELS[name]), Shocks(**hats))


def measured(found: Equilibrium, outcome: str) -> float:
    return float(OUTCOMES[outcome].of(found.model, found.state, found.world, found.baseline.labels))


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("model", MODELS)
def test_slopes_are_those_of_solving_again(model: str, outcome: str) -> None:
    rng = np.random.default_rng(1)
    at = {"commuting_cost": rng.uniform(0.9, 1.1, (4, 4)), "productivity": rng.uniform(0.9, 1.1, 4),
          "trade_cost": np.ones((4, 4)), "amenity": np.ones(4), "housing": np.ones(4)}  # fmt: skip
    found = slopes(solved(model, **at), OUTCOMES[outcome])
    assert found.value == pytest.approx(measured(solved(model, **at), outcome), abs=1e-12)
    for name, where in [("commuting_cost", (0, 2)), ("trade_cost", (3, 1)), ("productivity", (1,)),
                        ("amenity", (2,)), ("housing", (3,))]:  # fmt: skip
        ends = []
        for sign in (1, -1):
            hats = {k: np.array(v, dtype=float) for k, v in at.items()}
            hats[name][where] *= np.exp(sign * 1e-4)
            ends.append(measured(solved(model, **hats), outcome))
        slope = (ends[0] - ends[1]) / 2e-4
        assert found.by_shock(name)[where] == pytest.approx(slope, abs=DIFFERENCE, rel=1e-5), name


def strip(model: CommutingTrade | None = None) -> NetworkEconomy:
    model = model or MODELS["plain"]
    costs = costs_of(model)
    return NetworkEconomy.calibrated(
        read_region("examples/strip/region"), Scenario(), model=model, costs=costs
    )


@pytest.mark.parametrize("model", ["plain", "spills"])
def test_every_link_of_the_strip(model: str) -> None:
    found = strip(replace(MODELS[model], spillover=0.0, amenity_spillover=0.0))
    if model == "spills":
        minutes = found.minutes(found.base, "all").to_numpy()
        area = np.linspace(50.0, 200.0, len(found.places))
        near = replace(found.baseline, minutes=minutes, area=area)
        found = replace(found, baseline=near, model=MODELS["spills"])
    worth = link_values(found).links
    worth = worth[worth["per_minute_saved"].abs() > 1e-7]
    again = resolved(found, None, list(worth["link_id"]), step=0.02)
    smooth = (again["spread"] < 1e-3).to_numpy()
    assert smooth.sum() >= 3
    np.testing.assert_allclose(
        worth["per_minute_saved"].to_numpy()[smooth],
        again["per_minute_saved"].to_numpy()[smooth],
        rtol=AGAIN,
    )


@pytest.fixture(scope="module")
def shanxi() -> NetworkEconomy:
    """Costs, elasticities and groups are the study's own."""
    study = prepare_study("examples/shanxi")
    world = study.world
    return NetworkEconomy(
        region=study.run.region, base=world.base, model=world.model, costs=world.costs,
        baseline=world.prepared.baseline, solver=world.solver,
    )  # fmt: skip


def test_ten_largest_links_of_shanxi(shanxi: NetworkEconomy) -> None:
    found = link_values(shanxi)
    assert len(found.links) == len(shanxi.base.select(shanxi.region))
    assert found.verdict == "certified"
    assert set(found.pairs) == {"all", "goods"}
    size = found.links["per_minute_saved"].abs().sort_values(ascending=False).index[:10]
    top = found.links.loc[size]
    again = resolved(shanxi, None, list(top["link_id"]))
    np.testing.assert_allclose(top["per_minute_saved"], again["per_minute_saved"], rtol=AGAIN)
    line = found.lines.iloc[0]
    own = found.links[found.links["line"] == line["line"]]
    assert line["per_percent"] == pytest.approx(own["per_percent"].sum())
    geography = found.map(shanxi)
    assert str(geography.crs) == "EPSG:4326"
    assert len(geography) == len(found.links)


@pytest.mark.parametrize("name", ["welfare", "residents", "product", "inequality"])
def test_other_outcomes_on_a_future_network(shanxi: NetworkEconomy, name: str) -> None:
    region = shanxi.region

    def members(group: str) -> dict[str, float]:
        rows = region.members(group)
        return dict(zip(rows["place"], rows["weight"], strict=True))

    outcome = {
        "welfare": Welfare(members("taixin_zone")),
        "residents": Residents({"140902": 1.0}),
        "product": Product(members("taixin_zone")),
        "inequality": Inequality(
            {g: members(g) for g in ("north_circle", "south_circle", "southeast_circle")}
        ),
    }[name]
    line = replace(shanxi.base, name="line", projects=("P01",))
    found = link_values(shanxi, line, of=outcome)
    new = shanxi.region.links.set_index("link_id")["project"]
    assert (new.reindex(found.links["link_id"]) == "P01").any()
    size = found.links["per_minute_saved"].abs().sort_values(ascending=False).index[:2]
    top = found.links.loc[size]
    again = resolved(shanxi, line, list(top["link_id"]), of=outcome)
    np.testing.assert_allclose(top["per_minute_saved"], again["per_minute_saved"], rtol=AGAIN)


def test_study_and_economy_agree(shanxi: NetworkEconomy) -> None:
    study = prepare_study("examples/shanxi")
    line = replace(shanxi.base, name="line", projects=("P01",))
    assert shanxi.solve(line).welfare == pytest.approx(
        study.world.solve(study.run, line).welfare, abs=1e-12
    )


def test_what_is_refused(shanxi: NetworkEconomy) -> None:
    other = strip().solve(Scenario())
    with pytest.raises(ParameterError, match="another baseline"):
        link_values(shanxi, equilibrium=other)
    with pytest.raises(ParameterError, match="no place 'x'"):
        link_values(shanxi, of=Residents({"x": 1.0}))
    with pytest.raises(ParameterError, match="all gain the same"):
        slopes(solved("plain"), Welfare({"a": 1.0}))
    with pytest.raises(ParameterError, match="two elements"):
        slopes(solved("plain"), Inequality({"one": {"a": 1.0}}))
    fixed = counterfactual(replace(MODELS["plain"], closure="fixed"), economy(MODELS["plain"]),
                           Shocks())  # fmt: skip
    with pytest.raises(ParameterError, match="nobody moves home"):
        slopes(fixed, Residents({"a": 1.0}))
    assert slopes(fixed, Welfare({"a": 1.0})).by_shock("productivity")[0] > 0
    failed = counterfactual(MODELS["plain"], economy(MODELS["plain"]),
                            Shocks(trade_cost=np.where(np.eye(4) > 0, 1.0, np.inf),
                                   commuting_cost=np.where(np.eye(4) > 0, 1.0, np.inf)),
                            throw=False)  # fmt: skip
    with pytest.raises(NotCertified, match="would be noise"):
        slopes(failed, Welfare())
    trade = Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4.0)
    plain = economy(MODELS["plain"])
    shares = Baseline(trade=np.full((4, 4), 0.25), wage=np.ones(4), income=np.ones(4),
                      jobs=plain.jobs.mean() * np.ones(4),
                      residents=plain.jobs.mean() * np.ones(4), labels=LABELS)  # fmt: skip
    still = counterfactual(trade, shares, Shocks())
    assert slopes(still, Welfare()).by_shock("productivity").sum() > 0
    more = counterfactual(trade, shares, Shocks(productivity=[1.0001, 1, 1, 1]))
    slope = slopes(still, Residents({"a": 1.0})).by_shock("productivity")[0]
    assert np.log(more.residents[0]) / np.log(1.0001) == pytest.approx(slope, rel=1e-3)
    with pytest.raises(ParameterError, match="all gain the same"):
        slopes(still, Welfare({"a": 1.0}))
    lacking = replace(shanxi.costs, trade=ComposedCost({"air": (shanxi.costs.commuting, 1.0)}))
    with pytest.raises(ParameterError, match="air of the trade cost"):
        replace(shanxi, costs=lacking)
