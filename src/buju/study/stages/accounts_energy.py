"""Energy and carbon by fuel and sector from the region's energy balance."""

from __future__ import annotations

import pandas as pd

from buju.study.assess_spec import AccountsSpec
from buju.study.bundle import Table
from buju.study.context import Run
from buju.track import accounts


def balance_tables(run: Run, spec: AccountsSpec) -> dict[str, Table]:
    """Tables `accounts_energy`, `accounts_carbon`, `accounts_not_burned`, `accounts_electricity`.

    Nothing where the region has no energy balance; the report says so.
    """
    rows = run.region.energy_balance
    if rows.empty:
        return {}
    factors = accounts.read_factors()
    balance = accounts.read_energy_balance(rows, factors)
    found = accounts.inventory(balance, factors)
    tables = {
        "accounts_energy": _energy(balance, factors, spec),
        "accounts_carbon": Table(
            found.by("place", "year", "sector", "fuel"),
            "二氧化碳排放：分行业、分品种", "Carbon dioxide by sector and fuel",
            {"co2_t": "t", "low_t": "t", "high_t": "t"},
            note_zh="只计在本地燃烧的化石燃料；区间按各行误差同向相加。",
            note_en="Fuels burned here; ranges add up as if all errors went together.",
        ),
        "accounts_not_burned": Table(
            found.left_out[["place", "year", "sector", "fuel", "use", "amount", "unit", "reason"]],
            "不计入直接排放的能源", "Energy that does not count as direct emissions", {},
            note_zh="逐行列出原因。", note_en="Row by row with the reason.",
        ),
    }  # fmt: skip
    grid = run.region.grid_factors
    asked = balance[(balance["fuel"] == "electricity") & (balance["use"] == "final")]
    known = asked.merge(grid[["place", "year"]], on=["place", "year"], how="inner")
    if len(known):
        account = accounts.electricity_account(
            balance.merge(grid[["place", "year"]], on=["place", "year"]), grid
        )
        tables["accounts_electricity"] = Table(
            account, "用电对应的排放（单列）", "Emissions behind electricity, kept apart",
            {"kwh": "kWh", "kg_per_kwh": "kg/kWh", "co2_t": "t"},
            note_zh=f"{len(known)} / {len(asked)} 行有当年电网因子；不与直接排放相加。",
            note_en=f"{len(known)} of {len(asked)} rows have the grid factor of their year; never "
            "added to direct emissions.",
        )  # fmt: skip
    return tables


def _energy(balance: pd.DataFrame, factors: pd.DataFrame, spec: AccountsSpec) -> Table:
    table = accounts.standard_coal(balance, factors, kgce_per_kwh=spec.kgce_per_kwh)
    keys = ["place", "year", "sector", "fuel"]
    frame = table.groupby(keys, sort=True)["consumed_tce"].sum().reset_index()
    return Table(
        frame, "能源消费（标准煤）", "Energy consumed, standard coal", {"consumed_tce": "tce"},
        note_zh="终端、原料与损失，加加工转换的投入减产出；电力按 "
        f"{spec.kgce_per_kwh:g} 千克标准煤/千瓦时。合计即能源消费总量，不重复。",
        note_en="Final use, feedstock, losses, and what transformation takes less what it gives; "
        f"electricity at {spec.kgce_per_kwh:g} kgce a kWh. The sum is total consumption, nothing "
        "twice.",
    )  # fmt: skip
