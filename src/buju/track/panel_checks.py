"""What a panel of growth may not be: each fault refused by its own type, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.track.forecast.model import year_effects
from buju.track.forecast.series import Array
from buju.track.refusals import Fractions, MixedKinds, MixedPrices, TooShort

OBSERVED = frozenset({"outturn", "observed"})
LEAST_PLACES = 3
_SHOWN = 8
_FRACTION = 0.5
"""Growth that never exceeds half a per cent is rare enough to be asked about."""


def check_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with numbers, each place and year once, observed and in one unit."""
    absent = [name for name in ("place", "year", "value") if name not in table.columns]
    if absent:
        raise SchemaError(
            f"panel: column(s) {', '.join(absent)} are missing; one row a place and year, with "
            "place, year and value (growth in per cent)",
            f"panel：缺少列 {'、'.join(absent)}；"
            "应为每地每年一行，含列 place、year、value（增速，%）",
        )
    rows = table.reset_index(drop=True).copy()
    numbers = pd.to_numeric(rows["value"], errors="coerce").astype(float)
    wrong = (numbers.isna() & rows["value"].notna()) | np.isinf(numbers)
    if wrong.any():
        row = rows[wrong].iloc[0]
        raise SchemaError(
            f"panel, place {row['place']}, {row['year']}: {row['value']!r} is no number; write per "
            "cent as a plain number, or leave it empty where it is not known",
            f"panel，地点 {row['place']}，{row['year']} 年：{row['value']!r} 不是数字；"
            "请只写百分数的数值，未知则留空",
        )
    rows = rows.assign(
        value=numbers, place=rows["place"].astype(str), year=rows["year"].astype(int)
    )
    twice = rows[rows.duplicated(["place", "year"], keep=False)]
    if len(twice):
        row = twice.iloc[0]
        raise SchemaError(
            f"panel: place {row['place']}, {row['year']} stands more than once; keep one figure, "
            "and say in a note what others were published",
            f"panel：地点 {row['place']} {row['year']} 年重复出现；请只保留一个数，其余写入备注",
        )
    _check_kinds(rows)
    one_word(rows, "unit", None)
    return rows


def _check_kinds(rows: pd.DataFrame) -> None:
    odd = rows[~rows["kind"].isin(OBSERVED)] if "kind" in rows else rows[:0]
    if len(odd):
        row = odd.iloc[0]
        raise MixedKinds(
            f"panel, place {row['place']}, {row['year']}: a figure of kind {row['kind']!r} among "
            "observed growth; forecasts learn from outturns only: take seed, plan and study rows "
            "out of the panel",
            f"panel，地点 {row['place']}，{row['year']} 年：实绩中混有“{row['kind']}”类数值；"
            "预测只用实绩，请去掉公告、规划和研究数",
        )


def one_word(rows: pd.DataFrame, column: str, expected: str | None) -> str:
    """The one word of a column, the same as was expected; empty where nothing says.

    Raises
    ------
    MixedPrices
        Several words, some rows without one, or another than expected.
    """
    found = list(dict.fromkeys(rows[column].dropna())) if column in rows else []
    empty = column in rows and bool(rows[column].isna().any())
    if len(found) > 1 or (found and empty):
        said = ", ".join([*map(str, found), *(["not stated"] if empty else [])])
        raise MixedPrices(
            f"panel, column '{column}': {said} stand side by side; growth at current prices holds "
            "inflation and cannot be compared with growth at constant prices: keep one of them",
            f"panel，列“{column}”：{said} 混用；"
            "现价增速含价格变动，不能与不变价增速并列，请只保留一种",
        )
    if found and expected and found[0] != expected:
        raise MixedPrices(
            f"the panel is at {found[0]} prices and the target at {expected} prices; deflate one "
            "of them with a price index first",
            f"面板为 {found[0]} 价，目标为 {expected} 价，口径不同；请先用价格指数换算",
        )
    return str(found[0]) if found else expected or ""


def check_fractions(rows: pd.DataFrame) -> None:
    """Refuse growth that looks like fractions, in all places or in some of them."""
    size = rows["value"].abs().groupby(rows["place"]).max().dropna()
    small = size[(size <= _FRACTION) & (size > 0)]
    if small.empty or (len(small) < len(size) and size.max() < 2):
        return
    who = ", ".join(list(map(str, small.index))[:_SHOWN])
    raise Fractions(
        f"panel: growth of {who} never exceeds {_FRACTION} in size: fractions, such as 0.08 for "
        "8 %? Write per cent: multiply by 100; say small_growth=True where it is meant",
        f"panel：{who} 的增速绝对值从未超过 {_FRACTION}，疑为小数（0.08 表示 8%）；"
        "请乘以 100，按百分数填写；确为如此则写 small_growth=True",
    )


def check_target(target: float, values: Array) -> float:
    """A target in per cent beside growth in per cent.

    Raises
    ------
    ParameterError, Fractions
        The target is no number, or looks like a fraction.
    """
    if isinstance(target, bool) or not np.isfinite(target):
        raise ParameterError(
            f"target {target!r}: a number in per cent is needed",
            f"目标 {target!r}：应为百分数的数值",
        )
    usual = float(np.nanmedian(np.abs(values)))
    if 0 < abs(target) <= _FRACTION and usual > 10 * abs(target):
        raise Fractions(
            f"target {target:g} beside growth of about {usual:.1f} per cent: a fraction? Write "
            f"{100 * target:g} for {target:.0%}",
            f"目标 {target:g}，而增速约为 {usual:.1f}%：疑为小数；"
            f"{target:.0%} 请写作 {100 * target:g}",
        )
    return float(target)


def check_length(rows: pd.DataFrame, least_years: int, aside: int) -> None:
    """Refuse a panel with too few places, once those with too few years are out."""
    places = rows["place"].nunique()
    if places >= LEAST_PLACES:
        return
    raise TooShort(
        f"panel: {places} place(s) with {least_years} year(s) are left after {aside} figure(s) "
        f"were put aside; {LEAST_PLACES} places are the least: add years or places, or lower "
        "least_years and read the interval with care",
        f"panel：剔除 {aside} 个数后，只剩 {places} 地有 {least_years} 年；"
        f"至少需要 {LEAST_PLACES} 地：请补充年份或地点，或降低 least_years 并谨慎看待区间",
    )


def check_variation(values: Array) -> None:
    """Refuse a panel in which nothing varies."""
    if not varies(values):
        raise TooShort(
            "growth is the same in every year or moves alike in every place, so that nothing can "
            "be learnt about how it varies; check that figures were not copied down",
            "各地各年增速没有差异，无法推断其波动；请检查是否误将同一数值填充到各行",
        )


def varies(values: Array) -> bool:
    """Whether years differ, and places beside them."""
    effect = year_effects(values)
    beside = values - effect
    own = np.nanvar(beside - np.nanmean(beside, axis=1)[:, None])
    return bool(effect.var() > 1e-12 and own > 1e-12)
