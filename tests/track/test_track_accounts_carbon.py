"""Factors, balance, inventory, intensity, budget: against printed figures, laws, refusals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import ParameterError, SchemaError
from buju.track import accounts
from buju.track.accounts.balance import COLUMNS

FACTORS = accounts.read_factors()


def balance(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame([(*row, "yearbook") for row in rows], columns=list(COLUMNS))
    return accounts.read_energy_balance(frame, FACTORS)


def test_every_factor_is_what_its_parts_give() -> None:
    found = accounts.recompute(FACTORS)
    assert len(found) == 10
    assert found["agrees"].all()
    # kcal round the printed heats: 29 307 kJ is 7 000 kcal to four digits
    assert found["coal_gap"].abs().max() < 2.5e-3
    assert FACTORS[["source", "range_source", "vintage"]].notna().all(axis=None)
    known = set(accounts.factor_sources()["source"])
    named = {key for cell in FACTORS["source"] for key in cell.split(";")}
    assert named | set(FACTORS["range_source"]) <= known


def test_ranges_hold_the_factor_and_say_where_it_leaves_the_source() -> None:
    assert (FACTORS["low_kg"] <= FACTORS["co2_kg"]).all()
    assert (FACTORS["high_kg"] >= FACTORS["co2_kg"]).all()
    inside = accounts.recompute(FACTORS)["in_range"]
    assert inside[~inside].index.tolist() == ["kerosene", "diesel"]


def edited(tmp_path: Path, **cells: object) -> Path:
    frame = pd.read_csv(Path(accounts.__file__).parent / "factors.csv")
    for column, value in cells.items():
        frame[column] = frame[column].astype(object)
        frame.loc[0, column] = value
    frame.to_csv(tmp_path / "own.csv", index=False)
    return tmp_path / "own.csv"


def test_a_factor_that_disagrees_or_has_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"line 2: co2_kg of 'raw_coal' is printed as 1\.98"):
        accounts.read_factors(edited(tmp_path, co2_kg=1.98))
    with pytest.raises(SchemaError, match="has no source"):
        accounts.read_factors(edited(tmp_path, source=None))
    with pytest.raises(SchemaError, match="has no vintage"):
        accounts.read_factors(edited(tmp_path, vintage=" "))
    with pytest.raises(SchemaError, match="'oxidation'"):
        accounts.read_factors(edited(tmp_path, oxidation=1.2))
    own = accounts.read_factors(edited(tmp_path, co2_kg=None, ncv_kj=22000))
    assert own.loc["raw_coal", "co2_kg"] == pytest.approx(22000e-6 * 26.37 * 0.94 * 44 / 12)


def test_inventory_counts_what_burns_and_names_what_does_not() -> None:
    table = balance(
        ("A", 2020, "power", "raw_coal", "power", 2, "t"),
        ("A", 2020, "coking", "raw_coal", "conversion", 3, "t"),
        ("A", 2020, "coking", "coke", "output", 2, "t"),
        ("A", 2020, "steel", "coke", "final", 1, "t"),
        ("A", 2020, "chemicals", "natural_gas", "feedstock", 1, "1e4 m3"),
        ("A", 2020, "homes", "electricity", "final", 1, "MWh"),
    )
    found = accounts.inventory(table, FACTORS)
    assert found.table["co2_t"].tolist() == pytest.approx([2 * 1.9003, 2.8604])
    assert len(found.left_out) == 4
    assert found.left_out["reason"].notna().all()
    assert found.by("fuel")["co2_t"].sum() == pytest.approx(found.by("sector")["co2_t"].sum())
    assert (found.table["low_t"] <= found.table["co2_t"]).all()


def test_total_consumption_counts_nothing_twice() -> None:
    """Coal into power, the power used: the total is the coal, whatever a kilowatt hour weighs."""
    table = balance(
        ("A", 2020, "power", "raw_coal", "power", 10, "t"),
        ("A", 2020, "power", "electricity", "output", 20, "MWh"),
        ("A", 2020, "homes", "electricity", "final", 18, "MWh"),
        ("A", 2020, "grid", "electricity", "loss", 2, "MWh"),
    )
    for kwh in (0.1229, 0.305):
        total = accounts.standard_coal(table, FACTORS, kgce_per_kwh=kwh)["consumed_tce"].sum()
        assert total == pytest.approx(7.143)


def test_electricity_needs_the_factor_of_its_own_year() -> None:
    table = balance(("A", 2021, "homes", "electricity", "final", 1, "1e8 kWh"))
    grid = pd.DataFrame([["A", 2020, 0.5, "bulletin"]],
                        columns=["place", "year", "kg_per_kwh", "source"])  # fmt: skip
    with pytest.raises(ParameterError, match="no factor for place A in 2021"):
        accounts.electricity_account(table, grid)
    with pytest.raises(ParameterError, match="with a source"):
        accounts.electricity_account(table, grid.assign(source=""))
    found = accounts.electricity_account(table, grid.assign(year=2021))
    assert found["co2_t"].tolist() == [5e4]


def test_a_bad_balance_is_refused_with_its_row() -> None:
    with pytest.raises(ParameterError, match="no factor with a source for peat"):
        balance(("A", 2020, "s", "peat", "final", 1, "t"))
    with pytest.raises(SchemaError, match=r"row 2: unit 'm3' does not fit 'coke'; use one of kg"):
        balance(("A", 2020, "s", "coke", "final", 1, "m3"))
    with pytest.raises(SchemaError, match="not a minus sign"):
        balance(("A", 2020, "s", "coke", "final", -1, "t"))
    with pytest.raises(SchemaError, match="stands twice"):
        balance(*[("A", 2020, "s", "coke", "final", 1, "t")] * 2)
    with pytest.raises(ParameterError, match="use 'burnt' is not known"):
        balance(("A", 2020, "s", "coke", "burnt", 1, "t"))
    frame = pd.DataFrame([("A", 2020, "s", "coke", "final", 1, "t", None)], columns=list(COLUMNS))
    with pytest.raises(SchemaError, match="no source"):
        accounts.read_energy_balance(frame, FACTORS)


# National Bureau of Statistics and others, bulletin of 23 August 2021: energy per product and
# growth of energy use in 2020, per cent; growth of product from the bulletins of the regions.
PUBLISHED = {"Shanxi": (-2.88, 0.6, 3.6), "Hebei": (-3.01, 0.7, 3.9), "Hubei": (-1.17, -6.1, -5.0)}


@pytest.mark.parametrize("place", PUBLISHED)
def test_change_of_intensity_is_the_published_one_to_rounding(place: str) -> None:
    printed, energy, product = PUBLISHED[place]
    found = 100 * accounts.intensity_change(energy / 100, product / 100)
    assert found == pytest.approx(printed, abs=0.11)  # energy and product are printed to 0.1


def test_constant_prices_chain_both_ways_and_stop_at_a_gap() -> None:
    growth = pd.Series({2018: 5.0, 2019: 10.0, 2020: 0.0, 2022: 3.0})
    level = accounts.constant_price_gdp(110.0, growth, base_year=2019)
    assert level.index.tolist() == [2017, 2018, 2019, 2020]
    assert level[2018] == pytest.approx(100)
    frame = accounts.intensity(pd.Series({2017: 5.0, 2019: 5.0, 2020: 4.0}), level)
    assert np.isnan(frame.loc[2019, "change"]), "2018 is not known"
    assert frame.loc[2020, "change"] == pytest.approx(-0.2)
    with pytest.raises(ParameterError, match="no growth rate adjoins"):
        accounts.constant_price_gdp(1.0, pd.Series({2000: 1.0}), base_year=2019)


def test_a_budget_adds_up_and_says_when_it_runs_out() -> None:
    path = accounts.target_path(2020, 100, 2030, 50)
    found = accounts.carbon_budget(path, pd.Series({2021: 98.0, 2022: 99.0}))
    assert found.budget == pytest.approx(path.loc[2021:].sum())
    assert found.remaining + found.spent == pytest.approx(found.budget)
    assert found.runs_out == 2028
    assert accounts.carbon_budget(path, path.loc[2021:2025]).table["gap_total"].loc[2025] == 0
    assert accounts.carbon_budget(path, path.loc[2021:]).runs_out is None
    with pytest.raises(ParameterError, match="2021 are missing"):
        accounts.carbon_budget(path, pd.Series({2022: 1.0}))
    with pytest.raises(ParameterError, match="never reaches zero"):
        accounts.target_path(2020, 100, 2030, 0, shape="geometric")


def test_required_yearly_change_reaches_the_target() -> None:
    rate = accounts.required_yearly_change(-0.145, -0.05, 3)
    assert 0.95 * (1 + rate) ** 3 - 1 == pytest.approx(-0.145)
