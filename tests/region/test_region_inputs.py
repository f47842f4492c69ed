"""Encodings, workbooks and GeoPackages."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strip import strip, write_strip

from buju.errors import RegionError, SchemaError
from buju.region import check_region, read_region, write_template
from buju.region.inputs.text import UndecodableError, decode
from buju.region.schema import tables


def filled(path: Path, change: object = None) -> Path:
    """The template's workbook with the strip's places, nodes, links and sources filled in."""
    folder = write_template(path)
    file = folder / "template" / "region.xlsx"
    book = openpyxl.load_workbook(file)
    book["说明"]["B1"] = "WGS84"
    for name in ("places", "nodes", "links", "lines", "sources"):
        frame = strip()[name]
        if name == "links":
            frame = frame.drop(columns="project")
        if name == "nodes":
            frame = frame[~frame["zone_id"].isin(["980100", "970100"])]
        if name == "links":
            ends = frame["from_node_id"].str.contains("9[78]0100")
            frame = frame[~(ends | frame["to_node_id"].str.contains("9[78]0100"))]
        sheet = book[tables()[name].title_zh]
        names = [cell.value for cell in sheet[1]]
        for line, row in enumerate(frame.to_dict("records"), start=2):
            for column, value in row.items():
                if not pd.isna(value):
                    sheet.cell(line, names.index(column) + 1, value)
    if callable(change):
        change(book)
    book.save(file)
    return file


def test_gb18030_is_read_with_a_note(tmp_path: Path) -> None:
    folder = write_strip(tmp_path)
    file = folder / "places.csv"
    file.write_bytes(file.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert check_region(folder) == []
    region = read_region(folder)
    assert region.places["name_zh"][0] == "西市（虚构）"
    assert len(region.notes) == 1
    assert "GB18030" in region.notes[0] and "places.csv" in region.notes[0]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf8_with_and_without_mark(mark: str) -> None:
    assert decode(f"{mark}太原市,1\n".encode()) == ("太原市,1\n", "UTF-8")


@given(st.text(alphabet="省市县区山西太原大同长治朔州阳泉0123456789,\n", min_size=1, max_size=60))
def test_both_encodings_give_the_same_text(text: str) -> None:
    text = f"地点{text}"
    assert decode(text.encode()) == (text, "UTF-8")
    assert decode(text.encode("gb18030")) == (text, "GB18030")


@pytest.mark.parametrize("text", ["name\n朔", "联通", "name\nZürich", "Lǚliàng, Shǎnxī ±5 °C"])
def test_bytes_that_would_pass_for_either_encoding(text: str) -> None:
    encoding = "UTF-8" if "联" not in text and "朔" not in text else "GB18030"
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize(
    "data",
    [
        "地点,太原市\n".encode("utf-16"),
        "地点,太原市\n".encode("utf-16-le"),
        "地点,太原市,山西省,大同市,长治市,晋城市,运城市,临汾市".encode() + b"\xff\n",
        "名称\n".encode() + "Zürich, Genève".encode("latin-1"),
        bytes(range(128, 256)),
        b"place\n\x00\x00\x00",
        "北京市天津市河北省山西省内蒙古".encode() + b"\xe5\x8c",
    ],
)
def test_other_bytes_are_refused_and_placed(data: bytes) -> None:
    with pytest.raises(UndecodableError, match=r"byte \d+ .*"):
        decode(data)


def test_template_filled_in_reads_back(tmp_path: Path) -> None:
    region = read_region(filled(tmp_path / "new"))
    expected = strip()["places"]
    assert region.places["place"].tolist() == expected["place"].tolist()
    assert region.places["residents"].tolist() == expected["residents"].tolist()
    assert len(region.links) == 12
    assert region.package["coordinates"] == "WGS84"


def test_workbook_in_a_folder(tmp_path: Path) -> None:
    file = filled(tmp_path / "new")
    folder = tmp_path / "region"
    folder.mkdir()
    (folder / "region.xlsx").write_bytes(file.read_bytes())
    package = {"name": "x", "buju": {"coordinates": "WGS84"}}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    region = read_region(folder)
    assert set(region.files) == {"datapackage.json", "region.xlsx"}
    (folder / "places.csv").write_bytes(strip()["places"].to_csv(index=False).encode())
    fault = check_region(folder)[0]
    assert fault.check == "table_twice"
    assert "places.csv" in fault.rule and "region.xlsx [地点]" in fault.rule
    assert "只保留其中一份" in fault.remedy_zh


def test_empty_template_says_what_is_missing(tmp_path: Path) -> None:
    folder = write_template(tmp_path / "new")
    checks = {(f.file, f.check) for f in check_region(folder)}
    assert ("datapackage.json", "coordinates_undeclared") in checks
    assert ("places.csv", "header_only") in checks
    only = check_region(folder / "template" / "region.xlsx")
    assert [f.check for f in only] == ["coordinates_undeclared", "header_only"]
    assert only[0].file == "region.xlsx" and "B1" in only[0].remedy


def test_template_keeps_what_is_there(tmp_path: Path) -> None:
    write_template(tmp_path)
    with pytest.raises(SchemaError, match=r"already holds datapackage\.json"):
        write_template(tmp_path)


def test_template_with_unused_files_deleted_is_a_region(tmp_path: Path) -> None:
    folder = write_template(tmp_path)
    for file in folder.glob("*.csv"):
        file.unlink()
    places = strip()["places"].drop(columns="source")
    (folder / "places.csv").write_text(places.to_csv(index=False), encoding="utf-8")
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    package = json.loads(text)
    package["buju"]["coordinates"] = "WGS84"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert check_region(folder) == []


def test_numbers_in_code_columns_are_taken_as_digits(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["地点"]["A2"] = 990100
        book["地点"]["A2"].number_format = "0"

    region = read_region(filled(tmp_path, change))
    assert region.places["place"][0] == "990100"
    assert any("存为数字" in note and "'place'" in note for note in region.notes)


def test_dates_of_excel_become_text(tmp_path: Path) -> None:
    at = list(tables()["links"].columns).index("opened") + 1

    def change(book: openpyxl.Workbook) -> None:
        book["网络路段"].cell(2, at, dt.datetime(2015, 7, 1))
        book["网络路段"].cell(3, at, 2016)

    region = read_region(filled(tmp_path, change))
    assert region.links["opened"][:2].tolist() == ["2015-07-01", "2016"]


@pytest.mark.parametrize(
    ("rule", "column", "value", "cell"),
    [
        ("formula_uncached", "residents", "=SUM(A1:A2)", "K3"),
        ("cell_error", "residents", "#DIV/0!", "K3"),
        ("cell_time", "name_en", dt.datetime(2020, 1, 1, 12, 30), "C3"),
        ("not_number", "residents", "12万", "K3"),
        ("code_digits", "place", 90100, "A3"),
        ("required_empty", "residents", None, "K3"),
    ],
)
def test_faults_of_workbooks_name_sheet_and_cell(
    tmp_path: Path, rule: str, column: str, value: object, cell: str
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["地点"][cell] = value

    faults = [f for f in check_region(filled(tmp_path, change)) if f.check == rule]
    assert faults, check_region(tmp_path / "template" / "region.xlsx")
    fault = faults[0]
    assert (fault.sheet, fault.cell, fault.column, fault.row) == ("地点", cell, column, 3)
    assert f"sheet '地点', cell {cell}, line 3" in fault.english
    assert f"工作表“地点”，单元格 {cell}，第3行" in fault.chinese


def test_merged_cells_are_named(tmp_path: Path) -> None:
    file = filled(tmp_path, lambda book: book["地点"].merge_cells("E2:E4"))
    fault = next(f for f in check_region(file) if f.check == "merged_cells")
    assert "E2:E4" in str(fault) and "取消合并" in fault.remedy_zh


def test_a_broken_workbook_is_named(tmp_path: Path) -> None:
    (tmp_path / "region.xlsx").write_bytes(b"not a workbook")
    faults = {f.check for f in check_region(tmp_path / "region.xlsx")}
    assert "workbook_unreadable" in faults


def geopackage(path: Path) -> Path:
    """The strip's places and outside places as points of Web Mercator, the rest as layers."""
    for name, frame in strip().items():
        points = {"places": ("lon", "lat"), "nodes": ("x_coord", "y_coord")}.get(name)
        if points:
            x, y = (frame[axis] for axis in points)
            shape = gpd.points_from_xy(x, y)
            layer = gpd.GeoDataFrame(frame.drop(columns=[*points]), geometry=shape, crs=4326)
            layer.to_crs(3857).to_file(path, layer=name)
        else:
            bare = gpd.GeoDataFrame(frame.assign(geometry=None), geometry="geometry", crs=4326)
            bare.to_file(path, layer=name)
    return path


