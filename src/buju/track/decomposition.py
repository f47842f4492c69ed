"""Why an aggregate changed: contributions to growth, and the logarithmic mean Divisia index."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.measure import shift_share
from buju.track.forecast.series import Array

__all__ = ["contributions", "lmdi", "shift_share"]

Form = Literal["additive", "multiplicative"]


def lmdi(
    first: pd.DataFrame, last: pd.DataFrame, factors: list[str], *, form: Form = "additive"
) -> pd.DataFrame:
    """Parts of a change in V = Σ_i x_1i x_2i … that go to each factor; nothing is left over.

    Additive: ΔV_k = Σ_i L(V_i', V_i) ln(x_ki' / x_ki), in the unit of V. Multiplicative (LMDI-I):
    ln D_k = Σ_i L(V_i', V_i) / L(V', V) ln(x_ki' / x_ki), a ratio. L(a, b) = (a - b) / ln(a / b).

    Parameters
    ----------
    first, last
        One row a category i (sector, fuel), index the same in both; columns are the factors, whose
        product is the category's part of V. Zero or more: a zero takes the analytical limit.
    factors
        Columns to be told apart, such as ["output", "share", "intensity"].
    form
        "additive" or "multiplicative".

    Returns
    -------
    DataFrame
        One row a factor and a last row "total": `factor`, `effect` and, for the additive form,
        each category's part as a column of its own.

    Raises
    ------
    SchemaError
        Categories differ, a column is missing, a value is missing or below zero.
    ParameterError
        An unknown form; a multiplicative form of an aggregate that starts or ends at zero, or
        holds zeros that leave a ratio without meaning.

    References
    ----------
    Ang (2005), Energy Policy 33; zeros: Wood and Lenzen (2006), Energy Policy 34.

    Examples
    --------
    >>> first = pd.DataFrame({"output": [100.0, 100], "share": [0.5, 0.5], "intensity": [2.0, 1]})
    >>> last = pd.DataFrame({"output": [120.0, 120], "share": [0.4, 0.6], "intensity": [1.8, 1]})
    >>> parts = lmdi(first, last, ["output", "share", "intensity"]).set_index("factor")["effect"]
    >>> parts.round(2).to_dict()
    {'output': 27.96, 'share': -9.76, 'intensity': -9.8, 'total': 8.4}
    """
    if form not in ("additive", "multiplicative"):
        raise ParameterError(
            f"form {form!r}: 'additive' or 'multiplicative'",
            f"form {form!r}：应为 'additive'（加法）或 'multiplicative'（乘法）",
        )
    one, two = _values(first, last, factors)
    before, after = one.prod(axis=1), two.prod(axis=1)
    if form == "additive":
        parts = _effects(one, two, before, after)
        total = after - before
        table = pd.DataFrame(parts.T, columns=[str(name) for name in first.index])
        table.loc[len(table)] = total
        table.insert(0, "effect", [*parts.sum(axis=0), total.sum()])
        table.insert(0, "factor", [*factors, "total"])
        return table
    return _ratios(one, two, before, after, factors)


def _ratios(
    one: Array, two: Array, before: Array, after: Array, factors: list[str]
) -> pd.DataFrame:
    start, end = before.sum(), after.sum()
    if not (start > 0 and end > 0 and (one > 0).all() and (two > 0).all()):
        raise ParameterError(
            "multiplicative LMDI: every factor must lie above zero, or a ratio has no meaning; use "
            "form='additive', which takes the limit, or merge the empty categories",
            "乘法 LMDI：各因素须大于零，否则比值无意义；请改用加法（可取极限）或合并空类",
        )
    share = log_mean(after, before) / log_mean(np.array(end), np.array(start))
    effect = np.exp((share[:, None] * np.log(two / one)).sum(axis=0))
    return pd.DataFrame({"factor": [*factors, "total"], "effect": [*effect, end / start]})


def _effects(one: Array, two: Array, before: Array, after: Array) -> Array:
    """(I, K), with the limits of Wood and Lenzen where a factor comes from or goes to zero."""
    grown = np.where((one > 0) & (two > 0), two, 1.0) / np.where((one > 0) & (two > 0), one, 1.0)
    parts: Array = log_mean(after, before)[:, None] * np.log(grown)
    for i in np.flatnonzero((before == 0) != (after == 0)):
        turned = (one[i] == 0) != (two[i] == 0)
        parts[i] = np.where(turned, (after[i] - before[i]) / turned.sum(), 0.0)
    return parts


def log_mean(a: Array, b: Array) -> Array:
    """L(a, b) = (a - b) / ln(a / b); a where both are equal, 0 where either is 0.

    >>> log_mean(np.array([2.0, 0.0, np.e]), np.array([2.0, 3.0, 1.0])).round(6).tolist()
    [2.0, 0.0, 1.718282]
    """
    some = (a > 0) & (b > 0)
    ratio = np.where(some, a, 1.0) / np.where(some, b, 1.0)
    log = np.log(ratio)
    close = np.abs(log) < 1e-9
    found = np.where(close, b * (1 + log / 2), (ratio - 1) * b / np.where(close, 1.0, log))
    return np.where(some, found, 0.0)


def _values(first: pd.DataFrame, last: pd.DataFrame, factors: list[str]) -> tuple[Array, Array]:
    if list(first.index) != list(last.index) or first.index.has_duplicates:
        raise SchemaError(
            "lmdi: both dates need the same categories in the same order, each once",
            "lmdi：两期的类别应相同、顺序一致且不重复",
        )
    for name, table in (("first", first), ("last", last)):
        absent = [factor for factor in factors if factor not in table]
        if absent:
            raise SchemaError(
                f"lmdi, {name}: column(s) {', '.join(absent)} are missing",
                f"lmdi，{name}：缺少列 {'、'.join(absent)}",
            )
        values = table[factors].to_numpy(dtype=np.float64)
        wrong = np.argwhere(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            i, k = wrong[0]
            raise SchemaError(
                f"lmdi, {name}, category {table.index[i]}, '{factors[k]}': {values[i, k]}; zero or "
                "more is needed; leave a category without a figure out of both dates, and say so",
                f"lmdi，{name}，类别 {table.index[i]}，“{factors[k]}”：{values[i, k]}；"
                "应不小于零；缺数的类别请两期都去掉并注明",
            )
    return first[factors].to_numpy(dtype=np.float64), last[factors].to_numpy(dtype=np.float64)


def contributions(first: pd.Series, last: pd.Series) -> pd.DataFrame:
    """How many points of an aggregate's growth come from each part.

    Growth of part i times its share at first: 100 (x_i' - x_i) / Σ x. Constant prices, so that
    parts add up.

    Parameters
    ----------
    first, last
        Figures of the parts at both dates, the same index.

    Returns
    -------
    DataFrame
        `part`, `first`, `last`, `growth` (per cent; NaN from zero), `points`; a last row "total".

    Raises
    ------
    SchemaError
        The parts differ, or their sum at first is not above zero.

    Examples
    --------
    >>> parts = contributions(pd.Series({"a": 60.0, "b": 40}), pd.Series({"a": 66.0, "b": 38}))
    >>> parts[["part", "points"]].to_numpy().tolist()
    [['a', 6.0], ['b', -2.0], ['total', 4.0]]
    """
    if list(first.index) != list(last.index) or not first.sum() > 0:
        raise SchemaError(
            "contributions: the same parts at both dates, with a sum above zero at first",
            "贡献分解：两期的构成应一致，且期初合计大于零",
        )
    table = pd.DataFrame({"part": first.index, "first": first.to_numpy(), "last": last.to_numpy()})
    table.loc[len(table)] = ["total", first.sum(), last.sum()]
    change = table["last"] - table["first"]
    growth = 100 * change / table["first"].where(table["first"] > 0)
    return table.assign(growth=growth, points=100 * change / first.sum())
