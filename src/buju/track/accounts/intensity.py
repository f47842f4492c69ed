"""Energy or carbon per unit of product at constant prices, and how it changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import ParameterError


def constant_price_gdp(nominal: float, growth: pd.Series, *, base_year: int) -> pd.Series:
    """Product of every year at the prices of one.

    Parameters
    ----------
    nominal
        Product of the base year at its own prices.
    growth
        Real growth over the year before in per cent, by year.
    base_year
        The year whose prices hold.

    Returns
    -------
    Series
        By year, over the unbroken run of years round the base year that growth rates join.

    Raises
    ------
    ParameterError
        `nominal` is not above zero, or no growth rate adjoins the base year.

    Examples
    --------
    >>> constant_price_gdp(100.0, pd.Series({2021: 10.0, 2022: 0.0}), base_year=2020).tolist()
    [100.0, 110.00000000000001, 110.00000000000001]
    """
    if not nominal > 0:
        raise ParameterError(
            f"product of {base_year} is {nominal}; a number above zero is expected.",
            f"{base_year} 年的生产总值应为正数。",
        )
    rates = 1 + growth.dropna().astype(float) / 100
    levels = {base_year: float(nominal)}
    year = base_year
    while year + 1 in rates.index:
        year += 1
        levels[year] = levels[year - 1] * float(rates[year])
    year = base_year
    while year in rates.index:
        levels[year - 1] = levels[year] / float(rates[year])
        year -= 1
    if len(levels) == 1:
        raise ParameterError(
            f"no growth rate adjoins {base_year}; give the one of {base_year} or {base_year + 1}.",
            f"缺少 {base_year} 或 {base_year + 1} 年的不变价增长率。",
        )
    return pd.Series(levels).sort_index()


def intensity(amount: pd.Series, product: pd.Series) -> pd.DataFrame:
    """Amount per unit of product at constant prices, by year.

    Parameters
    ----------
    amount
        Energy (tce) or carbon dioxide (t), by year.
    product
        From `constant_price_gdp`, in 1e4 yuan where tonnes per 1e4 yuan are wanted.

    Returns
    -------
    DataFrame
        Index year, for the years both have; `amount`, `product`, `intensity`, `change` (over the
        year before, where that stands there; a share), `cumulative` (since the first year).

    Raises
    ------
    ParameterError
        They share no year.

    Examples
    --------
    >>> found = intensity(pd.Series({2020: 10.0, 2021: 10.0}), pd.Series({2020: 5.0, 2021: 5.5}))
    >>> found["change"].round(4).tolist()
    [nan, -0.0909]
    """
    years = [year for year in amount.dropna().index if year in product.index]
    if not years:
        raise ParameterError(
            "amounts and product share no year; give both for the same years.",
            "用量与生产总值没有共同年份。",
        )
    frame = pd.DataFrame({"amount": amount.reindex(years), "product": product.reindex(years)})
    frame = frame.sort_index()
    frame["intensity"] = frame["amount"] / frame["product"]
    before = frame["intensity"].shift()
    follows = np.diff(frame.index.to_numpy(dtype=float), prepend=np.nan) == 1
    frame["change"] = (frame["intensity"] / before - 1).where(follows)
    frame["cumulative"] = frame["intensity"] / frame["intensity"].iloc[0] - 1
    return frame


def intensity_change(amount_growth: float, product_growth: float) -> float:
    """Change of an intensity from two growth rates, all as shares: (1 + g_E)/(1 + g_Y) - 1.

    Examples
    --------
    Shanxi in 2020: energy +0.6 %, product +3.6 % at constant prices. Published: -2.88 %.

    >>> round(intensity_change(0.006, 0.036), 4)
    -0.029
    """
    if not (amount_growth > -1 and product_growth > -1):
        raise ParameterError(
            "growth rates are shares above -1: 0.05 for 5 %.", "增长率应为大于 -1 的小数。"
        )
    return (1 + amount_growth) / (1 + product_growth) - 1


def required_yearly_change(target: float, so_far: float, years_left: int) -> float:
    """The yearly change that still meets a cumulative target; all as shares.

    Parameters
    ----------
    target
        Cumulative change aimed at, such as -0.145.
    so_far
        Cumulative change reached.
    years_left
        Whole years that remain, one or more.

    Examples
    --------
    >>> round(required_yearly_change(-0.145, -0.10, 1), 3)
    -0.05
    """
    if years_left < 1 or not (target > -1 and so_far > -1):
        raise ParameterError(
            "years_left is one or more, changes are shares above -1.",
            "剩余年数至少为 1，变化率为大于 -1 的小数。",
        )
    return ((1 + target) / (1 + so_far)) ** (1 / years_left) - 1
