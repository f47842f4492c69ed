"""Keys are there once, codes are whole, and parents end at the top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import reduce

import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given
from buju.region.schema import tables

# Division codes have six digits; a code is judged where this share of the table's codes has.
_DIGITS = 6
_AGREED = 0.8


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Duplicate keys, codes that lost digits, parents in a circle; in every table that was read."""
    for name, table in given.tables.items():
        duplicates(frames[name], table, found)
        key = tables()[name].key
        if key == ("place",):
            _digits(frames[name][key[0]], table, found)
        if "parent" in frames[name].columns:
            _cycles(frames[name], key[0], table, found)


def duplicates(frame: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    """A key that stands in several rows is a fault of every row but the first."""
    key = list(found.schema[raw.table].key)
    given = frame[key].notna().all(axis=1)
    again = frame.duplicated(key, keep=False) & given
    if not again.any():
        return
    column = ";".join(key)
    parts = [frame.loc[again, name].astype("str") for name in key]
    values = reduce(lambda left, right: left + ";" + right, parts).tolist()
    first: dict[str, int] = {}
    for line, value in zip(raw.lines[again.to_numpy()].tolist(), values, strict=True):
        if value in first:
            found.add(
                "duplicate_key", raw, row=line, column=column, value=value, first=first[value]
            )
        first.setdefault(value, line)


def _digits(codes: pd.Series, raw: RawTable, found: Findings) -> None:
    """All-digit codes shorter than nearly all others of their column."""
    plain = codes[codes.str.fullmatch(r"[0-9]+").fillna(False).astype(bool)]
    lengths = plain.str.len()
    if lengths.empty:
        return
    whole = plain[lengths == _DIGITS]
    if len(whole) < _AGREED * len(plain):
        return
    existing = set(whole)
    for at in lengths.index[lengths < _DIGITS].tolist():
        code = str(codes.iat[at])
        near = _restored(code, whole)
        found.add(
            "code_digits",
            raw,
            row=int(raw.lines[at]),
            column=str(codes.name),
            value=code,
            near="" if near in existing else near,
            found=len(code),
            expected=_DIGITS,
        )


def _restored(code: str, whole: pd.Series) -> str:
    """The code with the leading digits that nearly all others have, or ""."""
    missing = _DIGITS - len(code)
    # One more digit than is missing must agree, or any prefix would do.
    lead, number = Counter(whole.str[: missing + 1]).most_common(1)[0]
    agrees = number >= _AGREED * len(whole) and lead[missing:] == code[:1]
    return lead[:missing] + code if agrees else ""


def _cycles(frame: pd.DataFrame, key: str, raw: RawTable, found: Findings) -> None:
    parent = dict(zip(frame[key], frame["parent"], strict=True))
    line = dict(zip(frame[key], raw.lines, strict=True))
    cleared: set[str] = set()
    for start in parent:
        chain: list[str] = []
        at = start
        while isinstance(at, str) and at in parent and at not in cleared and at not in chain:
            chain.append(at)
            at = parent[at]
        if at in chain:
            circle = [*chain[chain.index(at) :], at]
            found.add(
                "cycle", raw, row=int(line[circle[0]]), column="parent", value=" → ".join(circle)
            )
        cleared.update(chain)
