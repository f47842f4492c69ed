"""Accounts of a study: from a region's energy balance, or the words for what is not published."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from buju.errors import RegionError, StudyError
from buju.study.claims import CHECKS
from buju.study.context import Run
from buju.study.load import load_study
from buju.study.stages import accounts

EXAMPLES = Path(__file__).parents[2] / "examples"
WEST = "990100"
BALANCE = [
    (WEST, 2019, "power", "raw_coal", "power", 100, "t"),
    (WEST, 2020, "power", "raw_coal", "power", 90, "t"),
    (WEST, 2020, "power", "electricity", "output", 200, "MWh"),
    (WEST, 2020, "steel", "coke", "final", 10, "t"),
    (WEST, 2020, "homes", "electricity", "final", 200, "MWh"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    region = Path(shutil.copytree(EXAMPLES / "strip/region", tmp_path / "region"))
    columns = ["place", "year", "sector", "fuel", "use", "amount", "unit"]
    frame = pd.DataFrame(BALANCE, columns=columns).assign(source="I1")
    frame.to_csv(region / "energy_balance.csv", index=False)
    grid = pd.DataFrame([[WEST, 2020, 0.5, "I1"]],
                        columns=["place", "year", "kg_per_kwh", "source"])  # fmt: skip
    grid.to_csv(region / "grid_factors.csv", index=False)
    facilities = pd.DataFrame(
        [
            ["park", "园区", "Park", WEST, 2020, 10, 10],
            ["hall", "站房", "Hall", WEST, 2020, "", ""],
        ],
        columns=["facility", "name_zh", "name_en", "place", "year", "storage_kwh", "storage_kw"],
    )
    facilities.to_csv(region / "facilities.csv", index=False)
    hours = pd.DataFrame({"facility": "park", "hour": range(4), "load_kwh": [2, 2, 2, 2],
                          "generation_kwh": [9, 0, 0, 0]})  # fmt: skip
    hours.to_csv(region / "facility_hours.csv", index=False)
    figures = pd.read_csv(region / "indicators.csv", dtype={"place": str}, encoding="utf-8-sig")
    more = pd.DataFrame(
        [[WEST, 2019, "co2", 1.0], [WEST, 2020, "co2", 0.9], [WEST, 2019, "gdp", 640.0],
         [WEST, 2020, "gdp", 704.0], [WEST, 2020, "growth", 10.0]],
        columns=["place", "year", "indicator", "value"],
    ).assign(source="I1")  # fmt: skip
    pd.concat([figures, more]).to_csv(region / "indicators.csv", index=False)
    definitions = region / "indicator_definitions.csv"
    text = definitions.read_text(encoding="utf-8-sig")
    text += "co2,排放,CO2,Mt,down\ngdp,生产总值,GDP,1e8 CNY,up\ngrowth,增长率,Growth,percent,up\n"
    definitions.write_text(text, encoding="utf-8")
    return tmp_path


ASKED = {
    "carbon": "co2", "product": "gdp", "growth": "growth", "base_year": 2020,
    "budgets": [{"place": WEST, "indicator": "co2", "base_year": 2019, "target_year": 2021,
                 "target": 0.8, "source": "I1"}],
}  # fmt: skip


def run_of(folder: Path, **changes) -> Run:
    study = yaml.safe_load((EXAMPLES / "strip/study.yaml").read_text(encoding="utf-8"))
    study |= {"region": "region", "accounts": ASKED | changes}
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    run = Run(load_study(file))
    run.tables |= accounts.stage(run)
    return run


def test_energy_and_carbon_follow_from_the_balance(folder):
    run = run_of(folder)
    carbon = run.frame("accounts_carbon")
    assert carbon.query("year == 2020")["co2_t"].sum() == pytest.approx(90 * 1.9003 + 28.604)
    energy = run.frame("accounts_energy").query("year == 2020")["consumed_tce"].sum()
    assert energy == pytest.approx(90 * 0.7143 + 10 * 0.9714)
    assert run.frame("accounts_electricity")["co2_t"].tolist() == [100.0]
    left = run.frame("accounts_not_burned")
    assert set(left["use"]) == {"output", "final"} and left["reason"].notna().all()


def test_facilities_get_a_verdict_or_what_they_lack(folder):
    table = run_of(folder).frame("accounts_facilities").set_index("facility")
    assert table.loc["park", "verdict"] == "zero every hour"
    # 7 over, 6.3 kept, 6 used: 0.3 are left in the store and nothing is bought from hour 1 on
    assert table.loc["park", "bought_kwh"] == pytest.approx(0)
    assert table.loc["hall", "verdict"] == "not known"
    assert "hourly load" in table.loc["hall", "lacks_en"]


def test_intensity_is_at_constant_prices_and_a_budget_is_drawn_up(folder):
    run = run_of(folder)
    table = run.frame("accounts_intensity").set_index("year")
    assert table["product"].tolist() == pytest.approx([640.0, 704.0])
    assert table.loc[2020, "change"] == pytest.approx(0.9 / 1.1 - 1)
    assert table.loc[2020, "intensity"] == pytest.approx(0.9e6 / (704 * 1e4))
    budget = run.frame("accounts_budgets")
    assert budget["remaining"].iloc[0] == pytest.approx(0.9 + 0.8 - 0.9)


def test_claims_of_coal_are_decided_where_a_balance_is_known(folder):
    run = run_of(folder)
    found = CHECKS["coal_balance"](run, place=WEST)
    assert found.verdict == "supported" and found.value == pytest.approx(100 * (0.9 / 1.1 - 1))
    zero = CHECKS["facilities_zero"](run, place=WEST)
    assert zero.verdict == "no data" and "hourly load" in zero.en
    assert CHECKS["energy_sent"](run, origin=WEST, destination="990200").verdict == "no data"
    green = CHECKS["electricity_switch"](run, place=WEST, product="铝 / aluminium")
    assert green.verdict == "no data" and np.isnan(green.value)
    assert CHECKS["first_tier"](run, place=WEST).zh == "研究文件没有 assess 一节"


def test_a_region_without_figures_says_so():
    run = Run(load_study(EXAMPLES / "shanxi"))
    run.tables |= accounts.stage(run)
    assert "accounts_carbon" not in run.tables
    targets = run.frame("accounts_targets").set_index("target")
    assert targets.loc["T013", "state"] == "neither"
    assert targets.loc["T063", "state"] == "met"
    assert (run.frame("accounts_facilities")["verdict"] == "not known").all()
    years = run.frame("accounts_intensity").groupby("place")["year"].nunique()
    assert (years == 8).all() and len(years) == 11


def test_faults_name_file_row_and_remedy(folder):
    with pytest.raises(StudyError, match="Did you mean 'co2'"):
        run_of(folder, carbon="co")
    with pytest.raises(StudyError, match="carbon needs base_year"):
        run_of(folder, base_year=None)
    with pytest.raises(StudyError, match="is in '1e8 CNY'"):
        run_of(folder, carbon="gdp")
    path = folder / "region/energy_balance.csv"
    path.write_text(path.read_text().replace("raw_coal,power,100,t", "raw_coal,power,-1,t"))
    with pytest.raises(RegionError, match="energy_balance"):
        run_of(folder)


def with_nation(folder: Path, *, gap: bool = False) -> None:
    region = folder / "region"
    sectors = pd.read_csv(region / "sectors.csv", encoding="utf-8-sig")["sector"].tolist()
    nation = pd.DataFrame({"year": 2020, "sector": sectors, "source": "I1"})
    nation["jobs"] = [1e6 * (k + 1) for k in range(len(sectors))]
    nation.to_csv(region / "national_sectors.csv", index=False)
    cells = [(2020, a, b, 0.1 if a != b else 0.05) for a in sectors for b in sectors]
    frame = pd.DataFrame(cells[1:] if gap else cells,
                         columns=["year", "supplier", "user", "coefficient"])  # fmt: skip
    frame.assign(source="I1").to_csv(region / "input_output.csv", index=False)


def test_multipliers_follow_from_the_nations_inputs(folder):
    with_nation(folder)
    run = run_of(folder, delta=[0.1, 0.3])
    table = run.frame("accounts_multipliers")
    assert set(zip(table["method"], table["delta"].fillna(-1), strict=True)) == {
        ("SLQ", -1), ("CILQ", -1), ("FLQ", 0.1), ("FLQ", 0.3), ("AFLQ", 0.1), ("AFLQ", 0.3)
    }  # fmt: skip
    means = table.groupby(["method", "delta"], dropna=False)["output"].mean()
    assert means["FLQ", 0.3] < means["FLQ", 0.1], "a larger delta buys more elsewhere"
    quotients = run.frame("accounts_quotients")
    assert (quotients["slq"] * quotients["national_share"]).sum() == pytest.approx(1)


def test_a_gap_in_the_inputs_is_named_and_leaves_multipliers_out(folder):
    with_nation(folder, gap=True)
    run = run_of(folder)
    assert "accounts_multipliers" not in run.tables
    assert "write 0 where nothing is bought" in run.left_out["accounts_multipliers"][1]
