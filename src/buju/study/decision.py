"""What the stages of `decide` share: the calibrated economy, and project sets solved once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from buju import decide
from buju.network import Scenario
from buju.simulate import Equilibrium
from buju.study.context import Run
from buju.study.decide_spec import DecideSpec
from buju.study.draws import drawn_specs, drawn_world
from buju.study.economy import economy
from buju.study.openings import amended
from buju.study.times import freight, travel
from buju.study.world import World, calibrate

Array = np.ndarray
NO_INTERVAL = ("没有抽样，没有区间", "no draws, no interval")


@dataclass
class Decision:
    """The economy behind every choice of a study.

    Attributes
    ----------
    people
        Residents, jobs and GDP by place, the table that the economy was calibrated to.
    """

    run: Run
    people: pd.DataFrame
    world: World
    _solved: dict[tuple[str, ...], Equilibrium] = field(default_factory=dict)

    @property
    def asked(self) -> DecideSpec:
        """The study's section `decide`."""
        asked = self.run.study.spec.decide
        assert asked is not None
        return asked

    @cached_property
    def home(self) -> Array:
        """Which places lie in the region, (N,)."""
        return self.people["place"].isin(self.run.frame("counties")["place"]).to_numpy()

    @cached_property
    def income(self) -> float:
        """Yearly GDP of all places of the economy, 1e8 CNY."""
        return float(self.people["gdp"].sum())

    @cached_property
    def home_income(self) -> float:
        """Yearly GDP of the region, 1e8 CNY."""
        return float(self.people.loc[self.home, "gdp"].sum())

    @cached_property
    def price_year(self) -> int:
        """The year of the counties' GDP, at whose prices benefits stand."""
        return int(self.run.frame("counties")["gdp_year"].max())

    @cached_property
    def built(self) -> list[str]:
        """Projects that have links in the network, in the order of the region's table."""
        with_links = set(self.run.region.links["project"].dropna())
        return [str(p) for p in self.run.region.projects["project"] if p in with_links]

    def network(self, projects: Iterable[str], without: tuple[str, ...] = ()) -> Scenario:
        """The base network with projects built, none of them twice."""
        base = self.world.base
        several = tuple(sorted({*base.projects, *projects}))
        name = "+".join((*several, *(f"-{link}" for link in without))) or base.name
        return replace(base, name=name, projects=several, without=(*base.without, *without))

    def solve(self, projects: Iterable[str], without: tuple[str, ...] = ()) -> Equilibrium:
        """The certified equilibrium with a set of projects, solved once."""
        network = self.network(projects, without)
        key = (*network.projects, *(f"-{link}" for link in network.without))
        if key not in self._solved:
            self._solved[key] = self.world.solve(self.run, network)
        return self._solved[key]

    def gains(self, found: Equilibrium) -> pd.DataFrame:
        """Yearly worth of a change to people: `place` (of registration, or residence; empty where
        all gain alike), `amount` (1e8 CNY), `verdict`.
        """
        return decide.welfare_benefit(found, income=self.income)

    def at_home(self, gains: pd.DataFrame) -> float:
        """What of the gains falls to the region's people, 1e8 CNY a year.

        Where everybody gains alike, in proportion to income.
        """
        whole = float(gains["amount"].sum())
        if list(gains["place"]) == [""]:
            return whole * self.home_income / self.income
        inside = gains["place"].isin(self.people.loc[self.home, "place"])
        return float(gains.loc[inside, "amount"].sum())

    def network_economy(self, scenario: Scenario) -> tuple[decide.NetworkEconomy, Scenario]:
        """The economy with its network, for link values on a scenario of the study."""
        region, network = amended(self.run.region, scenario)
        world, places = self.world, self.world.places
        found = decide.NetworkEconomy(
            region=region,
            base=world.base,
            model=world.model,
            baseline=world.prepared.baseline,
            costs=world.costs,
            solver=world.solver,
        )
        for given, at in ((world.base, world.base), (scenario, network)):
            found.know(at, "all", travel(self.run, given, places))
            found.know(at, "goods", freight(self.run, given, places).T)
        return found, network


def decision(run: Run) -> Decision:
    """The economy calibrated on the base network, once for all stages."""

    def make() -> Decision:
        people = economy(run)
        world = calibrate(run, run.study.spec.simulate, people, run.study.scenarios["base"])
        return Decision(run, people, world)

    return run.own("decision", make)


def drawn(run: Run, people: pd.DataFrame, numbers: list[int]) -> list[World | None]:
    """Economies that the study draws, by number, as its other intervals rest on."""
    specs = drawn_specs(run.study.spec.simulate)
    return [drawn_world(run, people, number, specs[number]) for number in numbers]


def members(run: Run, zone: str, *, inferred: bool = True) -> Mapping[str, float]:
    """Counties of an element of the layout with the share of each that belongs to it."""
    table = run.region.members(zone)
    table = table if inferred else table[~table["inferred"]]
    return dict(zip(table["place"], table["weight"].astype(float), strict=True))
