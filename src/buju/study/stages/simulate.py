"""Stage `simulate`: calibrate the economy on the base network, solve every scenario, certify."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from buju import simulate
from buju.network import Scenario
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.economy import economy
from buju.study.parameters import parameter_rows
from buju.study.stages import effects


def stage(run: Run) -> dict[str, Table]:
    """Tables `baseline`, `effects`, `group_effects`, `beside`, `certificates`, `parameters`."""
    people = economy(run)
    world = _calibrate(run, people)
    names = [name for name in run.study.scenarios if name != "base"]
    solved = dict(zip(names, run.map(lambda name: _solve(run, world, name), names), strict=True))
    changes = effects.effects(people, solved)
    run.tables["baseline"] = _baseline(people, world)
    return {
        "baseline": run.tables["baseline"],
        "effects": changes,
        "group_effects": effects.group_effects(run, changes.frame),
        "beside": effects.beside(run, changes.frame),
        "certificates": effects.certificates(solved),
        "parameters": _parameters(run),
    }


@dataclass(frozen=True)
class _World:
    model: simulate.CommutingTrade
    costs: simulate.Costs
    prepared: simulate.Prepared
    places: list[str]


def _calibrate(run: Run, people: pd.DataFrame) -> _World:
    asked = run.study.spec.simulate
    model = simulate.CommutingTrade(
        alpha=asked.alpha,
        epsilon=asked.epsilon,
        sigma=asked.sigma,
        nu=asked.nu,
        delta=asked.delta,
        trade=asked.trade,
    )
    falls = simulate.CostFunction.from_elasticity
    costs = simulate.Costs(
        commuting=falls("exponential", asked.costs.commuting_rate, asked.epsilon),
        trade=falls("power", asked.costs.trade_elasticity, asked.sigma - 1),
    )
    places, base = list(people["place"]), run.study.scenarios["base"]
    prepared = simulate.prepare(
        people,
        _travel(run, base, places),
        _haulage(run, base, places),
        model=model,
        costs=costs,
    )
    return _World(model, costs, prepared, places)


def _travel(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes of people from residence (row) to workplace (column)."""
    matrix = run.minutes(scenario)
    frame = pd.DataFrame(matrix.minutes, index=list(matrix.rows), columns=list(matrix.columns))
    return frame.loc[places, places]


def _haulage(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes of goods to buyer (row) from seller (column): the transpose of origin by row."""
    matrix = run.minutes(scenario, "goods")
    frame = pd.DataFrame(matrix.minutes.T, index=list(matrix.columns), columns=list(matrix.rows))
    return frame.loc[places, places]


def _solve(run: Run, world: _World, name: str) -> simulate.Equilibrium:
    scenario, base = run.study.scenarios[name], run.study.scenarios["base"]
    places = world.places
    hats = _zones(run, name, places)
    shocks = simulate.Shocks(
        productivity=hats["productivity"],
        amenity=hats["amenity"],
        commuting_cost=world.costs.commuting.hat(
            _travel(run, base, places), _travel(run, scenario, places)
        ).to_numpy(),
        trade_cost=world.costs.trade.hat(
            _haulage(run, base, places), _haulage(run, scenario, places)
        ).to_numpy(),
    )
    return simulate.counterfactual(
        world.model, world.prepared.baseline, shocks, numeraire=run.study.spec.simulate.numeraire
    )


def _zones(run: Run, name: str, places: list[str]) -> dict[str, np.ndarray]:
    """Hats of productivity and amenity: a place partly inside a zone changes by its share."""
    hats = {what: np.ones(len(places)) for what in ("productivity", "amenity")}
    position = {place: k for k, place in enumerate(places)}
    groups = set(run.region.place_groups["group"])
    for zone, change in run.study.spec.scenarios[name].zones.items():
        if zone in groups:
            members = run.region.members(zone)
            if not change.inferred_members:
                members = members[~members["inferred"]]
        else:
            members = pd.DataFrame({"place": [zone], "weight": [1.0]})
        for place, weight in zip(members["place"], members["weight"], strict=True):
            for what, hat in hats.items():
                hat[position[place]] *= 1 + weight * (getattr(change, what) - 1)
    return hats


def _baseline(people: pd.DataFrame, world: _World) -> Table:
    flows = np.asarray(world.prepared.baseline.commuting)
    stay = flows.diagonal() / flows.sum(axis=1)
    return Table(
        people.assign(wage=1e4 * people["gdp"] / people["jobs"], commuters_out=1 - stay),
        "均衡基准：人口、就业与收入",
        "Baseline of the equilibrium: people, jobs and income",
        {
            "residents": "person",
            "jobs": "person",
            "gdp": "1e8 CNY",
            "wage": "1e4 CNY per job",
            "commuters_out": "share",
        },
        basis="modelled",
        note_zh="就业由普查长表样本份额推算，在各地级市内平衡到常住人口；通勤与贸易流为模型推算；"
        "依据见 jobs_basis、gdp_basis。",
        note_en="Jobs: shares of the census sample scaled to residents within each prefecture; "
        "commuting and trade flows are modelled; `jobs_basis` and `gdp_basis` say what is not "
        "observed.",
    )


def _parameters(run: Run) -> Table:
    return Table(
        parameter_rows(run.study.spec.simulate),
        "参数及来源",
        "Parameters and their sources",
        note_zh="参数取自文献，未用本区域数据估计；影响大小须结合文献区间理解。",
        note_en="Parameters are taken from the literature, not estimated on this region.",
    )
