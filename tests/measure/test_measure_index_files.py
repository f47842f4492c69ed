"""Files in and out: COINr, the COIN Tool, SDMX-CSV, tidy tables, and a workbook of formulas."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from buju.errors import ParameterError, SchemaError
from buju.measure import index

IDATA = """"","uCode","uName","Time","a","b","area","people","spare"
"1","NA","Namibia",2020,1.5,NA,"x",2,1
"2","CN","中国",2020,4,3,"y",4,1
"3","VN","Viet Nam",2020,2,8,"y",5,1
"""
IMETA = """iCode,iName,Level,Parent,Direction,Weight,Type,Denominator,ScaleFactor,Unit
a,Alpha,1,s,1,1,Indicator,people,10,count
b,Beta,1,s,-1,1,Indicator,NA,NA,%
s,Sub,2,i,1,1,Aggregate,NA,NA,
i,Index,3,NA,1,1,Aggregate,NA,NA,
area,Area,NA,NA,NA,NA,Group,NA,NA,
people,People,NA,NA,NA,NA,Denominator,NA,NA,
"""


def coinr(folder: Path, idata: str = IDATA, imeta: str = IMETA) -> index.Indicators:
    (folder / "d.csv").write_text(idata, encoding="utf-8")
    (folder / "m.csv").write_text(imeta, encoding="utf-8")
    return index.read_coinr(folder / "d.csv", folder / "m.csv")


def test_coinr_tables_as_r_writes_them(tmp_path: Path) -> None:
    found = coinr(tmp_path)
    assert found.units.tolist() == ["NA", "CN", "VN"]
    assert found.names["CN"] == "中国"
    assert np.isnan(found.values.loc["NA", "b"])
    assert any("spare" in note for note in found.notes)
    result = index.composite(found, {"impute": {"method": "group_mean", "group": "area"}})
    assert result.steps["denominated"].loc["CN", "a"] == pytest.approx(4 / (4 / 10))
    assert not result.unfilled.empty  # the only unit of its area, and said so


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4,3,", "4,three,", "column 'b', unit 'CN': 'three' is not a number"),
        ('"b","area"', '"bb","area"', "lack the indicators b"),
        ("CN", "VN", "unit 'VN' stands more than once"),
    ],
)
def test_faults_of_idata_name_their_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        coinr(tmp_path, IDATA.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("i,Index,3,NA", "i,Index,3,s", "a cycle"),
        ("Aggregate,NA,NA,\ni,", "Sum,NA,NA,\ni,", "Type 'Sum'"),
        ("s,1,1,Indicator", "q,1,1,Indicator", "the parent 'q' of 'a'"),
        ("Indicator,people", "Indicator,persons", "divided by 'persons'"),
        ("s,-1,1,Indicator", "s,-1,half,Indicator", "column 'weight': 'half' is not a number"),
    ],
)
def test_faults_of_imeta_name_their_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        coinr(tmp_path, imeta=IMETA.replace(old, new, 1))


def test_several_years_become_a_panel(tmp_path: Path) -> None:
    lines = IDATA.splitlines()
    more = [line.replace(",2020,", ",2021,") for line in lines[1:]]
    found = coinr(tmp_path, "\n".join([*lines, *more]))
    assert found.years == [2020, 2021]
    assert found.at(2021).units.tolist() == ["NA", "CN", "VN"]


TREE = [
    {"code": "gdp", "parent": "i", "direction": 1, "denominator": "pop"},
    {"code": "air", "parent": "i", "direction": -1}, {"code": "i", "parent": "", "direction": 1},
]  # fmt: skip
LONG = pd.DataFrame({
    "unit": list("AABBAB"), "indicator": ["gdp", "air", "gdp", "air", "pop", "pop"],
    "value": [10, 3, 30, 4, 2, 3],
})  # fmt: skip


def test_tidy_tables_from_csv_and_xlsx(tmp_path: Path) -> None:
    LONG.to_csv(tmp_path / "t.csv", index=False)
    LONG.to_excel(tmp_path / "t.xlsx", index=False)
    pd.DataFrame(TREE).to_csv(tmp_path / "tree.csv", index=False)
    one = index.read_tidy(tmp_path / "t.csv", tmp_path / "tree.csv")
    two = index.read_tidy(tmp_path / "t.xlsx", TREE)
    pd.testing.assert_frame_equal(one.values, two.values)
    assert index.composite(one, {}).steps["denominated"]["gdp"].tolist() == [5, 10]
    (tmp_path / "gb.csv").write_bytes(LONG.to_csv(index=False).encode("gb18030"))
    pd.testing.assert_frame_equal(index.read_tidy(tmp_path / "gb.csv", TREE).values, one.values)
    twice = pd.concat([LONG, LONG.iloc[:1]])
    with pytest.raises(SchemaError, match="'gdp' of 'A' stands more than once"):
        index.read_tidy(twice, TREE)
    extra = pd.concat([LONG, pd.DataFrame({"unit": ["A"], "indicator": ["x"], "value": [1]})])
    assert "not in the tree, not used: x" in index.read_tidy(extra, TREE).notes[0]


def test_sdmx_csv_and_the_dimension_that_varies(tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    rows = LONG.rename(columns={"unit": "REF_AREA: Area", "indicator": "INDICATOR",
                                "value": "OBS_VALUE"})  # fmt: skip
    rows["REF_AREA: Area"] += ": Name"
    rows = rows.assign(TIME_PERIOD="2020", SEX="T", STRUCTURE="dataflow")
    rows.to_csv(file, index=False)
    found = index.read_sdmx_csv(file, TREE)
    assert found.units.tolist() == ["A", "B"]
    pd.concat([rows, rows.assign(SEX="F")]).to_csv(file, index=False)
    with pytest.raises(SchemaError, match="vary: SEX"):
        index.read_sdmx_csv(file, TREE)
    rows.assign(TIME_PERIOD="2020-Q1").to_csv(file, index=False)
    with pytest.raises(SchemaError, match="'2020-Q1' is not a year"):
        index.read_sdmx_csv(file, TREE)


def coin_tool(path: Path, **cells) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Database"
    columns = [
        (1, 1, 0, 10, "Index", "si.01", "p.01", "sp.01", "Alpha", "ind.01"),
        (2, -1, 0, 20, "Index", "si.01", "p.01", "sp.01", "Beta", "ind.02"),
        (1, 1, None, None, "Index", "si.01", "p.02", "sp.02", "Gamma", "ind.03"),
    ]
    for c, rows in enumerate(columns, start=5):
        for r, value in enumerate(rows, start=7):
            sheet.cell(r, c, value)
    units = [("Aland", "A", 1, 2, 3), ("Bland", "B", 4, "n/a", 6), ("Cland", "C", 2, 9, 1)]
    for r, row in enumerate(units, start=17):
        for c, value in zip((2, 3, 5, 6, 7), row, strict=True):
            sheet.cell(r, c, value)
    for place, value in cells.items():
        sheet[place] = value
    framework = book.create_sheet("Framework")
    for r, (code, weight, name) in enumerate(
        [("p.01", 3, "First"), ("p.02", 1, "Second"), ("--", None, "--")], start=5
    ):
        framework.cell(r, 3, code)
        framework.cell(r, 5, weight)
        framework.cell(r, 8, name)
    book.save(path)
    return path


def test_coin_tool_workbook(tmp_path: Path) -> None:
    path = coin_tool(tmp_path / "ct.xlsx")
    found = index.read_coin_tool(path)
    # the sub-index holds everything and is not used; pillars and sub-pillars are
    assert [n.code for n in found.tree.nodes if n.level > 1] == [
        "sp.01", "p.01", "Index", "sp.02", "p.02",
    ]  # fmt: skip
    assert found.tree.by_code["p.01"].weight == 3
    assert np.isnan(found.values.loc["B", "ind.02"])
    assert index.coin_tool_goalposts(path) == {"ind.01": (0, 10), "ind.02": (0, 20)}
    assert index.composite(found, {"impute": {"method": "mean"}}).index.notna().all()
    with pytest.raises(SchemaError, match="cell E17: 'many' is not a number"):
        index.read_coin_tool(coin_tool(tmp_path / "bad.xlsx", E17="many"))
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(SchemaError, match="no sheet 'Database'"):
        index.read_coin_tool(tmp_path / "other.xlsx")


def big(seed: int) -> index.Indicators:
    g = np.random.default_rng(seed)
    units = [f"U{k:02d}" for k in range(25)]
    x = pd.DataFrame(np.exp(g.normal(size=(25, 6)) * 1.2), index=units, columns=list("abcdef"))
    x.iloc[0, 0], x.iloc[3, 1], x.iloc[4, 2] = 5e3, np.nan, np.nan
    x.iloc[5, 1:6] = np.nan
    rows = [{"code": c, "parent": "p" if k < 3 else "q", "direction": -1 if k % 2 else 1,
             "weight": k + 1.0, "denominator": "n" if c == "d" else "", "scale": 100.0}
            for k, c in enumerate("abcdef")]  # fmt: skip
    rows += [{"code": c, "parent": "i", "weight": w} for c, w in (("p", 2), ("q", 1))]
    tree = index.read_tree([*rows, {"code": "i", "parent": "", "weight": 1}])
    groups = pd.DataFrame({"area": ["n", "s", "w", "e", "m"] * 5}, index=units)
    people = pd.DataFrame({"n": g.uniform(1, 9, 25)}, index=units)
    return index.make_indicators(tree, x, denominators=people, groups=groups)


SPECS = [
    {"impute": {"method": "group_mean", "group": "area"}, "treat": {"max_points": 2},
     "screen": {"min_availability": 0.5, "of": "raw"},
     "normalise": {"method": "min_max", "lower": 1, "upper": 100},
     "aggregate": {"method": {2: "arithmetic", 3: "geometric"}}},
    {"impute": {"method": "median"}, "treat": {"max_points": 1, "otherwise": "log"},
     "normalise": {"method": "z_score", "mean": 10, "sd": 2}, "aggregate": {"method": "harmonic"}},
    {"screen": {"min_availability": 0.3}, "normalise": {"method": "percentile"},
     "aggregate": {"method": {2: "arithmetic", 3: "arithmetic"}}},
    {"impute": {"method": "group_median", "group": "area"},
     "normalise": {"method": "goalposts", "bounds": dict.fromkeys("abcdef", (0, 8)), "lower": 1,
                   "upper": 10},
     "aggregate": {"method": "generalised", "power": 0.5}},
    {"impute": {"method": "mean"},
     "normalise": {"method": "efficacy_exponential",
                   "bounds": {c: (1, 5) if c in "ace" else (5, 1) for c in "abcdef"}},
     "aggregate": {"method": "geometric"}, "weight": {"method": "entropy"}},
]  # fmt: skip


def test_workbook_formulas_recalculated_give_our_figures(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    results = [index.composite(big(0), spec) for spec in SPECS]
    for k, result in enumerate(results):
        index.export_workbook(result, tmp_path / f"w{k}.xlsx")
        _without_values(tmp_path / f"w{k}.xlsx")
    home = (tmp_path / "home").as_uri()
    subprocess.run(
        [soffice, f"-env:UserInstallation={home}", "--headless", "--convert-to", "xlsx",
         "--outdir", tmp_path / "out", *sorted(tmp_path.glob("w*.xlsx"))],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    for k, result in enumerate(results):
        book = openpyxl.load_workbook(tmp_path / "out" / f"w{k}.xlsx", data_only=True)
        for name, table in {
            "Denominated": result.steps["denominated"], "Imputed": result.steps["imputed"],
            "Treated": result.steps["treated"], "Normalised": result.steps["normalised"],
            "Scores": result.steps["aggregated"], "Ranks": result.ranks(),
        }.items():  # fmt: skip
            np.testing.assert_allclose(_figures(book[name]), table.to_numpy(float), rtol=1e-9,
                                       err_msg=f"{k} {name}")  # fmt: skip


def _without_values(path: Path) -> None:
    """Save formulas alone, so that what is read later was computed by the other program."""
    openpyxl.load_workbook(path).save(path)


def _figures(sheet) -> np.ndarray:
    rows = list(sheet.iter_rows(min_row=2, min_col=3, values_only=True))
    return np.array([[np.nan if v in (None, "") else v for v in row] for row in rows], dtype=float)


def test_the_workbook_shows_our_figures_before_it_is_recalculated(tmp_path: Path) -> None:
    result = index.composite(big(1), SPECS[0])
    path = index.export_workbook(result, tmp_path / "one.xlsx")
    again = index.export_workbook(result, tmp_path / "two.xlsx")
    assert path.read_bytes() == again.read_bytes()
    book = openpyxl.load_workbook(path, data_only=True)
    np.testing.assert_allclose(_figures(book["Scores"]), result.steps["aggregated"], rtol=1e-14)
    copeland = {**SPECS[0], "aggregate": {"method": "copeland"}}
    with pytest.raises(ParameterError, match="no formula for copeland"):
        index.export_workbook(index.composite(big(1), copeland), tmp_path / "c.xlsx")
