"""Intervals of effects: the same scenarios solved again under drawn parameters and figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import BujuError
from buju.simulate.regional import MODELLED, sampled
from buju.study.context import Run
from buju.study.economy import economy
from buju.study.model import DrawSpec, SimulateSpec
from buju.study.world import World, calibrate, zone_hats

Array = np.ndarray
Answers = dict[str, dict[str, Any]]
CHUNKS = 16
"""Draws go to workers in so many parts; more tell progress better and cost more to send."""
_OF_COSTS = ("commuting_decay", "trade_elasticity", "services_share", "services_elasticity")
_OF_MODEL = ("alpha", "epsilon", "sigma", "delta", "migration_decay")
OUTCOMES = ("residents", "jobs", "wage", "rent", "price")
"""What an interval is given for, by place; welfare has one of its own."""


@dataclass(frozen=True)
class Draws:
    """Effects under every draw.

    Attributes
    ----------
    hats
        Hats of each of `OUTCOMES` by scenario, (draws, places); a draw without a certified answer
        is NaN throughout.
    welfare
        Hats by scenario, (draws,).
    parameters
        One row a draw.
    refused
        Draws without a certified answer, by scenario.
    """

    hats: dict[str, dict[str, Array]]
    welfare: dict[str, Array]
    parameters: pd.DataFrame
    refused: dict[str, int]


def draw(run: Run, names: list[str]) -> Draws:
    """Solve the scenarios under each draw; the same study gives the same draws."""
    specs = drawn_specs(run.study.spec.simulate)
    numbered = list(enumerate(specs))
    chunks = [numbered[k::CHUNKS] for k in range(min(CHUNKS, len(numbered)))]
    answered = run.map(partial(_several, run.quiet(), names), chunks, "draws")
    found = [answer for _, answer in sorted(chain.from_iterable(answered), key=itemgetter(0))]
    return gathered(found, names, len(economy(run)), specs)


def drawn_specs(spec: SimulateSpec) -> list[SimulateSpec]:
    """The settings of each draw that a study asks for; a draw's number alone decides it."""
    return [_drawn(spec, spec.draws, number) for number in range(spec.draws.count)]


def varies(asked: DrawSpec) -> bool:
    """Whether anything differs from draw to draw."""
    ranges = any(
        low < high for _, bounds in asked if isinstance(bounds, tuple) for low, high in [bounds]
    )
    return ranges or asked.gdp_error > 0 or asked.sample_error


def gathered(
    found: list[Answers], names: list[str], places: int, specs: list[SimulateSpec]
) -> Draws:
    """The answers of all draws, in their order, as arrays by scenario."""

    def stack(scenario: str, what: str) -> Array:
        rows = [answer[scenario][what] for answer in found]
        return np.array(rows) if rows else np.empty((0, places))

    welfare = {s: np.array([answer[s]["welfare"] for answer in found]) for s in names}
    return Draws(
        hats={what: {s: stack(s, what) for s in names} for what in OUTCOMES},
        welfare=welfare,
        parameters=pd.DataFrame([_parameters(spec) for spec in specs]),
        refused={s: int(np.isnan(welfare[s]).sum()) for s in names},
    )


def _several(
    run: Run, names: list[str], chunk: list[tuple[int, SimulateSpec]]
) -> list[tuple[int, Answers]]:
    people = economy(run)
    return [
        (number, answers(run, names, drawn_world(run, people, number, spec), len(people)))
        for number, spec in chunk
    ]


def _drawn(spec: SimulateSpec, asked: DrawSpec, number: int) -> SimulateSpec:
    names = (*_OF_MODEL, *_OF_COSTS)
    at = np.random.default_rng([asked.seed, number]).random(len(names))
    values = {
        name: in_range(float(share), spec.value(name), asked.ranges[name])
        for name, share in zip(names, at, strict=True)
        if name in asked.ranges
    }
    costs = spec.costs.model_copy(update={k: v for k, v in values.items() if k in _OF_COSTS})
    own: dict[str, Any] = {k: v for k, v in values.items() if k in _OF_MODEL}
    return spec.model_copy(update={**own, "costs": costs})


