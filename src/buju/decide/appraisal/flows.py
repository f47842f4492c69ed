"""The cash flows of a project as a table, at the prices of one year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buju.decide.faults import Faults, columns, one_price_year
from buju.errors import SchemaError

KINDS = ("cost", "benefit")
PAYERS = ("public", "private")
METHODS = ("welfare", "rule_of_half")
OTHER = "other"
STAGES = ("works", "running")
OPTIONAL = {"payer": "public", "method": OTHER, "stage": "", "place": ""}


def stream(
    item: str,
    kind: str,
    amount: float,
    first: int,
    last: int | None = None,
    *,
    growth: float = 0.0,
    **columns: object,
) -> pd.DataFrame:
    """Rows of one item, the same amount every year or growing.

    Parameters
    ----------
    item
        What it is called.
    kind
        "cost" or "benefit".
    amount
        Of the first year, in the unit and at the prices of the whole table.
    first, last
        Calendar years, both included; one year when `last` is left out.
    growth
        Real growth a year after the first.
    columns
        Further columns of every row, such as place="140902", payer="private", stage="works".

    Examples
    --------
    >>> stream("upkeep", "cost", 2.0, 2030, 2032, growth=0.1)["amount"].round(3).tolist()
    [2.0, 2.2, 2.42]
    """
    years = np.arange(first, (first if last is None else last) + 1)
    if not len(years):
        raise SchemaError(
            f"item '{item}': the last year {last} lies before the first {first}",
            f"'{item}'：末年 {last} 早于首年 {first}",
        )
    amounts = amount * (1 + growth) ** (years - first)
    return pd.DataFrame({"item": item, "kind": kind, "year": years, "amount": amounts} | columns)


def at_prices(table: pd.DataFrame, index: Mapping[int, float], year: int) -> pd.DataFrame:
    """The same amounts at the prices of one year.

    Parameters
    ----------
    table
        Columns `amount` and `price_year`.
    index
        {year: price level}, any base, with every price year of the table and `year`.
    year
        The price year wanted.

    Raises
    ------
    SchemaError
        A column is absent, an amount has no price year, or the index lacks a year or is not above
        zero.

    Examples
    --------
    >>> old = pd.DataFrame({"amount": [100.0], "price_year": [2015]})
    >>> at_prices(old, {2015: 100, 2020: 112}, 2020)["amount"].round(6).tolist()
    [112.0]
    """
    columns(table, "amounts", ["amount", "price_year"])
    faults = Faults()
    if table["price_year"].isna().any():
        row = table.index[table["price_year"].isna()][0]
        faults.add(f"amounts, row {row}: no price year", f"金额第 {row} 行没有价格年份")
    for needed in sorted({int(y) for y in table["price_year"].dropna()} | {year}):
        if not index.get(needed, np.nan) > 0:
            faults.add(
                f"price index: {needed} is {index.get(needed)}; a level above 0 is needed",
                f"价格指数：{needed} 年为 {index.get(needed)}；应为正数",
            )
    faults.raise_any()
    level = table["price_year"].astype(int).map(dict(index)).to_numpy(np.float64)
    return table.assign(amount=table["amount"] * index[year] / level, price_year=year)


def checked(table: pd.DataFrame, base_year: int, price_year: int) -> pd.DataFrame:
    """The table with every optional column; refuses faults, all of them together.

    Raises
    ------
    SchemaError
        Unknown words, missing or infinite benefits, years before the base year, amounts at other
        prices.
    """
    columns(table, "flows", ["item", "kind", "year", "amount"])
    faults = Faults()
    full = table.copy().reset_index(drop=True)
    for name, default in OPTIONAL.items():
        given = full[name] if name in full.columns else pd.Series(pd.NA, index=full.index)
        full[name] = given.astype(object).where(given.notna(), default).astype(str)
    _words(full, faults)
    one_price_year(full, "flows", "item", faults)
    if "price_year" in full.columns:
        stated = {int(y) for y in full["price_year"].dropna()}
        if len(stated) == 1 and stated != {price_year}:
            faults.add(
                f"flows: amounts are at prices of {stated.pop()}, the appraisal at those of "
                f"{price_year}; convert them with at_prices",
                f"flows：金额为 {full['price_year'].iloc[0]} 年价格，评价采用 {price_year} 年价格；"
                "请用 at_prices 换算",
            )
    faults.numbers(full, "flows", "item", "year", least=-np.inf)
    benefits = full[full["kind"] == "benefit"]
    faults.numbers(benefits, "flows", "item", "amount")
    costs = full[(full["kind"] == "cost") & full["amount"].notna()]
    faults.numbers(costs, "flows", "item", "amount")
    faults.raise_any()
    _years(full, base_year, faults)
    faults.raise_any()
    return full.astype({"year": int, "amount": float})


def _words(full: pd.DataFrame, faults: Faults) -> None:
    known = {
        "kind": KINDS, "payer": PAYERS, "method": (*METHODS, OTHER), "stage": ("", *STAGES),
    }  # fmt: skip
    for name, words in known.items():
        for row in full.loc[~full[name].isin(words), ["item", name]].drop_duplicates().itertuples():
            shown = ", ".join(w for w in words if w)
            faults.add(
                f"flows, item '{row.item}', column '{name}': {row[2]!r}; {shown} are known",
                f"flows，'{row.item}'，列 '{name}'：{row[2]!r}；可用：{shown}",
            )
    both = full[(full["kind"] == "cost") & full["method"].isin(METHODS)]
    for item in both["item"].drop_duplicates():
        faults.add(
            f"flows, item '{item}': a cost counts under every method; leave its method empty",
            f"flows，'{item}'：成本在各种方法下都计入；其 method 请留空",
        )


def _years(full: pd.DataFrame, base_year: int, faults: Faults) -> None:
    for row in full[full["year"] < base_year].drop_duplicates("item").itertuples():
        faults.add(
            f"flows, item '{row.item}': {row.year} lies before the base year {base_year}; what is "
            "spent cannot be undone and does not count, or take an earlier base year",
            f"flows，'{row.item}'：{row.year} 年早于基准年 {base_year}；"
            "已发生的支出不计入，否则请提前基准年",
        )
    whole = full["year"] == np.floor(full["year"].astype(float))
    for item in full.loc[~whole, "item"].drop_duplicates():
        faults.add(f"flows, item '{item}': years must be whole", f"flows，'{item}'：年份应为整数")
