"""Word, workbook and PDF: same records, nothing lost, same bytes, hostile words harmless."""

import io
import math
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from buju.errors import MissingExtra, ParameterError
from buju.report import export_figures, render
from buju.report import fonts as fonts_module
from buju.report.blocks import SECTIONS
from buju.report.document import document
from buju.report.fonts import MissingFont
from buju.report.formats import Format, Text
from buju.report.layout import ACROSS, UPRIGHT, lay_out, written
from buju.report.records import Column, TableContent
from buju.report.results import Results
from buju.study.bundle import Table

HOSTILE = '=HYPERLINK("x") #let "\\" $x$ <w:p/> \x0b\ufffe@*_`'


@pytest.fixture(scope="session")
def files(bundle, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    return {
        f: render(bundle, f, "both", folder / f"report.{f}")
        for f in ("html", "docx", "xlsx", "pdf")
    }


@pytest.mark.parametrize("format", ["html", "docx", "xlsx", "pdf"])
def test_the_same_bundle_gives_the_same_bytes(bundle, files, tmp_path, format) -> None:
    again = render(bundle, format, "both", tmp_path / "again")
    assert again.read_bytes() == files[format].read_bytes()


def test_one_language_has_a_file_of_its_own(bundle_of, bundle) -> None:
    small = bundle_of({"findings": bundle.table("findings")})
    assert render(small, "xlsx", "en").name == "report-en.xlsx"
    assert render(small, "html", "en").read_text(encoding="utf-8").count('<html lang="en">') == 1


@pytest.mark.parametrize(("format", "language"), [("odt", "zh"), ("pdf", "fr")])
def test_what_is_not_known_is_named(bundle, format, language) -> None:
    with pytest.raises(ParameterError, match="give one of") as error:
        render(bundle, format, language)
    assert "可选" in str(error.value)


def test_every_table_is_a_sheet_with_its_numbers(bundle, files) -> None:
    said = document(Results(bundle), SECTIONS)
    book = openpyxl.load_workbook(files["xlsx"])
    assert len(book.sheetnames) == len(said.tables) + 2
    for sheet, table in zip(book.worksheets[2:], said.tables, strict=True):
        assert table.source in sheet["A2"].value
        assert sheet.freeze_panes == "B5"
        assert sheet.auto_filter.ref is not None
        for cells, values in zip(sheet.iter_rows(min_row=5), table.rows, strict=False):
            for cell, value, column in zip(cells, values, table.columns, strict=True):
                assert cell.data_type != "f"
                if column.format.numeric and isinstance(value, float) and math.isfinite(value):
                    assert cell.value == pytest.approx(value)
    links = [cell.hyperlink.location for cell in book.worksheets[0]["A"] if cell.hyperlink]
    assert {link.split("!")[0].strip("'") for link in links} == set(book.sheetnames[1:])


def test_word_has_headings_fields_and_live_tables(bundle, files) -> None:
    import docx

    said = document(Results(bundle), SECTIONS)
    file = docx.Document(files["docx"])
    heads = [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    titles = [title for title, _ in said.sections]
    assert heads == [t.zh for t in titles] + [t.en for t in titles]
    codes = [e.text.strip() for e in file.element.iter() if e.tag.endswith("}instrText")]
    for label, found in (("表", said.tables), ("Figure", said.figures)):
        assert codes.count(f"SEQ {label} \\* ARABIC") == len(found)
    assert sum(code.startswith("TOC") for code in codes) == 2
    xml = zipfile.ZipFile(files["docx"]).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 2 * len(said.tables)
    assert 'w:eastAsia="宋体"' in zipfile.ZipFile(files["docx"]).read("word/styles.xml").decode()
    described = [e.get("descr") for e in file.element.iter() if e.tag.endswith("}docPr")]
    assert all(described)
    assert len(described) == 2 * len(said.figures)


def test_the_pdf_embeds_its_fonts(files) -> None:
    content = files["pdf"].read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/FontFile" in content or b"/ObjStm" in content


@pytest.mark.parametrize("format", ["html", "docx", "xlsx", "pdf"])
def test_hostile_words_are_words(bundle, bundle_of, format) -> None:
    claims = bundle.table("claims")
    frame = claims.frame.assign(statement_zh=HOSTILE, statement_en=HOSTILE)
    findings = pd.DataFrame({"number": [1], "zh": [HOSTILE], "en": [HOSTILE]})
    small = bundle_of(
        {"claims": replace(claims, frame=frame), "findings": Table(findings, HOSTILE, HOSTILE)}
    )
    path = render(small, format)
    if format == "xlsx":
        book = openpyxl.load_workbook(path)
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
        assert all(cell.data_type != "f" for cell in cells)
        assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    if format == "docx":
        import docx

        table = docx.Document(path).tables[0]
        assert any("<w:p/>" in cell.text for cell in table.rows[1].cells)


@pytest.mark.parametrize("format", ["docx", "xlsx", "pdf"])
def test_a_bundle_without_most_tables_says_so(bundle, bundle_of, format) -> None:
    path = render(bundle_of({"counties": bundle.table("counties")}), format, "en")
    if format == "xlsx":
        cells = [str(c.value) for c in openpyxl.load_workbook(path)["Notes"]["A"]]
        assert any(words.startswith("Left out, claims") for words in cells)


def test_without_a_chinese_font_the_remedy_is_named(bundle, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(fonts_module, "installed", lambda: (None, frozenset({"DejaVu Sans"})))
    with pytest.raises(MissingFont, match="apt install fonts-noto-cjk") as error:
        render(bundle, "pdf", path=tmp_path / "r.pdf")
    assert "中文字体" in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("format", "module"), [("pdf", "typst"), ("docx", "docx")])
def test_without_the_extra_it_is_named(bundle, monkeypatch, format, module) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(MissingExtra, match=r"buju\[office\]"):
        render(bundle, format)


def test_figures_become_files(bundle, tmp_path) -> None:
    from PIL import Image

    found = export_figures(bundle, tmp_path / "figures", "en")
    assert len(found) == 2 * len(document(Results(bundle), SECTIONS).figures)
    for path in found:
        if path.suffix == ".png":
            with Image.open(io.BytesIO(path.read_bytes())) as image:
                assert image.width >= 900


def test_a_wide_table_turns_the_page_and_never_leaves_it() -> None:
    column = Column(Text("居民增减下限", "Residents, lowest"), Format("change", 3))
    for count, room in ((4, UPRIGHT), (16, ACROSS)):
        table = TableContent(Text.same("t"), [column] * count, [(0.123,) * count], "", "s")
        for language in ("zh", "en"):
            layout = lay_out(table, language, written(table, language))
            assert sum(layout.widths) <= room + 0.01
