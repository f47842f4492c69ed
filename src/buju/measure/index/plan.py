"""The door from tables to arrays: everything the steps need, in the order of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index.indicators import Indicators
from buju.measure.index.spec import Spec
from buju.measure.index.tree import Tree


@dataclass(frozen=True)
class Family:
    """A parent with its children, as positions among indicators and aggregates."""

    code: str
    level: int
    parent: int
    children: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """A spec and a tree over arrays (layers, units, indicators); layers: years or replications."""

    spec: Spec
    tree: Tree
    units: pd.Index
    years: tuple[Any, ...]
    raw: Array
    """(years, units, indicators)"""
    divisor: Array
    """(years, units, indicators); 1 where nothing is divided."""
    groups: Mapping[str, Array]
    """By column, the number of each unit's group, -1 where it has none."""
    families: tuple[Family, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Indicators, then aggregates from the lowest level up: the columns of scores."""
        return self.tree.indicators + self.tree.aggregates

    @property
    def direction(self) -> Array:
        """+1 or -1 for every indicator, (m,)."""
        by_code = self.tree.by_code
        return np.array([by_code[code].direction for code in self.tree.indicators], dtype=float)

    def where(self, layer: int, unit: int, indicator: int | None = None) -> str:
        """What a message calls a cell."""
        year = self.years[layer] if layer < len(self.years) else None
        place = f"unit '{self.units[unit]}'" + (f", year {year}" if year is not None else "")
        return place if indicator is None else f"indicator '{self.codes[indicator]}', {place}"


def make_plan(indicators: Indicators, spec: Spec) -> Plan:
    """Arrays and positions for a spec; names in the spec are checked against the data here."""
    tree = indicators.tree
    position = {code: k for k, code in enumerate(tree.indicators + tree.aggregates)}
    families = tuple(
        Family(
            code=code,
            level=tree.by_code[code].level,
            parent=position[code],
            children=tuple(position[child] for child in tree.children(code)),
        )
        for code in tree.aggregates
    )
    _check_names(indicators, spec)
    raw = indicators.cube(indicators.values)
    return Plan(
        spec=spec, tree=tree, units=indicators.units, years=tuple(indicators.years), raw=raw,
        divisor=_divisors(indicators, raw) if spec.denominate else np.ones((1, 1, raw.shape[2])),
        groups=_groups(indicators), families=families,
    )  # fmt: skip


def _divisors(indicators: Indicators, raw: Array) -> Array:
    below = indicators.cube(indicators.denominators)
    columns = list(indicators.denominators.columns)
    divisor = np.ones_like(raw)
    for k, code in enumerate(indicators.tree.indicators):
        node = indicators.tree.by_code[code]
        if not node.denominator:
            continue
        values = below[:, :, columns.index(node.denominator)]
        zero = (values == 0) & ~np.isnan(raw[:, :, k])
        if zero.any():
            unit = indicators.units[int(np.argwhere(zero)[0][1])]
            raise ParameterError(
                f"indicator '{code}', unit '{unit}': the denominator '{node.denominator}' is 0; "
                "correct it or leave it empty.",
                f"指标 '{code}'，单位 '{unit}'：分母 '{node.denominator}' 为 0，请改正或留空。",
            )
        divisor[:, :, k] = values / node.scale
    return divisor


def _groups(indicators: Indicators) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for column in indicators.groups.columns:
        text = indicators.groups[column]
        if indicators.panel:
            text = text.groupby(level="unit", sort=False).first()
        codes, _ = pd.factorize(text.reindex(indicators.units), use_na_sentinel=True)
        found[str(column)] = np.asarray(codes, dtype=np.float64)
    return found


def _check_names(indicators: Indicators, spec: Spec) -> None:
    tree = indicators.tree
    if spec.impute and spec.impute.group and spec.impute.group not in indicators.groups.columns:
        there = ", ".join(map(str, indicators.groups.columns)) or "none"
        raise ParameterError(
            f"spec, 'impute.group': no column '{spec.impute.group}' among the groups ({there}).",
            f"spec 的 impute.group：没有分组列 '{spec.impute.group}'。",
        )
    named = {
        "screen.keep": (spec.screen.keep if spec.screen else (), set(indicators.units)),
        "treat.leave": (spec.treat.leave if spec.treat else (), set(tree.indicators)),
        "weight.values": (spec.weight.values, set(tree.by_code)),
        "weight.matrices": (spec.weight.matrices, set(tree.aggregates)),
        "normalise.bounds": (spec.normalise.bounds if spec.normalise else (), set(tree.indicators)),
        "normalise.targets": (spec.normalise.targets if spec.normalise else (),
                              set(tree.indicators)),
    }  # fmt: skip
    for key, (names, known) in named.items():
        odd = [str(name) for name in names if name not in known]
        if odd:
            raise ParameterError(
                f"spec, '{key}': {', '.join(odd[:5])} is not in the tree or data; correct it.",
                f"spec 的 {key}：{', '.join(odd[:5])} 不存在，请改正代码。",
            )