def in_range(share: float, own: float, bounds: tuple[float, float]) -> float:
    """The value below which a `share` of the draws of a parameter lie; half of them below `own`.

    Uniform on either side of the study's own value. Drawn uniformly over the whole range, a
    parameter whose value is not in the middle would move every answer one way, and the published
    figure could fall outside its own interval.

    Examples
    --------
    >>> [in_range(share, 3.3, (2.5, 6.8)) for share in (0.0, 0.25, 0.5, 1.0)]
    [2.5, 2.9, 3.3, 6.8]
    """
    low, high = bounds
    if share < 0.5:
        return low + 2 * share * (own - low)
    return own + (2 * share - 1) * (high - own)


def _parameters(spec: SimulateSpec) -> dict[str, Any]:
    return {name: spec.value(name) for name in (*_OF_MODEL, *_OF_COSTS)}


def drawn_world(run: Run, people: pd.DataFrame, number: int, spec: SimulateSpec) -> World | None:
    """The economy calibrated under one draw; None where it cannot be."""
    drawn = _with_errors(run, people, number)
    try:
        return calibrate(run, spec, drawn, run.study.scenarios["base"])
    except BujuError:
        return None


def answers(run: Run, names: list[str], world: World | None, places: int) -> Answers:
    """What scenarios do in one drawn economy; NaN throughout where it is not certified."""
    unknown = np.full(places, np.nan)
    refused = dict.fromkeys(OUTCOMES, unknown) | {"welfare": np.nan}
    if world is None:
        return dict.fromkeys(names, refused)
    told = {}
    for name in names:
        hats = zone_hats(run, name, world.places)
        found = world.solve(run, run.study.scenarios[name], hats, throw=False)
        certified = found.verdict == "certified"
        keep = {what: getattr(found, what) for what in (*OUTCOMES, "welfare")}
        told[name] = keep if certified else refused
    return told


def _with_errors(run: Run, people: pd.DataFrame, number: int) -> pd.DataFrame:
    """Modelled jobs and GDP with drawn errors, scaled back to the sum of each prefecture."""
    asked = run.study.spec.simulate.draws
    rng = np.random.default_rng([asked.seed, number, 1])
    normal = rng.normal(size=(2, len(people)))
    place, year = people["place"], run.study.spec.year
    above = run.kept(("prefectures", tuple(place)), lambda: _prefectures(run, place))
    if asked.sample_error:
        modelled = people["jobs_basis"] == MODELLED
        counted = run.kept(("sampled", year), lambda: sampled(run.region, year))
        size = place.map(counted).where(modelled, np.inf).to_numpy()
        people = people.assign(
            jobs=_scaled(people["jobs"], np.exp(normal[0] / np.sqrt(size)), modelled, above)
        )
    if asked.gdp_error:
        modelled = people["gdp_basis"] == MODELLED
        error = np.exp(asked.gdp_error * normal[1])
        people = people.assign(gdp=_scaled(people["gdp"], error, modelled, above))
    return people


def _prefectures(run: Run, place: pd.Series) -> pd.Series:
    """What each place lies in; itself where it lies in none."""
    parent = dict(zip(run.region.places["place"], run.region.places["parent"], strict=True))
    return place.map(parent).fillna(place)


def _scaled(level: pd.Series, error: Array, modelled: pd.Series, above: pd.Series) -> pd.Series:
    """Levels times errors where modelled; the modelled ones keep their sum in each prefecture."""
    drawn = (level * error).where(modelled, 0.0)
    whole = level.where(modelled, 0.0).groupby(above).transform("sum")
    new = drawn.groupby(above).transform("sum")
    return level.where(~modelled, drawn * whole / new)
