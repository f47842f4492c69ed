"""Circles by the numbers beside circles by the plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import FEW
from buju.measure.tables import require_columns, table

COLUMNS = ("place", "core", "minutes", "inside", "margin", "nearest")


def circle_table(
    circle: pd.DataFrame, plan: pd.DataFrame, *, cores: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Where travel times and the plan agree on who belongs to which circle.

    Parameters
    ----------
    circle
        What `circle` returns.
    plan
        Planned membership, one row a group and place: `group`, `place`. A place may stand in
        several groups or in none.
    cores
        {group: core}, for groups that are not called by the code of their core city.

    Returns
    -------
    DataFrame
        One row a place, in the order of `circle`: `place`, `by_numbers` and `by_plan` (groups
        joined by ";", in the order of the plan; empty text for none), `agreement` ("same",
        "neither", "numbers_only", "plan_only" or, where both name groups that differ,
        "different"), `core` (the nearest), `minutes` and `margin` to it. Where no core can be
        reached `core` is missing and `minutes` infinite.

    Raises
    ------
    SchemaError
        A column is missing, a planned place is not in `circle`, or a group has no core there.

    References
    ----------
    Own definition.

    Examples
    --------
    >>> from buju.measure import circle
    >>> times = circle([[0, 90], [50, 65], [70, 80]], ["A", "B"], labels=["A", "x", "y"])
    >>> plan = pd.DataFrame({"group": ["A", "B", "B"], "place": ["A", "x", "y"]})
    >>> circle_table(times, plan)[["place", "by_numbers", "by_plan", "agreement"]]
      place by_numbers by_plan  agreement
    0     A          A       A       same
    1     x          A       B  different
    2     y                  B  plan_only
    """
    require_columns(circle, COLUMNS, name="circle")
    members = table(plan, name="plan", key=["group", "place"])
    _refuse_unknown(members["place"], circle["place"], "place", "give it a time to each core")
    groups = list(dict.fromkeys(members["group"]))
    core_of = {group: (cores or {}).get(group, group) for group in groups}
    _refuse_unknown(pd.Series(list(core_of.values())), circle["core"], "core", "name it in `cores`")

    within = _pairs(circle[circle["inside"]], "core")
    planned = _pairs(members, "group")
    places = list(dict.fromkeys(circle["place"]))
    numbers = [tuple(g for g in groups if (core_of[g], place) in within) for place in places]
    wishes = [tuple(g for g in groups if (g, place) in planned) for place in places]
    nearest = circle[circle["nearest"]].set_index("place").reindex(places)
    return pd.DataFrame(
        {
            "place": places,
            "by_numbers": [";".join(found) for found in numbers],
            "by_plan": [";".join(found) for found in wishes],
            "agreement": [_verdict(a, b) for a, b in zip(numbers, wishes, strict=True)],
            "core": nearest["core"].to_numpy(),
            "minutes": nearest["minutes"].fillna(np.inf).to_numpy(),
            "margin": nearest["margin"].fillna(-np.inf).to_numpy(),
        }
    )


def _pairs(frame: pd.DataFrame, column: str) -> set[tuple[str, str]]:
    return set(zip(frame[column], frame["place"], strict=True))


def _verdict(numbers: tuple[str, ...], plan: tuple[str, ...]) -> str:
    if numbers == plan:
        return "same" if plan else "neither"
    if not plan:
        return "numbers_only"
    return "different" if numbers else "plan_only"


def _refuse_unknown(asked: pd.Series[str], known: pd.Series[str], what: str, remedy: str) -> None:
    unknown = list(dict.fromkeys(asked[~asked.isin(known)]))
    if unknown:
        raise SchemaError(
            f"plan: no {what} {', '.join(repr(code) for code in unknown[:FEW])} in the circle "
            f"({len(unknown)} in all); {remedy}, or leave it out.",
            f"plan：圈层计算中没有 {', '.join(unknown[:FEW])}（共 {len(unknown)} 个）。",
        )
