"""CSV files become raw tables, each row with the line it stands on."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.text import UndecodableError, decode

_OTHERS = {";": "';'", "\t": "tabs", "，": "'，'"}


def read_csv(table: str, file: str, data: bytes, found: Findings) -> RawTable | None:
    """The raw table in a CSV file's bytes; None, and a fault in `found`, where there is none.

    Parameters
    ----------
    table, file
        Name of the table and of the file, for messages.
    data
        The bytes: UTF-8 with or without a mark, or GB18030, which is noted.
    found
        Takes the faults and notes.
    """
    empty = RawTable(table, file, pd.DataFrame(), np.zeros(0, dtype=np.int64))
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        found.add("file_empty", empty)
        return None
    try:
        text, encoding = decode(data)
    except UndecodableError as error:
        found.add("not_text", empty, row=error.line, where_en=error.english, where_zh=error.chinese)
        return None
    if encoding != "UTF-8":
        found.note(
            f"{file} 以 {encoding} 编码读入；建议另存为“CSV UTF-8”",
            f"{file} was read as {encoding}; saving it as 'CSV UTF-8' is safer",
        )
    header, rows, lines = _records(text, empty, found)
    if header is None:
        return None
    for mark, name in _OTHERS.items():
        if len(header) == 1 and mark in header[0]:
            found.add("delimiter", empty, row=1, value=name)
            return None
    return assemble(empty, header, rows, lines, found)


def _records(
    text: str, empty: RawTable, found: Findings
) -> tuple[list[str] | None, list[list[str]], list[int]]:
    """Header, rows and the line each row starts on; header None where parsing broke."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        started = 1
        for record in reader:
            if any(record):
                if header is None:
                    header = record
                else:
                    rows.append(record)
                    lines.append(started)
            started = reader.line_num + 1
    except csv.Error as error:
        found.add("csv_broken", empty, row=max(1, started), reason=str(error))
        return None, [], []
    return header, rows, lines


def assemble(
    empty: RawTable, header: list[str], rows: list[list[str]], lines: list[int], found: Findings
) -> RawTable | None:
    """A raw table from its header and rows of text, with faults for ragged lines and bad names.

    A ragged line is left out after it was named: its cells cannot be told apart.
    """
    names = [name.strip() for name in header]
    width = len(names)
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    for at in np.flatnonzero(lengths != width).tolist():
        found.add("ragged", empty, row=lines[at], found=int(lengths[at]), expected=width)
    if (lengths != width).any():
        good = np.flatnonzero(lengths == width).tolist()
        rows, lines = [rows[i] for i in good], [lines[i] for i in good]
    columns = dict(enumerate(zip(*rows, strict=True))) if rows else {}
    cells: dict[str, pd.Series[str]] = {}
    for at, name in enumerate(names):
        values = pd.Series(columns.get(at, ()), dtype="str")
        blank = values.str.strip() == ""
        if not name:
            if not blank.all():
                first = int(np.flatnonzero(~blank)[0])
                found.add("column_unnamed", empty, row=lines[first], value=values[first])
        elif name in cells:
            found.add("column_twice", empty, row=1, column=name)
        else:
            cells[name] = values.mask(blank)
    return RawTable(
        empty.table,
        empty.file,
        pd.DataFrame(cells, index=pd.RangeIndex(len(rows))),
        np.asarray(lines, dtype=np.int64),
        sheet=empty.sheet,
        letters=empty.letters,
        system=empty.system,
    )
