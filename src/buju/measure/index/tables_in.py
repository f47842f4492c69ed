"""Tables from files, as text first: a code such as "NA" or "0351" stays what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from buju.errors import SchemaError

EMPTY = {"", "NA", "N/A", "n/a", "NaN", "nan", "..", "#N/A"}


def read_text_table(path: str | Path, *, sheet: str | int = 0) -> pd.DataFrame:
    """A CSV (UTF-8, else GB18030) or workbook sheet with every cell as text, "" where empty.

    A first column without a heading, which other programs write for row numbers, is left out.

    Raises
    ------
    SchemaError
        No such file or sheet, no rows, or a heading that stands twice.
    """
    file = Path(path)
    if not file.exists():
        raise SchemaError(f"no file {file}; check the path.", f"找不到文件 {file}。")
    book = file.suffix.lower() in {".xlsx", ".xlsm"}
    frame = _workbook(file, sheet) if book else _csv(file)
    frame.columns = pd.Index([str(c).strip().lstrip("\ufeff") for c in frame.columns])
    if len(frame.columns) and (frame.columns[0] == "" or frame.columns[0].startswith("Unnamed: 0")):
        frame = frame.iloc[:, 1:]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice) or frame.empty:
        raise SchemaError(
            f"{file}: " + (f"the heading '{twice[0]}' stands twice." if len(twice) else "no rows."),
            f"{file}：" + (f"列名 '{twice[0]}' 重复。" if len(twice) else "没有数据行。"),
        )
    return frame.apply(lambda column: column.str.strip())


def _csv(file: Path) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(
                file, dtype=str, keep_default_na=False, encoding=encoding, header=0
            ).astype(object)
        except UnicodeDecodeError:
            continue
        except pd.errors.EmptyDataError:
            break
        except pd.errors.ParserError as cause:
            raise SchemaError(
                f"{file}: not a table of equal rows ({cause}).", f"{file}：各行列数不一致。"
            ) from cause
    raise SchemaError(
        f"{file}: empty, or neither UTF-8 nor GB18030; save it as UTF-8.",
        f"{file}：为空，或编码既非 UTF-8 也非 GB18030；请另存为 UTF-8。",
    )


def _workbook(file: Path, sheet: str | int) -> pd.DataFrame:
    try:
        frame = pd.read_excel(file, sheet_name=sheet, dtype=str, keep_default_na=False)
    except ValueError as cause:
        raise SchemaError(f"{file}: {cause}.", f"{file}：没有工作表 {sheet!r}。") from cause
    return frame.astype(object).fillna("")


def to_numbers(column: pd.Series[Any], *, name: str, labels: pd.Index | None = None) -> Any:
    """Text as float64; empty marks are missing, anything else is refused by its place."""
    text = column.astype(str).str.strip()
    blank = text.isin(EMPTY)
    found = pd.to_numeric(text.where(~blank), errors="coerce")
    bad = found.isna() & ~blank
    if bad.any():
        k = int(bad.to_numpy().argmax())
        row = f"unit '{labels[k]}'" if labels is not None else f"row {k + 2}"
        raise SchemaError(
            f"column '{name}', {row}: '{text.iloc[k]}' is not a number ({int(bad.sum())} such "
            "cells); write figures without units or separators, and leave missing cells empty.",
            f"列 '{name}'，{row}：'{text.iloc[k]}' 不是数字；请只填数值，缺失留空。",
        )
    return found.astype("float64")
