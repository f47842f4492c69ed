"""No choice keeps all rules: which of them contradict each other, and what would have to give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, eye_array, hstack

from buju.decide.portfolio.highs import optimise
from buju.decide.portfolio.rows import Rows
from buju.decide.portfolio.solver import Model
from buju.errors import BujuError

Floats = npt.NDArray[np.float64]
SLACK = 1e-7


class Infeasible(BujuError):
    """No choice keeps all rules.

    Attributes
    ----------
    conflict
        Rules `kind, key, english, chinese` that contradict each other; without any one of them the
        others can be kept.
    repair
        The rules that give way in the repair that stretches rules least, each by the share of its
        largest entry: `kind, key, stretch`, and `amount` for budgets and quotas in their own unit.
    """

    def __init__(
        self, english: str, chinese: str, *, conflict: pd.DataFrame, repair: pd.DataFrame
    ) -> None:
        super().__init__(english, chinese)
        self.conflict = conflict
        self.repair = repair


def infeasible(model: Model) -> Infeasible:
    """The refusal to raise for a programme that no choice satisfies.

    References
    ----------
    Chinneck and Dravnieks (1991), ORSA Journal on Computing 3(2): elastic and deletion filters.
    """
    stated = model.rows
    _, first = _stretched(model, stated, set())
    core = _irreducible(model, stated, _filtered(model, stated))
    conflict = pd.DataFrame(
        [vars(stated.rules[k]) for k in sorted(core)], columns=["kind", "key", "english", "chinese"]
    )
    english = "; ".join(conflict["english"]) or "starts are allowed in no year"
    chinese = "；".join(conflict["chinese"]) or "没有任何允许的开工年份"
    repair = _repair(stated, first)
    gives, gives_zh = _words(repair)
    return Infeasible(
        f"no choice keeps all rules. These contradict each other: {english}. {gives}",
        f"没有满足全部约束的组合。相互冲突的约束：{chinese}。{gives_zh}",
        conflict=conflict,
        repair=repair,
    )


def _stretched(model: Model, stated: Rows, firm: set[int]) -> tuple[bool, Floats]:
    """Least total stretch of the rules that are not firm: whether possible, stretch by row."""
    m = len(stated.low)
    soft = (stated.owner >= 0) & ~np.isin(stated.owner, list(firm))
    slack = eye_array(m, format="csr")
    whole: csr_array = hstack([stated.A, slack, -slack], format="csr")
    columns = model.columns
    give = np.where(soft, np.inf, 0.0)
    found = optimise(
        model.arrays,
        columns,
        np.concatenate([np.zeros(columns.size), -np.ones(2 * m)]),
        [LinearConstraint(whole, stated.low, stated.high)],
        high=np.concatenate([give, give]),
    )
    if found.x is None:
        return False, np.zeros(m)
    stretch: Floats = found.x[columns.size : columns.size + m] + found.x[columns.size + m :]
    return True, stretch


def _filtered(model: Model, stated: Rows) -> set[int]:
    """Rules that had to stretch, made firm one after the other until nothing is possible."""
    firm: set[int] = set()
    while len(firm) < len(stated.rules):
        possible, stretch = _stretched(model, stated, firm)
        if not possible:
            break
        gave = set(stated.owner[(stretch > SLACK) & (stated.owner >= 0)].tolist()) - firm
        if not gave:
            break
        firm |= gave
    return firm


def _irreducible(model: Model, stated: Rows, core: set[int]) -> set[int]:
    """Rules none of which can be spared from the contradiction."""
    others = set(range(len(stated.rules)))
    for rule in sorted(core):
        if not _possible(model, stated.without(others - (core - {rule}))):
            core = core - {rule}
    return core


def _possible(model: Model, stated: Rows) -> bool:
    limits = [LinearConstraint(stated.A, stated.low, stated.high)]
    found = optimise(model.arrays, model.columns, np.zeros(model.columns.size), limits)
    return found.x is not None


def _repair(stated: Rows, stretch: Floats) -> pd.DataFrame:
    rows = []
    for k, rule in enumerate(stated.rules):
        mine = stated.owner == k
        most = float(stretch[mine].max(initial=0.0))
        if most > SLACK:
            scale = float(stated.scale[mine][0])
            amount = most * scale if rule.kind in ("budget", "quota") else np.nan
            rows.append({"kind": rule.kind, "key": rule.key, "stretch": most, "amount": amount})
    return pd.DataFrame(rows, columns=["kind", "key", "stretch", "amount"])


def _words(repair: pd.DataFrame) -> tuple[str, str]:
    if repair.empty:
        return "", ""
    parts, parts_zh = [], []
    for row in repair.to_dict("records"):
        by = f" by {row['amount']:g}" if row["amount"] == row["amount"] else ""
        by_zh = f" {row['amount']:g}" if by else ""
        parts.append(f"{row['kind']} {row['key']}{by}")
        parts_zh.append(f"{_ZH[row['kind']]} {row['key']}{by_zh}")
    return (
        f"The smallest change that helps: loosen {'; '.join(parts)}.",
        f"改动最小的办法：放宽 {'；'.join(parts_zh)}。",
    )


_ZH = {
    "budget": "预算",
    "quota": "配额",
    "required": "必选",
    "prerequisite": "前置",
    "exclusion": "互斥",
}
