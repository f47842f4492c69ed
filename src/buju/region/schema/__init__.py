"""What a region's tables are: rows of `tables.csv`, `columns.csv`, `bounds.csv` and `rules.csv`.

The checks, their messages, the template and the reference page all read these rows.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent
TYPES: Final = MappingProxyType(
    {
        "text": ("text", "文本"),
        "code": ("code, kept as text", "代码，按文本保存"),
        "codes": ("codes parted by semicolons", "用分号隔开的多个代码"),
        "sources": ("keys of `sources` parted by semicolons", "用分号隔开的来源代号"),
        "choice": ("one of the listed values", "所列取值之一"),
        "float": ("number", "数字"),
        "integer": ("whole number", "整数"),
        "year": ("year of four digits", "四位年份"),
        "boolean": ("yes or no", "yes 或 no"),
        "date": ("YYYY, YYYY-MM or YYYY-MM-DD", "YYYY、YYYY-MM 或 YYYY-MM-DD"),
    }
)


@dataclass(frozen=True)
class Column:
    """One column of one table, as `columns.csv` describes it.

    `references` lists (table, column) pairs, any of which may hold the value;
    `minimum` and `maximum` are inclusive, None where there is no bound.
    """

    table: str
    name: str
    type: str
    unit: str
    required: bool
    default: str
    values: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    minimum: float | None
    maximum: float | None
    meaning_en: str
    meaning_zh: str

    @property
    def is_number(self) -> bool:
        """Whether cells are parsed into numbers."""
        return self.type in ("float", "integer", "year")

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several codes parted by semicolons."""
        return self.type in ("codes", "sources")


@dataclass(frozen=True)
class Table:
    """One table: its key, its titles and its columns in their order."""

    name: str
    required: bool
    key: tuple[str, ...]
    title_en: str
    title_zh: str
    meaning_en: str
    meaning_zh: str
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Rule:
    """What one check says, in both languages, with `{placeholders}` for the case at hand."""

    name: str
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str


@dataclass(frozen=True)
class Bound:
    """Between what a quantity of a table must lie, and why, as `bounds.csv` describes it.

    `quantity` is a column, or one that `checks.bounds` derives; a fault is reported at `column`.
    Values lie above `above` (exclusive) and up to `high`; None where there is no such bound. Where
    `accept` holds, a planner may take a value beyond the bound by naming it.
    """

    name: str
    table: str
    level: str
    quantity: str
    column: str
    above: float | None
    high: float | None
    unit: str
    accept: bool
    what_en: str
    what_zh: str
    reason_en: str
    reason_zh: str


def _rows(name: str, folder: Path = _FOLDER) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _parted(text: str, by: str = ";") -> tuple[str, ...]:
    return tuple(part for part in text.split(by) if part)


def _column(row: dict[str, str]) -> Column:
    references = [tuple(part.split(".")) for part in _parted(row["references"], "|")]
    if row["type"] == "sources":
        references = [("sources", "source")]
    return Column(
        table=row["table"],
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"] == "yes",
        default=row["default"],
        values=_parted(row["values"]),
        references=tuple((table, column) for table, column in references),
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        meaning_en=row["meaning_en"],
        meaning_zh=row["meaning_zh"],
    )


@cache
def tables(folder: Path = _FOLDER) -> Mapping[str, Table]:
    """Every table by name, in the order of `tables.csv`.

    Parameters
    ----------
    folder
        Holds `tables.csv` and `columns.csv`; those of a region by default. Other rooms describe
        their tables by rows of the same form.

    Examples
    --------
    >>> tables()["links"].key
    ('link_id',)
    >>> tables()["links"].columns["minutes"].unit
    'min'
    """
    columns = [_column(row) for row in _rows("columns.csv", folder)]
    return MappingProxyType(
        {
            row["table"]: Table(
                name=row["table"],
                required=row["required"] == "yes",
                key=_parted(row["key"]),
                title_en=row["title_en"],
                title_zh=row["title_zh"],
                meaning_en=row["meaning_en"],
                meaning_zh=row["meaning_zh"],
                columns=MappingProxyType({c.name: c for c in columns if c.table == row["table"]}),
            )
            for row in _rows("tables.csv", folder)
        }
    )


_UNITS_ZH: Final = MappingProxyType(
    {
        "person": "人",
        "km": "千米",
        "km2": "平方公里",
        "km/h": "千米/时",
        "min": "分钟",
        "CNY": "元",
        "1e8 CNY": "亿元",
        "count": "个",
        "share": "比例",
        "degree": "度",
        "1/day": "次/日",
        "person/km2": "人/平方公里",
    }
)


def unit_zh(unit: str) -> str:
    """A unit of the schema in Chinese.

    >>> unit_zh("1e8 CNY")
    '亿元'
    """
    return _UNITS_ZH.get(unit, unit)


@cache
def axes() -> Mapping[str, tuple[str, str]]:
    """Tables of points, each with its columns for longitude (easting) and latitude (northing).

    >>> axes()["nodes"]
    ('x_coord', 'y_coord')
    """
    degrees = {
        name: [c.name for c in table.columns.values() if c.unit == "degree"]
        for name, table in tables().items()
    }
    return MappingProxyType({name: (c[0], c[1]) for name, c in degrees.items() if c})


@cache
def bounds() -> Mapping[str, Bound]:
    """Every bound by its name.

    >>> bounds()["link_minutes"].above, bounds()["link_minutes"].high
    (0.0, 1440.0)
    """
    return MappingProxyType({row["bound"]: _bound(row) for row in _rows("bounds.csv")})


def _bound(row: dict[str, str]) -> Bound:
    rest = ("table", "level", "quantity", "column", "unit")
    words = ("what_en", "what_zh", "reason_en", "reason_zh")
    return Bound(
        name=row["bound"],
        above=float(row["above"]) if row["above"] else None,
        high=float(row["high"]) if row["high"] else None,
        accept=row["accept"] == "yes",
        **{key: row[key] for key in (*rest, *words)},
    )


@cache
def rules() -> Mapping[str, Rule]:
    """Every check's words by its name.

    >>> rules()["required_empty"].zh
    '必填单元格为空'
    """
    return MappingProxyType(
        {
            row["rule"]: Rule(row["rule"], row["en"], row["zh"], row["remedy_en"], row["remedy_zh"])
            for row in _rows("rules.csv")
        }
    )
