"""Factors of fuels: heating value, carbon, oxidation, each with its source, vintage and range."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.measure.tables import require_columns

_FOLDER: Final = Path(__file__).parent
KJ_PER_KGCE: Final = 29_307.0
"""Heat of a kilogram of standard coal, GB/T 2589."""
CO2_PER_CARBON: Final = 44 / 12
ROUNDING: Final = 0.5e-4
"""Factors are printed to four decimals."""
_NUMBERS = ("ncv_kj", "carbon_t_per_tj", "oxidation", "low_kg_per_tj", "high_kg_per_tj")
COLUMNS = ("fuel", "name_zh", "name_en", "unit", *_NUMBERS, "co2_kg", "coal_kgce", "vintage",
           "source", "range_source", "note")  # fmt: skip


def read_factors(path: str | Path | None = None) -> pd.DataFrame:
    """The registry of fuel factors, checked.

    Parameters
    ----------
    path
        A CSV of your own with the columns of `COLUMNS`; the registry of buju, ten fuels, by
        default. Where `co2_kg` is empty it is computed.

    Returns
    -------
    DataFrame
        Index `fuel`; `unit` (kg or m3), `ncv_kj` (net heat, kJ a unit), `carbon_t_per_tj`,
        `oxidation` (share), `co2_kg` and `coal_kgce` (a unit), `low_kg` and `high_kg` (the range
        of `co2_kg`: range of emissions per heat times heat, widened to hold `co2_kg` itself),
        `vintage`, `source`, `range_source`, `note`.

    Raises
    ------
    SchemaError
        A column is missing, a fuel stands twice, a figure is no number above zero, a row names no
        source or vintage, or a printed factor is not what heat, carbon and oxidation give.

    References
    ----------
    GB/T 2589-2008; guidelines for provincial greenhouse gas inventories (2011); IPCC (2006),
    Guidelines, vol. 2, table 1.4, for the ranges.

    Examples
    --------
    >>> coal = read_factors().loc["raw_coal"]
    >>> float(coal["co2_kg"]), [round(float(x), 2) for x in coal[["low_kg", "high_kg"]]]
    (1.9003, [1.87, 2.08])
    """
    file = Path(path) if path is not None else _FOLDER / "factors.csv"
    text = ["fuel", "name_zh", "name_en", "unit", "vintage", "source", "range_source", "note"]
    frame = pd.read_csv(file, dtype=dict.fromkeys(text, str), keep_default_na=True)
    require_columns(frame, COLUMNS, name=str(file))
    _require_named(frame, file)
    _require_numbers(frame, file)
    given = frame["co2_kg"].astype(float)
    computed = emission_factor(frame["ncv_kj"], frame["carbon_t_per_tj"], frame["oxidation"])
    _require_agreement(frame, given, computed, file)
    frame["co2_kg"] = given.fillna(computed)
    for end, pick in (("low", np.minimum), ("high", np.maximum)):
        of_range = frame[f"{end}_kg_per_tj"] * frame["ncv_kj"] * 1e-9
        frame[f"{end}_kg"] = pick(of_range, frame["co2_kg"])
    return frame.set_index("fuel")


def emission_factor(ncv_kj: pd.Series, carbon: pd.Series, oxidation: pd.Series) -> pd.Series:
    """Carbon dioxide in kg a unit: heating value times carbon times oxidation times 44/12.

    Parameters
    ----------
    ncv_kj
        Net heating value, kJ a unit.
    carbon
        Tonnes of carbon in a TJ.
    oxidation
        Share that is oxidised.

    Examples
    --------
    >>> heat, carbon, share = (pd.Series([x]) for x in (20908.0, 26.37, 0.94))
    >>> float(emission_factor(heat, carbon, share).round(4)[0])
    1.9003
    """
    return ncv_kj * 1e-6 * carbon * oxidation * CO2_PER_CARBON


def recompute(factors: pd.DataFrame) -> pd.DataFrame:
    """Each printed factor beside what its parts give, and the coal equivalent beside the heat.

    Returns
    -------
    DataFrame
        Index `fuel`; `co2_kg`, `recomputed_kg`, `agrees` (to the printed decimals), `coal_kgce`,
        `recomputed_kgce` (heat over 29 307 kJ), `coal_gap` (relative), `in_range` (whether
        `co2_kg` lies in the range of its range source).

    Examples
    --------
    >>> bool(recompute(read_factors())["agrees"].all())
    True
    """
    parts = (factors["ncv_kj"], factors["carbon_t_per_tj"], factors["oxidation"])
    found = emission_factor(*parts)
    coal = factors["ncv_kj"] / KJ_PER_KGCE
    per_tj = factors["co2_kg"] / (factors["ncv_kj"] * 1e-9)
    inside = per_tj.between(factors["low_kg_per_tj"], factors["high_kg_per_tj"])
    return pd.DataFrame({
        "co2_kg": factors["co2_kg"], "recomputed_kg": found,
        "agrees": (found - factors["co2_kg"]).abs() <= ROUNDING,
        "coal_kgce": factors["coal_kgce"], "recomputed_kgce": coal,
        "coal_gap": coal / factors["coal_kgce"] - 1, "in_range": inside,
    })  # fmt: skip


def factor_sources() -> pd.DataFrame:
    """Publisher, title and date behind the keys of buju's own registry.

    Examples
    --------
    >>> factor_sources()["source"].tolist()
    ['ncv-gbt2589', 'carbon-ndrc2011', 'ipcc2006']
    """
    return pd.read_csv(_FOLDER / "factor_sources.csv", dtype=str)


def require_fuels(fuels: pd.Series, factors: pd.DataFrame, *, name: str) -> None:
    """Refuse fuels that the registry lacks; there is no factor without a source.

    Raises
    ------
    ParameterError
        Names the fuel, the table, and what the registry knows.
    """
    unknown = sorted(set(fuels) - set(factors.index))
    if unknown:
        known = ", ".join(map(str, factors.index))
        raise ParameterError(
            f"{name}: no factor with a source for {', '.join(unknown[:5])}; the registry has "
            f"{known}. Add a row with heating value, carbon, oxidation, vintage and source.",
            f"{name}：登记表没有 {'、'.join(unknown[:5])} 的排放因子；请补充一行（热值、含碳量、"
            "氧化率、年份与来源），没有来源的因子不予使用。",
        )


def _require_named(frame: pd.DataFrame, file: Path) -> None:
    for column in ("fuel", "unit", "vintage", "source", "range_source"):
        empty = frame[column].isna() | (frame[column].str.strip() == "")
        if empty.any():
            row = int(np.flatnonzero(empty)[0])
            raise SchemaError(
                f"{file}, line {row + 2}: fuel {frame['fuel'].iloc[row]!r} has no {column}; a "
                "factor without it is not used. Fill the cell.",
                f"{file} 第 {row + 2} 行：缺少 {column}，没有来源和年份的因子不予使用。",
            )
    if frame["fuel"].duplicated().any():
        twice = frame.loc[frame["fuel"].duplicated(), "fuel"].iloc[0]
        raise SchemaError(
            f"{file}: fuel {twice!r} stands twice; keep one row.", f"{file}：燃料 {twice!r} 重复。"
        )
    odd = ~frame["unit"].isin(["kg", "m3"])
    if odd.any():
        raise SchemaError(
            f"{file}: unit {frame.loc[odd, 'unit'].iloc[0]!r} is neither kg nor m3.",
            f"{file}：单位应为 kg 或 m3。",
        )


def _require_numbers(frame: pd.DataFrame, file: Path) -> None:
    for column in (*_NUMBERS, "coal_kgce"):
        values = pd.to_numeric(frame[column], errors="coerce")
        bad = ~(values > 0) | ((values > 1) if column == "oxidation" else False)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise SchemaError(
                f"{file}, line {row + 2}, column '{column}': {frame[column].iloc[row]!r} is no "
                "number above zero (oxidation: a share up to 1).",
                f"{file} 第 {row + 2} 行 '{column}' 应为正数（氧化率不超过 1）。",
            )
        frame[column] = values
    if (frame["low_kg_per_tj"] > frame["high_kg_per_tj"]).any():
        raise SchemaError(f"{file}: a range runs downwards.", f"{file}：区间下限高于上限。")


def _require_agreement(
    frame: pd.DataFrame, given: pd.Series, computed: pd.Series, file: Path
) -> None:
    apart = (given - computed).abs() > ROUNDING
    if apart.any():
        row = int(np.flatnonzero(apart)[0])
        raise SchemaError(
            f"{file}, line {row + 2}: co2_kg of {frame['fuel'].iloc[row]!r} is printed as "
            f"{given.iloc[row]:g}, but heat x carbon x oxidation x 44/12 gives "
            f"{computed.iloc[row]:.4f}. Correct one of them, or leave co2_kg empty.",
            f"{file} 第 {row + 2} 行：因子 {given.iloc[row]:g} 与热值×含碳量×氧化率×44/12 = "
            f"{computed.iloc[row]:.4f} 不符。",
        )
