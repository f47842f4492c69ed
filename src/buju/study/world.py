"""The economy of a study calibrated, and its scenarios solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from buju import simulate
from buju.errors import StudyError
from buju.network import Scenario
from buju.simulate.regional import within_borders
from buju.study.context import Run
from buju.study.model import SimulateSpec
from buju.study.origins import composition, groups
from buju.study.times import freight, key, travel

Array = np.ndarray
Times = Mapping[str, pd.DataFrame]
GOODS, SERVICES = "goods", "services"


@dataclass(frozen=True)
class World:
    """A model, its costs and the baseline calibrated with them.

    The same cost functions made the baseline and make every scenario's hats.
    """

    model: simulate.CommutingTrade
    costs: simulate.Costs
    prepared: simulate.Prepared
    places: list[str]
    base: Scenario

    def solve(
        self,
        run: Run,
        scenario: Scenario,
        hats: Mapping[str, Array] | None = None,
        *,
        numeraire: str = "mean_wage",
        throw: bool = True,
        starts: int = 0,
    ) -> simulate.Equilibrium:
        """The equilibrium on another network, with hats of productivity and amenity."""
        before, after = (commutes(run, s, self.places) for s in (self.base, scenario))
        trade = [haulage(run, s, self.places) for s in (self.base, scenario)]
        shocks = simulate.Shocks(
            commuting_cost=self.costs.commuting.hat(before, after).to_numpy(),
            trade_cost=self.costs.trade.hat(*trade).to_numpy(),
            minutes=self._reach(run, scenario),
            **(hats or {}),
        )
        return simulate.counterfactual(
            self.model,
            self.prepared.baseline,
            shocks,
            numeraire=numeraire,
            solver=self.solver,
            throw=throw,
            starts=starts,
        )

    @cached_property
    def solver(self) -> simulate.Solver:
        """One for all scenarios: it keeps the factored Jacobian of the baseline."""
        return simulate.prefactored(self.model, self.prepared.baseline)

    def _reach(self, run: Run, scenario: Scenario) -> Array | None:
        """Times through which spillovers fade; None where the model has none that do."""
        if self.prepared.baseline.minutes is None:
            return None
        return travel(run, scenario, self.places).to_numpy()


def calibrate(run: Run, spec: SimulateSpec, people: pd.DataFrame, base: Scenario) -> World:
    """Calibrate to a table of people, jobs and GDP on the network of a scenario."""
    model = simulate.CommutingTrade(
        alpha=spec.alpha,
        epsilon=spec.epsilon,
        sigma=spec.sigma,
        nu=spec.nu,
        delta=spec.delta,
        trade=spec.trade,
        land=spec.land,
        spillover=spec.spillover,
        spillover_decay=spec.spillover_decay,
        amenity_spillover=spec.amenity_spillover,
        amenity_spillover_decay=spec.amenity_spillover_decay,
    )
    costs, places = cost_functions(spec), list(people["place"])
    prepared = simulate.prepare(
        people, commutes(run, base, places), haulage(run, base, places), model=model, costs=costs
    )
    if spec.mobility == "registered":
        prepared = replace(prepared, baseline=_grouped(run, spec, prepared.baseline, places))
    if spec.fades:
        minutes = travel(run, base, places).to_numpy()
        near = replace(prepared.baseline, minutes=minutes, area=_areas(run, places))
        prepared = replace(prepared, baseline=near)
    return World(model, costs, prepared, places, base)


def _areas(run: Run, places: list[str]) -> Array:
    """Land of every place, km²; refuses places without it."""
    inside, outside = run.region.places, run.region.outside_places
    known = dict(zip(inside["place"], inside["area_km2"], strict=True))
    if "area_km2" in outside:
        known |= dict(zip(outside["place"], outside["area_km2"], strict=True))
    area = np.array([known.get(place, np.nan) for place in places], dtype=np.float64)
    lacking = [place for place, land in zip(places, area, strict=True) if not land > 0]
    if not lacking:
        return area
    row = lacking[0]
    file = "places.csv" if row in set(inside["place"]) else "outside_places.csv"
    raise StudyError(
        f"{file}: {len(lacking)} places have no area_km2 above zero, first {row}; spillovers that "
        "fade need densities: give the areas, set simulate.outside to none, or leave "
        "simulate.spillover and amenity_spillover out",
        f"{file}：{len(lacking)} 个地点没有大于零的 area_km2，首个为 {row}；"
        "随时间衰减的外溢需要密度：请补面积，"
        "或令 simulate.outside 为 none，或去掉 simulate.spillover 与 amenity_spillover",
    )


def _grouped(
    run: Run, spec: SimulateSpec, baseline: simulate.Baseline, places: list[str]
) -> simulate.Baseline:
    """The same baseline with people in groups by place of registration."""
    shares = composition(run, places, spec.migration_decay)
    living, size = groups(shares, np.asarray(baseline.residents))
    return replace(baseline, origins=living, origin_workers=size)


def cost_functions(spec: SimulateSpec) -> simulate.Costs:
    """The one record of how minutes become costs."""
    falls, asked = simulate.CostFunction.from_elasticity, spec.costs
    goods = falls("power", asked.trade_elasticity, spec.sigma - 1)
    services = falls("power", asked.services_elasticity, spec.sigma - 1)
    share = asked.services_share
    return simulate.Costs(
        commuting=falls(asked.commuting_form, asked.commuting_decay, spec.epsilon),
        trade=simulate.ComposedCost({GOODS: (goods, 1 - share), SERVICES: (services, share)}),
    )


def commutes(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes from residence (row) to workplace (column), infinite across the region's border."""
    return run.kept(
        key("commutes", scenario, places),
        lambda: within_borders(run.region, travel(run, scenario, places)),
    )


def haulage(run: Run, scenario: Scenario, places: list[str]) -> Times:
    """Minutes to buyers (rows) from sellers (columns): freight of goods, travel for services.

    For services the buyer travels.
    """
    return {
        GOODS: freight(run, scenario, places),
        SERVICES: travel(run, scenario, places),
    }


def zone_hats(run: Run, name: str, places: list[str]) -> dict[str, Array]:
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
            above = run.region.ancestors()
            inside = [p for p in places if p == zone or zone in above.get(p, set())]
            members = pd.DataFrame({"place": inside, "weight": 1.0})
        for place, weight in zip(members["place"], members["weight"], strict=True):
            for what, hat in hats.items():
                hat[position[place]] *= 1 + weight * (getattr(change, what) - 1)
    return hats
