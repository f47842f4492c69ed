"""A market is a folder: read with all its faults, settled by the rule it names."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from buju.errors import ParameterError, SchemaError
from buju.match.markets import read_market
from buju.match.registry import LEAST, registry
from buju.match.settle import settle

MARKETS = Path(__file__).parents[2] / "examples/strip/markets"
NAMES = ("finance", "floor-space", "scenarios", "allowances")


def edited(tmp_path: Path, name: str, file: str, old: str, new: str) -> Path:
    folder = tmp_path / name
    shutil.copytree(MARKETS / name, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_examples_say_that_they_are_invented_and_settle(name: str) -> None:
    market = read_market(MARKETS / name)
    assert market.spec.invented
    assert "虚构" in market.spec.title_zh
    checks = settle(market)["checks"].set_index("check")["value"]
    assert checks.get("blocking pairs", 0) == 0
    assert checks.get("issued less surrendered less held", 0) == 0


@pytest.mark.parametrize("name", ["finance", "floor-space", "scenarios"])
def test_everybody_has_something_or_a_reason(name: str) -> None:
    found = settle(read_market(MARKETS / name))
    outcome = found["outcome"]
    without = outcome[outcome["listing"].isna()]
    assert (without["reason_zh"] != "").all()
    none = set(without.loc[without["reason"] == "no listing", "request"])
    assert none == set(found["blocked"]["request"])
    assert (found["listings"]["used"] <= found["listings"]["room"] + 1e-6).all()


def test_other_rules_serve_the_same_market(tmp_path: Path) -> None:
    best = read_market(edited(tmp_path, "finance", "market.yaml", "rule: stable", "rule: value"))
    total = settle(best)["checks"].set_index("check")["value"]["total score"]
    stable = settle(read_market(MARKETS / "finance"))["checks"].set_index("check")["value"]
    assert total >= stable["total score"]


def test_a_registry_holds_a_hundred_scenarios_and_keeps_old_versions() -> None:
    rows = read_market(MARKETS / "scenarios").tables["listings"]
    early, late = registry(rows, "2024-03-01"), registry(rows, "2024-12-31")
    assert len(late.current) >= LEAST
    assert (early.history["versions"] == 1).all()
    assert (late.history["versions"] > 1).any()
    assert len(late.open) < len(early.open)
    assert set(late.runnable["scenario"]) == {"fast-line", "zone"}
    assert registry(rows, "2023-01-01").current.empty


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": [1, 3]}, "versions run 1, 2, 3"),
        ({"published": ["2024-05-01", "2024-01-01"]}, "never dated before"),
        ({"study": ["study.yaml", None]}, "study.yaml#scenario"),
    ],
)
def test_a_registry_out_of_order_is_refused(change: dict[str, list[object]], words: str) -> None:
    rows = pd.DataFrame(
        {
            "listing": ["S1", "S1"],
            "version": [1, 2],
            "published": ["2024-01-01", "2024-02-01"],
            "status": ["open", "open"],
            "study": [None, None],
        }
    ).assign(**change)
    with pytest.raises(SchemaError, match=words):
        registry(rows, "2024-12-31")


def test_all_faults_of_a_market_come_at_once(tmp_path: Path) -> None:
    folder = edited(tmp_path, "finance", "listings.csv", "F02,", "F01,")
    text = (folder / "requests.csv").read_text(encoding="utf-8")
    (folder / "requests.csv").write_text(text.replace("making", ";", 1), encoding="utf-8")
    lines = (folder / "requests.csv").read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[5] = "许多"
    lines[3] = ",".join(cells)
    (folder / "requests.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(SchemaError) as refusal:
        read_market(folder)
    assert "listings.csv, line 3" in refusal.value.english
    assert "requests.csv, line 4, column 'amount', value '许多'" in refusal.value.english
    assert "第4行" in refusal.value.chinese


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("preset: finance", "preset: finances", ParameterError, "did you mean 'finance'"),
        ("rule: stable", "rule: auction", SchemaError, "is none of preset 'finance'"),
        ("rule: stable", "rule: best", SchemaError, "rule: Input should be"),
        ("invented: true\n", "", SchemaError, "invented: Field required"),
        ("choices: 6", "choices: 0", SchemaError, "choices: Input should be greater"),
        ("choices: 6", "choises: 6", SchemaError, "choises: Extra inputs"),
    ],
)
def test_a_market_file_that_is_wrong_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_market(edited(tmp_path, "finance", "market.yaml", old, new))


def test_a_registry_needs_its_day_and_a_folder_its_file(tmp_path: Path) -> None:
    day = 'date: "2024-12-31"\n'
    with pytest.raises(SchemaError, match="'date' is missing"):
        read_market(edited(tmp_path, "scenarios", "market.yaml", day, ""))
    with pytest.raises(SchemaError, match="there is no such file"):
        read_market(tmp_path / "nowhere")