def test_geopackage_layers_are_tables(tmp_path: Path) -> None:
    file = geopackage(tmp_path / "region.gpkg")
    with pytest.raises(RegionError, match=r"datapackage\.json"):
        read_region(file)
    package = {"name": "x", "buju": {"coordinates": "GCJ-02"}}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    # Points bring their own system; the columns of outside_places are in the declared one.
    region = read_region(file)
    assert region.places["lon"].round(6).tolist() == strip()["places"]["lon"].round(6).tolist()
    moved = region.outside_places["lon"] - strip()["outside_places"]["lon"]
    assert (moved.abs() > 1e-3).all()
    assert region.links["minutes"].tolist() == strip()["links"]["minutes"].tolist()
    assert len(read_region(tmp_path).links) == 17


def test_two_declarations_must_agree(tmp_path: Path) -> None:
    file = filled(tmp_path / "new")
    package = {"name": "x", "buju": {"coordinates": "GCJ-02"}}
    beside = file.parent / "datapackage.json"
    beside.write_text(json.dumps(package), encoding="utf-8")
    fault = check_region(file)[0]
    assert (fault.check, fault.file, fault.value) == ("coordinates_twice", "region.xlsx", "WGS84")
    assert "'GCJ-02'" in fault.rule and "请使两处一致" in fault.remedy_zh
    package["buju"] = {"coordinates": ""}
    beside.write_text(json.dumps(package), encoding="utf-8")
    assert check_region(file) == []


