"""Dates as regions give them: a year, a month or a day, kept as text.

An incomplete date counts from its last day: a line opened in "2024" is certain to be there only
when that year has ended.
"""

from __future__ import annotations

import re
from calendar import monthrange

import numpy as np
import pandas as pd

from buju.errors import SchemaError

_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def last_day(text: str) -> str:
    """The last day a date covers, as YYYY-MM-DD.

    Raises
    ------
    SchemaError
        The text is no date.

    Examples
    --------
    >>> last_day("2024"), last_day("2024-02"), last_day("2024-02-03")
    ('2024-12-31', '2024-02-29', '2024-02-03')
    """
    match = _SHAPE.fullmatch(text)
    if match:
        year, month, day = (int(part) if part else 0 for part in match.groups())
        month = month or 12
        real = year and 1 <= month <= 12 and "00" not in match.groups()
        if real and day <= (last := monthrange(year, month)[1]):
            return f"{year:04d}-{month:02d}-{day or last:02d}"
    raise SchemaError(
        f"'{text}' is not a date. Write YYYY, YYYY-MM or YYYY-MM-DD.",
        f"“{text}”不是日期。请写作 YYYY、YYYY-MM 或 YYYY-MM-DD。",
    )


def opened_by(date: str | float | None, on: str) -> bool:
    """Whether what opened at `date` is open on the day `on`.

    Parameters
    ----------
    date
        YYYY, YYYY-MM or YYYY-MM-DD; empty, None or NaN means that it always was.
    on
        The day asked about; an incomplete one stands for its last day.

    Raises
    ------
    SchemaError
        One of the two is no date.

    Examples
    --------
    >>> opened_by("2024", "2024-06-30"), opened_by("2024", "2024-12-31"), opened_by("", "1990")
    (False, True, True)
    """
    asked = last_day(on)
    if date is None or date == "" or date != date:
        return True
    return last_day(str(date)) <= asked


def is_open(opened: pd.Series, on: str, closed: pd.Series | None = None) -> pd.Series:
    """Which rows are open on the day `on`: opened by then and not closed by then.

    Parameters
    ----------
    opened, closed
        Dates as text; missing means always open, never closed. A row is closed from the last
        day its closing date covers.
    on
        The day asked about; an incomplete one stands for its last day.

    Returns
    -------
    Series
        bool, with the index of `opened`.

    Raises
    ------
    SchemaError
        A text is no date.

    Examples
    --------
    >>> is_open(pd.Series(["2020", None, "2025-07"]), "2021-01-01").tolist()
    [True, True, False]
    """
    here = _by(opened, on, missing=True)
    if closed is not None:
        here &= ~_by(closed, on, missing=False)
    return here


def _by(dates: pd.Series, on: str, *, missing: bool) -> pd.Series:
    asked = last_day(on)
    filled = dates.replace("", np.nan)
    reached = {date: last_day(str(date)) <= asked for date in filled.dropna().unique()}
    return pd.Series(
        [missing if date != date or date is None else reached[date] for date in filled],
        index=dates.index,
        dtype=bool,
    )
