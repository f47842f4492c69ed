"""A sheet for figures that nobody published here, and its way back into the study."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from buju.errors import StudyError
from buju.region import Region

SHEET = "fill"
HEADS = {
    "place": "地点代码", "name": "地点", "indicator": "指标代码", "title": "指标",
    "unit": "单位", "year": "年份", "value": "数值", "source": "来源（文件、年份、页码）",
    "note": "备注",
}  # fmt: skip
_WIDTHS = (12, 14, 24, 30, 12, 8, 14, 44, 30)
_WORDS = (
    "请在“fill”表的黄色单元格填写数值与来源；每个数值都必须写明来源，未知的留空，不要填 0。",
    "Fill in the yellow cells of sheet `fill`. A value needs a source; leave unknown ones empty.",
    "填好后放在研究文件旁，并在 study.yaml 的 assess.filled 中写上文件名，再运行一次。",
    "Put the file beside the study file, name it under assess.filled and run the study again.",
    "一项指标须覆盖研究要求的比例（assess.cover）才进入指数。",
    "An indicator joins the index once it covers the share of places that assess.cover asks.",
)


def sheet(rows: Iterable[dict[str, Any]]) -> bytes:
    """The workbook to fill: one row a place and indicator, the value and its source open.

    Parameters
    ----------
    rows
        Records with `place`, `name`, `indicator`, `title`, `unit`, `year`.
    """
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"author": "buju", "created": datetime(2000, 1, 1)})
        words = book.add_worksheet("说明 read me")
        words.set_column(0, 0, 100)
        for row, text in enumerate(_WORDS):
            words.write_string(row, 0, text)
        page = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        plain = book.add_format({"num_format": "@"})
        open_ = book.add_format({"bg_color": "#FFF2CC", "border": 1, "border_color": "#D9C98A"})
        for column, (key, chinese) in enumerate(HEADS.items()):
            page.set_column(column, column, _WIDTHS[column])
            page.write_string(0, column, f"{key} {chinese}", head)
        for row, record in enumerate(rows, start=1):
            for column, key in enumerate(HEADS):
                if key in ("value", "source", "note"):
                    page.write_blank(row, column, None, open_)
                elif key == "year":
                    page.write_number(row, column, int(record[key]))
                else:
                    page.write_string(row, column, str(record[key]), plain)
        page.freeze_panes(1, 4)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
    return held.getvalue()


def read_filled(paths: Sequence[Path], region: Region) -> pd.DataFrame:
    """Figures from filled sheets as rows of `indicators`; rows without a value are left out.

    Returns
    -------
    DataFrame
        place, year, indicator, value, source, note, file.

    Raises
    ------
    StudyError
        A file is not there or no such workbook, an unknown place or indicator, a value that is no
        number or has no source, or a figure that the region already has. All are listed.
    """
    rows, faults = [], []
    known = {tuple(row) for row in region.indicators[["place", "year", "indicator"]].to_numpy()}
    places = {*region.places["place"], *region.outside_places["place"]}
    indicators = set(region.indicator_definitions["indicator"])
    for path in paths:
        for number, record in _records(path):
            fault = _fault(record, places, indicators, known)
            if fault:
                faults.append((f"{path.name}, row {number}: {fault[0]}",
                               f"{path.name} 第 {number} 行：{fault[1]}"))  # fmt: skip
                continue
            row = {
                "place": str(record["place"]).strip(), "year": int(float(record["year"])),
                "indicator": str(record["indicator"]).strip(), "value": float(record["value"]),
                "source": str(record["source"]).strip(), "note": record["note"], "file": path.name,
            }  # fmt: skip
            known.add((row["place"], row["year"], row["indicator"]))
            rows.append(row)
    if faults:
        raise StudyError(
            "\n  ".join(["filled sheets have faults:", *(f[0] for f in faults[:30])]),
            "\n  ".join(["填报表有错误：", *(f[1] for f in faults[:30])]),
        )
    columns = ["place", "year", "indicator", "value", "source", "note", "file"]
    return pd.DataFrame(rows, columns=columns)


def _records(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Rows with a value, each with its number in the sheet."""
    if not path.is_file():
        raise StudyError(
            f"assess.filled: there is no file {path}; write the name of the filled workbook "
            "relative to the study file",
            f"assess.filled：没有文件 {path}；请写相对于研究文件的文件名",
        )
    try:
        frame = pd.read_excel(path, sheet_name=SHEET, dtype=object, engine="openpyxl")
    except (ValueError, OSError, KeyError) as error:
        raise StudyError(
            f"{path.name} is no filled sheet ({error}); take the workbook that the run writes, "
            f"with its sheet '{SHEET}'",
            f"{path.name} 不是填报表：请使用运行时生成的工作簿（含 {SHEET} 表）",
        ) from error
    except Exception as error:  # openpyxl raises whatever a broken zip raises
        raise StudyError(
            f"{path.name} cannot be read ({error})", f"{path.name} 无法读取"
        ) from error
    frame.columns = pd.Index([str(c).split(" ")[0] for c in frame.columns])
    lacking = [key for key in HEADS if key not in frame.columns]
    if lacking:
        raise StudyError(
            f"{path.name}, sheet {SHEET}: the columns {', '.join(lacking)} are missing",
            f"{path.name} 的 {SHEET} 表缺少列：{'、'.join(lacking)}",
        )
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        (int(number) + 2, {str(k): v for k, v in record.items()})
        for number, record in zip(plain.index, plain.to_dict("records"), strict=True)
        if record["value"] is not None and str(record["value"]).strip() != ""
    ]


def _fault(
    record: dict[str, Any], places: set[str], indicators: set[str], known: set[tuple[Any, ...]]
) -> tuple[str, str] | None:
    place, indicator = (str(record[key] or "").strip() for key in ("place", "indicator"))
    if place not in places:
        return f"no place has the code {place!r}", f"没有代码为 {place!r} 的地点"
    if indicator not in indicators:
        return (
            f"no indicator has the code {indicator!r}; add it to indicator_definitions.csv",
            f"没有代码为 {indicator!r} 的指标，请先在 indicator_definitions.csv 中定义",
        )
    numbers = {}
    for key, chinese in (("year", "年份"), ("value", "数值")):
        try:
            numbers[key] = float(record[key])
        except (TypeError, ValueError):
            return f"{key} {record[key]!r} is no number", f"{chinese} {record[key]!r} 不是数字"
        if not abs(numbers[key]) < float("inf"):
            return f"{key} is not finite", f"{chinese}不是有限数"
    if not str(record["source"] or "").strip():
        return "a value without a source; say where it stands", "有数值而没有来源，请写明出处"
    if (place, int(numbers["year"]), indicator) in known:
        return (
            "the region already has this figure, or the sheets give it twice",
            "区域数据或填报表中已有这一数字",
        )
    return None
