"""The report's tables as a workbook: an index, the words, and one sheet a table."""

from __future__ import annotations

import datetime
import io
import math
import re
from typing import Any

import xlsxwriter

from buju.report.document import CONTENTS, LABELS, Document, Piece, source_line
from buju.report.formats import Format, Refused, Text, Value, is_missing
from buju.report.layout import said
from buju.report.records import Callout, Column, Heading, Items, Paragraph, TableContent
from buju.report.svg import ILLEGAL, extent

_LONGEST = 32_767
"""Characters that a cell holds."""
_HEAD_ROW = 3
_BAD = re.compile(r"[\[\]:*?/\\']")
_NOTES = Text("说明", "Notes")


def excel(document: Document, language: str) -> bytes:
    """A workbook of the document's tables; numbers are numbers in full precision.

    A missing value is an empty cell and an infinite one a word. Words are never formulas, whatever
    they begin with.
    """
    held = io.BytesIO()
    settings = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(held, settings)
    book.set_properties(
        {
            "title": _say(document.title, language),
            "author": "buju",
            "created": datetime.datetime(1980, 1, 1),
        }
    )
    sheets = _Book(book, language)
    sheets.write(document)
    book.close()
    return held.getvalue()


def _say(text: Text, language: str) -> str:
    """A text for a cell: in both languages it stands twice unless they say the same."""
    if language != "both":
        return said(text, language)
    return text.zh if text.zh == text.en else f"{text.zh}\n{text.en}"


def sheet_name(number: int, title: str) -> str:
    """A name that Excel accepts: at most 31 characters and none of `[]:*?/\\'`.

    >>> sheet_name(3, "Residents [2010/2020]: by county and by prefecture")
    '3 Residents 2010 2020 by county'
    """
    words = " ".join(_BAD.sub(" ", ILLEGAL.sub("", title)).split())
    return f"{number} {words}"[:31].strip()


