"""What a study file may say: one record a section, defaults stated, unknown words refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from buju.measure.delineation.tiers import tier_presets
from buju.region.schema import bounds
from buju.study.assess_spec import AccountsSpec, AssessSpec
from buju.study.decide_spec import DecideSpec
from buju.study.section import Change, Misfit, Section
from buju.study.track_spec import TrackSpec


class ZoneChange(Section):
    """What a scenario changes in an element of the layout or in one place."""

    productivity: Change = 1.0
    amenity: Change = 1.0
    inferred_members: bool = True


class ScenarioSpec(Section):
    """One scenario: the network's date, the projects built, links edited, zones changed."""

    title_zh: str = ""
    title_en: str = ""
    date: str | None = None
    year: int | None = Field(None, ge=1900, le=2200)
    projects: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    links: dict[str, dict[str, Any]] = Field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = Field(default_factory=dict)
    without_lines: tuple[str, ...] = ()
    add: dict[str, dict[str, Any]] = Field(default_factory=dict)
    nodes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    zones: dict[str, ZoneChange] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _possible_minutes(self) -> ScenarioSpec:
        bound = bounds()["link_minutes"]
        low, high = bound.above or 0.0, bound.high or float("inf")
        for section in ("links", "add"):
            for link, edit in getattr(self, section).items():
                value = edit.get("minutes", 1.0)
                number = isinstance(value, int | float) and not isinstance(value, bool)
                if not number or not low < value <= high:
                    raise Misfit(
                        f"{section}.{link}.minutes is {value!r}; a number above {low:g} and at "
                        f"most {high:g} is expected: {bound.reason_en}",
                        f"{section}.{link}.minutes 为 {value!r}，应大于 {low:g}、不超过 {high:g}："
                        f"{bound.reason_zh}",
                    )
        return self

    @model_validator(mode="after")
    def _one_date(self) -> ScenarioSpec:
        if self.date is not None and self.year is not None:
            raise Misfit("give 'date' or 'year', not both", "date 与 year 只能给一个")
        return self


class CostSpec(Section):
    """How flows fall with minutes; the same numbers serve calibration and scenarios.

    Commuting falls with minutes to the power of `commuting_decay`, or, with `commuting_form:
    exponential`, by `commuting_decay` a minute. Trade is goods, which fall with minutes of freight
    to the power of `trade_elasticity`, and face to face services, which fall with minutes of people
    to the power of `services_elasticity`; `services_share` of trade is such services.
    """

    commuting_form: Literal["power", "exponential"] = "power"
    commuting_decay: float = Field(4.43, gt=0)
    trade_elasticity: float = Field(1.29, gt=0)
    services_share: float = Field(0.0, ge=0, lt=1)
    services_elasticity: float = Field(1.29, gt=0)


Range = tuple[float, float]


_INF = float("inf")
_BOUNDS = {
    "alpha": (0.0, 1.0),
    "epsilon": (1.0, _INF),
    "sigma": (1.0, _INF),
    "delta": (-1e-12, _INF),
    "commuting_decay": (0.0, _INF),
    "trade_elasticity": (0.0, _INF),
    "services_share": (-1e-12, 1.0),
    "services_elasticity": (0.0, _INF),
    "migration_decay": (-1e-12, _INF),
}


class DrawSpec(Section):
    """How the interval of every effect is drawn: in the ranges, from a seed.

    A parameter is drawn below the study's own value as often as above it, uniformly on either side,
    so that the study's value is the median; see `buju.study.draws.in_range`. `gdp_error` is the
    standard deviation of the log error of GDP figures that are modelled; with `sample_error`
    modelled jobs vary as a count of the sampled employed does. An effect whose sign differs in more
    than `flip` of the draws has no certain direction.
    """

    count: int = Field(0, ge=0)
    seed: int = 2020
    interval: float = Field(0.8, gt=0, lt=1)
    flip: float = Field(0.1, gt=0, lt=0.5)
    alpha: Range | None = None
    epsilon: Range | None = None
    sigma: Range | None = None
    delta: Range | None = None
    commuting_decay: Range | None = None
    trade_elasticity: Range | None = None
    services_share: Range | None = None
    services_elasticity: Range | None = None
    migration_decay: Range | None = None
    gdp_error: float = Field(0.0, ge=0)
    sample_error: bool = False

    @property
    def ranges(self) -> dict[str, Range]:
        """The ranges given, by parameter."""
        return {name: value for name, value in self if isinstance(value, tuple)}

    @model_validator(mode="after")
    def _ordered(self) -> DrawSpec:
        for name, value in self.ranges.items():
            low, high = _BOUNDS[name]
            if not value[0] <= value[1]:
                raise ValueError(f"range of {name} runs from {value[0]} down to {value[1]}")
            if not low < value[0] or not value[1] < high:
                raise ValueError(f"range of {name} must lie between {low:g} and {high:g}")
        return self


