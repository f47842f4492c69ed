"""Bundles: put in place whole or not at all, read back as written."""

from pathlib import Path

import pandas as pd
import pytest

from buju.errors import StudyError
from buju.study.bundle import Bundle, Table, write_json, write_tables, writing


def table(value: float = 1.5) -> Table:
    frame = pd.DataFrame({"place": ["140105", "140106"], "minutes": [value, float("nan")]})
    return Table(frame, "时间", "Times", {"minutes": "min"}, "modelled", "说明", "note")


def write(out: Path, value: float = 1.5) -> None:
    with writing(out) as aside:
        write_json(aside / "manifest.json", {"tables": write_tables(aside, {"t": table(value)})})


def test_a_table_reads_back_with_all_that_stands_beside_it(tmp_path):
    write(tmp_path / "out")
    back = Bundle.read(tmp_path / "out").table("t")
    pd.testing.assert_frame_equal(back.frame, table().frame, check_dtype=False)
    assert back.described() | {"rows": 2} == table().described()


def test_the_same_tables_are_the_same_bytes(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b")
    one, two = ((tmp_path / n / "tables/t.parquet").read_bytes() for n in "ab")
    assert one == two


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_an_interrupt_leaves_the_last_good_bundle_and_nothing_else(tmp_path, interrupt):
    out = tmp_path / "out"
    write(out)
    before = (out / "manifest.json").read_bytes()
    with pytest.raises(interrupt), writing(out) as aside:
        (aside / "half").write_text("half", encoding="utf-8")
        raise interrupt
    assert (out / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_new_bundle_takes_the_place_of_the_old_one(tmp_path):
    write(tmp_path / "out", 1.0)
    write(tmp_path / "out", 2.0)
    assert Bundle.read(tmp_path / "out").frame("t")["minutes"][0] == 2.0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_refusals(tmp_path):
    with pytest.raises(StudyError, match=r"no manifest.json"):
        Bundle.read(tmp_path)
    write(tmp_path / "out")
    with pytest.raises(StudyError, match="has no table 'x'; it has t"):
        Bundle.read(tmp_path / "out").table("x")
