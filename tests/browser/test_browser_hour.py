"""A planner's first hour, from an empty folder to a Word report, as a user would click it."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from browser_kit import LANGUAGES, Seat, seated
from playwright.sync_api import expect

from buju.region.schema import tables

ROOT = Path(__file__).parents[2]
STRIP = ROOT / "examples/strip/region"
LIMIT = 300.0
"""Seconds for the whole hour: the bar is five minutes, on two cores."""


def words(language: str) -> dict[str, str]:
    """The page's catalogue in a language."""
    found: dict[str, str] = {}
    for file in (ROOT / "web/src").rglob(f"{language}.json"):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def fill(template: Path, to: Path, wrong: dict[tuple[str, str], Any]) -> None:
    """Fill the downloaded template with the strip's rows; `wrong` are cells to spoil."""
    book = openpyxl.load_workbook(template)
    book["说明"]["B1"] = "WGS84"
    for name, table in tables().items():
        file = STRIP / f"{name}.csv"
        if not file.is_file():
            continue
        sheet = book[table.title_zh]
        columns = [cell.value for cell in sheet[1]]
        with file.open(encoding="utf-8-sig", newline="") as rows:
            for number, row in enumerate(csv.DictReader(rows), start=2):
                for column, value in row.items():
                    if value:
                        numeric = table.columns[column].is_number
                        cell = sheet.cell(number, columns.index(column) + 1)
                        cell.value = float(value) if numeric else value
    for (table_name, cell), value in wrong.items():
        book[tables()[table_name].title_zh][cell] = value
    book.save(to)


def cell_of(template: Path, table: str, column: str, row: int) -> str:
    sheet = openpyxl.load_workbook(template)[tables()[table].title_zh]
    at = [cell.value for cell in sheet[1]].index(column) + 1
    return sheet.cell(row, at).coordinate


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_hour(browser, server, tmp_path: Path, language: str):
    begun = time.monotonic()
    say = words(language)
    with seated(browser, server, language) as seat:
        template = download(seat, say["start.download"], tmp_path / "template.xlsx")
        spoilt = {
            ("places", cell_of(template, "places", "residents", 4)): "九万",
            ("places", cell_of(template, "places", "level", 5)): "县城",
            ("links", cell_of(template, "links", "to_node_id", 3)): "n99010",
        }
        upload_with_faults(seat, say, template, tmp_path / "mine.xlsx", spoilt)
        correct(seat, say, template, tmp_path / "mine.xlsx")
        see_map(seat, say)
        change_a_line(seat, say)
        read_word(run_and_download(seat, say, tmp_path / "report.docx"), language)
    assert time.monotonic() - begun < LIMIT


def download(seat: Seat, name: str, to: Path) -> Path:
    if not seat.page.url.startswith(seat.address):
        seat.go("start")
    with seat.page.expect_download() as waited:
        seat.page.get_by_role("link", name=name).click()
    waited.value.save_as(to)
    return to


def upload_with_faults(
    seat: Seat, say: dict[str, str], template: Path, file: Path, spoilt: dict[tuple[str, str], Any]
) -> None:
    fill(template, file, spoilt)
    seat.page.get_by_label(say["start.choose_file"]).set_input_files(file)
    seat.stands("faults")
    rows = seat.page.locator("tbody tr")
    told = [rows.nth(k).locator("td").all_inner_texts() for k in range(rows.count())]
    for table, cell in spoilt:
        sheet = tables()[table].title_zh
        # Every fault names sheet and cell, and says the rule and the remedy.
        row = next((r for r in told if r[0] == sheet and r[1] == cell), None)
        assert row, (sheet, cell, told)
        assert all(row), row
    seat.page.get_by_label(say["faults.filter"]).select_option(tables()["links"].title_zh)
    expect(seat.page.locator("tbody tr")).to_have_count(1)
    seat.accessible()


def correct(seat: Seat, say: dict[str, str], template: Path, file: Path) -> None:
    fill(template, file, {})
    seat.page.get_by_label(say["faults.choose_file"]).set_input_files(file)
    seat.stands("map")


def see_map(seat: Seat, say: dict[str, str]) -> None:
    page = seat.page
    assert page.locator("canvas").count() == 1
    assert say["map.figure"] in page.locator(".side").inner_text()
    # The colour key says unit, limits and how many counties each class holds.
    held = page.locator(".key .held").all_inner_texts()
    assert sum(map(int, held)) == 10
    page.get_by_label(say["map.figure"]).select_option("area_km2")
    page.get_by_label(say["map.element"]).select_option(index=1)
    page.get_by_label(say["map.links"]).check()
    page.wait_for_selector("[data-painted]")


def change_a_line(seat: Seat, say: dict[str, str]) -> None:
    page = seat.page
    page.get_by_role("link", name=say["whatif.title"]).click()
    seat.stands("whatif")
    page.get_by_label(say["whatif.line"], exact=True).select_option("P1")
    year = page.get_by_label(say["whatif.new_year"])
    year.fill("2030")
    year.press("Enter")
    # The line is not there by 2020 anyway: the page says that nothing would change.
    expect(page.locator("form .empty")).to_contain_text("2020-12-31")
    year.fill("2020")
    year.press("Enter")
    expect(page.locator(".verdict .badge")).to_have_text(say["whatif.certified"], timeout=60_000)
    expect(page.locator("form .good")).to_be_visible()
    assert page.locator(".result table").count() == 3
    page.get_by_label(say["whatif.name"]).fill("early-line")
    page.get_by_role("button", name=say["whatif.save"]).click()
    expect(page.locator("form .good")).to_contain_text("early-line")
    seat.accessible()


def run_and_download(seat: Seat, say: dict[str, str], to: Path) -> Path:
    page = seat.page
    page.get_by_role("link", name=say["report.title"], exact=True).click()
    seat.stands("report")
    page.get_by_role("button", name=say["report.run"]).click()
    expect(page.locator(".downloads, .failure")).to_be_visible(timeout=120_000)
    assert not page.locator(".failure").count(), page.locator(".failure").inner_text()
    seat.accessible()
    return download(seat, say["report.docx"], to)


def read_word(file: Path, language: str) -> None:
    report = docx.Document(str(file))
    assert len(report.tables) > 3
    text = "\n".join(p.text for p in report.paragraphs)
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert (chinese > 0.2 * len(text)) == (language == "zh-CN"), text[:400]
