"""Facilities that mean to be zero-carbon: their balance where hours were published."""

from __future__ import annotations

import pandas as pd

from buju.study.assess_spec import AccountsSpec
from buju.study.bundle import Table
from buju.study.context import Run
from buju.track import accounts

NEEDS = ("load", "generation", "storage", "grid factor")


def facility_tables(run: Run, spec: AccountsSpec) -> dict[str, Table]:
    """Table `accounts_facilities`: each facility with its verdict, or what is not published."""
    facilities = run.region.facilities
    if facilities.empty:
        return {}
    rows = [_row(run, spec, row) for row in facilities.to_dict("records")]
    return {
        "accounts_facilities": Table(
            pd.DataFrame(rows), "零碳设施的收支", "Balance of zero-carbon facilities",
            {"load_kwh": "kWh", "generation_kwh": "kWh", "bought_kwh": "kWh", "sold_kwh": "kWh",
             "curtailed_kwh": "kWh", "covered_hours": "share", "self_sufficiency": "share",
             "gross_t": "t", "offset_t": "t", "net_t": "t"},
            note_zh="逐小时：自发电先供负荷，再充储能，再上网，余者弃；每小时收支相等。没有公布的写明缺什么，"
            "不作判定。逐时为零、靠上网抵扣为零、靠抵消为零分别列出。",
            note_en="Hour by hour: own generation serves the load, then the store, then the grid; "
            "each hour balances. What was not published is named and no verdict given. Zero in "
            "every hour, by sales and by offsets are told apart.",
        )
    }  # fmt: skip


def _row(run: Run, spec: AccountsSpec, row: dict[str, object]) -> dict[str, object]:
    hours = run.region.facility_hours
    mine = hours[hours["facility"] == row["facility"]].sort_values("hour")
    grid = run.region.grid_factors
    factor = grid[(grid["place"] == row["place"]) & (grid["year"] == row["year"])]
    lacking = []
    if mine.empty:
        lacking += [("逐时负荷", "hourly load"), ("逐时发电", "hourly generation")]
    elif list(mine["hour"]) != list(range(len(mine))):
        lacking.append(("连续的小时", "hours without a gap"))
    if factor.empty:
        lacking.append(("当年电网因子", "the grid factor of the year"))
    named = {key: row[key] for key in ("facility", "name_zh", "name_en", "place", "project")}
    named |= {"hours": len(mine)}
    if lacking:
        return named | {
            "verdict": "not known",
            "lacks_zh": "、".join(zh for zh, _ in lacking),
            "lacks_en": ", ".join(en for _, en in lacking),
        }
    store = None
    if not pd.isna(row["storage_kwh"]) and not pd.isna(row["storage_kw"]):
        store = accounts.Storage(*(float(row[k]) for k in (  # type: ignore[arg-type]
            "storage_kwh", "storage_kw", "storage_efficiency")))  # fmt: skip
    found = accounts.facility_balance(
        mine["load_kwh"].to_numpy(), mine["generation_kwh"].to_numpy(),
        grid_kg_per_kwh=float(factor["kg_per_kwh"].iloc[0]), storage=store,
        fuel_t=float(row["fuel_t"]), offset_t=float(row["offset_t"]),  # type: ignore[arg-type]
        credit_sales=spec.credit_sales,
    )  # fmt: skip
    return (
        named
        | {"verdict": found.verdict, "lacks_zh": "", "lacks_en": ""}
        | {str(key): float(value) for key, value in found.totals.items()}
    )
