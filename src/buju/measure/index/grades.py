"""Grades by share of a class, and vetoes that bar the first of them."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any

import pandas as pd

from buju.errors import ParameterError
from buju.measure.index.result import IndexResult
from buju.measure.index.tree import VETO

COMPARE = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


def grade_class(
    part: pd.DataFrame, grades: Mapping[str, float] | None, refill: bool
) -> tuple[list[str], list[int]]:
    """Grade and its number (0 the top) of each unit, in the order of `part`.

    Units at one place that straddle two grades all take the lower: no place is given twice.
    """
    if grades is None:
        return [""] * len(part), [0] * len(part)
    names, shares = list(grades), list(grades.values())
    if any(share < 0 for share in shares) or abs(sum(shares) - 1) > 1e-9:
        raise ParameterError(
            f"the shares of the grades sum to {sum(shares):g}; they must be 1 together.",
            f"各等次比例合计为 {sum(shares):g}，应为 1。",
        )
    n = len(part)
    ends, total = [], 0.0
    for share in shares[:-1]:
        total += share
        ends.append(math.floor(total * n + 1e-9))
    ends.append(n)
    barred = part["veto"].astype(bool)
    order = part.sort_values("rank", kind="stable").index
    queue = order[~barred[order].to_numpy()] if refill else order
    top = {u for u, place in _last_places(part["rank"][queue]).items() if place < ends[0]}
    top -= set(order[barred[order].to_numpy()])
    rest = [u for u in order if u not in top]
    number = dict.fromkeys(top, 0)
    for unit, place in _last_places(part["rank"][rest]).items():
        after = len(top) + place
        first_open = next(g for g, end in enumerate(ends) if after < end)
        number[unit] = min(max(1, first_open), len(names) - 1)
    return [names[number[u]] for u in part.index], [number[u] for u in part.index]


def _last_places(ranks: pd.Series[Any]) -> dict[str, int]:
    """Position, from 0, of the last unit that shares each unit's place; ranks come sorted."""
    last = {rank: k for k, rank in enumerate(ranks)}
    return {str(unit): last[rank] for unit, rank in ranks.items()}


def vetoed_by_rule(result: IndexResult) -> pd.DataFrame:
    """Units that meet a veto of the tree, as rows of reasons."""
    rows = []
    values = result.steps["denominated"]
    for node in result.indicators.tree.nodes:
        match = VETO.match(node.veto)
        if not match or node.code not in values:
            continue
        sign, limit = match.group(1), float(match.group(2))
        for unit, value in values[node.code].dropna().items():
            if COMPARE[sign](value, limit):
                rows.append({
                    "unit": unit, "kind": "veto", "points": 0.0,
                    "reason": f"{node.code} = {value:g} ({node.veto.strip()})",
                    "document": "indicator tree",
                })  # fmt: skip
    return pd.DataFrame(rows, columns=["unit", "kind", "points", "reason", "document"])
