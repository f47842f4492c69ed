"""What a region is called: as given, as its files say, or by the name of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

from buju.region import datapackage

_NO_NAME = ("", "region", "data", "tables", "file", "upload", "buju-template", "template", "export")
_COPY = re.compile(r"\s*(\(\d+\)|（\d+）|- ?副本|- ?copy|_v?\d+)$", re.IGNORECASE)


def titles_of(data: Path, file: str, tables: dict[str, Any]) -> tuple[str, str]:
    """Chinese and English title of an upload that was given none.

    In this order: the title in its `datapackage.json`, the name of the file unless it is one that
    any file has, the names of its province, and at last the file's name as it is.

    Parameters
    ----------
    data
        The folder of tables.
    file
        Name of the uploaded file.
    tables
        The tables by name, as far as they could be read.
    """
    declared = _declared(data)
    if declared[0]:
        return declared
    stem = PurePosixPath(file.replace("\\", "/")).stem.strip()
    plain = _COPY.sub("", stem)
    if plain.lower() not in _NO_NAME:
        return plain, plain
    return _province(tables) or (stem or "区域", stem or "region")


def _declared(data: Path) -> tuple[str, str]:
    file = data / datapackage.NAME
    try:
        package = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return "", ""
    title = package.get("title") if isinstance(package, dict) else None
    if not isinstance(title, str):
        return "", ""
    zh, _, en = title[:200].partition(" / ")
    return zh.strip(), (en or zh).strip()


def _province(tables: dict[str, Any]) -> tuple[str, str] | None:
    places = tables.get("places")
    if places is None or not {"level", "name_zh", "name_en"} <= set(places):
        return None
    found = places[places["level"] == "province"]
    if len(found) != 1 or not str(found["name_zh"].iloc[0]):
        return None
    zh, en = found["name_zh"].iloc[0], found["name_en"].iloc[0]
    return str(zh), str(en) if isinstance(en, str) and en else str(zh)


def unlike(title: str, taken: Collection[str]) -> str:
    """The title, numbered where another region has it already.

    >>> unlike("山西", ["山西", "山西 (2)"])
    '山西 (3)'
    """
    if title not in taken:
        return title
    number = 2
    while f"{title} ({number})" in taken:
        number += 1
    return f"{title} ({number})"
