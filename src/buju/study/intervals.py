"""What draws say of a published figure: its interval, its direction, where it stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju.study.model import DrawSpec

Array = np.ndarray
NOTHING = 1e-8
"""A smaller change or gap is none: certified answers are exact to this in log wages."""


def summary(hats: Array, asked: DrawSpec, point: Any) -> pd.DataFrame:
    """Interval and direction of changes drawn, and where the published change stands, by place.

    Parameters
    ----------
    hats
        Under every draw, (draws, places).
    point
        The published hats, (places,).

    Returns
    -------
    DataFrame
        `low`, `median`, `high` of the change (share), `positive` (share of draws above zero),
        `direction`: "up", "down", "none" where no draw changes anything, or "uncertain" where the
        sign differs in more than `flip` of the draws, `point`: "inside", "below" or "above" the
        interval. NaN and "not drawn" without any certified draw.
    """
    change = hats[~np.isnan(hats).any(axis=1)] - 1
    if not len(change):
        bounds = ["low", "median", "high", "positive"]
        nothing = pd.DataFrame(np.nan, index=range(hats.shape[1]), columns=bounds)
        return nothing.assign(direction="not drawn", point="not drawn")
    tail = (1 - asked.interval) / 2
    low, median, high = np.quantile(change, [tail, 0.5, 1 - tail], axis=0)
    found = pd.DataFrame({"low": low, "median": median, "high": high})
    published = np.asarray(point, dtype=np.float64) - 1
    below, above = published < low - NOTHING, published > high + NOTHING
    return found.assign(
        positive=(change > 0).mean(axis=0),
        direction=_direction(change, asked.flip),
        point=np.select([below, above], ["below", "above"], "inside"),
    )


def _direction(change: Array, flip: float) -> Array:
    positive = (change > 0).mean(axis=0)
    certain = np.minimum(positive, 1 - positive) <= flip
    direction = np.where(certain, np.where(positive > 0.5, "up", "down"), "uncertain")
    return np.where(np.abs(change).max(axis=0) <= NOTHING, "none", direction)


def interval_note(asked: DrawSpec, found: pd.DataFrame) -> tuple[str, str]:
    """What an interval is, and whether figures fall outside theirs, in Chinese and English."""
    if not asked.count:
        return "没有抽样，未给出区间。", "No draws were made, so there are no intervals."
    outside = [found[column].isin(("below", "above")) for column in found if _is_point(column)]
    rows = int(np.logical_or.reduce(outside).sum()) if len(found) else 0
    zh, en = "公布的数值都在各自的区间内。", "Every published figure lies within its interval."
    if rows:
        zh = f"{len(found)} 行中有 {rows} 行的公布数值落在自己的区间之外，见“位置”列。"
        en = (
            f"In {rows} of {len(found)} rows a published figure lies outside its own interval: the "
            "columns that end in `_point` say which."
        )
    return (
        f"区间为 {asked.count} 次抽样的中间 {asked.interval:.0%}，各参数高于和低于研究取值的"
        f"机会相等；符号在超过 {asked.flip:.0%} 的抽样中相反时，方向不确定。" + zh,
        f"Intervals hold the middle {asked.interval:.0%} of {asked.count} draws, in which each "
        "parameter is as likely above the study's value as below it; the direction is uncertain "
        f"where the sign differs in more than {asked.flip:.0%} of them. " + en,
    )


def _is_point(column: Any) -> bool:
    return str(column).endswith("_point")
