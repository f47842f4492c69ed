"""The region in memory, dates, writing, and the pages made from the schema."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from strip import EXAMPLE, strip, write_strip

from buju.errors import ParameterError, SchemaError
from buju.region import (
    Region,
    check_region,
    examine_region,
    is_open,
    opened_by,
    read_region,
    write_region,
)
from buju.region.nearest import nearest, nearest_code
from buju.region.reference import reference_markdown
from buju.region.schema import TYPES, tables

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return read_region(write_strip(tmp_path_factory.mktemp("strip")))


def test_the_example_is_what_its_builder_writes(tmp_path: Path) -> None:
    assert check_region(EXAMPLE) == []
    write_strip(tmp_path)
    for file in sorted(tmp_path.iterdir()):
        assert (EXAMPLE / file.name).read_bytes() == file.read_bytes(), file.name


def test_every_table_and_column_is_there_with_its_type(region: Region) -> None:
    kinds = {"float": "float64", "integer": "Int64", "year": "Int64", "boolean": "bool"}
    for name, table in tables().items():
        frame = getattr(region, name)
        shown = [c for c in frame.columns if c != "geometry"]
        assert shown == list(table.columns), name
        for column in table.columns.values():
            dtype = str(frame[column.name].dtype)
            assert dtype == kinds.get(column.type, "str"), (name, column.name)
    assert region.flows.empty and region.claims.empty


def test_region_does_not_change(region: Region) -> None:
    links = region.links
    links.loc[0, "minutes"] = 1e9
    links["extra"] = 1
    assert region.links["minutes"][0] == 55.0
    assert "extra" not in region.links
    with pytest.raises(AttributeError):
        region.notes = ("x",)  # type: ignore[misc]
    with pytest.raises(AttributeError, match="no table or attribute 'link'"):
        region.link  # noqa: B018


def test_region_survives_pickling(region: Region) -> None:
    again = pickle.loads(pickle.dumps(region))
    assert_frame_equal(again.links, region.links)
    assert again.places.crs == region.places.crs
    assert again.files == region.files


def test_levels_keep_file_order(region: Region) -> None:
    assert region.level("prefecture")["place"].tolist() == ["990100", "990200"]
    assert region.level().index.tolist() == list(range(10))
    with pytest.raises(ParameterError, match="its levels are prefecture, county"):
        region.level("town")


def test_members_are_resolved_to_counties(region: Region) -> None:
    core = region.members("core")
    assert core.to_dict("list") == {
        "place": ["990102", "990103"], "weight": [0.5, 1.0], "inferred": [True, False],
    }  # fmt: skip
    east = region.members("east")
    assert east["place"].tolist() == [f"9902{i:02d}" for i in range(1, 6)]
    assert east.attrs["outside"] == ["970100"]
    everything = region.members("all")
    assert everything["place"].tolist() == core["place"].tolist() + east["place"].tolist()
    with pytest.raises(ParameterError, match="Did you mean 'core'"):
        region.members("cor")


def test_overlapping_members_keep_the_larger_weight(tmp_path: Path) -> None:
    given = strip()
    extra = {"group": ["all"], "place": ["990100"], "weight": [0.7], "inferred": [True]}
    rows = [given["place_group_members"], pd.DataFrame(extra)]
    given["place_group_members"] = pd.concat(rows, ignore_index=True)
    members = read_region(write_region(given, tmp_path)).members("all").set_index("place")
    assert members["weight"].to_dict() == {
        "990101": 0.7, "990102": 0.7, "990103": 1.0, "990104": 0.7, "990105": 0.7,
    } | {f"9902{i:02d}": 1.0 for i in range(1, 6)}  # fmt: skip
    assert members["inferred"].sum() == 4


def test_hashes_are_of_the_bytes_read(region: Region) -> None:
    import hashlib

    for name, digest in region.files.items():
        assert hashlib.sha256((region.path / name).read_bytes()).hexdigest() == digest


def test_examination_keeps_tables_beside_faults(tmp_path: Path) -> None:
    folder = write_strip(tmp_path)
    with (folder / "sectors.csv").open("a", encoding="utf-8") as file:
        file.write("x,,X,primary\n")
    seen = examine_region(folder)
    assert len(seen.faults) == 1 and len(seen.tables["sectors"]) == 4


@pytest.mark.parametrize(
    ("date", "on", "open_"),
    [
        ("2024", "2024-12-30", False),
        ("2024", "2024-12-31", True),
        ("2024", "2024", True),
        ("2024-02", "2024-02-28", False),
        ("2024-02", "2024-02-29", True),
        ("2024-02-03", "2024-02", True),
        ("", "1900", True),
        (None, "1900", True),
        (float("nan"), "1900", True),
    ],
)
def test_incomplete_dates_count_from_their_last_day(date: Any, on: str, open_: bool) -> None:
    assert opened_by(date, on) is open_
    series = pd.Series([date], index=[7], dtype="str")
    assert is_open(series, on).to_dict() == {7: open_}


@pytest.mark.parametrize(
    "text", ["24", "2024-13", "2024-02-30", "2024-00", "2024-1", "2024/01", "soon", "2024-01-00"]
)
def test_malformed_dates_raise(text: str) -> None:
    with pytest.raises(SchemaError, match="is not a date"):
        opened_by(text, "2024")
    with pytest.raises(SchemaError, match="不是日期"):
        is_open(pd.Series(["2020", text]), "2024")
    with pytest.raises(SchemaError):
        opened_by("2020", text)


def test_closed_rows_are_not_open() -> None:
    opened, closed = pd.Series(["2010", None]), pd.Series(["2019-06", None])
    assert is_open(opened, "2019-06-29", closed).tolist() == [True, True]
    assert is_open(opened, "2019-06-30", closed).tolist() == [False, True]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8
).filter(lambda text: text.strip() != "")
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.lists(TEXT, min_size=1, max_size=5),
    notes=st.lists(st.none() | TEXT, min_size=5, max_size=5),
    residents=st.lists(st.floats(1e4, 9e6), min_size=5, max_size=5),
    values=st.lists(NUMBER, min_size=1, max_size=8),
    dates=st.lists(st.none() | st.dates().map(str), min_size=5, max_size=5),
    flags=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_writing_then_reading_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    notes: list[str | None],
    residents: list[float],
    values: list[float],
    dates: list[str | None],
    flags: list[bool],
) -> None:
    n = len(names)
    codes = [f"88{i:04d}" for i in range(n)]
    places = {
        "place": codes, "name_zh": names, "level": "county", "lon": 112.0 + np.arange(n) / 7,
        "lat": 37.0, "year": 2020, "residents": residents[:n], "note": notes[:n],
    }  # fmt: skip
    indicators = {
        "place": codes[0], "year": 2000 + np.arange(len(values)), "indicator": "a", "value": values,
    }  # fmt: skip
    projects = {"project": codes, "name_zh": names, "type": "rail", "start": dates[:n],
                "places": ";".join(codes)}  # fmt: skip
    tags = {"tag": codes, "name_zh": names, "published": flags[:n]}
    definitions = {"indicator": ["a"], "name_zh": names[0], "name_en": names[-1], "unit": "u"}
    given = {
        "places": places, "indicators": indicators, "indicator_definitions": definitions,
        "projects": projects, "tags": tags,
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("round")
    first = read_region(write_region({k: pd.DataFrame(v) for k, v in given.items()}, folder / "a"))
    assert first.indicators["value"].tolist() == values
    assert first.places["name_zh"].tolist() == names
    assert first.tags["published"].tolist() == flags[:n]
    second = read_region(write_region(first.tables, folder / "b"))
    for name in tables():
        assert_frame_equal(first.tables[name], second.tables[name])


def test_writing_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no table is called 'place'"):
        write_region({"place": pd.DataFrame()}, tmp_path)
    with pytest.raises(SchemaError, match=r"'sectors' has no column \['name'\]"):
        write_region({"sectors": pd.DataFrame({"name": ["x"]})}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_writing_never_mixes_two_regions(tmp_path: Path) -> None:
    given = strip()
    write_region(given, tmp_path)
    lines = given.pop("lines")
    with pytest.raises(SchemaError, match=r"already holds lines\.csv"):
        write_region(given, tmp_path)
    write_region({**given, "lines": lines.iloc[:0]}, tmp_path)
    assert not (tmp_path / "lines.csv").exists()


def test_a_failed_write_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_strip(tmp_path)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def broken(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("buju.region.writing.os.fsync", broken)
    changed = strip()
    changed["places"]["residents"] *= 2
    with pytest.raises(OSError, match="no space"):
        write_region(changed, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_reference_page_is_current() -> None:
    page = ROOT / "docs" / "reference" / "tables.md"
    assert page.read_text(encoding="utf-8") == reference_markdown(), "run `make docs`"


def test_schema_rows_agree_with_each_other() -> None:
    for table in tables().values():
        assert set(table.key) <= set(table.columns), table.name
        for column in table.columns.values():
            assert column.type in TYPES, column
            assert bool(column.values) == (column.type == "choice"), column
            assert column.meaning_en and column.meaning_zh, column
            for target, key in column.references:
                assert key in tables()[target].columns, column


def test_near_matches() -> None:
    names = {"140100": "太原市", "140105": "小店区", "140200": "大同市"}
    assert nearest_code("14010", names) == "140100"
    assert nearest_code("大同", names) == "140200"
    assert nearest_code("小店", names) == "140105"
    assert nearest_code("xyz", names) == ""
    many = [f"{i:06d}" for i in range(100_000, 120_000)]
    assert nearest("11999", many) == "111999"
