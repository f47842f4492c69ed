"""Every bad file is met with words that say where and what to do, and nothing is lost."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from buju.region.schema import tables

STRIP = Path(__file__).parents[2] / "examples" / "strip" / "region"


def workbook(change=None) -> bytes:
    """The strip as the Excel template filled in, changed by a function of the workbook."""
    import pandas as pd

    book = openpyxl.Workbook()
    legend = book.active
    legend.title = "说明"
    legend["A1"], legend["B1"] = "coordinates", "WGS84"
    for name, table in tables().items():
        file = STRIP / f"{name}.csv"
        if file.is_file():
            sheet = book.create_sheet(table.title_zh)
            frame = pd.read_csv(file, dtype=str, encoding="utf-8-sig", keep_default_na=False)
            kinds = {c.name: c.is_number for c in table.columns.values()}
            sheet.append(list(frame.columns))
            for row in frame.itertuples(index=False):
                pairs = zip(frame.columns, row, strict=True)
                sheet.append([float(v) if kinds[c] and v else v or None for c, v in pairs])
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: TestClient, file: str, data: bytes, **fields: str):
    return client.post("/api/v1/regions", files={"file": (file, data)}, data=fields)


def refused(answer, status: int, zh: str, en: str) -> None:
    body = answer.json()
    assert answer.status_code == status, body
    assert answer.headers["content-type"] == "application/problem+json"
    assert zh in body["detail_zh"]
    assert en in body["detail_en"]


def test_a_filled_workbook_is_a_region(client):
    body = send(client, "我的.xlsx", workbook(), name="带状区域").json()
    assert (body["state"], body["faults"], body["title_zh"]) == ("ready", [], "带状区域")
    assert client.get("/api/v1/regions").json()["regions"][0]["region"] == body["region"]


def test_faults_name_sheet_cell_value_rule_and_remedy_and_a_corrected_file_mends_them(client):
    def spoil(book):
        sheet = book["地点"]
        at = {cell.value: cell.column_letter for cell in sheet[1]}
        sheet[f"{at['residents']}3"] = -5
        sheet[f"{at['level']}4"] = "village"
        book["网络路段"]["D5"] = "nowhere"

    body = send(client, "a.xlsx", workbook(spoil)).json()
    assert body["state"] == "faults"
    first = next(f for f in body["faults"] if f["value"] == "-5")
    assert first["sheet"] == "地点" and first["cell"].endswith("3") and first["table"] == "places"
    for key in ("rule_zh", "rule_en", "remedy_zh", "remedy_en"):
        assert first[key]
    assert len(body["faults"]) >= 3
    region = body["region"]
    answer = client.get(f"/api/v1/regions/{region}/layers/counties.geojson")
    refused(answer, 409, "请先上传改正后的文件", "upload it corrected")
    assert len(answer.json()["faults"]) == len(body["faults"])
    files = {"file": ("b.xlsx", workbook())}
    mended = client.put(f"/api/v1/regions/{region}", files=files).json()
    assert (mended["state"], mended["faults"]) == ("ready", [])


@pytest.mark.parametrize(
    ("name", "data", "status", "zh", "en"),
    [
        ("a.xlsx", b"%PDF-1.7 ...", 415, "PDF", "renaming is not enough"),
        ("a.xlsx", b"plain,text\n1,2", 415, "不是 Excel 工作簿", "no Excel workbook"),
        ("a.xlsx", b"PK\x03\x04" + bytes(99), 415, "已损坏", "save it again"),
        ("a.xls", b"x", 415, "另存为 .xlsx", "save it as .xlsx"),
        ("a.csv", b"x", 415, "打成 .zip", "in a .zip"),
        ("a.gpkg", b"x", 415, "不是 GeoPackage", "no GeoPackage"),
        ("a.zip", b"x", 415, "已损坏", "damaged"),
        ("", b"x", 422, "file", "file"),
    ],
)
def test_what_is_no_table_is_named(client, name, data, status, zh, en):
    refused(send(client, name, data), status, zh, en)
    assert client.get("/api/v1/regions").json()["regions"] == []


def test_a_password_and_the_old_format_are_told_apart(client):
    sign = b"\xd0\xcf\x11\xe0" + bytes(600)
    locked = sign + "EncryptedPackage".encode("utf-16-le")
    refused(send(client, "a.xlsx", locked), 415, "打开密码", "password")
    refused(send(client, "a.xlsx", sign), 415, "旧版 .xls", "old .xls")


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def test_a_zip_of_csv_files_in_a_folder_is_a_region(client):
    files = {f"strip/{p.name}": p.read_bytes() for p in STRIP.iterdir() if p.is_file()}
    assert send(client, "strip.zip", archive(files)).json()["state"] == "ready"


def test_a_zip_that_leads_outside_or_swells_is_not_unpacked(client, space):
    for name in ("../../evil.csv", "/evil.csv", "a/../../evil.csv", "C:evil.csv"):
        refused(
            send(client, "a.zip", archive({name: b"x"})), 422, "文件夹之外", "out of the folder"
        )
    assert not list(space.parent.rglob("evil.csv"))
    bomb = archive({"places.csv": bytes(60_000_000)})
    refused(send(client, "a.zip", bomb), 413, "解压后", "unpacks to")
    book = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(60_000_000)})
    refused(send(client, "a.xlsx", book), 413, "解压后", "unpacks to")
    refused(send(client, "a.zip", archive({"a.txt": b"x"})), 415, "没有数据表", "no tables")


def test_macros_are_not_run_and_hidden_sheets_are_named(client):
    def hide(book):
        book["指标"].sheet_state = "hidden"
        book.create_sheet("草稿").sheet_state = "hidden"

    data = io.BytesIO(workbook(hide))
    with zipfile.ZipFile(data, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    body = send(client, "a.xlsm", data.getvalue()).json()
    words = " ".join(note["zh"] for note in body["notes"])
    assert body["state"] == "ready"
    assert "没有运行宏" in words
    assert "“指标”是隐藏的，已读取" in words
    assert "“草稿”是隐藏的，未读取" in words


def test_merged_cells_errors_of_formulas_and_dates_as_text_have_their_cell(client):
    def spoil(book):
        book["地点"].merge_cells("B3:B4")
        book["网络节点"]["C2"] = "=1/0"
        links = book["网络路段"]
        at = {cell.value: cell.column_letter for cell in links[1]}
        links[f"{at['minutes']}3"] = "#REF!"
        links[f"{at['minutes']}3"].data_type = "e"
        if "opened" in at:
            links[f"{at['opened']}2"] = "2021年5月"
        else:
            column = links.max_column + 1
            links.cell(1, column, "opened")
            links.cell(2, column, "2021年5月")

    faults = send(client, "a.xlsx", workbook(spoil)).json()["faults"]
    found = {fault["check"]: fault for fault in faults}
    assert found["merged_cells"]["cell"] == "B3"
    assert found["merged_cells"]["value"] == "B3:B4"
    assert found["formula_uncached"]["cell"] == "C2"
    assert found["cell_error"]["value"] == "#REF!" and found["cell_error"]["cell"].endswith("3")
    assert found["not_date"]["value"] == "2021年5月" and found["not_date"]["cell"].endswith("2")


def test_a_sheet_formatted_to_its_last_row_is_not_spread_out_in_memory(client):
    def spread(book):
        book["地点"].cell(1_048_576, 16_384, "x")

    faults = send(client, "a.xlsx", workbook(spread)).json()["faults"]
    assert "sheet_too_large" in {fault["check"] for fault in faults}


def test_a_file_too_large_is_refused_before_it_is_read(client):
    answer = client.post(
        "/api/v1/regions",
        content=(bytes(1 << 16) for _ in range(2)),
        headers={"content-length": "200000000", "content-type": "multipart/form-data; boundary=x"},
    )
    refused(answer, 413, "文件为 200 MB，上限为 100 MB", "the file has 200 MB")


def test_no_second_upload_while_a_run_waits(client):
    opened = client.post("/api/v1/examples/strip").json()
    run = client.post("/api/v1/runs", json={"study": opened["study"]}).json()
    address = f"/api/v1/regions/{opened['region']}"
    again = {"file": ("b.xlsx", workbook())}
    refused(client.put(address, files=again), 409, run["run"], "wait for its end or cancel it")
    client.delete(f"/api/v1/runs/{run['run']}")
    assert client.put(address, files={"file": ("b.xlsx", workbook())}).status_code == 200


def test_an_upload_is_called_by_its_file_or_what_it_says(client):
    assert send(client, "晋北 2020.xlsx", workbook()).json()["title_zh"] == "晋北 2020"
    assert send(client, "晋北 2020 (1).xlsx", workbook()).json()["title_zh"] == "晋北 2020 (2)"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for file in STRIP.iterdir():
            packed.write(file, file.name)
    found = send(client, "region.zip", archive.getvalue()).json()
    assert (found["title_zh"], found["title_en"]) == ("虚构带状区域", "Invented strip")


def test_a_region_is_called_otherwise_and_removed(client):
    region = client.post("/api/v1/examples/strip").json()["region"]
    address = f"/api/v1/regions/{region}"
    assert client.patch(address, json={"title_zh": " 新名 "}).json()["title_en"] == "新名"
    assert client.get(address).json()["title_zh"] == "新名"
    assert client.patch(address, json={"title_zh": ""}).status_code == 422
    assert client.patch("/api/v1/regions/none", json={"title_zh": "x"}).status_code == 404
    assert client.delete(address).status_code == 409
    assert client.delete(f"{address}?studies=true").status_code == 204
    assert client.get("/api/v1/studies").json()["studies"] == []
