"""What a scenario may edit, and the refusals of what it may not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import NetworkError, SchemaError
from buju.region.dates import last_day

Edit = Mapping[str, Any]
NUMBERS = {"minutes": False, "length": True, "speed": True, "headway": True, "fare": False}
"""Columns that hold numbers, and whether zero is refused; none may be negative."""
OF_LINES = ("speed", "headway", "fare", "carries", "facility_type", "opened", "closed")
EDITABLE = ("minutes", "length", *OF_LINES)
ENDS = {"from": "from_node_id", "to": "to_node_id"}
OF_ADDED = ("from", "to", "mode", "line", "directed", "name", *EDITABLE)
OF_NODES = ("name", "x_coord", "y_coord", "node_type", "zone_id")
CARRIES = ("passengers", "freight", "both")


def known(where: tuple[str, str], what: tuple[str, str], asked: Iterable[Any], names: Any) -> None:
    """Refuse a name that is not among the known; `where` and `what` in English and Chinese."""
    there = [str(name) for name in names]
    for value in asked:
        if value not in there:
            near = difflib.get_close_matches(str(value), there, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            meant = f"是否指 {near[0]!r}？" if near else ""
            raise NetworkError(
                f"{where[0]}: no {what[0]} is called {value!r}.{hint}",
                f"{where[1]}：没有名为 {value!r} 的{what[1]}。{meant}",
            )


def check_edit(where: tuple[str, str], edit: Edit, columns: Iterable[str]) -> None:
    """Refuse columns that cannot be edited there, and values that they cannot hold.

    Raises
    ------
    NetworkError
        The message names the place, the column and the value, and what would do.
    """
    known(where, ("editable column", "可编辑列"), edit, columns)
    for column, strict in NUMBERS.items():
        if column in edit:
            _check_number(where, column, edit[column], strict)
    if "minutes" in edit and "speed" in edit:
        raise NetworkError(
            f"{where[0]}: minutes and speed are both given; give one, the other follows from it",
            f"{where[1]}：minutes 与 speed 只能给一个",
        )
    _check_choice(where, "carries", edit.get("carries", "both"), CARRIES)
    _check_choice(where, "mode", edit.get("mode", "road"), ("road", "rail"))
    if not isinstance(edit.get("directed", False), bool):
        raise NetworkError(
            f"{where[0]}: directed {edit['directed']!r} must be true or false",
            f"{where[1]}：directed {edit['directed']!r} 应为 true 或 false",
        )
    kind = edit.get("facility_type", "x")
    if not isinstance(kind, str) or not kind.strip():
        raise NetworkError(
            f"{where[0]}: facility_type {kind!r} must be a word such as expressway or high_speed",
            f"{where[1]}：facility_type {kind!r} 应为文字，如 expressway、high_speed",
        )
    for column in ("opened", "closed"):
        if column in edit:
            check_date(where, edit[column], column)


def _check_number(where: tuple[str, str], column: str, value: object, strict: bool) -> None:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= float(value) < float("inf") or (strict and value == 0):  # type: ignore[arg-type]
        least = ("above zero", "大于零") if strict else ("zero or more", "不小于零")
        raise NetworkError(
            f"{where[0]}: {column} {value!r} must be a number, {least[0]}; "
            "`without` takes a link out",
            f"{where[1]}：{column} {value!r} 应为{least[1]}的数；取消路段请用 without",
        )


def _check_choice(
    where: tuple[str, str], column: str, value: object, choices: tuple[str, ...]
) -> None:
    if value not in choices:
        raise NetworkError(
            f"{where[0]}: {column} {value!r} must be {', '.join(choices[:-1])} or {choices[-1]}",
            f"{where[1]}：{column} {value!r} 应为 {'、'.join(choices)} 之一",
        )


def check_date(where: tuple[str, str], value: object, column: str) -> None:
    """Refuse what is no date as text."""
    try:
        if not isinstance(value, str):
            raise SchemaError(f"{value!r} is no text; put it in quotes", "请加引号")
        last_day(value)
    except SchemaError as error:
        raise NetworkError(
            f"{where[0]}: {column} {value!r} is no date ({error.english})",
            f"{where[1]}：{column} {value!r} 不是日期（{error.chinese}）",
        ) from error


def added_rows(where: tuple[str, str], add: Mapping[str, Edit], lines: pd.DataFrame) -> list[Edit]:
    """Rows of the links table for links that a scenario adds.

    What is not given: both ways; roads carry both; rail carries what its line carries, or
    passengers where it has no line; in the network whatever the date unless `opened` is given.
    """
    of_line = dict(zip(lines["line"], lines["carries"], strict=True))
    rows: list[Edit] = []
    for link, edit in add.items():
        here = (f"{where[0]}, added link {link}", f"{where[1]}，新增路段 {link}")
        lacking = [column for column in ("from", "to", "mode") if column not in edit]
        if "minutes" not in edit and not {"speed", "length"} <= set(edit):
            lacking.append("minutes (or length and speed)")
        if edit.get("mode") == "rail" and "facility_type" not in edit:
            # The class of a railway says which trains run on it and where people must change.
            lacking.append("facility_type")
        if lacking:
            raise NetworkError(
                f"{here[0]}: {', '.join(lacking)} must be given", f"{here[1]}：缺少 {lacking[0]}"
            )
        rail = edit["mode"] == "rail"
        carries = of_line.get(edit.get("line", ""), "passengers") if rail else "both"
        row = {"link_id": link, "directed": False, "minutes": np.nan, "carries": carries} | {
            ENDS.get(column, column): value for column, value in edit.items() if column != "speed"
        }
        rows.append(row | {"status": "operating", "minutes_basis": "planned"})
    return rows


def apply_edits(
    where: tuple[str, str], links: pd.DataFrame, edits: Iterable[tuple[str, Edit]]
) -> pd.DataFrame:
    """The links with edits made, one after the other; a speed becomes minutes by the length.

    Raises
    ------
    NetworkError
        A speed for a link that has no length.
    """
    links = links.copy()
    at = {link: k for k, link in enumerate(links["link_id"])}
    for link, edit in edits:
        row = links.index[at[link]]
        for column, value in edit.items():
            if column != "speed":
                links.loc[row, column] = float(value) if column in NUMBERS else value
        if "speed" in edit:
            length = links.loc[row, "length"]
            if not length > 0:
                raise NetworkError(
                    f"{where[0]}, link {link}: a speed needs a length to become minutes, and the "
                    "link has none; give its length in km, or minutes",
                    f"{where[1]}，路段 {link}：没有长度，无法由速度推算时间；"
                    "请给出 length（千米）或 minutes",
                )
            links.loc[row, "minutes"] = 60 * length / edit["speed"]
            links.loc[row, "free_speed"] = float(edit["speed"])
    return links
