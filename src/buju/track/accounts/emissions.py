"""Carbon dioxide by fuel and sector; electricity bought stands in an account of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from buju.errors import ParameterError
from buju.measure.tables import require_columns
from buju.track.accounts.balance import CARRIERS, ELECTRICITY

BURNED: Final = ("final", "power", "heat")
KEPT: Final = {
    "feedstock": "carbon stays in the product",
    "conversion": "carbon goes into another fuel and counts where that is burned",
    "output": "made, not burned",
    "loss": "lost, not burned; methane is not counted",
}


@dataclass(frozen=True)
class Inventory:
    """Direct emissions, row by row, and what does not count with the reason.

    Attributes
    ----------
    table
        place, year, sector, fuel, use, amount, unit, `co2_t`, `low_t`, `high_t` (tonnes), source.
    left_out
        Rows that emit nothing here, with `reason`.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame

    def by(self, *keys: str) -> pd.DataFrame:
        """Tonnes added up; ranges are added too, as if the errors of all rows went together."""
        sums = self.table.groupby(list(keys), sort=True)[["co2_t", "low_t", "high_t"]].sum()
        return sums.reset_index()


def inventory(balance: pd.DataFrame, factors: pd.DataFrame) -> Inventory:
    """Carbon dioxide from burning fuels within the territory.

    Parameters
    ----------
    balance
        From `read_energy_balance`.
    factors
        From `read_factors`.

    Returns
    -------
    Inventory
        Fuels burned in final use, for power and for heat. Electricity and heat that are bought
        emit where they are made: `electricity_account` holds them. Process emissions of cement and
        the like are not here.

    References
    ----------
    IPCC (2006), Guidelines, vol. 2, sectoral approach; CE_ij = AD_ij NCV_i CC_i O_ij 44/12.

    Examples
    --------
    >>> from buju.track.accounts import read_energy_balance, read_factors
    >>> from buju.track.accounts.balance import COLUMNS
    >>> rows = pd.DataFrame([["A", 2020, "steel", "coke", "final", 1, "t", "yearbook"]],
    ...                     columns=list(COLUMNS))
    >>> found = inventory(read_energy_balance(rows, read_factors()), read_factors())
    >>> float(found.table["co2_t"][0])
    2.8604
    """
    carrier = balance["fuel"].isin(CARRIERS)
    burned = balance["use"].isin(BURNED) & ~carrier
    table = balance[burned].reset_index(drop=True)
    for column, factor in (("co2_t", "co2_kg"), ("low_t", "low_kg"), ("high_t", "high_kg")):
        table[column] = table["amount"] * table["fuel"].map(factors[factor]) / 1e3
    rest = balance[~burned].reset_index(drop=True)
    reason = rest["use"].map(KEPT)
    bought = rest["fuel"].isin(CARRIERS) & (rest["use"] == "final")
    rest["reason"] = reason.mask(bought, "counts where it is made; see the account of electricity")
    return Inventory(table, rest)


def electricity_account(balance: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Emissions behind the electricity that each sector used, kept apart from direct ones.

    Parameters
    ----------
    balance
        From `read_energy_balance`; final use of electricity counts.
    grid
        One row a place and year: `place`, `year`, `kg_per_kwh`, `source`. Official grid factors
        change every year and are not shipped.

    Returns
    -------
    DataFrame
        place, year, sector, `kwh`, `kg_per_kwh`, `co2_t`, `source` of the factor.

    Raises
    ------
    ParameterError
        A place and year has no factor, or a factor has no source.

    Examples
    --------
    >>> from buju.track.accounts import read_energy_balance, read_factors
    >>> from buju.track.accounts.balance import COLUMNS
    >>> rows = pd.DataFrame([["A", 2020, "homes", "electricity", "final", 2, "MWh", "yearbook"]],
    ...                     columns=list(COLUMNS))
    >>> grid = pd.DataFrame([["A", 2020, 0.5, "bulletin"]],
    ...                     columns=["place", "year", "kg_per_kwh", "source"])
    >>> float(electricity_account(read_energy_balance(rows, read_factors()), grid)["co2_t"][0])
    1.0
    """
    require_columns(grid, ["place", "year", "kg_per_kwh", "source"], name="grid")
    nameless = grid["source"].isna() | (grid["source"].astype(str).str.strip() == "")
    if nameless.any() or not (grid["kg_per_kwh"] >= 0).all():
        raise ParameterError(
            "grid: every factor is a number of zero or more with a source; complete the row.",
            "grid：每个电网因子须为非负数并写明来源。",
        )
    used = balance[(balance["fuel"] == ELECTRICITY) & (balance["use"] == "final")]
    columns = ["place", "year", "sector", "amount"]
    joined = used[columns].merge(
        grid[["place", "year", "kg_per_kwh", "source"]], on=["place", "year"], how="left",
        validate="many_to_one",
    )  # fmt: skip
    lacking = joined[joined["kg_per_kwh"].isna()]
    if len(lacking):
        first = lacking.iloc[0]
        raise ParameterError(
            f"grid has no factor for place {first['place']} in {first['year']}; add the official "
            "figure of that year with its source. Another year's is not taken.",
            f"grid 缺少 {first['place']} {first['year']} 年的电网因子；请补充当年公布数与来源"
            "，不代以他年数值。",
        )
    joined["co2_t"] = joined["amount"] * joined["kg_per_kwh"] / 1e3
    return joined.rename(columns={"amount": "kwh"})
