"""The balance of a facility that means to be zero-carbon: hour by hour, nothing gets lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import scalar, vector


@dataclass(frozen=True)
class Storage:
    """A store of electricity.

    Attributes
    ----------
    capacity_kwh
        What it holds.
    power_kw
        The most it takes or gives in an hour.
    efficiency
        Share of what goes in that comes out, lost on the way in.
    start
        Share that is full at the start.
    """

    capacity_kwh: float
    power_kw: float
    efficiency: float = 0.9
    start: float = 0.0

    def __post_init__(self) -> None:
        scalar(self.capacity_kwh, name="capacity_kwh")
        scalar(self.power_kw, name="power_kw")
        if not 0 < self.efficiency <= 1 or not 0 <= self.start <= 1:
            raise ParameterError(
                f"efficiency {self.efficiency} and start {self.start} are shares up to 1, "
                "efficiency above 0.",
                "储能效率与初始荷电比例应在 0 到 1 之间，效率大于 0。",
            )


@dataclass(frozen=True)
class FacilityBalance:
    """Hours of a facility and what they add up to.

    Attributes
    ----------
    hours
        One row an hour, kWh: `load`, `generation`, `charge`, `discharge`, `bought`, `sold`,
        `curtailed`, `stored` (at the end of the hour), `lost` (in the store).
    totals
        `load_kwh`, `generation_kwh`, `bought_kwh`, `sold_kwh`, `curtailed_kwh`, `lost_kwh`,
        `stored_change_kwh`; `covered_hours` (share of hours without buying), `self_sufficiency`
        (share of the load not bought), `self_consumption` (share of generation neither sold nor
        curtailed); `bought_t`, `fuel_t`, `credit_t`, `offset_t`, `gross_t` (bought + fuel) and
        `net_t` (gross less credit and offset), tonnes of CO2.
    """

    hours: pd.DataFrame
    totals: pd.Series

    @property
    def verdict(self) -> str:
        """In words that keep apart what offices call zero.

        `zero every hour`: nothing bought or burned; `zero over the period by sales`: the credit
        for what was sold covers it; `zero by offsets`; `not zero`.
        """
        t = self.totals
        if t["gross_t"] <= 0:
            return "zero every hour"
        if t["gross_t"] <= t["credit_t"]:
            return "zero over the period by sales"
        return "zero by offsets" if t["net_t"] <= 0 else "not zero"


def facility_balance(
    load_kwh: Any,
    generation_kwh: Any,
    *,
    grid_kg_per_kwh: float,
    storage: Storage | None = None,
    fuel_t: float = 0.0,
    offset_t: float = 0.0,
    sold_limit_kw: float = np.inf,
    credit_sales: bool = False,
) -> FacilityBalance:
    """Load, own generation, storage and the grid, hour by hour, and the emissions that remain.

    Own generation serves the load first, then charges the store, then is sold up to a limit, then
    curtailed; the store serves what generation does not, then the grid does. That order needs no
    forecast and buys least for a single store.

    Parameters
    ----------
    load_kwh, generation_kwh
        By hour, (H,), zero or more.
    grid_kg_per_kwh
        Emissions of electricity bought; the official figure of place and year, yours to give.
    storage
        None where there is none.
    fuel_t
        Direct emissions of fuels burned over the period, tonnes of CO2.
    offset_t
        Allowances or credits retired against it, tonnes of CO2.
    sold_limit_kw
        The most the grid takes.
    credit_sales
        Whether electricity sold counts against electricity bought at the same factor. Most rules
        say no, so the default is no.

    Returns
    -------
    FacilityBalance
        In every hour generation + discharge + bought = load + charge + sold + curtailed, and what
        the store holds changes by efficiency x charge - discharge.

    Raises
    ------
    ParameterError
        Series of different lengths, missing or negative figures.

    Examples
    --------
    >>> found = facility_balance([1, 1, 1], [3, 0, 0], grid_kg_per_kwh=0.5,
    ...                          storage=Storage(1, 1, efficiency=1))
    >>> found.hours["bought"].tolist(), float(found.totals["net_t"]), found.verdict
    ([0.0, 0.0, 1.0], 0.0005, 'not zero')
    """
    load = vector(load_kwh, name="load_kwh")
    made = vector(generation_kwh, name="generation_kwh", size=len(load))
    factor = scalar(grid_kg_per_kwh, name="grid_kg_per_kwh")
    fuel, offset = scalar(fuel_t, name="fuel_t"), scalar(offset_t, name="offset_t")
    if not sold_limit_kw >= 0:
        raise ParameterError("sold_limit_kw is zero or more.", "上网功率上限不得为负。")
    hours = _dispatch(load, made, storage or Storage(0.0, 0.0), float(sold_limit_kw))
    return FacilityBalance(hours, _totals(hours, storage, factor, fuel, offset, credit_sales))


def _dispatch(load: np.ndarray, made: np.ndarray, store: Storage, limit: float) -> pd.DataFrame:
    held = store.start * store.capacity_kwh
    surplus = np.maximum(made - load, 0)
    short = np.maximum(load - made, 0)
    rows = np.empty((len(load), 3))
    for hour in range(len(load)):
        room = (store.capacity_kwh - held) / store.efficiency
        charge = min(surplus[hour], store.power_kw, room)
        discharge = min(short[hour], store.power_kw, held)
        # efficiency times the room can end a rounding above what the store holds
        held = min(held + store.efficiency * charge - discharge, store.capacity_kwh)
        rows[hour] = charge, discharge, held
    charge, discharge, stored = rows.T
    sold = np.minimum(surplus - charge, limit)
    return pd.DataFrame({
        "load": load, "generation": made, "charge": charge, "discharge": discharge,
        "bought": short - discharge, "sold": sold, "curtailed": surplus - charge - sold,
        "stored": stored, "lost": (1 - store.efficiency) * charge,
    })  # fmt: skip


def _totals(
    hours: pd.DataFrame, store: Storage | None, factor: float, fuel: float, offset: float,
    credit_sales: bool,
) -> pd.Series:  # fmt: skip
    sums = hours.sum()
    start = 0.0 if store is None else store.start * store.capacity_kwh
    end = float(hours["stored"].iloc[-1]) if len(hours) else start
    bought_t = float(sums["bought"]) * factor / 1e3
    credit = float(sums["sold"]) * factor / 1e3 if credit_sales else 0.0
    gross = bought_t + fuel
    kept = sums["generation"] - sums["sold"] - sums["curtailed"]
    return pd.Series({
        **{f"{name}_kwh": float(sums[name])
           for name in ("load", "generation", "bought", "sold", "curtailed", "lost")},
        "stored_change_kwh": end - start,
        "covered_hours": float((hours["bought"] <= 0).mean()),
        "self_sufficiency": 1 - _over(sums["bought"], sums["load"]),
        "self_consumption": _over(kept, sums["generation"]),
        "bought_t": bought_t, "fuel_t": fuel, "credit_t": credit, "offset_t": offset,
        "gross_t": gross, "net_t": gross - credit - offset,
    })  # fmt: skip


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
