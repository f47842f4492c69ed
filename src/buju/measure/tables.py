"""The door for tables: columns, keys and values are checked here, and rows are named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import numbers


def table(
    frame: pd.DataFrame, *, name: str, key: Sequence[str], values: Sequence[str] = ()
) -> pd.DataFrame:
    """The key and value columns of a table, with values as float64 of zero or more.

    Raises
    ------
    SchemaError
        A column is missing, a key is missing or repeated, or a value is missing or negative.
    """
    require_columns(frame, [*key, *values], name=name)
    kept = frame[[*key, *values]].reset_index(drop=True)
    for column in key:
        if kept[column].isna().any():
            row = int(np.flatnonzero(kept[column].isna())[0])
            raise SchemaError(
                f"{name}, column '{column}', row {row}: empty; fill it or drop the row.",
                f"{name} 第 {row} 行的 '{column}' 为空。",
            )
    repeated = kept.duplicated(list(key))
    if repeated.any():
        raise SchemaError(
            f"{name} has {int(repeated.sum())} repeated rows, the first for "
            f"{_row(kept, key, repeated)}; keep one year and one row for each {' and '.join(key)}.",
            f"{name} 有重复行：{_row(kept, key, repeated)}；请只保留一个年份、每键一行。",
        )
    for column in values:
        amount = numbers(kept[column], f"{name}.{column}")
        for bad, word in ((~np.isfinite(amount), "missing"), (amount < 0, "negative")):
            if bad.any():
                raise SchemaError(
                    f"{name}, column '{column}' is {word} for {_row(kept, key, bad)} "
                    f"({int(bad.sum())} rows); give a number of zero or more.",
                    f"{name} 的 '{column}' 在 {_row(kept, key, bad)} 处无效。",
                )
        kept[column] = amount
    return kept


def _row(frame: pd.DataFrame, key: Sequence[str], bad: Any) -> str:
    first = frame.loc[np.asarray(bad), list(key)].iloc[0]
    return ", ".join(f"{column} '{first[column]}'" for column in key)


def require_columns(frame: pd.DataFrame, columns: Iterable[str], *, name: str) -> None:
    """Refuse a table that lacks columns, suggesting near names.

    Examples
    --------
    >>> require_columns(pd.DataFrame({"place": []}), ["place"], name="employment")
    """
    lacking = [column for column in columns if column not in frame.columns]
    if not lacking:
        return
    have = [str(column) for column in frame.columns]
    near = difflib.get_close_matches(lacking[0], have, n=1)
    hint = f" Did you mean '{near[0]}' by '{lacking[0]}'?" if near else ""
    raise SchemaError(
        f"{name} lacks the columns {', '.join(lacking)} (it has {', '.join(have)}).{hint}",
        f"{name} 缺少列：{', '.join(lacking)}。",
    )
