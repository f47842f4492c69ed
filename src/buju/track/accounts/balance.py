"""The energy balance: who used how much of which fuel, and for what."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.measure.tables import require_columns
from buju.track.accounts.factors import require_fuels

ELECTRICITY: Final = "electricity"
HEAT: Final = "heat"
CARRIERS: Final = (ELECTRICITY, HEAT)
USES: Final = {
    "final": "burned, or for electricity and heat used, where it is consumed",
    "feedstock": "raw material of a product, not burned",
    "power": "burned to make electricity",
    "heat": "burned to make heat for sale",
    "conversion": "made into another fuel, as in coking and refining",
    "output": "what power stations, boilers, coke ovens and refineries give",
    "loss": "lost on the way",
}
UNITS: Final = {
    "kg": ("kg", 1.0), "t": ("kg", 1e3), "1e4 t": ("kg", 1e7),
    "m3": ("m3", 1.0), "1e4 m3": ("m3", 1e4), "1e8 m3": ("m3", 1e8),
    "kWh": ("kWh", 1.0), "1e4 kWh": ("kWh", 1e4), "1e8 kWh": ("kWh", 1e8), "MWh": ("kWh", 1e3),
    "GJ": ("GJ", 1.0), "1e4 GJ": ("GJ", 1e4), "1e6 kJ": ("GJ", 1.0),
}  # fmt: skip
KGCE_PER_KWH: Final = 0.1229
"""Heat of a kilowatt hour, 3600 kJ over 29 307 kJ, as GB/T 2589 prints it (当量值)."""
KGCE_PER_GJ: Final = 34.12
"""A gigajoule of heat, GB/T 2589."""
_KEY = ["place", "year", "sector", "fuel", "use"]
COLUMNS: Final = (*_KEY, "amount", "unit", "source")


def read_energy_balance(source: str | Path | pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Energy use by place, year, sector and fuel, checked and brought to one unit a fuel.

    Parameters
    ----------
    source
        CSV, or a frame, with the columns of `COLUMNS`: `fuel` a code of the registry,
        `electricity` or `heat`; `use` one of `USES`; `unit` one of `UNITS`.
    factors
        From `read_factors`.

    Returns
    -------
    DataFrame
        The rows with `amount` in kg, m3, kWh or GJ and `unit` accordingly.

    Raises
    ------
    SchemaError
        A column is missing, a row stands twice, an amount is negative or no number, a unit does
        not fit the fuel, or a row has no source.
    ParameterError
        A fuel without a factor, or an unknown use.

    Examples
    --------
    >>> from buju.track.accounts import read_factors
    >>> rows = pd.DataFrame([["A", 2020, "steel", "coke", "final", 2, "1e4 t", "yearbook"]],
    ...                     columns=list(COLUMNS))
    >>> float(read_energy_balance(rows, read_factors())["amount"][0])
    20000000.0
    """
    if isinstance(source, pd.DataFrame):
        frame, name = source.copy(), "energy balance"
    else:
        frame, name = pd.read_csv(source, dtype={"place": str}), str(source)
    require_columns(frame, COLUMNS, name=name)
    frame = frame[list(COLUMNS)].reset_index(drop=True)
    _require_rows(frame, name)
    fuels = frame["fuel"].astype(str)
    require_fuels(fuels[~fuels.isin(CARRIERS)], factors, name=name)
    odd = sorted(set(frame["use"]) - set(USES))
    if odd:
        raise ParameterError(
            f"{name}: use {odd[0]!r} is not known; known: {', '.join(USES)}.",
            f"{name}：用途 {odd[0]!r} 不在所列之中：{'、'.join(USES)}。",
        )
    base = fuels.map(factors["unit"]).fillna(fuels.map({ELECTRICITY: "kWh", HEAT: "GJ"}))
    _require_units(frame, base, name)
    frame["amount"] = frame["amount"] * frame["unit"].map({u: k for u, (_, k) in UNITS.items()})
    frame["unit"] = base
    return frame


