"""Why a project is out: the rules in its way, or what it would take from the total."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.portfolio.rows import Rule
from buju.decide.portfolio.solver import HOLDS, Model

Ints = npt.NDArray[np.int64]


def explained(model: Model, start: Ints) -> pd.DataFrame:
    """One row a project, with the reason why it is in or out; see `Portfolio.projects`.

    A project that is out is added to the choice alone, everything else as it is, in the year in
    which the fewest rules are in the way.
    """
    programme, value = model.programme, model.arrays.value(start)
    rows = []
    for i, code in enumerate(programme.codes):
        row: dict[str, Any] = {"project": code, "chosen": bool(start[i] >= 0)}
        year = programme.years[start[i]] if start[i] >= 0 else pd.NA
        row |= {"start": year, "blocked_by": "", "gain": np.nan, "loss_if_required": np.nan}
        if start[i] >= 0:
            words = (f"chosen, begins in {year}", f"入选，{year} 年开工")
            rows.append(row | {"reason": "chosen", "english": words[0], "chinese": words[1]})
        else:
            rows.append(row | _out(model, start, i, value))
    frame = pd.DataFrame(rows).astype({"start": "Int64"})
    order = ["project", "chosen", "start", "reason", "blocked_by", "gain", "loss_if_required"]
    return frame[[*order, "english", "chinese"]]


def _out(model: Model, start: Ints, i: int, value: float) -> dict[str, Any]:
    tried = []
    for t in np.flatnonzero(model.arrays.allowed[i]):
        with_it = start.copy()
        with_it[i] = t
        rules = _missed(model, with_it)
        less = value - model.arrays.value(with_it)
        tried.append((len(rules), less, model.programme.years[t], rules))
    if not tried:
        return {
            "reason": "start",
            "english": "it may begin in no budget year: look at earliest, latest and duration",
            "chinese": "没有可行的开工年份：请检查 earliest、latest 与 duration",
        }
    _, less, year, rules = min(tried, key=lambda option: option[:3])
    gain = -less
    if not rules:
        return {
            "reason": "worth",
            "gain": gain,
            "english": f"no rule is in the way; with it the total would change by {gain:+.6g}",
            "chinese": f"没有约束阻碍；纳入后总值变化 {gain:+.6g}",
        }
    names = " and the ".join(rule.english for rule in rules)
    names_zh = "、".join(rule.chinese for rule in rules)
    verb = "is" if len(rules) == 1 else "are"
    return {
        "reason": ";".join(dict.fromkeys(rule.kind for rule in rules)),
        "blocked_by": ";".join(rule.key for rule in rules),
        "gain": gain,
        "english": f"begun in {year}, the {names} {verb} in the way; with it the total would "
        f"change by {gain:+.6g}",
        "chinese": f"若 {year} 年开工，受阻于：{names_zh}；若不受阻，纳入后总值变化 {gain:+.6g}",
    }


def _missed(model: Model, start: Ints) -> list[Rule]:
    missed = model.rows.misses(model.variables(start)) > HOLDS
    owners = dict.fromkeys(int(owner) for owner in model.rows.owner[missed] if owner >= 0)
    return [model.rows.rules[owner] for owner in owners]
