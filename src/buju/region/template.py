"""An empty region to fill in: CSV files with headers, and a workbook that explains each column."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from buju.errors import SchemaError
from buju.region.datapackage import LEGEND, NAME, PACKAGE_WORDS, descriptor
from buju.region.schema import TYPES, Column, Table, tables, unit_zh
from buju.region.writing import write_together

_ROWS = 5000  # how far down choices and bounds are offered
_TEXT_TYPES = ("text", "code", "codes", "sources", "date")


def write_template(folder: str | Path) -> Path:
    """Write an empty region into a folder.

    Parameters
    ----------
    folder
        Made where absent. It receives `<table>.csv` for every table (headers only, UTF-8 with a
        mark so that Excel and WPS open it), datapackage.json with the coordinate system left to
        be declared, and `template/region.xlsx`, the same tables as sheets with an explanation
        on every column. Fill in one of the two: the CSV files, or the workbook moved beside
        datapackage.json with the CSV files deleted.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SchemaError
        The folder already holds a region.
    """
    target = Path(folder)
    present = [f for f in [NAME, *(f"{t}.csv" for t in tables())] if (target / f).exists()]
    if present:
        raise SchemaError(
            f"{target} already holds {', '.join(present)}. Give a new or empty folder.",
            f"{target} 中已有 {'、'.join(present)}。请指定新的或空的文件夹。",
        )
    # Only what must be there is listed, so that files of no use can simply be deleted.
    required = [name for name, table in tables().items() if table.required]
    package = descriptor(required, name="region", buju={"coordinates": ""})
    files = {
        f"{name}.csv": ("\ufeff" + ",".join(table.columns) + "\r\n").encode()
        for name, table in tables().items()
    }
    files[NAME] = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()
    files["template/region.xlsx"] = workbook()
    target.mkdir(parents=True, exist_ok=True)
    write_together(target, files)
    return target


def workbook() -> bytes:
    """The bytes of the workbook: a sheet 说明, then one sheet a table, named by its Chinese title.

    Cells of codes and text are formatted as text, so that leading zeros stay; choices are
    lists to pick from; every column name carries a comment with its meaning and unit.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    styles = {
        "text": book.add_format({"num_format": "@"}),
        "required": book.add_format({"bold": True, "bg_color": "#FFE699", "num_format": "@"}),
        "optional": book.add_format({"bold": True, "bg_color": "#E2EFDA", "num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
    }
    _legend(book.add_worksheet(LEGEND), styles)
    for table in tables().values():
        _sheet(book.add_worksheet(table.title_zh), table, styles)
    book.close()
    return buffer.getvalue()


def _legend(sheet: Any, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 24, styles["text"])
    sheet.set_column(1, 1, 28, styles["text"])
    sheet.set_column(2, 3, 60)
    words = {
        "coordinates": (
            "坐标系（必填）：WGS84、EPSG:4490、EPSG:4513 至 EPSG:4554、GCJ-02 或 BD-09",
            "Coordinate system (required): WGS84, EPSG:4490, EPSG:4513-4554, GCJ-02 or BD-09",
        ),
        "map_approval_number": ("审图号（若有）", "Map approval number, where there is one"),
        "accept": (
            "检查指出超出常见范围而确实无误的数：写检查项和代码，如 density 140105",
            "Figures beyond what is usual that are right: check and code, as its fault says",
        ),
    }
    row = 0
    for word in PACKAGE_WORDS:
        sheet.write_row(row, 0, [word, "", *words[word]])
        row += 1
    row += 1
    lines = [
        ("黄色表头为必填列，绿色为可选列", "Yellow headers are required, green ones optional"),
        ("未知的单元格留空；不要填 0、-、/ 或 NA", "Leave unknown cells empty: no 0, -, / or NA"),
        ("人口以人计，不用万人；代码按文本保存", "Persons, not 万; codes are kept as text"),
        ("不需要的工作表留空即可", "Sheets the region does not need stay as they are"),
        ("鼠标停在列名上可看含义和单位", "Rest on a column name to see its meaning and unit"),
    ]
    for chinese, english in lines:
        sheet.write_row(row, 2, [chinese, english])
        row += 1
    row += 1
    sheet.write_row(row, 0, ["工作表", "table", "内容", "what it holds"], styles["bold"])
    for table in tables().values():
        row += 1
        needed = "（必填）" if table.required else ""
        sheet.write_row(
            row, 0, [table.title_zh, table.name, table.meaning_zh + needed, table.meaning_en]
        )


def _sheet(sheet: Any, table: Table, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(table.columns.values()):
        width = max(12, len(column.name) + 3)
        sheet.set_column(at, at, width, styles["text"] if column.type in _TEXT_TYPES else None)
        sheet.write_string(
            0, at, column.name, styles["required" if column.required else "optional"]
        )
        sheet.write_comment(0, at, explanation(column), {"x_scale": 2.2, "y_scale": 1.8})
        rule = _validation(column, at)
        if rule:
            sheet.data_validation(1, at, _ROWS, at, rule)


def explanation(column: Column) -> str:
    """A column's meaning, unit, type and choices in both languages, for a comment on its header."""
    english, chinese = TYPES[column.type]
    needed = ("必填", "required") if column.required else ("可选", "optional")
    lines = [
        column.meaning_zh,
        column.meaning_en,
        f"{chinese}（{needed[0]}）/ {english} ({needed[1]})",
    ]
    if column.unit:
        lines.append(f"单位：{unit_zh(column.unit)} / unit: {column.unit}")
    if column.values:
        lines.append(f"取值 / one of: {', '.join(column.values)}")
    if column.default:
        lines.append(f"留空即为 / empty means: {column.default}")
    if column.references:
        lines.append("引用 / refers to: " + ", ".join(f"{t}.{c}" for t, c in column.references))
    return "\n".join(lines)


def _validation(column: Column, at: int) -> dict[str, Any]:
    letter = xl_col_to_name(at)
    title = {"error_title": column.name[:32], "error_message": _clipped(explanation(column))}
    if column.type in ("choice", "boolean"):
        source = list(column.values) or ["yes", "no"]
        return {"validate": "list", "source": source} | title
    if column.unit == "degree" or not column.is_number:
        return {}
    low, high = column.minimum, column.maximum
    kind = "decimal" if column.type == "float" else "integer"
    if low is not None and high is not None:
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high} | title
    if low is not None:
        return {"validate": kind, "criteria": ">=", "value": low} | title
    return {"validate": "custom", "value": f"=ISNUMBER({letter}2)"} | title


def _clipped(text: str) -> str:
    return text if len(text) <= 255 else text[:252] + "..."