def _off_centre(name: str, own: float, low: float, high: float) -> Misfit:
    """Why a range cannot give an interval round the study's own answer."""
    edge = own in (low, high)
    key = f"costs.{name}" if name in CostSpec.model_fields else name
    at, zh = ("at the edge of it", "位于区间端点") if edge else ("outside it", "位于区间之外")
    return Misfit(
        f"draws.{name} runs from {low:g} to {high:g}, but the study's own value, {key} = {own:g}, "
        f"lies {at}, so that every draw would move the answer the same way and the published "
        f"figure could fall outside its own interval; set {key} inside the range, or give a range "
        "on both sides of it",
        f"draws.{name} 的抽样区间为 {low:g}–{high:g}，而研究取值 {key} = {own:g} {zh}："
        f"抽样会使结果偏向一侧，公布的数值可能落在自己的区间之外；请把 {key} 设在区间内部，"
        "或让区间包住该取值",
    )


class SimulateSpec(Section):
    """The equilibrium: model, elasticities, closure, and the economy around the region.

    `sources` says where a value of the study's own comes from, by the parameter's name.
    `land: portfolio` shares all rents out among workers. Spillovers are elasticities of
    productivity and of amenity with respect to the density around a place, which fades per minute
    of travel by their decay. `starts` further random starts look for a second equilibrium of each
    scenario.
    """

    model: Literal["commuting-trade"] = "commuting-trade"
    closure: Literal["closed"] = "closed"
    outside: Literal["cities", "none"] = "cities"
    alpha: float = Field(0.6, gt=0, lt=1)
    epsilon: float = Field(3.3, gt=1)
    sigma: float = Field(4.0, gt=1)
    delta: float = Field(0.0, ge=0)
    nu: float = Field(0.0, ge=0)
    trade: Literal["crs", "irs"] = "irs"
    costs: CostSpec = CostSpec()
    gdp_per_head_of: dict[str, str] = Field(default_factory=dict)
    mobility: Literal["free", "registered"] = "free"
    migration_decay: float = Field(1.0, ge=0)
    jobs_scaled_in: Literal["prefecture", "region"] = "prefecture"
    sources: dict[str, str] = Field(default_factory=dict)
    draws: DrawSpec = DrawSpec()
    numeraire: Literal["mean_wage", "gdp"] = "mean_wage"
    land: Literal["local", "portfolio"] = "local"
    spillover: float = Field(0.0, ge=0)
    spillover_decay: float = Field(0.0, ge=0)
    amenity_spillover: float = 0.0
    amenity_spillover_decay: float = Field(0.0, ge=0)
    starts: int = Field(0, ge=0, le=100)

    def value(self, name: str) -> float:
        """The study's own value of a parameter that can be drawn."""
        return float(getattr(self.costs if name in CostSpec.model_fields else self, name))

    @model_validator(mode="after")
    def _ranges_surround_values(self) -> SimulateSpec:
        for name, (low, high) in self.draws.ranges.items():
            own = self.value(name)
            if not low < own < high and not low == own == high:
                raise _off_centre(name, own, low, high)
        return self

    @property
    def fades(self) -> bool:
        """Whether a spillover reaches beyond its own place, so that times and areas enter."""
        return bool(self.spillover or self.amenity_spillover)

    @model_validator(mode="after")
    def _sources_of_parameters(self) -> SimulateSpec:
        known = {*CostSpec.model_fields, *SimulateSpec.model_fields}
        for name in self.sources:
            if name not in known:
                raise Misfit(
                    f"sources.{name}: no parameter of simulate or its costs has this name",
                    f"sources.{name}：simulate 及其 costs 中没有这个参数",
                )
        return self

    @model_validator(mode="after")
    def _fall_given(self) -> SimulateSpec:
        for name in ("spillover", "amenity_spillover"):
            if getattr(self, name) and not getattr(self, f"{name}_decay"):
                raise ValueError(
                    f"{name} needs {name}_decay, how fast it fades per minute, above 0; a place's "
                    "own jobs alone count by nu"
                )
        return self


