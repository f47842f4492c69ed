"""What a study asks of the room `track`: growth to forecast, targets and projects looked at."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from buju.errors import SchemaError
from buju.region.dates import last_day
from buju.study.section import Misfit, Section


class GrowthSpec(Section):
    """Targets of yearly growth, forecast from the growth of all places of a level.

    `indicator` is growth in per cent a year; `targets` are rows of targets.csv in the same unit.
    Each is forecast with what was known before its year, and from the last year on record.
    `interval` is the width of the interval; places need `least_years` years.
    `small_growth` says that growth below half a per cent everywhere is meant, and no fraction.
    """

    indicator: str
    targets: tuple[str, ...] = Field(min_length=1)
    level: Literal["prefecture", "county"] = "prefecture"
    interval: float = Field(0.8, gt=0, lt=1)
    least_years: int = Field(4, ge=3)
    small_growth: bool = False


class DecomposeSpec(Section):
    """A quantity taken apart into scale, structure and intensity between two years.

    `quantity` and `output` are indicators of every place of the level; `growth`, the real growth of
    `output` in per cent, brings it to the prices of `first`.
    """

    quantity: str
    output: str
    growth: str
    first: int
    last: int
    level: Literal["prefecture", "county"] = "prefecture"

    @model_validator(mode="after")
    def _forward(self) -> DecomposeSpec:
        if self.first >= self.last:
            raise Misfit(
                f"first {self.first} must lie before last {self.last}",
                f"first {self.first} 应早于 last {self.last}",
            )
        return self


class CooperationSpec(Section):
    """Tags above the items and above the fields of an agreement."""

    items: str
    fields: str


class TrackSpec(Section):
    """Targets and projects as they stand on `as_of`, by default the last day of the study's year.

    `reach` names targets of travel time from `network.reach_from` to every other seat; they are
    compared with the routed network, which is no outturn that anybody published. `cumulative` names
    rows in per cent since their baseline year, which are shown as a pace a year.
    """

    as_of: str | None = None
    growth: GrowthSpec | None = None
    reach: tuple[str, ...] = ()
    cumulative: tuple[str, ...] = ()
    decompose: DecomposeSpec | None = None
    cooperation: CooperationSpec | None = None

    @field_validator("as_of")
    @classmethod
    def _a_date(cls, value: str | None) -> str | None:
        try:
            last_day(value or "2000")
        except SchemaError as error:
            raise Misfit(error.english, error.chinese) from error
        return value
