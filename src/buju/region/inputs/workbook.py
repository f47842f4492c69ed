"""Workbooks become raw tables, each cell with its address."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from buju.region.datapackage import LEGEND, PACKAGE_WORDS
from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.container import Unreadable, inspect
from buju.region.inputs.csv_file import assemble
from buju.region.nearest import nearest
from buju.region.schema import tables

_MOST_CELLS = 20_000_000


def read_workbook(file: str, data: bytes, found: Findings) -> list[RawTable]:
    """The raw tables of a workbook: sheets named by a table or by its Chinese title.

    Numbers in code columns are taken as their digits, which is noted; dates become ISO text.
    Formulas without a stored result, error values, merged cells and times of day are faults.
    """
    try:
        macros = inspect(io.BytesIO(data))
    except Unreadable as refusal:
        _unreadable(file, refusal.english, refusal.chinese, found)
        return []
    if macros:
        found.note(
            f"{file} 含有宏：只读取了单元格，没有运行宏",
            f"{file} carries macros: only cells were read and no macro was run",
        )
    try:
        book = _opened(data)
        values = _opened(data, data_only=True)
    except Exception as error:  # whatever the parser says of foreign bytes becomes a fault
        reason = str(error) or type(error).__name__
        _unreadable(file, reason, reason, found)
        return []
    result = []
    for sheet in book.worksheets:
        table = _table_of(sheet.title)
        if sheet.sheet_state != "visible":
            _note_hidden(file, sheet, bool(table), found)
        if table:
            raw = _sheet(table, file, sheet, values[sheet.title], found)
            result += [raw] if raw is not None else []
        elif sheet.title != LEGEND:
            _unknown(file, sheet.title, found)
    return result


def read_package(data: bytes) -> dict[str, Any]:
    """The "buju" object that the sheet 说明 gives in its first two columns; empty without one."""
    try:
        book = _opened(data, read_only=True, data_only=True)
        rows = (
            book[LEGEND].iter_rows(max_col=2, values_only=True) if LEGEND in book.sheetnames else ()
        )
        pairs = [row for row in rows if row and row[0] in PACKAGE_WORDS]
        book.close()
    except Exception:  # `read_workbook` opens the same bytes and names the fault
        return {}
    package = {str(row[0]): str(row[1] or "").strip() for row in pairs if len(row) > 1}
    return package if "coordinates" in package else {}


def _opened(data: bytes, **options: bool) -> Workbook:
    with warnings.catch_warnings():
        # What openpyxl does not keep (styles, pictures, extensions) is not read here either.
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data), **options)


def _unreadable(file: str, english: str, chinese: str, found: Findings) -> None:
    found.add("workbook_unreadable", file=file, reason_en=english, reason_zh=chinese)


def _note_hidden(file: str, sheet: Worksheet, read: bool, found: Findings) -> None:
    zh, en = ("已读取", "was read") if read else ("未读取", "was not read")
    found.note(
        f"{file} 的工作表“{sheet.title}”是隐藏的，{zh}；请取消隐藏核对，不用则删去",
        f"{file}: the sheet '{sheet.title}' is hidden and {en}; unhide and check it, or delete it",
    )


def _table_of(title: str) -> str:
    names = {table.title_zh: name for name, table in tables().items()} | {n: n for n in tables()}
    return names.get(title.strip(), "")


def _unknown(file: str, title: str, found: Findings) -> None:
    titles = [table.title_zh for table in tables().values()]
    near = nearest(title.strip().lower(), tables()) or nearest(title.strip(), titles)
    if near:
        found.add("table_unknown", file=file, value=title, near=near)
    else:
        found.note(
            f"{file} 的工作表“{title}”不是区域数据表，未读取",
            f"{file}: the sheet '{title}' is no table of a region: not read",
        )


def _sheet(
    table: str, file: str, sheet: Worksheet, values: Worksheet, found: Findings
) -> RawTable | None:
    bare = RawTable(table, file, pd.DataFrame(), np.zeros(0, dtype=np.int64), sheet=sheet.title)
    if (sheet.max_row or 0) * (sheet.max_column or 0) > _MOST_CELLS:
        found.add("sheet_too_large", bare, value=str(sheet.dimensions))
        return None
    grid = [list(row) for row in sheet.iter_rows()]
    first = next((i for i, row in enumerate(grid) if any(c.value is not None for c in row)), None)
    if first is None:
        return None
    header = [str(cell.value).strip() if cell.value is not None else "" for cell in grid[first]]
    letters = {name: get_column_letter(at + 1) for at, name in enumerate(header) if name}
    empty = RawTable(table, file, bare.cells, bare.lines, sheet=sheet.title, letters=letters)
    for area in sheet.merged_cells.ranges:
        corner = f"{get_column_letter(area.min_col)}{area.min_row}"
        found.add("merged_cells", empty, row=area.min_row, value=str(area), cell=corner)
    reader = _Cells(empty, header, values, found)
    rows, lines = [], []
    for row in grid[first + 1 :]:
        texts = [reader.text(cell, at) for at, cell in enumerate(row)]
        if any(texts):
            rows.append(texts)
            lines.append(row[0].row)
    reader.note_numbers()
    return assemble(empty, header, rows, [int(line) for line in lines], found)


class _Cells:
    """Turns one sheet's cells into text, and remembers which code columns held numbers."""

    def __init__(
        self, empty: RawTable, header: list[str], values: Worksheet, found: Findings
    ) -> None:
        self.empty, self.header, self.values, self.found = empty, header, values, found
        columns = tables()[empty.table].columns
        kinds = {name: column.type for name, column in columns.items()}
        self.kinds = [kinds.get(name, "") for name in header]
        self.numbers: dict[str, int] = {}

    def text(self, cell: Cell, at: int) -> str:
        """A cell as it would stand in a CSV file; empty where it holds a fault, named here."""
        value: Any = cell.value
        if cell.data_type == "f":
            value = self.values.cell(cell.row, cell.column).value
            if value is None:
                self._fault("formula_uncached", cell, at, str(cell.value))
                return ""
        if value is None:
            return ""
        if isinstance(value, str):
            if cell.data_type == "e" or (cell.data_type == "f" and value.startswith("#")):
                self._fault("cell_error", cell, at, value)
                return ""
            return value
        return self._other(cell, value, at)

    def _other(self, cell: Cell, value: Any, at: int) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dt.datetime):
            if value.time() != dt.time():
                self._fault("cell_time", cell, at, value.isoformat(sep=" "))
                return ""
            return value.date().isoformat()
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dt.time | dt.timedelta):
            self._fault("cell_time", cell, at, str(value))
            return ""
        if self.kinds[at] in ("code", "codes", "sources"):
            name = self.header[at]
            self.numbers[name] = self.numbers.get(name, 0) + 1
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value)

    def _fault(self, check: str, cell: Cell, at: int, value: str) -> None:
        self.found.add(check, self.empty, row=int(cell.row), column=self.header[at], value=value)

    def note_numbers(self) -> None:
        """Say in a note which code columns held numbers."""
        place = f"{self.empty.file} [{self.empty.sheet}]"
        for name, number in self.numbers.items():
            self.found.note(
                f"{place}：“{name}”列有 {number} 个代码存为数字，已按文本读入；建议设为文本格式",
                f"{place}: {number} codes of column '{name}' were stored as numbers and read as "
                "text; formatting the column as text is safer",
            )
