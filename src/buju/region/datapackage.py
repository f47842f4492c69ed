"""The descriptor of a region folder: a Frictionless data package with a "buju" object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from buju.region.faults import Findings
from buju.region.schema import Column, Table, tables

NAME: Final = "datapackage.json"
LEGEND: Final = "说明"  # the sheet of a workbook that may stand for the "buju" object
PACKAGE_WORDS: Final = ("coordinates", "map_approval_number", "accept")
_EXAMPLE: Final = '{"name": "my-region", "buju": {"coordinates": "WGS84"}}'
_FRICTIONLESS: Final = {
    "float": "number",
    "integer": "integer",
    "year": "year",
    "boolean": "boolean",
}


def descriptor(
    names: Iterable[str],
    *,
    name: str = "region",
    title: str = "",
    buju: Mapping[str, Any] | None = None,
    columns: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Any]:
    """The data package that describes the tables `names`.

    Parameters
    ----------
    names
        Tables the folder holds, each as `<table>.csv`.
    name, title
        Name (lower case, no spaces) and title of the region.
    buju
        The "buju" object; `coordinates` is added as WGS84 where it is absent.
    columns
        The columns each table's file has, in their order; all of the schema's where not given.

    Examples
    --------
    >>> descriptor(["sectors"])["resources"][0]["path"]
    'sectors.csv'
    """
    known, chosen = tables(), columns or {}
    return {
        "name": name,
        "title": title,
        "profile": "tabular-data-package",
        "buju": {"coordinates": "WGS84", "map_approval_number": ""} | dict(buju or {}),
        "resources": [_resource(known[t], list(chosen.get(t, known[t].columns))) for t in names],
    }


def _resource(table: Table, columns: list[str]) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": f"{table.title_zh} / {table.title_en}",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(table.columns[name]) for name in columns],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    # Degrees may be metres in a projected system, so their bounds are not Frictionless ones.
    if column.unit != "degree":
        if column.minimum is not None and column.is_number:
            constraints["minimum"] = _plain(column.minimum)
        if column.maximum is not None and column.is_number:
            constraints["maximum"] = _plain(column.maximum)
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.type, "string"),
        "description": f"{column.meaning_zh} / {column.meaning_en}",
    }
    if column.type == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.unit:
        field["unit"] = column.unit
    return field | ({"constraints": constraints} if constraints else {})


def _plain(bound: float) -> float | int:
    return int(bound) if bound.is_integer() else bound


def read_descriptor(data: bytes | None, found: Findings) -> dict[str, Any] | None:
    """The descriptor in a file's bytes; None, and a fault, where it cannot be had."""
    if data is None:
        found.add("package_missing", file=NAME, example=_EXAMPLE)
        return None
    try:
        package = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        line = getattr(error, "lineno", None)
        found.add("package_unreadable", file=NAME, row=line, reason=str(error))
        return None
    reason = _misshapen(package)
    if reason:
        found.add("package_unreadable", file=NAME, reason=reason)
        return None
    return dict(package)


def _misshapen(package: Any) -> str:
    if not isinstance(package, dict):
        return "it is not an object"
    if not isinstance(package.get("buju", {}), dict):
        return "'buju' is not an object"
    resources = package.get("resources", [])
    if not isinstance(resources, list) or not all(
        isinstance(resource, dict) and isinstance(resource.get("path", ""), str)
        for resource in resources
    ):
        return "'resources' is not a list of objects with a 'path' of text"
    return ""


def table_files(package: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Tables and the files that the descriptor's resources give them, as written there.

    >>> table_files({"resources": [{"name": "links", "path": "network/links.csv"}]})
    [('links', 'network/links.csv')]
    """
    files = []
    for resource in package.get("resources", []):
        path = resource.get("path", "")
        name = resource.get("name") or PurePosixPath(path).stem
        if path and name in tables():
            files.append((name, path))
    return files
