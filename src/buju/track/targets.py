"""Targets by kind beside outturns: required growth, progress, and a light with its rule."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.track.growth import required_growth
from buju.track.kinds import AIMS, meets, one_kind

NEAR = 0.8
LIKELY, UNLIKELY = 2 / 3, 1 / 3
_RATES = ("percent", "percent/year", "points")
_NEEDED = ["target", "kind", "unit", "baseline_value", "baseline_year", "value", "year",
           "direction", "actual_value", "actual_year"]  # fmt: skip


@cache
def lights() -> pd.DataFrame:
    """The rules of the traffic lights: `rule`, `light`, `zh`, `en`.

    >>> lights().set_index("rule").loc["near_path", "light"]
    'amber'
    """
    return pd.read_csv(files("buju.track") / "lights.csv")


def assess(targets: pd.DataFrame, chances: dict[str, float] | None = None) -> pd.DataFrame:
    """Every row with its required growth, its progress and its light; none is left out.

    A row without what a rule needs is grey and says what is missing.

    Parameters
    ----------
    targets
        As the region's table `targets`.
    chances
        Forecast chance by target, for targets of growth whose year is still to come.

    Returns
    -------
    DataFrame
        `target`, `kind`, `remaining` (years from the latest figure to the target's), `required`
        (missing where it is met), `required_unit` ("percent/year" compound, or "points/year" for
        shares and rates), `path` (what the straight line from the baseline asks for in the
        outturn's year), `done` (share of the change from baseline to target that has happened),
        `chance`, `light` ("green", "amber", "red", "grey") and `rule`, in the order given.

    Raises
    ------
    SchemaError
        A column is missing or a kind unknown.

    Examples
    --------
    >>> row = {"target": "T", "kind": "plan", "unit": "km", "baseline_value": 1150.0,
    ...        "baseline_year": 2020, "value": 2500.0, "year": 2035, "direction": "up",
    ...        "actual_value": 1347.0, "actual_year": 2025}
    >>> found = assess(pd.DataFrame([row])).iloc[0]
    >>> round(found["path"]), float(round(found["required"], 2)), found["light"], found["rule"]
    (1600, 6.38, 'red', 'off_path')
    """
    absent = [name for name in _NEEDED if name not in targets]
    if absent:
        raise SchemaError(
            f"targets: column(s) {', '.join(absent)} are missing",
            f"targets：缺少列 {'、'.join(absent)}",
        )
    for kind in dict.fromkeys(targets["kind"]):
        one_kind(targets, kind)
    light = lights().set_index("rule")["light"]
    rows = []
    for row in targets.to_dict("records"):
        chance = (chances or {}).get(row["target"], np.nan)
        found = _progress(row)
        rule = _rule(row, found, chance)
        if rule == "met":
            found |= {"required": np.nan, "required_unit": ""}
        rows.append(
            {"target": row["target"], "kind": row["kind"], **found, "chance": chance}
            | {"light": light[rule], "rule": rule}
        )
    return pd.DataFrame(rows)


def _progress(row: dict[str, Any]) -> dict[str, Any]:
    """Remaining years, required growth, the line's value and the share done."""
    found: dict[str, Any] = {"remaining": np.nan, "required": np.nan, "required_unit": ""}
    found |= {"path": np.nan, "done": np.nan}
    value, year = row["value"], row["year"]
    if pd.isna(value) or pd.isna(year) or row["unit"] == "percent/year":
        return found
    base, start = row["baseline_value"], row["baseline_year"]
    actual, at = row["actual_value"], row["actual_year"]
    now, when = (base, start) if pd.isna(actual) or pd.isna(at) else (actual, at)
    if not pd.isna(now) and not pd.isna(when) and when < year:
        found["remaining"] = float(year - when)
        found["required"], found["required_unit"] = _required(row["unit"], now, value, year - when)
    if not (pd.isna(base) or pd.isna(start) or pd.isna(actual) or pd.isna(at)) and start < year:
        share = min(max((at - start) / (year - start), 0.0), 1.0)
        found["path"] = float(base + share * (value - base))
        if value != base:
            found["done"] = float((actual - base) / (value - base))
    return found


def _required(unit: str, now: float, value: float, years: float) -> tuple[float, str]:
    if unit in _RATES or not (now > 0 and value > 0):
        return (value - now) / years, "points/year" if unit in _RATES else f"{unit}/year"
    return required_growth(now, value, years), "percent/year"


def _rule(row: dict[str, Any], found: dict[str, Any], chance: float) -> str:
    if row["kind"] not in AIMS:
        return "no_target"
    if row["direction"] in ("keep", "peak"):
        return "not_numeric"
    if pd.isna(row["value"]):
        return "no_target"
    actual = row["actual_value"]
    if not pd.isna(actual) and meets(actual, row["value"], row["direction"]):
        return "met"
    due = not pd.isna(row["year"]) and not pd.isna(row["actual_year"])
    if not pd.isna(actual) and due and row["actual_year"] >= row["year"]:
        return "missed"
    if not pd.isna(chance):
        return "likely" if chance >= LIKELY else "doubtful" if chance >= UNLIKELY else "unlikely"
    if pd.isna(actual):
        return "no_outturn"
    if pd.isna(row["year"]):
        return "no_year"
    if pd.isna(found["path"]):
        return "no_baseline"
    return _on_line(row, found)


def _on_line(row: dict[str, Any], found: dict[str, Any]) -> str:
    asked = found["path"] - row["baseline_value"]
    happened = row["actual_value"] - row["baseline_value"]
    if asked == 0:
        return "on_path" if happened == 0 else "off_path"
    share = happened / asked
    return "on_path" if share >= 1 else "near_path" if share >= NEAR else "off_path"
