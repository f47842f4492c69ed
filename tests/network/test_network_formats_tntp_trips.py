"""Trips in TNTP files: what is no number is refused, never taken for zero."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import NetworkError
from buju.network.formats import read_tntp_trips, write_tntp_trips

HEAD = "<NUMBER OF ZONES> 2\n{total}<END OF METADATA>\n\nOrigin 1\n"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("2 : 1,000;", "'1,000'; a number of zero or more"),
        ("2 : abc;", "'abc'"),
        ("2 : nan;", "'nan'"),
        ("2 : 1e3abc;", "'1e3abc'"),
        ("2 : -5;", "'-5'"),
        ("2 : ;", "''"),
        ("2 : 4; 2 : 5;", "from zone 1 to 2 twice"),
    ],
)
@pytest.mark.parametrize("total", ["", "<TOTAL OD FLOW> 0\n", "<TOTAL OD FLOW> nan\n"])
def test_a_cell_that_is_no_number_is_named(
    tmp_path: Path, cells: str, words: str, total: str
) -> None:
    file = tmp_path / "x_trips.tntp"
    file.write_text(HEAD.format(total=total) + cells, encoding="utf-8")
    with pytest.raises(NetworkError, match=words):
        read_tntp_trips(file)


def test_a_total_that_is_no_number_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x_trips.tntp"
    file.write_text(HEAD.format(total="<TOTAL OD FLOW> nan\n") + "2 : 3;", encoding="utf-8")
    with pytest.raises(NetworkError, match="sum to 3"):
        read_tntp_trips(file)


@pytest.mark.parametrize("value", [np.nan, -1.0, np.inf])
def test_missing_or_negative_trips_are_not_written(tmp_path: Path, value: float) -> None:
    table = pd.DataFrame([[0.0, value], [3.0, 2.0]], index=[1, 2], columns=[1, 2])
    with pytest.raises(NetworkError, match="trips from 1 to 2 are"):
        write_tntp_trips(table, tmp_path / "q.tntp")
    assert not (tmp_path / "q.tntp").exists()