class GridSpec(Section):
    """Raster files of 1 km cells beside the study file, for the degree of urbanisation.

    Units are those of a cell: "km2", "m2" or its "share"; `missing: outside` sets cells without
    data outside the region, which is otherwise refused.
    """

    population: Path
    land: Path
    built: Path | None = None
    land_unit: Literal["km2", "m2", "share"] = "km2"
    built_unit: Literal["km2", "m2", "share"] = "km2"
    missing: Literal["refuse", "outside"] = "refuse"

    @property
    def files(self) -> list[Path]:
        """The files that are read."""
        return [f for f in (self.population, self.land, self.built) if f is not None]


class MeasureSpec(Section):
    """Settings of the measures that the report shows.

    `labour_size` and `labour_self_containment` are the least and the target of labour-market areas;
    `tier_presets` the presets of city-cluster tiers to be applied; `poles_of` the place whose
    sectors are set against all others; `core_projects` the projects taken as built at a date of
    `core_dates`; `grids` the files for the degree of urbanisation.
    """

    circle_minutes: float = Field(60.0, gt=0)
    cores: tuple[str, ...] = ()
    core_dates: tuple[str, ...] = ()
    core_projects: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    attraction_exponent: float = Field(2.0, gt=0)
    access_median_minutes: float = Field(60.0, gt=0)
    first_year: int = 2010
    labour_size: tuple[float, float] = (1_000.0, 10_000.0)
    labour_self_containment: tuple[float, float] = (0.6667, 0.75)
    tier_presets: tuple[str, ...] = ("guo-sun-fan-2020", "fang", "zhou")
    poles_of: str | None = None
    grids: GridSpec | None = None

    @model_validator(mode="after")
    def _known_presets(self) -> MeasureSpec:
        known = list(tier_presets()["preset"].unique())
        for name in self.tier_presets:
            if name not in known:
                raise ValueError(f"tier preset {name!r} is not known; known: {', '.join(known)}")
        return self


class NetworkSpec(Section):
    """What the network is compared with."""

    fit_date: str | None = None
    reach_from: str | None = None
    reach_minutes: float = Field(120.0, gt=0)
    reach_dates: tuple[str, ...] = ()


class AttestSpec(Section):
    """Who signed: receipts that are shown, and the signing of this study's own result.

    `ledger` is a folder with `trust.json` and, where figures were signed, `receipts/*.json`. With
    `officer`, `finger` and `agency` the result's manifest is submitted to that ledger, which then
    must be a site made by `buju attest init`.
    """

    ledger: Path
    officer: str | None = None
    finger: str | None = None
    agency: str | None = None

    @property
    def signs(self) -> bool:
        """Whether the result is to be signed."""
        return self.officer is not None

    @model_validator(mode="after")
    def _whole(self) -> AttestSpec:
        given = [name for name in ("officer", "finger", "agency") if getattr(self, name)]
        lacking = [name for name in ("officer", "finger", "agency") if name not in given]
        if given and lacking:
            raise ValueError(
                f"signing needs officer, finger and agency together; add {', '.join(lacking)}, or "
                "give ledger alone to show receipts without signing"
            )
        return self


class MatchSpec(Section):
    """Markets to settle: folders beside the study file, each with `market.yaml` and its tables."""

    markets: tuple[str, ...] = ()


class StudyFile(Section):
    """The whole study file."""

    study: str
    title_en: str = ""
    region: Path
    year: int
    date: str | None = None
    zones: Literal["counties"] = "counties"
    scenarios: dict[str, ScenarioSpec]
    network: NetworkSpec = NetworkSpec()
    measure: MeasureSpec = MeasureSpec()
    simulate: SimulateSpec = SimulateSpec()
    attest: AttestSpec | None = None
    decide: DecideSpec | None = None
    match: MatchSpec = MatchSpec()
    assess: AssessSpec | None = None
    accounts: AccountsSpec | None = None
    track: TrackSpec = TrackSpec()

    @model_validator(mode="after")
    def _has_base(self) -> StudyFile:
        if "base" not in self.scenarios:
            raise ValueError("scenarios need one called 'base': write `base: {}`")
        for name in self.scenarios:
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
                raise ValueError(
                    f"scenario name {name!r}: use a-z, 0-9, '-' and '_'; titles may be Chinese"
                )
        return self
