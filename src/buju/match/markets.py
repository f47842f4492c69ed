"""A market as a folder: `market.yaml` and its tables, settled by the rule that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from buju.errors import SchemaError
from buju.match.presets import Preset, preset
from buju.region.others import read_tables

_DATE = r"^\d{4}-\d{2}-\d{2}$"


class MarketSpec(BaseModel):
    """What `market.yaml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: str
    title_zh: str
    title_en: str
    invented: bool
    """Whether the tables are made up; said wherever the market is shown."""
    rule: Literal["stable", "value", "amounts", "auction", "agreement"]
    proposing: Literal["requests", "listings"] = "requests"
    choices: Annotated[int, Field(ge=1, le=1000)] = 10
    """Length of each request's ranked list."""
    split: bool = False
    """Whether an amount may be spread over several listings."""
    date: Annotated[str, Field(pattern=_DATE)] | None = None
    """The day a registry is read on."""
    reference_price: Annotated[float, Field(gt=0)] | None = None


@dataclass(frozen=True)
class Market:
    """A market that was read and checked."""

    path: Path
    spec: MarketSpec
    preset: Preset
    tables: Mapping[str, pd.DataFrame]


_RULES = {
    "finance": ("stable", "value", "amounts"),
    "floor-space": ("stable", "value", "amounts"),
    "scenarios": ("stable", "value"),
    "allowances": ("auction", "agreement"),
}


def read_market(folder: str | Path) -> Market:
    """Read a market.

    Parameters
    ----------
    folder
        Holds `market.yaml` and the tables of its preset as CSV.

    Raises
    ------
    SchemaError
        The file or a table is missing or has faults, or the rule is not one of the preset; all
        faults of the tables at once.
    ParameterError
        There is no such preset.
    """
    path = Path(folder)
    spec = _spec(path)
    kind = preset(spec.preset)
    if spec.rule not in _RULES[kind.name]:
        known = ", ".join(_RULES[kind.name])
        raise SchemaError(
            f"{path.name}/market.yaml: rule '{spec.rule}' is none of preset '{kind.name}': {known}",
            f"{path.name}/market.yaml：“{kind.name}”不能用规则“{spec.rule}”；可选：{known}",
        )
    for key, rule in (("date", "scenarios"), ("reference_price", "agreement")):
        if rule in (kind.name, spec.rule) and getattr(spec, key) is None:
            raise SchemaError(
                f"{path.name}/market.yaml: '{key}' is missing; {rule} needs it",
                f"{path.name}/market.yaml：缺少“{key}”，{rule} 需要它",
            )
    return Market(path, spec, kind, read_tables(path, kind.schema))


def _spec(path: Path) -> MarketSpec:
    file = path / "market.yaml"
    if not file.is_file():
        raise SchemaError(f"{file}: there is no such file", f"{file}：没有这个文件")
    try:
        told: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return MarketSpec.model_validate(told)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SchemaError(f"{path.name}/market.yaml: {error}", "无法读取 market.yaml") from error
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise SchemaError(
            f"{path.name}/market.yaml: {'; '.join(lines)}",
            f"{path.name}/market.yaml 有误：{'；'.join(lines)}",
        ) from error


Settled = Mapping[str, pd.DataFrame]
Settle = Callable[[Market], Settled]
