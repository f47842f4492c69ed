"""Codes that refer to another table are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given
from buju.region.nearest import nearest_code
from buju.region.schema import Column, tables

_GUESSED = 50  # comparing codes takes time; beyond so many, the cause is likely one
_NAMES = ("name_zh", "name", "name_en", "title")


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Every code of every referring column stands in one of the tables it may refer to."""
    for name, table in given.tables.items():
        for column in tables()[name].columns.values():
            if column.references and column.name in table.cells.columns:
                _check(frames, given, table, column, frames[name][column.name], found)


def _check(
    frames: Mapping[str, pd.DataFrame],
    given: Given,
    table: RawTable,
    column: Column,
    codes: pd.Series,
    found: Findings,
) -> None:
    single = codes.dropna()
    if column.is_list:
        single = single.str.split(";").explode()
    if single.empty:
        return
    if any(t in given.broken for t, _ in column.references):
        return  # that file's own fault comes first
    there = [(t, c) for t, c in column.references if t in given.tables]
    targets = [tables()[t] for t, _ in column.references]
    words: dict[str, Any] = {
        "target_zh": "或".join(t.title_zh for t in targets),
        "target_files": " / ".join(f"{t.name}.csv" for t in targets),
    }
    if not there:
        found.add("dangling_table", table, column=column.name, **words)
        return
    known = pd.concat([frames[t][c] for t, c in there]).dropna().unique()
    missing = single[~single.isin(known)]
    if missing.empty:
        return
    spelled = missing.iloc[: found.room_for("dangling", table, column.name)]
    names = {code: name for target in there for code, name in _names(frames, *target).items()}
    guesses = {value: nearest_code(value, names) for value in spelled.unique()[:_GUESSED]}
    for at, value in zip(spelled.index.tolist(), spelled.tolist(), strict=True):
        found.add(
            "dangling",
            table,
            row=int(table.lines[at]),
            column=column.name,
            value=value,
            near=(near := guesses.get(value, "")),
            near_name=names.get(near, ""),
            **words,
        )
    found.count("dangling", table, column.name, len(missing) - len(spelled))


def _names(frames: Mapping[str, pd.DataFrame], table: str, column: str) -> dict[str, str]:
    frame = frames[table]
    named = next((name for name in _NAMES if name in frame.columns), column)
    titles = frame[named].fillna("") if named != column else pd.Series("", index=frame.index)
    rows = frame[column].notna().to_numpy(dtype=bool)
    return dict(zip(frame[column][rows], np.asarray(titles)[rows], strict=True))
