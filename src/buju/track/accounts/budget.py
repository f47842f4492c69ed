"""A carbon budget: what a path to a target leaves to emit, and how far emissions are from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from buju.errors import ParameterError

Shape = Literal["linear", "geometric"]


@dataclass(frozen=True)
class CarbonBudget:
    """A path, what was emitted, and what remains.

    Attributes
    ----------
    table
        Index year; `path`, `emitted` (NaN where not known), `path_total`, `emitted_total` (since
        the year after the base), `gap` (emitted less path), `gap_total`.
    budget
        Sum of the path from the year after the base to the target year.
    spent
        Sum of what was emitted in the years known.
    remaining
        `budget` less `spent`.
    runs_out
        The year in which the budget is used up if the last year's emissions go on; None where
        that is not before the target year's end.
    """

    table: pd.DataFrame
    budget: float
    spent: float
    remaining: float
    runs_out: int | None


def target_path(
    base_year: int, base: float, target_year: int, target: float, *, shape: Shape = "linear"
) -> pd.Series:
    """Emissions year by year from a base to a target.

    Parameters
    ----------
    base, target
        Levels, the target zero or more; for a geometric path above zero.
    shape
        "linear": equal steps; "geometric": equal rates.

    Returns
    -------
    Series
        By year, both ends included.

    Examples
    --------
    >>> target_path(2020, 100.0, 2022, 80.0).tolist()
    [100.0, 90.0, 80.0]
    """
    if target_year <= base_year or not base > 0 or not target >= 0:
        raise ParameterError(
            f"a path runs from a year to a later one, from above zero to zero or more; given "
            f"{base_year}: {base}, {target_year}: {target}.",
            "路径应从较早年份的正值到较晚年份的非负值。",
        )
    if shape == "geometric" and target == 0:
        raise ParameterError(
            "a geometric path never reaches zero; take shape='linear'.",
            "等比路径不能到零，请用 linear。",
        )
    years = np.arange(base_year, target_year + 1)
    share = (years - base_year) / (target_year - base_year)
    level = base + (target - base) * share if shape == "linear" else base * (target / base) ** share
    return pd.Series(level, index=years)


def carbon_budget(path: pd.Series, emitted: pd.Series) -> CarbonBudget:
    """What a path leaves, against what was emitted.

    Parameters
    ----------
    path
        From `target_path`; its first year is the base and is not part of the budget.
    emitted
        By year in the same unit; the known years after the base must be without a gap.

    Returns
    -------
    CarbonBudget

    Raises
    ------
    ParameterError
        No year after the base is known, or one between two known ones is missing.

    Examples
    --------
    >>> found = carbon_budget(target_path(2020, 100.0, 2023, 70.0), pd.Series({2021: 100.0}))
    >>> found.budget, found.remaining, found.runs_out
    (240.0, 140.0, 2023)
    """
    years = path.index[1:]
    known = emitted.reindex(years).astype(float)
    last = known.last_valid_index()
    if last is None:
        raise ParameterError(
            f"no emissions are given for {years[0]} to {years[-1]}; give at least one year.",
            f"{years[0]}—{years[-1]} 年没有排放数据。",
        )
    gaps = known.loc[:last].isna()
    if gaps.any():
        raise ParameterError(
            f"emissions of {gaps.idxmax()} are missing between known years; a budget cannot be "
            "drawn up with a gap.",
            f"缺少 {gaps.idxmax()} 年的排放，无法累计。",
        )
    table = pd.DataFrame({"path": path.loc[years], "emitted": known})
    table["path_total"] = table["path"].cumsum()
    table["emitted_total"] = table["emitted"].cumsum()
    table["gap"] = table["emitted"] - table["path"]
    table["gap_total"] = table["emitted_total"] - table["path_total"]
    table.index.name = "year"
    budget, spent = float(table["path"].sum()), float(known.sum())
    return CarbonBudget(table, budget, spent, budget - spent, _runs_out(known, last, budget, years))


def _runs_out(known: pd.Series, last: int, budget: float, years: pd.Index) -> int | None:
    """The first year whose total exceeds the budget, the last known year's amount repeated."""
    total = known.fillna(float(known[last])).cumsum()
    over = total[total > budget * (1 + 1e-12)]
    return int(over.index[0]) if len(over) else None
