"""`buju match` settles a folder, and says what is wrong with one."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from buju.errors import SchemaError
from buju.serve.cli import app

MARKETS = Path(__file__).parents[2] / "examples/strip/markets"


def test_a_market_is_settled_and_its_tables_written(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["match", str(MARKETS / "finance"), "--out", str(tmp_path / "t")]
    )
    assert done.exit_code == 0, done.output
    assert "blocking pairs: 0" in done.output
    assert "虚构数据 invented data" in done.output
    outcome = pd.read_csv(tmp_path / "t/outcome.csv")
    assert len(outcome) == 60


def test_a_folder_without_a_market_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["match", str(tmp_path)])
    assert done.exit_code != 0
    with pytest.raises(SchemaError, match="no such file"):
        raise done.exception or AssertionError(done.output)