class _Book:
    """The workbook being written, with its cell formats made once."""

    def __init__(self, book: Any, language: str) -> None:
        self.book = book
        self.language = language
        self.first = "en" if language == "en" else "zh"
        self.formats: dict[str, Any] = {}

    def style(self, key: str, **options: Any) -> Any:
        if key not in self.formats:
            base = {"font_name": "宋体" if self.first == "zh" else "Calibri", "font_size": 10}
            self.formats[key] = self.book.add_format(base | {"valign": "top"} | options)
        return self.formats[key]

    def words(self, sheet: Any, row: int, column: int, words: str, style: Any = None) -> None:
        kept = ILLEGAL.sub("", words)
        if len(kept) > _LONGEST:
            kept = kept[: _LONGEST - 1] + "…"
        sheet.write_string(row, column, kept, style or self.style("words", text_wrap=True))

    def tall(self, sheet: Any, row: int, cells: list[tuple[str, float]]) -> None:
        """A row as high as its words need at the widths given: not every program adapts it."""
        lines = max(
            (
                sum(math.ceil(max(2 * extent(line), 1) / wide) for line in words.split("\n"))
                for words, wide in cells
            ),
            default=1,
        )
        sheet.set_row(row, min(400, 14 * lines + 2))

    def write(self, document: Document) -> None:
        names = [
            sheet_name(k, said(table.title, self.first))
            for k, table in enumerate(document.tables, start=1)
        ]
        self._index(document, names)
        self._notes(document)
        for k, (name, table) in enumerate(zip(names, document.tables, strict=True), start=1):
            self._table(name, k, table)

    def _index(self, document: Document, names: list[str]) -> None:
        sheet = self.book.add_worksheet(said(CONTENTS, self.first))
        title = self.style("title", bold=True, font_size=14)
        self.words(sheet, 0, 0, _say(document.title, self.language).replace("\n", " · "), title)
        self.words(sheet, 1, 0, said(document.subtitle, self.first), self.style("soft"))
        notes = said(_NOTES, self.first)
        link = self.style("link", font_color="#1f5f9f", underline=1)
        sheet.write_url(2, 0, f"internal:'{notes}'!A1", link, string=notes)
        heads = (Text("表", "Table"), Text("内容", "Content"), Text("行数", "Rows"))
        for k, head in enumerate((*heads, Text("依据与出处", "Basis and source"))):
            self.words(sheet, 4, k, _say(head, self.language), self._head())
        for row, (name, table) in enumerate(zip(names, document.tables, strict=True), start=5):
            number = f"{said(LABELS['table'], self.first)} {row - 4}"
            sheet.write_url(row, 0, f"internal:'{name}'!A1", link, string=number)
            self.words(sheet, row, 1, _say(table.title, self.language))
            sheet.write_number(row, 2, len(table.rows), self.style("words", text_wrap=True))
            self.words(sheet, row, 3, source_line(table, self.first))
            both = _say(table.title, self.language)
            self.tall(sheet, row, [(both, 62), (source_line(table, self.first), 80)])
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 62)
        sheet.set_column(2, 2, 8)
        sheet.set_column(3, 3, 80)
        sheet.freeze_panes(5, 0)
        self._print(sheet)

    def _notes(self, document: Document) -> None:
        sheet = self.book.add_worksheet(said(_NOTES, self.first))
        sheet.set_column(0, 0, 110)
        empty = Text(
            "空单元格：缺失值，不是零。图见网页、Word 或 PDF 报告。",
            "An empty cell is a missing value, not zero. Figures stand in the page, the Word "
            "document and the PDF.",
        )
        lines: list[tuple[Text, bool]] = [(empty, False)]
        for title, pieces in document.sections:
            said_here = [line for piece in pieces for line in _lines(piece)]
            if said_here:
                lines += [(title, True), *said_here]
        bold = self.style("bold", bold=True, font_size=11, text_wrap=True)
        for row, (text, strong) in enumerate(lines):
            self.words(sheet, row, 0, _say(text, self.language), bold if strong else None)
            self.tall(sheet, row, [(_say(text, self.language), 110)])
        self._print(sheet)

    def _table(self, name: str, number: int, table: TableContent) -> None:
        sheet = self.book.add_worksheet(name)
        label = f"{said(LABELS['table'], self.first)} {number}  "
        bold = self.style("title", bold=True, font_size=14)
        self.words(sheet, 0, 0, label + _say(table.title, self.language).replace("\n", " · "), bold)
        self.words(sheet, 1, 0, source_line(table, self.first), self.style("soft"))
        back = self.style("link", font_color="#1f5f9f", underline=1)
        contents = said(CONTENTS, self.first)
        sheet.write_url(2, 0, f"internal:'{contents}'!A1", back, string=f"← {contents}")
        widths = [self._width(table, k) for k in range(len(table.columns))]
        heads = []
        for k, column in enumerate(table.columns):
            head = _say(column.title, self.language)
            unit = _say(column.unit, self.language).replace("\n", " / ")
            heads.append((f"{head}\n({unit})" if unit else head, widths[k]))
            self.words(sheet, _HEAD_ROW, k, heads[k][0], self._head())
            sheet.set_column(k, k, widths[k])
        self.tall(sheet, _HEAD_ROW, heads)
        for row, values in enumerate(table.rows, start=_HEAD_ROW + 1):
            for k, value in enumerate(values):
                self._value(sheet, row, k, value, table.columns[k])
            said_ = (_say(c.format.write(v), self.language) for c, v in _words(table, values))
            wide = (w for w, c in zip(widths, table.columns, strict=True) if not c.format.numeric)
            self.tall(sheet, row, list(zip(said_, wide, strict=True)))
        last = _HEAD_ROW + max(len(table.rows), 1)
        sheet.autofilter(_HEAD_ROW, 0, last, len(table.columns) - 1)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        self._print(sheet)
        sheet.repeat_rows(_HEAD_ROW)

    def _print(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _head(self) -> Any:
        return self.style("head", bold=True, text_wrap=True, bg_color="#E8EDF2", bottom=1)

    def _width(self, table: TableContent, k: int) -> float:
        """Characters that a column is wide: what its cells need, within reason."""
        head = max(extent(w) for w in _say(table.columns[k].title, self.language).split("\n"))
        body = (
            extent(line)
            for row in table.rows[:200]
            for line in _say(table.columns[k].format.write(row[k]), self.language).split("\n")
        )
        longest = max(body, default=4.0)
        return float(min(60.0, max(9.0, 2 * longest * 0.95 + 2, 2 * min(head, 8.0) + 3)))

    def _value(self, sheet: Any, row: int, k: int, value: Value, column: Column) -> None:
        pattern = number_format(column.format)
        number = not isinstance(value, Text | Refused | str | bool) and column.format.numeric
        if number and is_missing(value):
            return
        if number and math.isfinite(float(value)):  # type: ignore[arg-type]
            style = self.style(pattern, num_format=pattern)
            sheet.write_number(row, k, float(value), style)  # type: ignore[arg-type]
            return
        if not isinstance(value, Text | Refused) and is_missing(value):
            return
        written = column.format.write(value)
        right = self.style("right", align="right") if column.format.numeric else None
        self.words(sheet, row, k, _say(written, self.language), right)


def number_format(format: Format) -> str:
    """The pattern by which Excel writes a column's numbers.

    >>> number_format(Format("change", 2))
    '+0.00%;-0.00%;0.00%'
    """
    decimals = "." + "0" * format.digits if format.digits else ""
    plain, percent = f"#,##0{decimals}", f"0{decimals}%"
    return {
        "count": plain,
        "number": plain,
        "signed": f"+{plain};-{plain};{plain}",
        "signed_count": f"+{plain};-{plain};{plain}",
        "share": percent,
        "change": f"+{percent};-{percent};{percent}",
        "scientific": f"0{decimals}E+00",
        "general": "General",
    }.get(format.kind, "@")


def _lines(piece: Piece) -> list[tuple[Text, bool]]:
    """The words of a piece as lines, with whether each is a heading."""
    record = piece.record
    if isinstance(record, Heading):
        return []
    if isinstance(record, Paragraph | Callout):
        return [(record.text, False)]
    if isinstance(record, Items):
        marks = [f"{k}. " if record.numbered else "· " for k in range(1, len(record.items) + 1)]
        return [(Text.same(m) + item, False) for m, item in zip(marks, record.items, strict=True)]
    return []


def _words(table: TableContent, values: Any) -> list[tuple[Column, Value]]:
    """The cells of a row that hold words, which may need more than one line."""
    pairs = zip(table.columns, values, strict=True)
    return [(column, value) for column, value in pairs if not column.format.numeric]
