"""The door to forecasts: a table of yearly growth becomes an array, or is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import pandas as pd

from buju.track.forecast.series import Array
from buju.track.panel_checks import (
    LEAST_PLACES,
    check_fractions,
    check_length,
    check_rows,
    check_variation,
    one_word,
    varies,
)

DROPPED = ["place", "year", "value", "reason_zh", "reason_en"]


@final
@dataclass(frozen=True)
class Panel:
    """Yearly growth of places, per cent.

    Attributes
    ----------
    places, years
        In order; years ascend.
    values
        (R, T), NaN where a figure is missing.
    dropped
        One row an observation left out: `place`, `year`, `value`, `reason_zh`, `reason_en`.
    prices
        "constant", "current", or empty where nothing said.
    """

    places: tuple[str, ...]
    years: tuple[int, ...]
    values: Array
    dropped: pd.DataFrame
    prices: str = ""

    def until(self, year: int, least_years: int) -> Panel | None:
        """What was known at the end of a year; None where that is too little."""
        keep = [k for k, y in enumerate(self.years) if y <= year]
        values = self.values[:, keep]
        rows = np.isfinite(values).sum(axis=1) >= least_years
        values = values[rows]
        years = np.isfinite(values).sum(axis=0) >= LEAST_PLACES
        values = values[:, years]
        if rows.sum() < LEAST_PLACES or years.sum() < least_years or not varies(values):
            return None
        places = tuple(p for p, row in zip(self.places, rows, strict=True) if row)
        kept = tuple(self.years[k] for k, there in zip(keep, years, strict=True) if there)
        return Panel(places, kept, values, self.dropped, self.prices)


def read_panel(
    table: pd.DataFrame,
    *,
    prices: str | None = None,
    least_years: int = 4,
    small_growth: bool = False,
) -> Panel:
    """A table of growth as an array, every figure left out listed.

    Parameters
    ----------
    table
        One row a place and year: `place`, `year`, `value` (per cent a year: 8 is eight per cent).
        Where there are columns `kind` (outturn or observed only), `prices` ("constant" or
        "current") or `unit`, they must agree over all rows.
    prices
        What the prices must be; None takes what the table says.
    least_years
        Years that a place needs. One with fewer is left out, and its figures are listed.
    small_growth
        Growth of some place never exceeds half a per cent, and that is meant; it is refused
        otherwise, since it looks like fractions.

    Returns
    -------
    Panel
        Missing values, places with too few years and years with fewer than three places are
        listed in `dropped`.

    Raises
    ------
    SchemaError
        A column is missing, a value is no number, a place and year stands twice.
    MixedKinds, MixedPrices, Fractions, TooShort
        Plans among outturns; current beside constant prices; 0.08 for 8 %; fewer than
        `least_years` years or three places.

    Examples
    --------
    >>> rows = [(p, 2015 + y, 5 + y * k % 3) for k, p in enumerate("ABC") for y in range(5)]
    >>> table = pd.DataFrame([*rows, ("D", 2019, 4)], columns=["place", "year", "value"])
    >>> panel = read_panel(table)
    >>> panel.values.shape, panel.dropped["reason_en"].tolist()
    ((3, 5), ['place has 1 year(s), 4 are needed'])
    """
    rows = check_rows(table)
    said = one_word(rows, "prices", prices)
    if not small_growth:
        check_fractions(rows)
    rows, dropped = _put_aside(rows, least_years)
    wide = rows.pivot(index="place", columns="year", values="value")
    wide = wide.reindex(index=list(dict.fromkeys(rows["place"])), columns=sorted(wide.columns))
    values = wide.to_numpy(dtype=np.float64)
    check_variation(values)
    places, years = tuple(map(str, wide.index)), tuple(int(year) for year in wide.columns)
    return Panel(places, years, values, dropped, said)


def _put_aside(rows: pd.DataFrame, least_years: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that are used, and those that are not with the reason."""
    parts = []

    def aside(out: pd.Series, zh: str, en: str, count: pd.Series | None = None) -> None:
        nonlocal rows
        part = rows.loc[out, ["place", "year", "value"]]
        number = count[out] if count is not None else [0] * len(part)
        parts.append(
            part.assign(
                reason_zh=[zh.format(n=n) for n in number],
                reason_en=[en.format(n=n) for n in number],
            )
        )
        rows = rows[~out]

    aside(rows["value"].isna(), "缺少数值", "no value")
    years = rows.groupby("place")["value"].transform("size")
    en = f"place has {{n}} year(s), {least_years} are needed"
    aside(years < least_years, f"该地只有 {{n}} 年，需要 {least_years} 年", en, years)
    check_length(rows, least_years, sum(map(len, parts)))
    places = rows.groupby("year")["value"].transform("size")
    en = f"year has {{n}} place(s), {LEAST_PLACES} are needed"
    aside(places < LEAST_PLACES, f"该年只有 {{n}} 地，需要 {LEAST_PLACES} 地", en, places)
    return rows, pd.concat(parts, ignore_index=True)[DROPPED]
