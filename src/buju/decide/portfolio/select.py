"""Which projects to build and when, under yearly budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import LinearConstraint

from buju.decide.portfolio.conflict import infeasible
from buju.decide.portfolio.programme import Programme
from buju.decide.portfolio.reasons import explained
from buju.decide.portfolio.rows import starts
from buju.decide.portfolio.solver import Model, Solved, solve
from buju.errors import ParameterError

Ints = npt.NDArray[np.int64]
Verify = Callable[[pd.DataFrame], float]
"""From the chosen projects (`project`, `start`) to what the full model says they bring together."""


@final
@dataclass(frozen=True)
class Verification:
    """What pairs of projects add up to, beside the full model's answer for the whole choice."""

    approximate: float
    full: float

    @property
    def error(self) -> float:
        """Approximation less full model."""
        return self.approximate - self.full

    @property
    def relative(self) -> float:
        """Error over the size of the full model's answer; infinite where that alone is zero."""
        if not self.error:
            return 0.0
        return self.error / abs(self.full) if self.full else float(np.inf * np.sign(self.error))

    def text(self, language: str = "zh") -> str:
        """One sentence for a report, in "zh" or "en"."""
        if language == "zh":
            return (
                f"两两近似合计 {self.approximate:.6g}，完整模型 {self.full:.6g}，"
                f"近似误差 {self.error:+.3g}（{self.relative:+.2%}）"
            )
        return (
            f"pairs add up to {self.approximate:.6g}, the full model says {self.full:.6g}: "
            f"approximation error {self.error:+.3g} ({self.relative:+.2%})"
        )


@final
@dataclass(frozen=True)
class Portfolio:
    """A choice of projects and years, with how far it may be from the best.

    Attributes
    ----------
    chosen
        `project`, `start` (year), `cost`, `benefit` (as of the first year), in order of start.
    projects
        Every project: `project`, `chosen`, `start`, `reason` ("chosen", "worth", "start" or the
        kinds of rules in the way), `blocked_by` (keys of these rules), `gain` (what adding it
        alone would bring, rules apart), `loss_if_required` (how much the best total falls when it
        must be in; NaN unless asked), `english`, `chinese`.
    spending
        `year`, `budget`, `spent`, `left`; the years' own, whatever is carried over.
    pairs
        `a`, `b`, `benefit` of the interactions that take effect.
    value
        What is reached: benefits and interactions, as of the first year.
    bound
        No choice can reach more than this.
    status
        "optimal" when the gap asked for was met, else "time_limit".
    verification
        Beside the full model; None unless asked.
    """

    chosen: pd.DataFrame
    projects: pd.DataFrame
    spending: pd.DataFrame
    pairs: pd.DataFrame
    value: float
    bound: float
    status: str
    verification: Verification | None = None

    @property
    def gap(self) -> float:
        """(bound - value) / |value|; 0 where both are zero."""
        if self.bound == self.value:
            return 0.0
        return (self.bound - self.value) / abs(self.value) if self.value else float("inf")


