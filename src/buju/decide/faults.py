"""Faults of a table gathered, so that one refusal tells all of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from buju.errors import BujuError, SchemaError

SHOWN = 12
"""Faults that a message spells out; the rest are counted."""


@dataclass
class Faults:
    """What is wrong with an input; `raise_any` refuses it once everything has been looked at.

    Examples
    --------
    >>> faults = Faults()
    >>> faults.add("budget of 2027 is -3; 0 or more", "2027 年预算为 -3，应不小于 0")
    >>> faults.raise_any()
    Traceback (most recent call last):
    ...
    buju.errors.SchemaError: 2027 年预算为 -3，应不小于 0
    budget of 2027 is -3; 0 or more
    """

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, english: str, chinese: str) -> None:
        """Note one fault, in both languages."""
        self.found.append((english, chinese))

    def raise_any(self, kind: type[BujuError] = SchemaError) -> None:
        """Refuse, naming the faults, if there are any."""
        if not self.found:
            return
        english, chinese = (list(side) for side in zip(*self.found[:SHOWN], strict=True))
        rest = len(self.found) - SHOWN
        if rest > 0:
            english.append(f"and {rest} more")
            chinese.append(f"另有 {rest} 处")
        raise kind("\n".join(english), "\n".join(chinese))

    def unknown(
        self,
        where: tuple[str, str],
        what: tuple[str, str],
        asked: Iterable[str],
        there: Sequence[str],
    ) -> None:
        """Note every name that is not there, with the nearest one that is."""
        known = set(there)
        for name in dict.fromkeys(asked):
            if name in known:
                continue
            near = difflib.get_close_matches(str(name), [str(t) for t in there], n=1)
            hint = (f" Did you mean '{near[0]}'?", f"是否为 '{near[0]}'？") if near else ("", "")
            self.add(
                f"{where[0]}: no {what[0]} '{name}'.{hint[0]}",
                f"{where[1]}：没有{what[1]} '{name}'。{hint[1]}",
            )

    def numbers(
        self,
        table: pd.DataFrame,
        name: str,
        key: str,
        column: str,
        *,
        least: float = -np.inf,
        remedy: tuple[str, str] = ("give a number", "请给出数值"),
    ) -> None:
        """Note every missing, infinite or too small number of a column, by the row's key."""
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        for row in np.flatnonzero(~(np.isfinite(values) & (values >= least))):
            given, who = table[column].iloc[row], table[key].iloc[row]
            bound = "" if least == -np.inf else f", {least:g} or more"
            bound_zh = "" if least == -np.inf else f"且不小于 {least:g}"
            self.add(
                f"{name}, {key} '{who}', column '{column}': {given!r}; a finite number{bound} is "
                f"expected; {remedy[0]}",
                f"{name}，{key} '{who}'，列 '{column}'：{given!r}；应为有限数{bound_zh}；"
                f"{remedy[1]}",
            )


def columns(table: pd.DataFrame, name: str, required: Sequence[str]) -> None:
    """Refuse a table that lacks columns.

    Raises
    ------
    SchemaError
        The message names the columns that are there.
    """
    absent = [column for column in required if column not in table.columns]
    if absent:
        there = ", ".join(map(str, table.columns))
        raise SchemaError(
            f"{name}: column(s) {', '.join(absent)} are missing; there are {there}",
            f"{name}：缺少列 {'、'.join(absent)}；现有 {there}",
        )


def one_price_year(table: pd.DataFrame, name: str, key: str, faults: Faults) -> None:
    """Note amounts at the prices of different years: they do not add up."""
    if "price_year" not in table.columns:
        return
    years: Mapping[int, list[str]] = {
        int(year): list(rows[key].astype(str))
        for year, rows in table.dropna(subset=["price_year"]).groupby("price_year")
    }
    unstated = list(table.loc[table["price_year"].isna(), key].astype(str))
    if len(years) > 1 or (years and unstated):
        parts = [f"{year} ({', '.join(who[:3])})" for year, who in years.items()]
        parts_zh = [f"{year}（{'、'.join(who[:3])}）" for year, who in years.items()]
        if unstated:
            parts.append(f"not stated ({', '.join(unstated[:3])})")
            parts_zh.append(f"未说明（{'、'.join(unstated[:3])}）")
        faults.add(
            f"{name}: amounts are at the prices of {', '.join(parts)}; bring all to one year with "
            "a price index before they are added",
            f"{name}：金额的价格年份不一致：{'、'.join(parts_zh)}；请先用价格指数换算到同一年",
        )
