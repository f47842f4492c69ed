"""Zones of the layout as levers: their productivity moved, alone and together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from buju.errors import NotCertified
from buju.simulate import Equilibrium
from buju.study.context import Run
from buju.study.decision import Decision, members

Array = np.ndarray
OUTCOMES = (
    "welfare", "welfare_rest", "zone_residents", "zone_jobs", "zone_product", "rest_residents",
    "rest_jobs", "rest_product",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One setting: which zones move, and with which members."""

    zones: tuple[str, ...]
    inferred: bool

    @property
    def name(self) -> str:
        """A code for tables."""
        return "+".join(self.zones) + ("" if self.inferred else " announced")


def cases(run: Run) -> list[Case]:
    """Every zone, and all together, with all members and with the announced ones alone.

    A set of zones without inferred members has one case; a zone whose members are all inferred has
    none with the announced ones.
    """
    asked = run.study.spec.decide
    assert asked is not None
    sets: list[tuple[str, ...]] = [(zone,) for zone in asked.zones]
    sets += [tuple(asked.zones)] if len(asked.zones) > 1 else []
    found = []
    for zones in sets:
        found.append(Case(zones, True))
        sure = [members(run, zone, inferred=False) for zone in zones]
        every = [members(run, zone) for zone in zones]
        if sure != every and all(sure):
            found.append(Case(zones, False))
    return found


def shares(run: Run, case: Case, places: list[str]) -> Array:
    """What of each place belongs to the case's zones, at most all of it, (N,)."""
    found = np.zeros(len(places))
    at = {place: k for k, place in enumerate(places)}
    for zone in case.zones:
        for place, share in members(run, zone, inferred=case.inferred).items():
            found[at[place]] += share
    return np.minimum(found, 1.0)


def hat(run: Run, case: Case, places: list[str], factor: float) -> Array:
    """Productivity of every place: a place partly inside several zones changes by each share."""
    found = np.ones(len(places))
    at = {place: k for k, place in enumerate(places)}
    for zone in case.zones:
        for place, share in members(run, zone, inferred=case.inferred).items():
            found[at[place]] *= 1 + share * (factor - 1)
    return found


def moved(run: Run, made: Decision, case: Case) -> Equilibrium:
    """The certified equilibrium with the lever moved."""
    changed = hat(run, case, made.world.places, made.asked.lever)
    return made.world.solve(run, made.world.base, {"productivity": changed})


def effect(run: Run, made: Decision | None, case: Case) -> Mapping[str, float]:
    """What the lever does, each as a share; NaN where there is no certified answer."""
    if made is None:
        return dict.fromkeys(OUTCOMES, np.nan)
    try:
        return outcomes(run, made, case, moved(run, made, case))
    except NotCertified:
        return dict.fromkeys(OUTCOMES, np.nan)


def outcomes(run: Run, made: Decision, case: Case, found: Equilibrium) -> dict[str, float]:
    """Changes in the zone and in the rest of the region.

    `welfare` of the region's people, `welfare_rest` of those registered in counties with no part in
    the zones; residents, jobs and real GDP (deflated by goods prices) of the zone and of the rest,
    a county partly inside counting in both by its share.
    """
    inside = shares(run, case, made.world.places) * made.home
    rest = (1.0 - inside) * made.home
    b = found.baseline
    jobs = np.asarray(b.jobs)
    before = {"residents": np.asarray(b.residents), "jobs": jobs, "product": b.wage * jobs}
    hats = {
        "residents": found.residents,
        "jobs": found.jobs,
        "product": found.wage * found.jobs / found.price,
    }
    told = welfare(made, found, inside)
    for part, weight in (("zone", inside), ("rest", rest)):
        for name, level in before.items():
            told[f"{part}_{name}"] = float((weight * level * (hats[name] - 1)).sum()) / float(
                (weight * level).sum()
            )
    return {name: told[name] for name in OUTCOMES}


def welfare(made: Decision, found: Equilibrium, inside: Array) -> dict[str, float]:
    """Change of welfare of the region's people, and of those registered in counties of which
    nothing is `inside`, (N,); alike where everybody moves freely.
    """
    gains = made.gains(found)
    home = made.at_home(gains) / made.home_income
    if list(gains["place"]) == [""]:
        return {"welfare": home, "welfare_rest": home}
    outside_zone = made.people.loc[made.home & (inside == 0), ["place", "gdp"]]
    b = found.baseline
    earned = (
        b.origin_workers * (b.origins @ b.income)
        if b.origins is not None and b.origin_workers is not None
        else b.income * b.residents
    )
    earned = earned * made.income / earned.sum()
    at = gains["place"].isin(outside_zone["place"]).to_numpy()
    return {
        "welfare": home,
        "welfare_rest": float(gains["amount"].to_numpy()[at].sum() / earned[at].sum()),
    }
