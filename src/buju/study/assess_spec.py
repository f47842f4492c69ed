"""Sections `assess` and `accounts` of the study file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from buju.errors import ParameterError
from buju.measure.index import Spec, read_spec
from buju.measure.index.vary import read_spec_and_choices
from buju.study.section import Misfit, Section

# Scores from 1 to 100: above zero, so that a geometric mean can be among the alternatives.
_STEPS: dict[str, Any] = {
    "normalise": {"method": "min_max", "lower": 1, "upper": 100},
    "weight": {"method": "given"},
    "aggregate": {"method": "arithmetic"},
}
_VARY: dict[str, Any] = {
    "normalise": [
        {"method": "min_max", "lower": 1, "upper": 100},
        {"method": "z_score", "mean": 50, "sd": 10},
        {"method": "rank"},
    ],
    "weight": {"noise": 0.25},
    "aggregate": [{"method": "arithmetic"}, {"method": "geometric"}],
    "indicators": {"noise": 0.02},
}


class AssessSpec(Section):
    """Assessment and ranking of places on an indicator system; not an official assessment.

    `index` names a system of `index_trees`. Each indicator takes its latest year up to `year`, at
    most `years_back` before it, that covers at least the share `cover` of the places; others are
    left out and listed. `steps` is the base case and `vary` the open choices of `robustness`.
    `first`: for which k the chance to be among the first k is stated. `focus` with `rise`: what
    would move that place up so many places. `compare` names an indicator that holds an official
    order. `templates` are systems shown with what data they lack. `filled` are workbooks with
    figures filled in, beside the study file.
    """

    index: str
    year: int
    level: Literal["prefecture", "county"] = "prefecture"
    places: tuple[str, ...] = ()
    cover: float = Field(1.0, gt=0, le=1)
    years_back: int = Field(3, ge=0)
    steps: dict[str, Any] = Field(default_factory=lambda: dict(_STEPS))
    vary: dict[str, Any] = Field(default_factory=lambda: dict(_VARY))
    draws: int = Field(10_000, ge=2)
    seed: int = Field(2020, ge=0)
    first: tuple[int, ...] = (3, 5)
    focus: str | None = None
    rise: tuple[int, ...] = (1, 2, 3)
    compare: str | None = None
    templates: tuple[str, ...] = ()
    filled: tuple[Path, ...] = ()

    @field_validator("filled")
    @classmethod
    def _beside_the_study(cls, files: tuple[Path, ...]) -> tuple[Path, ...]:
        for file in files:
            parts = PurePosixPath(file.as_posix()).parts
            if file.is_absolute() or ".." in parts:
                raise Misfit(
                    f"{file}: give a path inside the folder of the study file",
                    f"{file}：请给出研究文件所在文件夹之内的路径",
                )
        return files

    @model_validator(mode="after")
    def _steps_are_known(self) -> AssessSpec:
        try:
            read_spec(self.steps)
            read_spec_and_choices({**self.steps, "vary": self.vary})
        except ParameterError as error:
            raise Misfit(error.english, error.chinese) from error
        for name, values in (("first", self.first), ("rise", self.rise)):
            if any(k < 1 for k in values):
                raise Misfit(
                    f"{name}: 1 or more is expected, found {min(values)}",
                    f"{name}：应不小于 1，现为 {min(values)}",
                )
        return self

    @property
    def base(self) -> Spec:
        """The base case as the record of `composite`."""
        return read_spec(self.steps)


class BudgetSpec(Section):
    """A carbon budget: from emissions of a base year to a target, against an indicator."""

    place: str
    indicator: str
    base_year: int
    target_year: int
    target: float = Field(ge=0)
    shape: Literal["linear", "geometric"] = "linear"
    source: str

    @model_validator(mode="after")
    def _forward(self) -> BudgetSpec:
        if self.target_year <= self.base_year:
            raise Misfit("target_year must be later than base_year", "target_year 应晚于 base_year")
        return self


class AccountsSpec(Section):
    """Energy and carbon accounts.

    `carbon` and `product`, `growth` name the indicators behind carbon per product at constant
    prices, those of `base_year`; `kgce_per_kwh` is the standard coal of a kilowatt hour; `targets`
    are the target rows of energy and carbon that the report shows; `delta` are the exponents of FLQ
    for which multipliers are given, since none is right.
    """

    level: Literal["province", "prefecture", "county"] = "prefecture"
    carbon: str | None = None
    product: str = "gdp"
    growth: str = "gdp_growth_real"
    base_year: int | None = None
    kgce_per_kwh: float = Field(0.1229, gt=0)
    targets: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    budgets: tuple[BudgetSpec, ...] = ()
    credit_sales: bool = False
    delta: tuple[float, ...] = (0.1, 0.2, 0.3)

    @model_validator(mode="after")
    def _fits(self) -> AccountsSpec:
        if not self.delta or any(not 0 <= value < 1 for value in self.delta):
            raise Misfit("delta: numbers from 0 to below 1", "delta：应为 0 到 1 之间的数")
        if self.carbon is not None and self.base_year is None:
            raise Misfit(
                "carbon needs base_year, the year whose prices hold",
                "有 carbon 时须给出 base_year（不变价的基年）",
            )
        return self
