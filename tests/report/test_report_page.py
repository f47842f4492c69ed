"""The page: complete in both languages, self-contained, true to the tables, honest about gaps."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import ParameterError
from buju.report import render
from buju.report.blocks import SECTIONS
from buju.report.formats import Text
from buju.report.needs import missing
from buju.report.records import Callout, Figure, Grid, Heading, Items, Paragraph, TableContent
from buju.report.results import Results

CHINESE = re.compile(r"[\u3400-\u9fff]")
NAMES = "子丑寅卯辰巳午未申酉戌亥甲乙县市审图号"


class Reader(HTMLParser):
    """Collects texts by language, resources that would be fetched, headings and tables."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.english: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.scripts = 0
        self.rows: list[list[str]] = []
        self.tables: dict[str, list[list[str]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.loads += [found[k] or "" for k in ("src", "href", "action") if k in found]
        if tag in ("meta", "input", "br", "link"):
            return
        self.open.append((tag, found.get("class") or ""))
        self.scripts += tag == "script"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.rows = self.tables.setdefault(str(found.get("id")), [])
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        classes = {name for _, names in self.open for name in names.split()}
        tags = {tag for tag, _ in self.open}
        if "en" in classes:
            self.english.append(data)
        if tags & {"td", "th"} and self.rows and self.rows[-1] and "zh" not in classes:
            self.rows[-1][-1] += data.strip()


@pytest.fixture(scope="session")
def page(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_file_lies_in_the_bundle_and_replaces_its_forerunner(bundle_of, bundle) -> None:
    one = bundle_of({"findings": bundle.table("findings")})
    path = render(one)
    assert path == one.path / "report.html"
    path.write_text("old")
    assert render(one).read_text(encoding="utf-8").lstrip().startswith("<!DOCTYPE html>")
    assert [p.name for p in one.path.glob(".report*")] == []


def test_a_failure_leaves_the_old_report(bundle_of, bundle, monkeypatch) -> None:
    one = bundle_of({"findings": bundle.table("findings")})
    path = render(one)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk is full")))
    with pytest.raises(OSError, match="disk is full"):
        render(one)
    assert path.read_bytes() == before
    assert [p.name for p in one.path.glob(".report*")] == []


def test_another_place_may_be_named(bundle, tmp_path: Path) -> None:
    path = render(bundle, path=tmp_path / "page.html")
    assert path == tmp_path / "page.html" and path.is_file()


def test_a_folder_that_is_not_there_is_refused_and_not_made(bundle, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as refused:
        render(bundle, path=tmp_path / "nonexist" / "page.html")
    assert "请先新建，或写到其他位置" in refused.value.chinese
    assert "make it first, or write elsewhere" in refused.value.english
    assert not (tmp_path / "nonexist").exists()


def test_nothing_is_fetched(page: Reader, html: str) -> None:
    assert all(load.startswith("#") for load in page.loads)
    assert "url(http" not in html
    assert "@import" not in html
    assert page.scripts == 1


def test_hostile_names_are_words(html: str) -> None:
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def texts_of(record) -> list[Text]:
    if isinstance(record, Heading | Paragraph | Callout):
        return [record.text]
    if isinstance(record, Items):
        return list(record.items)
    if isinstance(record, Grid):
        return [text for figure in record.figures for text in texts_of(figure)]
    if isinstance(record, Figure):
        return [record.title, record.alt, *([record.caption] if record.caption.en else [])]
    assert isinstance(record, TableContent)
    return [record.title, *(column.title for column in record.columns)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.name)
def test_everything_is_said_twice(section, bundle) -> None:
    for record in section.records(Results(bundle)):
        for text in texts_of(record):
            assert text.zh.strip()
            assert text.en.strip()


def test_english_holds_no_chinese_but_names(page: Reader) -> None:
    for words in page.english:
        left = re.sub(f"[{NAMES}]", "", words)
        assert not CHINESE.search(left), words


def test_headings_step_down_one_at_a_time(page: Reader) -> None:
    assert page.headings[0] == 1
    steps = np.diff(page.headings)
    assert (steps <= 1).all()


def test_figures_tables_and_scrolling_are_named(html: str) -> None:
    assert html.count('role="img"') == html.count("<figure>")
    assert html.count("<figure>") >= 10
    assert html.count("<table ") == html.count("<caption")
    for tag in re.findall(r'<div class="scroll[^>]*>', html):
        assert 'tabindex="0"' in tag
        assert "aria-label" in tag
    assert 'lang="zh-CN"' in html.split("<head>")[0]


def test_every_map_prints_what_it_must(bundle) -> None:
    for record in (r for s in SECTIONS for r in s.records(Results(bundle))):
        figures = record.figures if isinstance(record, Grid) else [record]
        for figure in figures:
            if isinstance(figure, Figure) and figure.shared:
                drawn = figure.standalone("zh")
                for words in (
                    "仅供分析",
                    "审图号：未送审",
                    "泰森多边形",
                    "For analysis only",
                    " km",
                ):
                    assert words in drawn


def test_a_standalone_drawing_is_well_formed(bundle) -> None:
    from xml.etree import ElementTree

    results = Results(bundle)
    for section in SECTIONS:
        for record in section.records(results):
            for figure in record.figures if isinstance(record, Grid) else [record]:
                if isinstance(figure, Figure):
                    root = ElementTree.fromstring(figure.standalone("en"))
                    assert root.tag.endswith("svg")


def test_values_reach_the_page_as_they_stand(page: Reader, bundle) -> None:
    heads = ("Jia 甲市", "Yi 乙市")
    shown = {r[0]: r for rows in page.tables.values() for r in rows if r[1:2] and r[1] in heads}
    frame = bundle.frame("county_shift")
    for row in frame.itertuples():
        name = bundle.frame("counties").set_index("place").loc[row.place]
        cells = shown[f"{name.name_en} {name.name_zh}"]
        assert cells[2] == f"{row.first:,.0f}"
        assert cells[3] == f"{row.last:,.0f}"
        assert cells[5] == f"{row.growth:+.1%}"


def test_missing_is_a_dash_and_infinite_a_word(page: Reader) -> None:
    cells = [row for rows in page.tables.values() for row in rows]
    (east,) = (row for row in cells if row[:2] == ["East circle", "town circle"])
    assert east[2] == "—"
    assert any("unreachable" in row for row in cells)


def test_what_is_not_certified_is_refused(page: Reader, html: str) -> None:
    cells = [row for rows in page.tables.values() for row in rows]
    both = [row for row in cells if row and row[0] == "Both"]
    assert both
    assert any("refused (stalled)" in row for row in both)
    for number in ("45,678", "4.560%", "77.7", "0.9876", "0.988", "6.540%"):
        assert number not in html
    assert "没有得到认证的解" in html


def test_what_is_missing_is_said(bundle_of, bundle) -> None:
    html = render(bundle_of({"counties": bundle.table("counties")})).read_text(encoding="utf-8")
    for name in ("claims", "effects", "reach", "sources"):
        assert missing(name).zh in html
        assert missing(name).en in html
        assert f"{name}.parquet" not in html


def test_an_empty_table_may_be_an_answer(html: str) -> None:
    assert "路网中没有无法到达的地点对" in html


def test_intervals_and_unsure_directions_stand_beside_the_numbers(page: Reader, html: str) -> None:
    row = next(r for rows in page.tables.values() for r in rows if r[:2] == ["Hai 亥县", "+3.400%"])
    assert row[2:5] == ["+2.400%", "+4.400%", "up"]
    assert "方向不确定（4）" in html


def test_a_table_without_a_column_or_a_row_is_left_out_with_its_reason(bundle_of, bundle) -> None:
    shift, claims = bundle.table("county_shift"), bundle.table("claims")
    tables = {
        "counties": bundle.table("counties"),
        "county_shift": replace(shift, frame=shift.frame.drop(columns="growth")),
        "claims": replace(claims, frame=claims.frame.iloc[:0]),
    }
    html = render(bundle_of(tables)).read_text(encoding="utf-8")
    assert "table “By county” lacks column growth" in html
    assert "the table claims is empty" in html


def test_long_tables_fold_and_claims_can_be_chosen(html: str, bundle_of, bundle) -> None:
    assert '<option value="contradicted"' in html
    assert 'data-key="contradicted"' in html
    assert "<details" not in html
    claims = bundle.table("claims")
    long = replace(claims, frame=pd.concat([claims.frame] * 8))
    folded = render(bundle_of({"claims": long})).read_text(encoding="utf-8")
    assert "<details open>" in folded
    assert folded.count('data-key="') == 24
    assert "details::details-content" in html
    assert "tr[hidden]{display:table-row!important}" in html
