"""A study settles the markets that it names, and invented ones stay out of other findings."""

import shutil
from pathlib import Path

import pytest

from buju.errors import StudyError
from buju.study import Bundle, load_study, run_study

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return run_study(
        EXAMPLES / "strip/markets.yaml", out=tmp_path_factory.mktemp("markets") / "strip"
    )


def copied(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "strip", tmp_path / "strip", ignore=shutil.ignore_patterns("out"))
    return tmp_path / "strip"


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_market_is_in_the_bundle_with_its_word_of_warning(bundle: Bundle) -> None:
    markets = bundle.frame("markets")
    assert len(markets) == 4
    assert markets["invented"].all()
    assert "虚构" in bundle.manifest["tables"]["market_outcome"]["note_zh"]
    assert "markets/finance/requests.csv" in bundle.manifest["inputs"]


def test_reasons_are_words_and_not_codes(bundle: Bundle) -> None:
    outcome = bundle.frame("market_outcome")
    none = outcome[outcome["reason"] == "no listing"]
    assert (none["breaks_zh"] != "").all()
    assert (none["breaks_en"] != "").all()


def test_runnable_scenarios_are_those_of_the_study(bundle: Bundle) -> None:
    rows = bundle.frame("market_scenarios")
    assert len(rows) >= 100
    assert set(rows.loc[rows["here"], "scenario"]) == {"fast-line", "zone"}


def test_invented_markets_are_in_no_finding(bundle: Bundle) -> None:
    said = " ".join(bundle.frame("findings").astype(str).to_numpy().ravel())
    assert "产品" not in said
    assert "供应商" not in said
    assert load_study(EXAMPLES / "shanxi").markets == {}


def test_a_place_that_the_region_lacks_is_named(tmp_path: Path) -> None:
    strip = copied(tmp_path)
    replace(strip / "markets/floor-space/listings.csv", "990101", "140101")
    with pytest.raises(StudyError, match=r"floor-space/listings\.csv, column 'place', value '1401"):
        load_study(strip / "markets.yaml")


def test_a_scenario_that_the_study_lacks_is_named(tmp_path: Path) -> None:
    strip = copied(tmp_path)
    replace(strip / "markets/scenarios/listings.csv", "#zone", "#zones")
    with pytest.raises(StudyError, match="no scenario called 'zones'"):
        load_study(strip / "markets.yaml")


def test_two_markets_of_one_name_are_refused(tmp_path: Path) -> None:
    strip = copied(tmp_path)
    shutil.copytree(strip / "markets/finance", strip / "more/finance")
    replace(strip / "markets.yaml", "[markets/finance,", "[markets/finance, more/finance,")
    with pytest.raises(StudyError, match="two folders are called 'finance'"):
        load_study(strip / "markets.yaml")
