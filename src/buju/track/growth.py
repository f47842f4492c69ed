"""What growth a target still asks for, over years and within a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.track.refusals import NoBaseline


def required_growth(current: float, target: float, years: float) -> float:
    """Mean growth a year, per cent, that leads from a level to a target.

    100 ((target / current)^(1 / years) - 1). Both levels at the same prices.

    Raises
    ------
    NoBaseline
        The level to start from is missing.
    ParameterError
        A level of zero or less, or no year left.

    Examples
    --------
    >>> round(required_growth(1150, 2500, 15), 2)  # km of high-speed railway, 2020 to 2035
    5.31
    """
    if current is None or np.isnan(current):
        raise NoBaseline(
            f"the target {target:g} has no level to start from; give the baseline and its year, or "
            "track the target by its outturns only",
            f"目标 {target:g} 没有基期值；请补充基期值和年份，或只与实绩比较",
        )
    if not (current > 0 and target > 0 and years > 0):
        raise ParameterError(
            f"from {current:g} to {target:g} in {years:g} year(s): levels above zero and time left "
            "are needed; for shares and rates compare points a year instead",
            f"由 {current:g} 到 {target:g}，{years:g} 年：水平应大于零且尚有时间；"
            "比重和比率请按百分点比较",
        )
    return float(100 * ((target / current) ** (1 / years) - 1))


def yearly_pace(change: float, first: float, last: float) -> float:
    """The compound change a year, per cent, of a cumulative change over several years.

    Parameters
    ----------
    change
        Cumulative change, per cent, from the end of `first` to the end of `last`.

    Raises
    ------
    NoBaseline
        A year or the change is missing.
    ParameterError
        The years do not follow each other, or the change leaves nothing.

    Examples
    --------
    >>> round(yearly_pace(-13.5, 2020, 2025), 2)
    -2.86
    """
    if pd.isna(change) or pd.isna(first) or pd.isna(last):
        raise NoBaseline(
            f"a cumulative change of {change} from {first} to {last}: both years and the change "
            "are needed; give the baseline year",
            f"累计变化 {change}，{first}—{last} 年：缺少年份或数值；请补充基期年份",
        )
    if not (last > first and change > -100):
        raise ParameterError(
            f"a cumulative change of {change:g} % from {first:g} to {last:g}: the years must "
            "follow each other and something must be left",
            f"累计变化 {change:g}%，{first:g}—{last:g} 年：年份应先后相继，变化应大于 -100%",
        )
    return float(100 * ((1 + change / 100) ** (1 / (last - first)) - 1))


def rest_of_year(target: float, so_far: float, share: float) -> float:
    """Growth that the rest of the year needs for the year to grow as targeted, per cent.

    (g* - s g) / (1 - s).

    Parameters
    ----------
    target
        Growth of the year, per cent, constant prices.
    so_far
        Growth of the elapsed part over the same part of last year.
    share
        Share s of that part in last year's total at constant prices, 0 to 1.

    Raises
    ------
    ParameterError
        A share outside 0 to 1.

    Examples
    --------
    >>> round(rest_of_year(8.0, 6.5, 0.46), 2)
    9.28
    """
    if not 0 < share < 1:
        raise ParameterError(
            f"share {share:g} of the year: between 0 and 1, not per cent",
            f"已过部分占全年比重 {share:g}：应为 0 到 1 之间的小数",
        )
    return (target - share * so_far) / (1 - share)


def parts_of_year(cumulative: pd.Series) -> pd.Series:
    """Figures of each period from cumulative ones, as quarterly statistics print them.

    Raises
    ------
    SchemaError
        A figure is missing between others.

    Examples
    --------
    >>> parts_of_year(pd.Series([10.0, 22.0, 35.0], index=["Q1", "Q2", "Q3"])).tolist()
    [10.0, 12.0, 13.0]
    """
    known = cumulative.dropna()
    if len(known) != cumulative.index.get_loc(known.index[-1]) + 1 if len(known) else False:
        gone = [str(name) for name in cumulative.index if pd.isna(cumulative[name])]
        raise SchemaError(
            f"cumulative figures: {', '.join(gone)} missing before a later one; fill them in",
            f"累计数：{'、'.join(gone)} 缺失而其后有数；请补齐",
        )
    return known.diff().fillna(known.iloc[:1])


@final
@dataclass(frozen=True)
class RunRate:
    """Where a year ends if it goes on as earlier years did.

    Attributes
    ----------
    share
        Share of the year that earlier years had done by then, their mean.
    year_end, low, high
        The year's total by that mean, and by the earlier years that had done most and least.
    linear
        The same if every period weighed alike: misleads where work comes late in the year.
    """

    share: float
    year_end: float
    low: float
    high: float
    linear: float


def run_rate(cumulative: pd.Series, earlier: pd.DataFrame) -> RunRate:
    """This year's total from its cumulative figures and the profile of earlier years.

    Parameters
    ----------
    cumulative
        This year's figures from its beginning, indexed by period; NaN for periods to come.
    earlier
        Cumulative figures of earlier years, periods as rows in the same order, a column a year;
        the last row is the year's total. One year is enough ("last year's profile").

    Raises
    ------
    SchemaError
        Periods differ, earlier years have gaps or do not end above zero, nothing is known yet.

    Examples
    --------
    >>> months = ["Q1", "Q2", "Q3", "Q4"]
    >>> before = pd.DataFrame({"2016": [5.0, 30.0, 60.0, 100.0]}, index=months)
    >>> now = pd.Series([8.0, 36.0, None, None], index=months)
    >>> rate = run_rate(now, before)
    >>> rate.share, rate.year_end, rate.linear
    (0.3, 120.0, 72.0)
    """
    known = cumulative.dropna()
    same = list(cumulative.index) == list(earlier.index)
    if not same or known.empty or earlier.isna().any(axis=None):
        raise SchemaError(
            "run rate: this year and the earlier ones need the same periods, earlier ones without "
            "gaps, and one figure of this year at least",
            "进度推算：本年与以前年份的期次应一致，以前年份不得有缺，本年至少有一期数",
        )
    total = earlier.iloc[-1]
    at = cumulative.index.get_loc(known.index[-1])
    share = (earlier.iloc[at] / total).to_numpy(dtype=np.float64)
    if not ((total > 0).all() and (share > 0).all()):
        raise SchemaError(
            "run rate: an earlier year has nothing done by then or ends at zero; leave that year "
            "out or use a later period",
            "进度推算：以前某年同期或全年为零；请去掉该年或改用更晚的期次",
        )
    now = float(known.iloc[-1])
    return RunRate(
        float(share.mean()),
        now / float(share.mean()),
        now / float(share.max()),
        now / float(share.min()),
        now * len(cumulative) / (at + 1),
    )