def standard_coal(
    balance: pd.DataFrame, factors: pd.DataFrame, *, kgce_per_kwh: float = KGCE_PER_KWH
) -> pd.DataFrame:
    """Energy in tonnes of standard coal, row by row.

    Parameters
    ----------
    balance
        From `read_energy_balance`.
    factors
        From `read_factors`.
    kgce_per_kwh
        Standard coal of a kilowatt hour: its own heat (当量值, default), or the coal that power
        stations burned for it that year (等价值), which you must give.

    Returns
    -------
    DataFrame
        The rows with `tce`, and `consumed_tce`: what counts towards total consumption, which is
        final use, feedstock and losses, and what transformation takes less what it gives.

    Examples
    --------
    >>> from buju.track.accounts import read_factors
    >>> rows = pd.DataFrame([["A", 2020, "grid", "raw_coal", "power", 10, "t", "s"],
    ...                      ["A", 2020, "grid", "electricity", "output", 20, "MWh", "s"],
    ...                      ["A", 2020, "homes", "electricity", "final", 20, "MWh", "s"]],
    ...                     columns=list(COLUMNS))
    >>> balance = read_energy_balance(rows, read_factors())
    >>> float(standard_coal(balance, read_factors())["consumed_tce"].sum().round(3))
    7.143
    """
    if not kgce_per_kwh > 0:
        raise ParameterError(
            f"kgce_per_kwh is {kgce_per_kwh}; give a number above zero.", "电力折标系数应为正数。"
        )
    per_unit = balance["fuel"].map(factors["coal_kgce"])
    carriers = {ELECTRICITY: kgce_per_kwh, HEAT: KGCE_PER_GJ}
    per_unit = per_unit.fillna(balance["fuel"].map(carriers))
    tce = balance["amount"] * per_unit / 1e3
    return balance.assign(tce=tce, consumed_tce=np.where(balance["use"] == "output", -tce, tce))


def _require_rows(frame: pd.DataFrame, name: str) -> None:
    for column in (*_KEY, "unit", "source"):
        empty = frame[column].isna() | (frame[column].astype(str).str.strip() == "")
        if empty.any():
            row = int(np.flatnonzero(empty)[0])
            raise SchemaError(
                f"{name}, row {row + 2}: no {column}; every figure needs one. Fill the cell.",
                f"{name} 第 {row + 2} 行：缺少 {column}，请填写。",
            )
    amount = pd.to_numeric(frame["amount"], errors="coerce").to_numpy(dtype=float)
    bad = ~(np.isfinite(amount) & (amount >= 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise SchemaError(
            f"{name}, row {row + 2}: amount {frame['amount'].iloc[row]!r} is no number of zero or "
            "more; what transformation gives has the use 'output', not a minus sign.",
            f"{name} 第 {row + 2} 行：amount 应为非负数；加工转换产出请写 use = output，不用负号。",
        )
    frame["amount"] = amount
    twice = frame.duplicated(_KEY)
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        raise SchemaError(
            f"{name}, row {row + 2}: {', '.join(str(frame[c].iloc[row]) for c in _KEY)} stands "
            "twice; keep one row.",
            f"{name} 第 {row + 2} 行重复，请只保留一行。",
        )


def _require_units(frame: pd.DataFrame, base: pd.Series, name: str) -> None:
    given = frame["unit"].map({u: b for u, (b, _) in UNITS.items()})
    apart = (given != base).to_numpy()
    if apart.any():
        row = int(np.flatnonzero(apart)[0])
        fits = ", ".join(u for u, (b, _) in UNITS.items() if b == base.iloc[row])
        raise SchemaError(
            f"{name}, row {row + 2}: unit {frame['unit'].iloc[row]!r} does not fit "
            f"{frame['fuel'].iloc[row]!r}; use one of {fits}.",
            f"{name} 第 {row + 2} 行：{frame['fuel'].iloc[row]!r} 的单位应为 {fits} 之一。",
        )
