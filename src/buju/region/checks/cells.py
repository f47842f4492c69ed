"""A raw table becomes a typed one: columns are those of the schema, cells are of their type."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable

import numpy as np
import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.nearest import nearest
from buju.region.schema import Column, Table

_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_PATTERNS = {
    "float": _NUMBER,
    "integer": r"[+-]?[0-9]{1,18}",
    "year": r"[0-9]{4}",
    "date": r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
    "boolean": r"yes|no",
}
_CODE_FLOAT = r"[0-9]+\.0*|[0-9](\.[0-9]+)?[eE]\+[0-9]+"
_YES = {"true", "1", "y", "是", "对", "有"}
_NO = {"false", "0", "n", "否", "无"}


def typed(raw: RawTable, found: Findings) -> pd.DataFrame:
    """The table of the schema that a raw table stands for.

    Every column of the schema is present. Text, codes and dates are `str` with NaN for missing;
    floats float64; integers and years Int64; yes/no bool. Spaces around codes, numbers, dates
    and choices are dropped. Cells that cannot be read are missing in the result and faults in
    `found`. An empty cell takes the column's default where the schema gives one.
    """
    table = found.schema[raw.table]
    _check_names(table, raw, found)
    if raw.cells.empty and not len(raw.lines):
        return empty(table)
    return pd.DataFrame(
        {name: _column(raw, column, found) for name, column in table.columns.items()},
        index=pd.RangeIndex(len(raw.lines)),
    )


def empty(table: Table) -> pd.DataFrame:
    """The table without rows, every column with its type.

    >>> from buju.region.schema import tables
    >>> empty(tables()["sectors"]).dtypes.astype(str).tolist()
    ['str', 'str', 'str', 'str']
    """
    return pd.DataFrame(
        {name: pd.Series([], dtype=dtype(column)) for name, column in table.columns.items()}
    )


def dtype(column: Column) -> str:
    """The pandas type of a column."""
    return {"float": "float64", "integer": "Int64", "year": "Int64", "boolean": "bool"}.get(
        column.type, "str"
    )


def _check_names(table: Table, raw: RawTable, found: Findings) -> None:
    given = list(raw.cells.columns)
    for name in given:
        if name not in table.columns:
            free = [c for c in table.columns if c not in given]
            found.add("column_unknown", raw, row=1, column=name, near=nearest(name.lower(), free))
    unknown = [name for name in given if name not in table.columns]
    for name, column in table.columns.items():
        if column.required and name not in given:
            near = nearest(name, [u.lower() for u in unknown])
            written = next((u for u in unknown if u.lower() == near), "")
            found.add("column_missing", raw, row=1, column=name, value=written)


def _column(raw: RawTable, column: Column, found: Findings) -> pd.Series:
    length = len(raw.lines)
    if column.name not in raw.cells.columns:
        text: pd.Series[str] = pd.Series([None] * length, dtype="str")
    else:
        text = raw.cells[column.name]
        if column.type != "text":
            text = text.str.strip()
        if column.required:
            _report(found, "required_empty", raw, column, text, text.isna())
    if column.default:
        text = text.fillna(column.default)
    return _READERS[column.type](raw, column, text, found)


def _report(
    found: Findings,
    check: str,
    raw: RawTable,
    column: Column,
    text: pd.Series,
    wrong: pd.Series,
    near: Callable[[str], str] = lambda value: "",
) -> None:
    """One fault for every row where `wrong` holds."""
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    spelled = rows[: found.room_for(check, raw, column.name)]
    guesses: dict[str, str] = {}
    for at in spelled:
        value = "" if text.isna().iat[at] else str(text.iat[at])
        if value not in guesses:
            guesses[value] = near(value) if value else ""
        line = int(raw.lines[at])
        found.add(check, raw, row=line, column=column.name, value=value, near=guesses[value])
    found.count(check, raw, column.name, len(rows) - len(spelled))


def _matching(text: pd.Series, pattern: str) -> pd.Series:
    return text.str.fullmatch(pattern).fillna(False).astype(bool)


def _text(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    return text


def _float(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    good = _matching(text, _NUMBER)
    _report(found, "not_number", raw, column, text, ~good & text.notna(), _near_number)
    numbers = pd.to_numeric(text.where(good)).astype("float64")
    huge = ~np.isfinite(numbers) & good
    _report(found, "not_number", raw, column, text, huge)
    return _bounded(raw, column, text, numbers.mask(huge), found)


def _integer(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    good = _matching(text, _PATTERNS[column.type])
    check = "not_year" if column.type == "year" else "not_integer"
    near = _near_year if column.type == "year" else _near_integer
    _report(found, check, raw, column, text, ~good & text.notna(), near)
    numbers = pd.to_numeric(text.where(good)).astype("Int64")
    return _bounded(raw, column, text, numbers, found)


def _bounded(
    raw: RawTable, column: Column, text: pd.Series, numbers: pd.Series, found: Findings
) -> pd.Series:
    # Degrees are judged with the declared coordinate system, which may count in metres.
    if column.unit == "degree":
        return numbers
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    under = (numbers < low).fillna(False).astype(bool)
    over = (numbers > high).fillna(False).astype(bool)
    if low == 0 and high == np.inf:
        _report(found, "negative", raw, column, text, under)
    else:
        _report(found, "out_of_range", raw, column, text, under | over)
    return numbers


def _date(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    good = _matching(text, _PATTERNS["date"])
    distinct = text[good].drop_duplicates()
    false_days = set(distinct[[not _is_date(value) for value in distinct]])
    good &= ~text.isin(false_days)
    _report(found, "not_date", raw, column, text, ~good & text.notna(), _near_date)
    return text.where(good)


def _is_date(text: str) -> bool:
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _boolean(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    good = _matching(text, _PATTERNS["boolean"])
    _report(found, "not_boolean", raw, column, text, ~good & text.notna(), _near_boolean)
    return text == "yes"


def _choice(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    good = text.isin(column.values)

    def near(value: str) -> str:
        return nearest(value.lower().replace(" ", "_"), column.values)

    _report(found, "not_choice", raw, column, text, ~good & text.notna(), near)
    return text.where(good)


def _code(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    wrong = _matching(text, _CODE_FLOAT)
    _report(found, "code_float", raw, column, text, wrong, _whole_code)
    # The guess stands in for the rest of the checks, so that one slip is one fault.
    return text.where(~wrong, text[wrong].map(_whole_code)) if wrong.any() else text


def _codes(raw: RawTable, column: Column, text: pd.Series, found: Findings) -> pd.Series:
    wrong = text.str.contains("[,，；、|]").fillna(False).astype(bool)
    wrong |= text.str.contains(r"^;|;\s*;|;$").fillna(False).astype(bool)

    def near(value: str) -> str:
        return ";".join(part for part in re.split(r"[\s,，;；、|]+", value) if part)

    _report(found, "list_separator", raw, column, text, wrong, near)
    return text.mask(wrong).str.replace(r"\s*;\s*", ";", regex=True)


_READERS = {
    "text": _text,
    "code": _code,
    "codes": _codes,
    "sources": _codes,
    "choice": _choice,
    "float": _float,
    "integer": _integer,
    "year": _integer,
    "boolean": _boolean,
    "date": _date,
}


def _whole_code(value: str) -> str:
    return f"{float(value):.0f}"


def _near_number(value: str) -> str:
    """The number in what was written with separators, wide digits or a unit, or "".

    A unit that changes the size, such as 万 or %, is not guessed away.
    """
    text = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
    match = re.fullmatch(rf"({_NUMBER})[^0-9.万亿千百%‰]*", text)
    return match.group(1) if match and match.group(1) != value else ""


def _near_integer(value: str) -> str:
    number = _near_number(value) or value
    if not re.fullmatch(_NUMBER, number) or not float(number).is_integer():
        return ""
    return f"{float(number):.0f}"


def _near_year(value: str) -> str:
    years = re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", unicodedata.normalize("NFKC", value))
    return years[0] if len(years) == 1 else ""


def _near_date(value: str) -> str:
    parts = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", value))
    if not 1 <= len(parts) <= 3 or len(parts[0]) != 4:
        return ""
    near = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
    return near if re.fullmatch(_PATTERNS["date"], near) and _is_date(near) else ""


def _near_boolean(value: str) -> str:
    word = value.lower()
    return "yes" if word in _YES or word == "yes" else "no" if word in _NO or word == "no" else ""
