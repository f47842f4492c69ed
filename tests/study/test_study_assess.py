"""The assessment of the eleven cities: repeatable, complete in what it leaves out, fillable."""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from buju.errors import StudyError
from buju.report.blocks.assess import SECTION
from buju.study.assessing import mixed_prices
from buju.study.context import Run
from buju.study.filling import SHEET
from buju.study.load import load_study
from buju.study.stages import assess

EXAMPLES = Path(__file__).parents[2] / "examples"
SHANXI, STRIP = EXAMPLES / "shanxi", EXAMPLES / "strip"
FILLED = ["forest_cover", "solid_waste_use"]


def written(folder: Path, **changes) -> Path:
    """The Shanxi study with other settings of the assessment, its region where it is."""
    study = yaml.safe_load((SHANXI / "study.yaml").read_text(encoding="utf-8"))
    region = folder / "region"
    if not region.exists():
        region.symlink_to(SHANXI / "region")
    study["region"] = "region"
    study["assess"] = study["assess"] | {"draws": 400} | changes
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return file


def run_of(file: Path) -> Run:
    run = Run(load_study(file))
    run.tables |= assess.stage(run)
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return run_of(written(tmp_path_factory.mktemp("a")))


def test_the_same_study_gives_the_same_bytes(run, tmp_path):
    again = run_of(written(tmp_path))
    assert list(again.tables) == list(run.tables)
    for name in run.tables:
        pd.testing.assert_frame_equal(again.frame(name), run.frame(name), check_exact=True)
    assert again.files == run.files


def test_all_eleven_cities_are_ranked_on_indicators_that_cover_all(run):
    scores, listed = run.frame("assess_scores"), run.frame("assess_indicators")
    assert len(scores) == 11
    assert sorted(scores["rank"]) == list(range(1, 12))
    assert (listed.loc[listed["used"], "covered"] == 11).all()
    assert listed.loc[listed["used"], "share"].sum() == pytest.approx(1)
    assert (scores["p05"] <= scores["p95"]).all()
    assert (scores["among_3"] <= scores["among_5"]).all()
    assert scores[["among_3", "among_5"]].sum().tolist() == pytest.approx([3, 5], abs=0.1)
    assert "非官方考核" in run.tables["assess_scores"].title_zh
    assert "not an official" in run.tables["assess_scores"].note_en
    spread = run.frame("assess_acceptability").groupby("place")["share"].sum()
    assert spread.to_numpy() == pytest.approx(1)


def test_whatever_is_not_in_the_index_is_listed_and_waits_to_be_filled(run):
    listed = run.frame("assess_indicators")
    gone = set(listed.loc[~listed["used"], "code"])
    left = run.frame("assess_left_out")
    assert gone == set(left.loc[left["what"] == "indicator", "code"])
    assert len(gone) == 6
    fill = run.frame("assess_to_fill")
    assert set(listed.loc[~listed["used"], "indicator"]) <= set(fill["indicator"])
    book = openpyxl.load_workbook(io.BytesIO(run.files["assess/to-fill.xlsx"]))
    assert book[SHEET].max_row == len(fill) + 1


def test_the_official_scheme_has_its_23_indicators_and_claims_no_score(run):
    table = run.frame("assess_template")
    assert len(table) == 23
    assert "weight" not in table and "score" not in table
    assert set(table["state"]) == {"none", "unnamed"}


def test_the_official_order_stands_beside_the_index(run):
    table = run.frame("assess_official")
    assert table["official_rank"].tolist() == list(range(1, 12))
    assert table["place"].tolist()[0] == "140100"
    assert -1 <= table["correlation"].iloc[0] <= 1


def test_a_move_that_is_said_to_lift_a_city_does(run):
    moves = run.frame("assess_moves")
    rows = moves[(moves["how"] == "alone") & moves["reached"] & (moves["places"] == 1)]
    assert len(rows) == len(run.frame("assess_indicators").query("used"))
    assert (rows["wanted"] == rows["rank"] - 1).all()


