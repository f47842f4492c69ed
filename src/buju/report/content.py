"""From a bundle's table to the table that a report shows: columns chosen, nothing computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from buju.report.formats import Format, Refused, Text, Value, is_missing, percent_digits
from buju.report.records import Column, TableContent
from buju.report.results import CERTIFIED, Results

UNITS = {
    "person": Text("人", "persons"),
    "person (sample)": Text("人（样本）", "persons, sample"),
    "km²": Text("平方公里", "km²"),
    "min": Text("分钟", "min"),
    "h": Text("小时", "h"),
    "km": Text("公里", "km"),
    "1e8 CNY": Text("亿元", "CNY 100 m"),
    "1e4 CNY": Text("万元", "CNY 10,000"),
    "1e4 CNY per job": Text("万元/人", "CNY 10,000 per job"),
    "log points": Text("对数点", "log points"),
    "log wage": Text("对数工资", "log wage"),
    "km2": Text("平方公里", "km²"),
    "percent": Text("%", "%"),
    "percent/year": Text("%/年", "% a year"),
    "1e8 CNY/year": Text("亿元/年", "CNY 100 m a year"),
    "1e8 CNY/year per min": Text("亿元/年·分钟", "CNY 100 m a year per min"),
    "min per min": Text("分钟/分钟", "min per min"),
    "CNY per CNY": Text("元/元", "CNY per CNY"),
    "trips/day": Text("人次/日", "trips a day"),
    "year": Text("年", "years"),
    "t/1e4 CNY": Text("吨/万元", "t per CNY 10,000"),
    "tce/1e4 CNY": Text("吨标准煤/万元", "tce per CNY 10,000"),
    "tce": Text("吨标准煤", "tce"),
    "t": Text("吨", "t"),
    "Mt": Text("百万吨", "Mt"),
    "Mt CO2": Text("百万吨 CO2", "Mt CO2"),
    "share": Text("", ""),
    "points": Text("百分点", "points"),
    "points/year": Text("百分点/年", "points a year"),
    "ratio": Text("", ""),
    "count": Text("个", "number"),
    "": Text("", ""),
}


@dataclass(frozen=True)
class Show:
    """One column to show.

    Attributes
    ----------
    column
        Its name in the bundle's table.
    zh, en
        Its head.
    kind, digits
        How values are written; digits None lets per cent columns choose by their size.
    through
        Turns a code into a name before it is written.
    unit
        Its unit where it is not the one the bundle states.
    english
        The column that says the same in English.
    """

    column: str
    zh: str
    en: str
    kind: str = "text"
    digits: int | None = None
    through: Callable[[Any], Value] | None = None
    unit: Text | None = None
    guarded: bool = False
    english: str = ""


def shown(
    results: Results,
    name: str,
    columns: Iterable[Show],
    *,
    rows: pd.DataFrame | None = None,
    title: Text | None = None,
    filter_by: str | None = None,
) -> TableContent:
    """A table of the bundle with some of its rows and columns.

    Parameters
    ----------
    rows
        The rows to show; all of them by default. Values in columns marked `guarded` are replaced
        by the refusal where the row's `verdict` is not `certified`.
    """
    table = results.table(name)
    frame = table.frame if rows is None else rows
    chosen = list(columns)
    heads = [_column(show, table.units, frame) for show in chosen]
    return TableContent(
        title or Text(table.title_zh, table.title_en),
        heads,
        [_row(record, chosen) for record in frame.to_dict("records")],
        table.basis,
        f"tables/{name}.parquet",
        Text(table.note_zh, table.note_en),
        None if filter_by is None else [show.column for show in chosen].index(filter_by),
        keys=results.keys(name),
    )


def _column(show: Show, units: Any, frame: pd.DataFrame) -> Column:
    digits = show.digits
    if digits is None:
        per_cent = show.kind in ("share", "change")
        digits = percent_digits(frame[show.column].dropna()) if per_cent else 0
    unit = show.unit
    if unit is None:
        word = units.get(show.column, "")
        unit = UNITS.get(word, Text.same(word))
    return Column(Text(show.zh, show.en), Format(show.kind, digits), unit)


def _row(record: dict[Any, Any], columns: list[Show]) -> tuple[Value, ...]:
    refused = record.get("verdict", CERTIFIED) != CERTIFIED
    return tuple(
        Refused(str(record["verdict"])) if refused and show.guarded else _value(record, show)
        for show in columns
    )


def _value(record: dict[Any, Any], show: Show) -> Value:
    value = record[show.column]
    if show.english and not is_missing(value):
        other = record[show.english]
        return Text(str(value), str(value if is_missing(other) else other))
    return value if show.through is None else show.through(value)


def either(value: Any) -> Value:
    """Words that a table gives as `Chinese / English`."""
    return None if is_missing(value) else Text.split(value)


def words(vocabulary: dict[str, Text]) -> Callable[[Any], Value]:
    """Codes of a closed vocabulary as words; an unknown code is shown as it is."""
    return lambda code: None if is_missing(code) else vocabulary.get(str(code), Text.same(code))
