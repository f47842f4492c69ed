"""Indicators of units, with their tree: what every step starts from."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import Array
from buju.measure.index.tree import Tree

PERCENT = {"%", "％", "percent", "per cent", "percentage", "百分比", "pct"}


@dataclass(frozen=True)
class Indicators:
    """A tree and its data; `make_indicators` checks them.

    `values` has one row a unit (index `unit`), or one a year and unit (index `year`, `unit`), and
    one column an indicator, in the order of the tree. `denominators` and `groups` have the same
    rows. Missing is NaN.
    """

    tree: Tree
    values: pd.DataFrame
    denominators: pd.DataFrame
    groups: pd.DataFrame
    names: pd.Series[Any]
    notes: tuple[str, ...] = field(default=())

    @property
    def panel(self) -> bool:
        """Whether there are several years."""
        return self.values.index.nlevels == 2

    @property
    def years(self) -> list[Any]:
        """The years in order; one None where the data have no year."""
        return sorted(set(self.values.index.get_level_values("year"))) if self.panel else [None]

    @property
    def units(self) -> pd.Index:
        """Codes of the units in the order they first stand in."""
        index = self.values.index
        return pd.Index(index.get_level_values("unit").unique(), name="unit")

    def cube(self, frame: pd.DataFrame) -> Array:
        """Rows of `frame` as an array (years, units, columns); a row that is not there is NaN."""
        if not self.panel:
            return frame.to_numpy(dtype=np.float64)[None]
        full = pd.MultiIndex.from_product([self.years, self.units], names=["year", "unit"])
        shape = (len(self.years), len(self.units), frame.shape[1])
        return np.asarray(frame.reindex(full).to_numpy(dtype=np.float64).reshape(shape))

    def at(self, year: Any) -> Indicators:
        """One year of a panel, as units alone."""
        if not self.panel or year not in self.years:
            raise SchemaError(
                f"there is no year {year!r} in these data ({self.years}).",
                f"数据中没有年份 {year!r}。",
            )
        values, below, groups = (
            frame.xs(year, level="year") for frame in (self.values, self.denominators, self.groups)
        )
        return Indicators(self.tree, values, below, groups, self.names, self.notes)

    def select(self, tree: Tree) -> Indicators:
        """The same data under a tree that uses some of the indicators."""
        kept = self.values[list(tree.indicators)]
        return Indicators(tree, kept, self.denominators, self.groups, self.names, self.notes)


def make_indicators(
    tree: Tree,
    values: pd.DataFrame,
    *,
    denominators: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
    names: pd.Series[Any] | None = None,
    notes: tuple[str, ...] = (),
    small_percent: str | tuple[str, ...] = "refuse",
) -> Indicators:
    """Tree and data as one checked record.

    Parameters
    ----------
    tree
        From `read_tree`.
    values
        One row a unit, or one a (year, unit), and a column for every indicator of the tree.
    denominators, groups
        Columns on the same rows: numbers to divide by, and text to group by.
    names
        Names of units.
    small_percent
        What to do where an indicator's unit is per cent and no value lies above 1, the mark of
        fractions under a per cent heading: "refuse", "note", or the codes for which it is right.

    Raises
    ------
    SchemaError
        An indicator without a column, a repeated unit, text or infinity among the numbers, per
        cent that look like fractions.

    Examples
    --------
    >>> from buju.measure.index.tree import read_tree
    >>> tree = read_tree([{"code": "gdp", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> make_indicators(tree, pd.DataFrame({"gdp": [1, 2]}, index=["A", "B"])).units.tolist()
    ['A', 'B']
    """
    lacking = [code for code in tree.indicators if code not in values.columns]
    if lacking:
        near = difflib.get_close_matches(lacking[0], [str(c) for c in values.columns], n=1)
        hint = f" Did you mean column '{near[0]}'?" if near else ""
        raise SchemaError(
            f"the data lack the indicators {', '.join(lacking[:8])} of the tree.{hint} Add the "
            "column (cells may be empty) or take the row out of the tree.",
            f"数据缺少指标：{', '.join(lacking[:8])}；请补充该列或从指标体系中删去。",
        )
    index = _index(values.index)
    data = pd.DataFrame(
        {code: _numbers(values[code], code, index) for code in tree.indicators}, index=index
    )
    empty = [code for code in tree.indicators if data[code].isna().all()]
    if empty:
        raise SchemaError(
            f"the indicators {', '.join(empty[:8])} have no value at all; fill them or take them "
            "out of the tree.",
            f"指标 {', '.join(empty[:8])} 没有任何数值；请填报或从体系中删去。",
        )
    unused = [str(column) for column in values.columns if column not in tree.by_code]
    said = list(notes)
    if unused:
        said.append(f"columns not in the tree, not used: {', '.join(unused)}")
    said += _small_percents(tree, data, small_percent)
    bare = pd.DataFrame(index=index)
    below = bare if denominators is None else pd.DataFrame(
        {c: _numbers(denominators[c], str(c), index) for c in denominators.columns}, index=index
    )  # fmt: skip
    _require_denominators(tree, below)
    grouped = bare if groups is None else groups.set_axis(index)
    called = pd.Series(dtype=object) if names is None else names
    return Indicators(tree, data, below, grouped, called, tuple(said))


def _index(index: pd.Index) -> pd.Index:
    if index.duplicated().any():
        twice = index[index.duplicated()][0]
        raise SchemaError(
            f"unit {twice!r} stands more than once; keep one row a unit (and year).",
            f"单位 {twice!r} 重复，每个单位（每年）只应有一行。",
        )
    if index.nlevels == 2:
        return index.set_names(["year", "unit"])
    return pd.Index([str(x) for x in index], name="unit")


def _numbers(column: pd.Series[Any], code: str, index: pd.Index) -> Array:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    given = column.notna().to_numpy() & (column.astype(str).str.strip() != "").to_numpy()
    bad = (np.isnan(numbers) & given) | np.isinf(numbers)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise SchemaError(
            f"indicator '{code}', unit {index[at]!r}: {column.iloc[at]!r} is not a finite number "
            f"({int(bad.sum())} such cells); leave the cell empty where there is no figure.",
            f"指标 '{code}'，单位 {index[at]!r}：{column.iloc[at]!r} 不是数字；没有数据请留空。",
        )
    return numbers


def _require_denominators(tree: Tree, below: pd.DataFrame) -> None:
    for code in tree.indicators:
        need = tree.by_code[code].denominator
        if need and need not in below.columns:
            raise SchemaError(
                f"indicator '{code}' is to be divided by '{need}', which the data lack; add that "
                f"column or clear the denominator (there: {', '.join(below.columns) or 'none'}).",
                f"指标 '{code}' 的分母 '{need}' 不在数据中，请补充该列或清空分母。",
            )


def _small_percents(tree: Tree, data: pd.DataFrame, rule: str | tuple[str, ...]) -> list[str]:
    said = []
    for code in tree.indicators:
        if tree.by_code[code].unit.strip().lower() not in PERCENT:
            continue
        values = data[code].dropna()
        largest = float(values.abs().max())
        inside = values[(values > 0) & (values < 1)]
        if 0 < largest <= 1:
            text = (
                f"indicator '{code}' is in per cent but no value lies above 1 (largest {largest:g})"
            )
            if rule == "refuse" or (not isinstance(rule, str) and code not in rule):
                raise SchemaError(
                    f"{text}; they look like fractions. Multiply by 100, change the unit, or name "
                    "the code in small_percent if the figures are right.",
                    f"指标 '{code}' 单位为百分比，但最大值仅 {largest:g}，疑为小数；请乘以 100、"
                    "改正单位，或在 small_percent 中确认。",
                )
            said.append(f"{text}; taken as given")
        elif len(inside) and inside.max() * 50 < float(values.median()):
            said.append(
                f"indicator '{code}' is in per cent; {', '.join(map(str, inside.index[:5]))} lie "
                f"below 1 where the median is {float(values.median()):g}: fractions? taken as given"
            )
    return said
