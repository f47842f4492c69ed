"""Tables become a region folder, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.region.datapackage import NAME, descriptor
from buju.region.schema import Column, tables

_WHOLE = 1e15  # beyond this, float64 no longer holds every whole number to the digit


def write_region(
    region_tables: Mapping[str, pd.DataFrame],
    path: str | Path,
    *,
    name: str = "region",
    title: str = "",
    buju: Mapping[str, Any] | None = None,
) -> Path:
    """Write tables as a region folder that `read_region` reads back unchanged.

    Every file is first written beside its place and brought to the disk, then renamed, so that
    a reader or a power cut never meets half a file.

    Parameters
    ----------
    region_tables
        Tables by name; columns may be left out, and empty tables are not written (an earlier
        file of theirs is removed). Coordinates are WGS84 unless `buju` declares otherwise.
    path
        The folder; made where absent.
    name, title, buju
        For datapackage.json: name, title, and the "buju" object.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SchemaError
        A table or column is none of the schema's, or the folder holds a table that
        `region_tables` does not name, which would mix two regions.
    """
    folder = Path(path)
    known = tables()
    for table, frame in region_tables.items():
        _refuse_unknown(table, frame)
    left = [t for t in known if (folder / f"{t}.csv").exists() and t not in region_tables]
    if left:
        raise SchemaError(
            f"{folder} already holds {', '.join(f'{t}.csv' for t in left)}, which are not among "
            "the tables to be written. Name them too (an empty table removes its file), or write "
            "to another folder.",
            f"{folder} 中已有 {'、'.join(f'{t}.csv' for t in left)}，不在本次写出的表中。"
            "请一并给出（空表即删除原文件），或写到其他文件夹。",
        )
    folder.mkdir(parents=True, exist_ok=True)
    full = [t for t in known if t in region_tables and len(region_tables[t])]
    texts = {f"{t}.csv": _csv(t, region_tables[t]) for t in full}
    columns = {t: [c.name for c in _columns(t, region_tables[t])] for t in full}
    package = descriptor(full, name=name, title=title, buju=buju, columns=columns)
    texts[NAME] = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    write_together(folder, {file: text.encode() for file, text in texts.items()})
    for table in region_tables:
        if table not in full:
            (folder / f"{table}.csv").unlink(missing_ok=True)
    return folder


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder: all aside first, then each renamed into its place."""
    aside: list[tuple[Path, Path]] = []
    try:
        for name, data in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            aside.append((Path(partial), target))
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)
        for partial_path, target in aside:
            partial_path.replace(target)
    finally:
        for partial_path, _ in aside:
            partial_path.unlink(missing_ok=True)
    for parent in {target.parent for _, target in aside}:
        _sync(parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_unknown(table: str, frame: pd.DataFrame) -> None:
    known = tables()
    if table not in known:
        raise SchemaError(
            f"no table is called '{table}'. The tables are {', '.join(known)}.",
            f"没有名为“{table}”的数据表。数据表有：{'、'.join(known)}。",
        )
    # `geometry` repeats the seat's coordinates.
    unknown = [c for c in frame.columns if c not in known[table].columns and c != "geometry"]
    if unknown:
        raise SchemaError(
            f"the table '{table}' has no column {unknown}. Its columns are "
            f"{', '.join(known[table].columns)}.",
            f"数据表“{table}”没有列 {unknown}。其列为：{'、'.join(known[table].columns)}。",
        )


def _columns(table: str, frame: pd.DataFrame) -> list[Column]:
    return [column for name, column in tables()[table].columns.items() if name in frame.columns]


def _csv(table: str, frame: pd.DataFrame) -> str:
    texts = {c.name: _texts(frame[c.name], c) for c in _columns(table, frame)}
    # The mark lets Excel and WPS open Chinese text as it is.
    return "\ufeff" + pd.DataFrame(texts).to_csv(index=False, lineterminator="\n")


def _texts(values: pd.Series, column: Column) -> list[str]:
    if column.type == "boolean":
        return ["" if pd.isna(v) else "yes" if v else "no" for v in values]
    if column.is_number:
        return [_number(v) for v in values]
    return ["" if pd.isna(v) else str(v) for v in values]


def _number(value: Any) -> str:
    if pd.isna(value):
        return ""
    number = float(value)
    if number.is_integer() and abs(number) < _WHOLE:
        return str(int(number))
    return repr(float(np.float64(number)))