def test_unused_sheets_do_not_clash_with_files(tmp_path: Path) -> None:
    folder = write_strip(tmp_path / "region")
    new = write_template(tmp_path / "new")
    (folder / "region.xlsx").write_bytes((new / "template" / "region.xlsx").read_bytes())
    assert check_region(folder) == []


def test_rows_below_a_blank_line_keep_their_number(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["地点"].insert_rows(2)
        book["地点"]["K10"] = "many"

    fault = check_region(filled(tmp_path, change))[0]
    assert (fault.row, fault.cell) == (10, "K10")


def test_a_damaged_workbook_is_named(tmp_path: Path) -> None:
    file = filled(tmp_path)
    data = bytearray(file.read_bytes())
    for at in range(200, len(data), len(data) // 40):
        damaged = data.copy()
        damaged[at : at + 20] = b"\xff" * 20
        file.write_bytes(damaged)
        for fault in check_region(file):
            assert fault.file and fault.chinese


def test_an_optional_table_left_unfilled_is_no_data_and_said_so(tmp_path: Path) -> None:
    folder = write_template(tmp_path)
    places = strip()["places"].drop(columns="source")
    (folder / "places.csv").write_text(places.to_csv(index=False), encoding="utf-8")
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    package = json.loads(text)
    package["buju"]["coordinates"] = "WGS84"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    region = read_region(folder)
    assert region.links.empty
    assert any("lines.csv" in note and "只有表头" in note for note in region.notes)


def test_a_filled_workbook_beside_unfilled_files_is_the_region(tmp_path: Path) -> None:
    file = filled(tmp_path / "a")
    folder = write_template(tmp_path / "b")
    (folder / "region.xlsx").write_bytes(file.read_bytes())
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    package = json.loads(text)
    package["buju"]["coordinates"] = "WGS84"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert check_region(folder) == []
    assert len(read_region(folder).places) == len(strip()["places"])
