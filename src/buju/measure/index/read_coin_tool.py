"""A workbook of the COIN Tool: indicators in the sheet Database, weights in Framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from buju.errors import SchemaError
from buju.measure.index.indicators import Indicators, make_indicators
from buju.measure.index.tables_in import EMPTY
from buju.measure.index.tree import read_tree

# rows of Database from the top of the block; columns count from 1
WEIGHT, DIRECTION, LOW, HIGH, INDEX, SUBINDEX, PILLAR, SUBPILLAR, NAME, CODE = range(7, 17)
FIRST_UNIT, NAMES, CODES, FIRST_INDICATOR = 17, 2, 3, 5
FRAMEWORK_ROWS = range(5, 60)


def read_coin_tool(path: str | Path) -> Indicators:
    """Indicators from a COIN Tool input deck.

    The layout read: sheet Database, indicators from column E on, in rows 7 to 16 weight,
    direction, lower and upper goalpost, the codes of index, sub-index, pillar and sub-pillar, the
    name and the code; units from row 17, name in B and code in C, "n/a" for missing. A level at
    which all indicators have one code is not used, except the index. Sheet Framework, where it
    is there: code in C, weight in E, name in H, for aggregates.

    Parameters
    ----------
    path
        The workbook (.xlsx or .xlsm), with values calculated.

    Returns
    -------
    Indicators
        Goalposts, which are not part of a tree, stand in `.notes` and from `coin_tool_goalposts`.

    Raises
    ------
    SchemaError
        No sheet Database, no indicator or unit where the layout has them, or a fault of the tree.

    References
    ----------
    European Commission, COIN Tool User's Guide (2019).
    """
    book = _open(path)
    sheet = book["Database"]
    columns = [
        c for c in range(FIRST_INDICATOR, sheet.max_column + 1) if _text(sheet.cell(CODE, c).value)
        and any(_value(sheet, r, c) is not None for r in range(FIRST_UNIT, sheet.max_row + 1))
    ]  # fmt: skip
    rows = [r for r in range(FIRST_UNIT, sheet.max_row + 1) if _text(sheet.cell(r, CODES).value)]
    if not columns or not rows:
        raise SchemaError(
            f"{path}, sheet Database: no indicator codes in row {CODE} from column E on, or "
            "no unit codes in column C from row 17 on.",
            f"{path} 的 Database 表：第 {CODE} 行自 E 列起无指标代码，"
            "或 C 列自 17 行起无单位代码。",
        )
    framework = _framework(book)
    tree = read_tree(_rows(sheet, columns, framework), name=f"{path}, Database")
    units = [_text(sheet.cell(r, CODES).value) for r in rows]
    values = pd.DataFrame({
        _text(sheet.cell(CODE, c).value): [_value(sheet, r, c) for r in rows] for c in columns
    }, index=units)  # fmt: skip
    names = pd.Series([_text(sheet.cell(r, NAMES).value) for r in rows], index=units)
    posts = coin_tool_goalposts(path)
    notes = (f"goalposts in the workbook for {len(posts)} indicators",) if posts else ()
    return make_indicators(tree, values, names=names, notes=notes, small_percent="note")


def coin_tool_goalposts(path: str | Path) -> dict[str, tuple[float, float]]:
    """Lower and upper goalpost of each indicator that has both, for `normalise.bounds`."""
    sheet = _open(path)["Database"]
    posts = {}
    for c in range(FIRST_INDICATOR, sheet.max_column + 1):
        low, high = _value(sheet, LOW, c), _value(sheet, HIGH, c)
        if _text(sheet.cell(CODE, c).value) and low is not None and high is not None:
            posts[_text(sheet.cell(CODE, c).value)] = (low, high)
    return posts


def _open(path: str | Path) -> Any:
    if not Path(path).exists():
        raise SchemaError(f"no file {path}; check the path.", f"找不到文件 {path}。")
    book = openpyxl.load_workbook(path, data_only=True)
    if "Database" not in book.sheetnames:
        raise SchemaError(
            f"{path} has no sheet 'Database' (it has {', '.join(book.sheetnames)}).",
            f"{path} 没有工作表 Database。",
        )
    return book


def _rows(sheet: Any, columns: list[int], framework: dict[str, tuple[float, str]]) -> Any:
    levels = []
    for row in (SUBPILLAR, PILLAR, SUBINDEX, INDEX):
        codes = [_text(sheet.cell(row, c).value) for c in columns]
        if row == INDEX or len(set(codes)) > 1:
            levels.append(codes)
    levels[-1] = [code or "Index" for code in levels[-1]]
    rows: dict[str, dict[str, Any]] = {}
    for k, c in enumerate(columns):
        chain = [_text(sheet.cell(CODE, c).value), *(codes[k] for codes in levels)]
        weight, direction = _value(sheet, WEIGHT, c), _value(sheet, DIRECTION, c)
        if chain[0] in rows or any(not code for code in chain):
            raise SchemaError(
                f"sheet Database, indicator '{chain[0]}': its code stands twice, or one of the "
                f"levels above it is empty ({chain[1:]}).",
                f"Database 表指标 '{chain[0]}'：代码重复或上级为空。",
            )
        rows[chain[0]] = {
            "code": chain[0], "parent": chain[1], "level": 1, "weight": weight,
            "direction": None if direction is None else int(direction),
            "name": _text(sheet.cell(NAME, c).value),
        }  # fmt: skip
        for level, code in enumerate(chain[1:], start=2):
            above = chain[level] if level < len(chain) else ""
            share, name = framework.get(code, (1.0, ""))
            made = {"code": code, "parent": above, "level": level, "weight": share, "name": name}
            if rows.setdefault(code, made)["parent"] != above:
                raise SchemaError(
                    f"sheet Database: '{code}' belongs to '{rows[code]['parent']}' in one column "
                    f"and to '{above}' in another; correct one.",
                    f"Database 表：'{code}' 的上级不一致，请改正。",
                )
    return pd.DataFrame(list(rows.values()))


def _framework(book: Any) -> dict[str, tuple[float, str]]:
    if "Framework" not in book.sheetnames:
        return {}
    sheet = book["Framework"]
    found = {}
    for r in FRAMEWORK_ROWS:
        code, weight = _text(sheet.cell(r, 3).value), _value(sheet, r, 5)
        if code and weight is not None:
            found[code] = (weight, _text(sheet.cell(r, 8).value))
    return found


def _text(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text == "--" else text


def _value(sheet: Any, row: int, column: int) -> float | None:
    value = sheet.cell(row, column).value
    if value is None or (isinstance(value, str) and value.strip() in EMPTY | {"--"}):
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as cause:
        place = f"{openpyxl.utils.get_column_letter(column)}{row}"
        raise SchemaError(
            f"sheet {sheet.title}, cell {place}: '{value}' is not a number; write n/a for missing.",
            f"工作表 {sheet.title} 单元格 {place}：'{value}' 不是数字；缺失请填 n/a。",
        ) from cause
