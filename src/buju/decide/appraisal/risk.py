"""Appraisals drawn: how likely a project is to be worth its cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.faults import Faults, columns

Floats = npt.NDArray[np.float64]
SHAPES = ("uniform", "triangular", "normal", "lognormal")


@final
@dataclass(frozen=True)
class Risk:
    """ENPV over draws.

    Attributes
    ----------
    table
        One row a method: `method`, `mean`, `low` (5 %), `median`, `high` (95 %), `positive` (share
        of draws with ENPV above zero), `error` (standard error of that share).
    draws
        {method: (draws,)}.
    contribution
        `driver`, `method`, `correlation`: rank correlation of each driver with ENPV.
    seed
        What drew them.
    """

    table: pd.DataFrame
    draws: dict[str, Floats]
    contribution: pd.DataFrame
    seed: int


def factors(uncertainty: pd.DataFrame, items: list[str], draws: int, seed: int) -> pd.DataFrame:
    """Factor of each item in each draw, (draws, items); items without a row stay at 1.

    Parameters
    ----------
    uncertainty
        Columns `item`, `shape` ("uniform", "triangular", "normal", "lognormal"), `low`, `high` and
        for triangular `mode`: factors of the item's amounts; for normal and lognormal `low` and
        `high` are the 5 and 95 % points. `driver`: items with the same driver move together.

    Raises
    ------
    SchemaError
        Unknown items or shapes, bounds that are missing or turned, two drivers' shapes that differ.
    """
    columns(uncertainty, "uncertainty", ["item", "shape", "low", "high"])
    table = uncertainty.copy()
    if "driver" not in table.columns:
        table["driver"] = pd.NA
    if "mode" not in table.columns:
        table["mode"] = np.nan
    table["driver"] = table["driver"].astype(object).where(table["driver"].notna(), table["item"])
    _check(table, items)
    rng = np.random.default_rng(seed)
    found = pd.DataFrame(1.0, index=range(draws), columns=items)
    uniform = {str(driver): rng.random(draws) for driver in table["driver"].drop_duplicates()}
    for row in table.to_dict("records"):
        found[row["item"]] = _quantile(row, uniform[str(row["driver"])])
    found.attrs["drivers"] = uniform
    return found


def _check(table: pd.DataFrame, items: list[str]) -> None:
    faults = Faults()
    faults.unknown(("uncertainty", "uncertainty"), ("item", "项目"), table["item"], items)
    for item in table.loc[table["item"].duplicated(), "item"]:
        faults.add(f"uncertainty: '{item}' stands twice", f"uncertainty：'{item}' 重复")
    for name in ("low", "high"):
        faults.numbers(table, "uncertainty", "item", name)
    for row in table.to_dict("records"):
        low, high, mode = row["low"], row["high"], row["mode"]
        where = (f"uncertainty, item '{row['item']}'", f"uncertainty，'{row['item']}'")
        if row["shape"] not in SHAPES:
            faults.add(
                f"{where[0]}: shape '{row['shape']}'; {', '.join(SHAPES)} are known",
                f"{where[1]}：shape '{row['shape']}'；可用：{'、'.join(SHAPES)}",
            )
        if not low <= high:
            faults.add(f"{where[0]}: low {low} exceeds high {high}", f"{where[1]}：low 大于 high")
        if row["shape"] == "triangular" and not low <= mode <= high:
            faults.add(
                f"{where[0]}: mode {mode} does not lie between low and high",
                f"{where[1]}：mode {mode} 不在 low 与 high 之间",
            )
        if row["shape"] == "lognormal" and not low > 0:
            faults.add(f"{where[0]}: low must be above 0", f"{where[1]}：low 应大于 0")
    faults.raise_any()


def _quantile(row: dict[str, object], u: Floats) -> Floats:
    from scipy.stats import norm, triang

    low, high = float(row["low"]), float(row["high"])  # type: ignore[arg-type]
    if row["shape"] == "uniform" or low == high:
        return low + (high - low) * u
    if row["shape"] == "triangular":
        peak = (float(row["mode"]) - low) / (high - low)  # type: ignore[arg-type]
        return np.asarray(triang.ppf(u, peak, loc=low, scale=high - low))
    if row["shape"] == "lognormal":
        low, high = np.log(low), np.log(high)
    spread = (high - low) / (2 * norm.ppf(0.95))
    found = norm.ppf(u, (low + high) / 2, spread)
    return np.asarray(np.exp(found) if row["shape"] == "lognormal" else found)


def summarised(values: dict[str, Floats], drawn: pd.DataFrame, seed: int) -> Risk:
    """The draws as tables."""
    from scipy.stats import spearmanr

    rows, parts = [], []
    for method, enpv in values.items():
        share = float((enpv > 0).mean())
        low, median, high = np.quantile(enpv, [0.05, 0.5, 0.95])
        rows.append(
            {
                "method": method, "mean": enpv.mean(), "low": low, "median": median, "high": high,
                "positive": share, "error": np.sqrt(share * (1 - share) / len(enpv)),
            }
        )  # fmt: skip
        for driver, u in drawn.attrs["drivers"].items():
            moved = float(np.ptp(enpv)) > 0
            rank = float(spearmanr(u, enpv).statistic) if moved else 0.0
            parts.append({"driver": driver, "method": method, "correlation": rank})
    contribution = pd.DataFrame(parts, columns=["driver", "method", "correlation"])
    return Risk(pd.DataFrame(rows), values, contribution, seed)
