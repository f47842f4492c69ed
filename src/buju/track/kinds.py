"""Kinds of figures that are never one series: announced, planned, observed, studied."""

from __future__ import annotations

import pandas as pd

from buju.errors import SchemaError
from buju.track.refusals import MixedKinds, MixedPrices, NoBaseline

KINDS = ("seed", "plan", "outturn", "study", "baseline")
AIMS = ("seed", "plan")
"""Kinds that ask for something; outturns, studies and baselines do not."""


def one_kind(targets: pd.DataFrame, kind: str | None = None) -> pd.DataFrame:
    """The rows of one kind; of the only kind there is, where none is asked for.

    Raises
    ------
    MixedKinds
        Several kinds stand together and none was asked for.
    SchemaError
        An unknown kind.

    Examples
    --------
    >>> rows = pd.DataFrame({"target": ["A", "B"], "kind": ["plan", "outturn"]})
    >>> one_kind(rows, "plan")["target"].tolist()
    ['A']
    """
    odd = targets[~targets["kind"].isin(KINDS)]
    asked = [] if kind is None or kind in KINDS else [kind]
    if len(odd) or asked:
        raise SchemaError(
            f"targets: kind {[*asked, *odd['kind']][0]!r} is none of {', '.join(KINDS)}",
            f"targets：类别 {[*asked, *odd['kind']][0]!r} 不在 {'、'.join(KINDS)} 之中",
        )
    if kind is not None:
        return targets[targets["kind"] == kind]
    found = list(dict.fromkeys(targets["kind"]))
    if len(found) > 1:
        who = ", ".join(
            f"{targets.loc[targets['kind'] == k, 'target'].iloc[0]} ({k})" for k in found
        )
        raise MixedKinds(
            f"targets of the kinds {', '.join(found)} stand together ({who}, …); an announcement, "
            "a plan, an outturn and a study are never one series: ask for one kind",
            f"targets 混有类别 {'、'.join(found)}（{who} 等）；"
            "公告、规划、实绩、研究不能合为一列，请指定一种",
        )
    return targets


def beside(target: pd.Series, outturns: pd.DataFrame) -> pd.DataFrame:
    """Outturns that may be compared with a target, with the gap to it.

    Parameters
    ----------
    target
        A row of kind seed or plan: `target`, `kind`, `indicator`, `unit`, `value`, `direction`,
        and `prices` where stated.
    outturns
        `kind` ("outturn" or "observed"), `indicator`, `unit`, `value`, and `prices` where stated.

    Returns
    -------
    DataFrame
        `outturns` with `gap` (value less target, in the unit) and `met`.

    Raises
    ------
    MixedKinds
        The target is no aim, or an outturn is none, or another indicator or unit.
    MixedPrices
        One is at current and the other at constant prices.
    NoBaseline
        The target has no value: only a direction was announced.
    """
    name = target["target"]
    if target["kind"] not in AIMS:
        raise MixedKinds(
            f"{name} is of kind {target['kind']!r}: only seed and plan rows set a target",
            f"{name} 的类别是“{target['kind']}”：只有公告和规划才是目标",
        )
    for column, allowed in (
        ("kind", ("outturn", "observed")),
        ("indicator", (target["indicator"],)),
        ("unit", (target["unit"],)),
    ):
        odd = outturns[~outturns[column].isin(allowed)]
        if len(odd):
            raise MixedKinds(
                f"{name}: {column} {odd[column].iloc[0]!r} beside {allowed[0]!r}; compare like "
                "with like: outturns of the same indicator in the same unit",
                f"{name}：{column} 为“{odd[column].iloc[0]}”，应为“{allowed[0]}”；"
                "只能与同一指标、同一单位的实绩比较",
            )
    _same_prices(target, outturns)
    if pd.isna(target["value"]):
        raise NoBaseline(
            f"{name} has no value, only a direction; show the outturns without a gap",
            f"{name} 只公布了方向，没有数值；请只列实绩，不计差距",
        )
    met = [meets(value, target["value"], target["direction"]) for value in outturns["value"]]
    return outturns.assign(gap=outturns["value"] - target["value"], met=met)


def _same_prices(target: pd.Series, outturns: pd.DataFrame) -> None:
    if "prices" not in outturns or "prices" not in target:
        return
    odd = outturns[
        outturns["prices"].fillna("") != ("" if pd.isna(target["prices"]) else target["prices"])
    ]
    if len(odd):
        raise MixedPrices(
            f"{target['target']} is at {target['prices']} prices and an outturn at "
            f"{odd['prices'].iloc[0]} prices; bring both to one with a price index",
            f"{target['target']} 为 {target['prices']} 价，实绩为 {odd['prices'].iloc[0]} 价；"
            "请先用价格指数统一口径",
        )


def meets(actual: float, target: float, direction: str | None) -> bool:
    """Whether a figure meets a target; "up" and ">=" from above, "down" and "<=" from below.

    >>> meets(8.1, 8.0, "up"), meets(1.9, 2.0, "<="), meets(14, 15, "=")
    (True, True, False)
    """
    if direction in ("down", "<="):
        return bool(actual <= target)
    if direction == "=":
        return bool(actual == target)
    return bool(actual >= target)
