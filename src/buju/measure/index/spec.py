"""What is asked of an index: a record of plain values, checked before anything is computed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from buju.errors import ParameterError

Ties = Literal["min", "max", "average", "dense"]


class Part(BaseModel):
    """A frozen part of a spec; keys it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Impute(Part):
    """How missing cells are filled."""

    method: Literal["mean", "median", "group_mean", "group_median", "linear", "latest"]
    group: str | None = None
    """Column of `groups`, for the group methods."""

    @model_validator(mode="after")
    def _has_group(self) -> Impute:
        if self.method.startswith("group") and not self.group:
            raise ValueError("'group' is needed: the column of groups to take the figure from")
        return self


class Screen(Part):
    """Which units have too little data."""

    min_availability: Annotated[float, Field(ge=0, le=1)] = 0.65
    of: Literal["imputed", "raw"] = "imputed"
    """Cells counted after imputation or before it."""
    keep: tuple[str, ...] = ()
    """Units that stay whatever their data."""


class Treat(Part):
    """What happens to outliers."""

    method: Literal["winsorise", "log"] = "winsorise"
    max_points: Annotated[int, Field(ge=0)] | None = 5
    otherwise: Literal["log"] | None = "log"
    skew: Annotated[float, Field(gt=0)] = 2.0
    kurtosis: float = 3.5
    leave: tuple[str, ...] = ()
    """Indicators that are not treated."""


class Normalise(Part):
    """How indicators come to one scale."""

    method: Literal[
        "min_max", "z_score", "rank", "percentile", "borda", "goalposts", "distance_target",
        "distance_max", "distance_reference", "share_of_max", "efficacy", "efficacy_exponential",
    ]  # fmt: skip
    lower: float | None = None
    upper: float | None = None
    mean: float = 0.0
    sd: Annotated[float, Field(gt=0)] = 1.0
    ties: Ties = "min"
    bounds: Mapping[str, tuple[float, float]] = {}
    """For goalposts (low, high); for efficacy (not allowed, satisfactory)."""
    targets: Mapping[str, float] = {}
    reference: str | None = None
    """Unit that the others are measured against."""
    cap: bool = True
    constant: Literal["refuse", "middle"] = "refuse"
    over: Literal["year", "panel"] = "year"
    """Whether bounds, means and ranks are of one year or of all years together."""

    @model_validator(mode="after")
    def _is_complete(self) -> Normalise:
        if self.method in {"goalposts", "efficacy", "efficacy_exponential"} and not self.bounds:
            raise ValueError(f"'{self.method}' needs 'bounds': {{code: (low, high)}}")
        if self.method == "distance_reference" and not self.reference:
            raise ValueError("'distance_reference' needs 'reference': the code of a unit")
        if None not in (self.lower, self.upper) and not self.scale[0] < self.scale[1]:
            raise ValueError(f"lower {self.lower} is not below upper {self.upper}")
        return self

    @property
    def scale(self) -> tuple[float, float]:
        """Ends of the scale: 0 to 100 for min-max, 0 to 1 elsewhere, unless given."""
        top = 100.0 if self.method == "min_max" else 1.0
        return (
            0.0 if self.lower is None else self.lower,
            top if self.upper is None else self.upper,
        )


class Weight(Part):
    """Where weights come from; those read from data are found at `level` and given elsewhere."""

    method: Literal["given", "equal", "ahp", "entropy", "critic", "sd", "pca", "optimised"]
    sum: float | None = None
    """What given weights of siblings must add up to; relative where None."""
    values: Mapping[str, float] = {}
    """Weights that replace those of the tree, by code."""
    matrices: Mapping[str, tuple[tuple[float, ...], ...]] = {}
    """Judgements for `ahp`, by parent, in the order of its children."""
    variant: str | None = None
    within: Literal["siblings", "all"] = "siblings"

    @model_validator(mode="after")
    def _variant_is_known(self) -> Weight:
        known = {"entropy": ("min_max", "raw_shares"), "pca": ("first_squared", "kaiser_squared")}
        if self.variant is not None and self.variant not in known.get(self.method, ()):
            raise ValueError(
                f"variant '{self.variant}' of '{self.method}' is not known; known: "
                f"{', '.join(known.get(self.method, ())) or 'none'}"
            )
        return self


class Aggregate(Part):
    """How siblings become their parent; `method` may be {level formed: rule}."""

    method: str | Mapping[int, str]
    power: float = 0.5
    """Exponent of the generalised mean."""
    copeland: Literal["weighted", "majority"] = "weighted"
    missing: Literal["renormalise", "refuse"] = "renormalise"

    @model_validator(mode="after")
    def _rules_are_known(self) -> Aggregate:
        for rule in [self.method] if isinstance(self.method, str) else self.method.values():
            if rule not in RULES:
                raise ValueError(f"rule '{rule}' is not known; known: {', '.join(RULES)}")
        if self.power == 0:
            raise ValueError("power 0 is the geometric mean; ask for that by name")
        return self

    def rule(self, level: int) -> str:
        """The rule that forms aggregates of a level."""
        if isinstance(self.method, str):
            return self.method
        if level not in self.method:
            raise ParameterError(
                f"spec, 'aggregate': no rule for level {level}; rules are given for "
                f"{', '.join(map(str, self.method))}. Add it.",
                f"spec 的 aggregate 缺少第 {level} 级的合成方法，请补充。",
            )
        return self.method[level]


RULES = ("arithmetic", "geometric", "harmonic", "generalised", "copeland", "topsis")


class Spec(Part):
    """All steps in order; None skips a step."""

    denominate: bool = True
    impute: Impute | None = None
    screen: Screen | None = None
    treat: Treat | None = None
    normalise: Normalise | None = Normalise(method="min_max")
    weight: Weight = Weight(method="given")
    aggregate: Aggregate = Aggregate(method="arithmetic")

    def plain(self) -> dict[str, Any]:
        """The resolved spec as plain values, every default written out."""
        return dict(json.loads(self.model_dump_json()))


def read_spec(spec: Mapping[str, Any] | Spec) -> Spec:
    """The validated record of a spec.

    Parameters
    ----------
    spec
        A mapping with the keys of `Spec`; a step left out takes its default, None skips it, and
        a bare name is the step's method with its defaults.

    Returns
    -------
    Spec
        Frozen; `plain()` is its JSON form.

    Raises
    ------
    ParameterError
        A key or value that is not known; all faults are listed.

    Examples
    --------
    >>> read_spec({"normalise": {"method": "min_max", "lower": 1}}).normalise.scale
    (1.0, 100.0)
    """
    if isinstance(spec, Spec):
        return spec
    if "weight" in spec and spec["weight"] is None:
        spec = {**spec, "weight": {"method": "given"}}
    if spec.get("denominate") is None:
        spec = {**spec, "denominate": "denominate" not in spec}
    try:
        return Spec.model_validate({key: _plain(value) for key, value in spec.items()})
    except ValidationError as cause:
        faults = "; ".join(
            f"'{'.'.join(str(x) for x in fault['loc']) or 'spec'}': {fault['msg']}"
            for fault in cause.errors()
        )
        raise ParameterError(
            f"the spec of the index cannot be used: {faults}.", f"指数的 spec 有误：{faults}。"
        ) from cause


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return {"method": value}
    return dict(value) if isinstance(value, Mapping) else value
