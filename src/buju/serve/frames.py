"""Tables as the API gives them: pages of rows, CSV, and columns of numbers by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from fastapi.responses import Response

from buju.region import Examination
from buju.region.schema import tables
from buju.serve.problems import Problem
from buju.serve.whatif import cell, figures
from buju.study import Bundle

Names = Mapping[str, tuple[str, str, str]]
_TIMES = ("year", "date", "as_of")
_SPREAD = ("indicator", "sector", "kind")


@dataclass(frozen=True)
class Shown:
    """A table with its titles: `columns` has title_zh, title_en, unit and type by column."""

    name: str
    frame: pd.DataFrame
    title_zh: str
    title_en: str
    columns: Mapping[str, Mapping[str, str]]


def of_region(seen: Examination, name: str) -> Shown:
    """A table of a region, described by the schema."""
    known = tables()
    if name not in known:
        raise Problem(
            404,
            f"没有名为“{name}”的数据表；可选：{'、'.join(known)}",
            f"no table is called '{name}'; the tables are {', '.join(known)}",
        )
    described = known[name]
    frame = pd.DataFrame(seen.tables[name]).drop(columns="geometry", errors="ignore")
    columns = {
        column.name: {
            "title_zh": column.meaning_zh,
            "title_en": column.meaning_en,
            "unit": column.unit,
            "type": column.type,
        }
        for column in described.columns.values()
    }
    return Shown(name, frame, described.title_zh, described.title_en, columns)


def of_bundle(bundle: Bundle, name: str) -> Shown:
    """A table of a bundle, described by its manifest."""
    if name not in bundle.names:
        raise Problem(
            404,
            f"结果中没有“{name}”表；可选：{'、'.join(bundle.names)}",
            f"the bundle has no table '{name}'; it has {', '.join(bundle.names)}",
        )
    table = bundle.table(name)
    columns = {
        str(column): {
            "title_zh": str(column),
            "title_en": str(column),
            "unit": table.units.get(str(column), ""),
            "type": "float" if pd.api.types.is_numeric_dtype(table.frame[column]) else "text",
        }
        for column in table.frame.columns
    }
    return Shown(name, table.frame, table.title_zh, table.title_en, columns)


def page(shown: Shown, offset: int, limit: int, form: str) -> Any:
    """Rows from `offset` on, as JSON, or as CSV that Excel opens."""
    part = shown.frame.iloc[offset : offset + limit]
    if form == "csv":
        text = "\ufeff" + part.to_csv(index=False, lineterminator="\r\n")
        name = f'attachment; filename="{shown.name}.csv"'
        return Response(text, media_type="text/csv", headers={"content-disposition": name})
    return {
        "table": shown.name,
        "title_zh": shown.title_zh,
        "title_en": shown.title_en,
        "columns": [{"name": n} | dict(shown.columns.get(n, {})) for n in part.columns],
        "rows": [[cell(v) for v in row] for row in part.itertuples(index=False, name=None)],
        "total": len(shown.frame),
        "offset": offset,
        "limit": limit,
    }


def has_values(shown: Shown) -> bool:
    """Whether a table has numbers by place."""
    return "place" in shown.frame and not shown.frame.empty and bool(_numbers(shown, shown.frame))


def values(shown: Shown, asked: Mapping[str, str], names: Names) -> dict[str, Any]:
    """Numbers by place for a map.

    A table of several rows a place is narrowed by `asked` (column: value); of a year or date the
    newest is taken where none is asked. What then still stands in several rows by one column of
    indicators or sectors becomes one column each. `filters` says what was chosen among what.

    Parameters
    ----------
    names
        Chinese name, English name and unit of indicators and sectors, by code.
    """
    if not has_values(shown):
        raise Problem(
            404,
            f"“{shown.name}”表没有按地点的数值",
            f"the table '{shown.name}' has no numbers by place",
        )
    frame, filters = shown.frame, {}
    spread = next(
        (c for c in _SPREAD if c in frame and c not in asked and frame["place"].duplicated().any()),
        None,
    )
    for column in _keys(shown, spread):
        if not frame.duplicated(["place", *([spread] if spread else [])]).any():
            break
        choices = sorted(frame[column].dropna().astype(str).unique())
        if not choices:
            continue
        chosen = asked.get(column, choices[-1] if column in _TIMES else choices[0])
        if column in _TIMES and column not in asked and spread:
            frame = frame.sort_values(column).drop_duplicates(["place", spread], keep="last")
            continue
        if chosen not in choices:
            raise Problem(
                422,
                f"{column} 没有“{chosen}”；可选：{'、'.join(choices[:50])}",
                f"{column} has no '{chosen}'; choose one of {', '.join(choices[:50])}",
            )
        filters[column] = {"value": chosen, "choices": choices}
        frame = frame[frame[column].astype(str) == chosen]
    if spread:
        return _spread(shown, frame, spread, filters, names)
    frame = frame.drop_duplicates("place", keep="last")
    columns = {
        name: _described(shown, name) | {"values": figures(frame[name].astype(float))}
        for name in _numbers(shown, frame)
    }
    return _answer(shown, frame["place"], columns, filters)


def _spread(
    shown: Shown, frame: pd.DataFrame, by: str, filters: dict[str, Any], names: Names
) -> dict[str, Any]:
    number = next(n for n in ("value", "quotient", "jobs", *_numbers(shown, frame)) if n in frame)
    frame = frame.drop_duplicates(["place", by], keep="last")
    wide = frame.pivot(index="place", columns=by, values=number)
    columns = {}
    for code in wide.columns:
        zh, en, measured = names.get(str(code), (str(code), str(code), ""))
        rows = frame[frame[by] == code]
        more = {"year": int(rows["year"].max())} if "year" in rows else {}
        unit = rows["unit"].dropna() if "unit" in rows else pd.Series(dtype=str)
        described = _described(shown, number) | {"title_zh": zh, "title_en": en}
        if len(unit) or measured:
            described["unit"] = measured or str(unit.iloc[0])
        columns[str(code)] = described | more | {"values": figures(wide[code].astype(float))}
    return _answer(shown, wide.index, columns, filters)


def _answer(shown: Shown, place: Any, columns: Any, filters: Any) -> dict[str, Any]:
    return {
        "table": shown.name,
        "title_zh": shown.title_zh,
        "title_en": shown.title_en,
        "place": [str(code) for code in place],
        "columns": columns,
        "filters": filters,
    }


def _described(shown: Shown, name: str) -> dict[str, str]:
    known = dict(shown.columns.get(name, {}))
    return {key: known.get(key, "") for key in ("title_zh", "title_en", "unit")}


def _numbers(shown: Shown, frame: pd.DataFrame) -> list[str]:
    return [
        str(name)
        for name in frame.columns
        if pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_bool_dtype(frame[name])
        and name not in ("lon", "lat", "place", *_TIMES)
        and shown.columns.get(str(name), {}).get("type") != "year"
        and frame[name].notna().any()
    ]


def _keys(shown: Shown, spread: str | None) -> list[str]:
    """Columns that tell rows of one place apart, words first."""
    frame = shown.frame
    known = tables().get(shown.name)
    key = known.key if known is not None else ()
    words = [
        str(c)
        for c in frame.columns
        if c not in ("place", spread)
        and (c in key or c in _TIMES or not pd.api.types.is_numeric_dtype(frame[c]))
        and frame[c].nunique() < 400
        and not str(c).startswith(("name", "note", "source", "basis"))
    ]
    return sorted(words, key=lambda c: (c in _TIMES, c not in key))
