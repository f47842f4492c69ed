"""Accounts: energy, carbon, facilities, budgets, and input-output tables of a region."""

from buju.track.accounts.balance import read_energy_balance, standard_coal
from buju.track.accounts.budget import CarbonBudget, carbon_budget, target_path
from buju.track.accounts.emissions import Inventory, electricity_account, inventory
from buju.track.accounts.facility import FacilityBalance, Storage, facility_balance
from buju.track.accounts.factors import (
    emission_factor,
    factor_sources,
    read_factors,
    recompute,
)
from buju.track.accounts.intensity import (
    constant_price_gdp,
    intensity,
    intensity_change,
    required_yearly_change,
)

__all__ = [
    "CarbonBudget",
    "FacilityBalance",
    "Inventory",
    "Storage",
    "carbon_budget",
    "constant_price_gdp",
    "electricity_account",
    "emission_factor",
    "facility_balance",
    "factor_sources",
    "intensity",
    "intensity_change",
    "inventory",
    "read_energy_balance",
    "read_factors",
    "recompute",
    "required_yearly_change",
    "standard_coal",
    "target_path",
]