def select(
    programme: Programme,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    losses: Sequence[str] = (),
    verify: Verify | None = None,
) -> Portfolio:
    """Choose projects and their years of start so that total benefit is largest.

    Parameters
    ----------
    programme
        Projects, budgets and rules.
    gap
        How far, relatively, the choice may be from the best; 0 for proof.
    time_limit
        Seconds of each solve; the best choice by then is returned with its bound.
    losses
        Projects out of the choice for which `loss_if_required` is computed, a solve each.
    verify
        Answers for the chosen set by the full model, in the unit of the benefits. Effects of
        transport projects are not sums of pairs: without it the value is an approximation.

    Returns
    -------
    Portfolio

    Raises
    ------
    Infeasible
        No choice keeps all rules; the message names the rules in conflict and the smallest change.
    NoChoice
        The time ended before any choice was found.
    ParameterError
        A gap below zero, a time of zero, an unknown project, a full model that gives no number.

    Notes
    -----
    maximise sum b_i d_t x_it + sum q_ij (d_t - d_{t+1}) z_ijt, with x_it whole: project i begins in
    year t. z is 1 where both of a pair have begun; it needs no rounding. Solved by HiGHS.

    References
    ----------
    Zuluaga, Sefair and Medaglia (2007), Model for the selection and scheduling of interdependent
    projects, IEEE Systems and Information Engineering Design Symposium; Huangfu and Hall (2018),
    https://doi.org/10.1007/s12532-017-0130-5 (HiGHS).

    Examples
    --------
    >>> projects = pd.DataFrame({"project": ["road", "rail", "bus"], "cost": [4.0, 6.0, 3.0],
    ...                          "benefit": [3.0, 5.0, 2.5]})
    >>> best = select(Programme(projects=projects, budgets={2027: 6, 2028: 4}))
    >>> best.chosen[["project", "start"]].to_numpy().tolist(), best.value
    ([['rail', 2027], ['road', 2028]], 8.0)
    >>> best.projects["english"].iloc[2]
    'begun in 2027, the budget of 2027 (6) is in the way; with it the total would change by +2.5'
    """
    _check(programme, gap, time_limit, losses)
    model = Model.of(programme)
    found = solve(model, gap=gap, time_limit=time_limit)
    if found.start is None:
        raise infeasible(model)
    table = explained(model, found.start)
    table["loss_if_required"] = [
        _loss(model, found, k, gap, time_limit) if code in losses and found.start[k] < 0 else np.nan
        for k, code in enumerate(programme.codes)
    ]
    result = _portfolio(model, found, table)
    if verify is None:
        return result
    full = float(verify(result.chosen[["project", "start"]].copy()))
    if not np.isfinite(full):
        raise ParameterError(
            f"verify gave {full} for {', '.join(result.chosen['project'])}; a number is expected",
            f"verify 对所选组合给出 {full}；应为有限数",
        )
    return Portfolio(**{**vars(result), "verification": Verification(result.value, full)})


def _check(
    programme: Programme, gap: float, time_limit: float | None, names: Sequence[str]
) -> None:
    if not (np.isfinite(gap) and gap >= 0):
        raise ParameterError(f"gap is {gap}; 0 or more", f"gap 为 {gap}；应不小于 0")
    if time_limit is not None and not time_limit > 0:
        raise ParameterError(
            f"time_limit is {time_limit}; seconds above 0, or None", "time_limit 应为正的秒数"
        )
    for name in names:
        if name not in programme.codes:
            raise ParameterError(f"losses: no project '{name}'", f"losses：没有项目 '{name}'")


def _loss(model: Model, best: Solved, i: int, gap: float, time_limit: float | None) -> float:
    """How much the best total falls when project i must be in; infinite where no choice has it."""
    row = np.zeros((1, model.columns.size))
    row[0, starts(model.arrays, i)] = 1.0
    forced = solve(model, gap=gap, time_limit=time_limit, extra=LinearConstraint(row, 1.0, np.inf))
    return float("inf") if forced.start is None else best.value - forced.value


def _portfolio(model: Model, found: Solved, table: pd.DataFrame) -> Portfolio:
    programme, a = model.programme, model.arrays
    start = found.start
    assert start is not None
    years = np.array(programme.years)
    on = np.flatnonzero(start >= 0)
    chosen = pd.DataFrame(
        {
            "project": [programme.codes[k] for k in on],
            "start": years[start[on]],
            "cost": a.cost[on],
            "benefit": a.benefit[on] * a.factor[start[on]],
        }
    ).sort_values(["start", "project"], kind="stable", ignore_index=True)
    spent = a.spent[on, start[on]].sum(axis=0)
    budget = np.array([programme.budgets[int(year)] for year in years])
    spending = pd.DataFrame(
        {"year": years, "budget": budget, "spent": spent, "left": budget - spent}
    )
    both = (start[a.pairs] >= 0).all(axis=1)
    pairs = programme.interactions.loc[both, ["a", "b"]].assign(benefit=a.together(start)[both])
    status = "optimal" if found.optimal else "time_limit"
    value = a.value(start)
    bound = max(found.bound, value)
    return Portfolio(chosen, table, spending, pairs.reset_index(drop=True), value, bound, status)