def fill(content: bytes, path: Path, *, source: str = "市统计年鉴", value: float = 10.0) -> None:
    """Fill some of the sheet as an office would: another value for every city."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[SHEET]
    column = {str(c.value).split(" ")[0]: c.column for c in page[1]}
    for row in range(2, page.max_row + 1):
        if page.cell(row, column["indicator"]).value in FILLED:
            page.cell(row, column["value"]).value = value + row
            page.cell(row, column["source"]).value = source
    book.save(path)


def test_filled_figures_join_the_index(run, tmp_path):
    fill(run.files["assess/to-fill.xlsx"], tmp_path / "filled.xlsx")
    file = written(tmp_path, filled=["filled.xlsx"])
    after = run_of(file)
    listed = after.frame("assess_indicators").set_index("indicator")
    assert listed.loc[FILLED, "used"].all()
    assert after.frame("assess_summary")["used"].iloc[0] == (
        run.frame("assess_summary")["used"].iloc[0] + 2
    )
    assert not set(FILLED) & set(after.frame("assess_to_fill")["indicator"])
    environment = after.frame("assess_profile").query("code == 'environment'")["score"]
    before = run.frame("assess_profile").query("code == 'environment'")["score"]
    assert environment.tolist() != before.tolist()
    assert "filled.xlsx" in load_study(file).inputs()


def test_a_value_without_source_or_a_figure_twice_is_refused(run, tmp_path):
    fill(run.files["assess/to-fill.xlsx"], tmp_path / "f.xlsx", source=" ")
    with pytest.raises(StudyError, match=r"f\.xlsx, row \d+: a value without a source"):
        load_study(written(tmp_path, filled=["f.xlsx"]))
    fill(run.files["assess/to-fill.xlsx"], tmp_path / "f.xlsx")
    with pytest.raises(StudyError, match="already has this figure"):
        load_study(written(tmp_path, filled=["f.xlsx", "f.xlsx"]))
    fill(run.files["assess/to-fill.xlsx"], tmp_path / "f.xlsx")
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    book[SHEET]["A2"].value, book[SHEET]["G2"].value = "14010", 1
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(StudyError, match="row 2: no place has the code '14010'"):
        load_study(written(tmp_path, filled=["f.xlsx"]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"index": "sx-indx"}, "Did you mean 'sx-index'"),
        ({"focus": "140000"}, r"assess.focus: the region has nothing called '140000'"),
        ({"filled": ["none.xlsx"]}, "there is no file"),
        ({"filled": ["../x.xlsx"]}, "inside the folder"),
        ({"steps": {"normalise": "min_mx"}}, "normalise.method"),
        ({"vary": {"normalize": []}}, "normalize"),
        ({"first": [0]}, "1 or more"),
        ({"compare": "official_rank"}, "Did you mean 'official_assessment_rank'"),
    ],
    ids=["index", "focus", "no file", "outside", "steps", "vary", "first", "compare"],
)
def test_what_the_study_names_wrongly_is_refused_before_anything_runs(tmp_path, changes, words):
    with pytest.raises(StudyError, match=words):
        load_study(written(tmp_path, **changes))


def test_no_indicator_with_enough_cover_is_said(tmp_path):
    file = written(tmp_path, year=1990)
    with pytest.raises(StudyError, match="no indicator has figures of 1987 to 1990"):
        run_of(file)


def test_growth_at_two_kinds_of_prices_in_one_index_is_noted():
    used = pd.DataFrame({
        "indicator": ["real", "money", "share"], "unit": ["percent"] * 3, "denominator": None
    })  # fmt: skip
    definitions = pd.DataFrame({
        "indicator": ["real", "money", "share"], "prices": ["constant", "current", None]
    })  # fmt: skip
    (note,) = mixed_prices(used, definitions)
    assert "real" in note and "money" in note and "share" not in note
    assert mixed_prices(used[1:], definitions) == ()


def test_a_study_that_does_not_ask_leaves_it_out_with_a_reason():
    run = Run(load_study(STRIP))
    assert assess.stage(run) == {}
    assert "assess" in run.left_out["assess_summary"][0]
    assert "no ranking was asked for" in run.left_out["assess_summary"][1]
    assert SECTION.over == "assess_summary"
    told = SECTION.parts[:1]  # the others say nothing without it
    assert [list(part.needs) for part in told] == [["assess_summary"]], "one sentence for all"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.long
def test_another_program_computes_the_base_case_alike(run, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(run.files["assess/base-case.xlsx"]))
    book.save(tmp_path / "base.xlsx")  # formulas alone: what is read later was computed there
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir",
               str(tmp_path / "o"), str(tmp_path / "base.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    ranks = pd.read_excel(tmp_path / "o/base.xlsx", sheet_name="Ranks", dtype={"unit": str})
    ours = run.frame("assess_scores").set_index("place")["rank"]
    assert ranks.set_index("unit")["total"].reindex(ours.index).tolist() == ours.tolist()
