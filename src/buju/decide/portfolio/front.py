"""Growth against balance: every choice that no other beats in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, hstack, vstack

from buju.decide.portfolio.conflict import infeasible
from buju.decide.portfolio.highs import optimise
from buju.decide.portfolio.programme import Programme
from buju.decide.portfolio.rows import quota_weights
from buju.decide.portfolio.solver import Model, NoChoice, starts_of
from buju.errors import ParameterError

Floats = npt.NDArray[np.float64]
TIE = 1e-9
"""Relative difference of objectives below which two choices count as the same point."""


@final
@dataclass(frozen=True)
class LeastServed:
    """A second aim: benefit per head of the region that gets least, to be made large.

    Parameters
    ----------
    people
        {region: people}; every region named counts, with projects or without.
    """

    people: Mapping[str, float]


def pareto_front(
    programme: Programme,
    second: str | LeastServed,
    *,
    points: int = 11,
    gap: float = 1e-6,
    time_limit: float | None = None,
) -> pd.DataFrame:
    """Choices that no other beats in both aims, from the best in one to the best in the other.

    Parameters
    ----------
    second
        The second aim: a column of `projects` (a start later counts as much), or `LeastServed`,
        which counts the projects' own benefits by region, without interactions.
    points
        How many levels of the second aim are asked for, evenly from end to end, >= 2. Levels that
        lead to the same choice give one row.
    gap, time_limit
        Of each solve; there are two for each level.

    Returns
    -------
    DataFrame
        `first` (total benefit), `second`, `first_bound` (the most that the first could be at this
        level of the second), `projects` and `starts` (parted by semicolons), best in the first aim
        on top. Every row is undominated, within the gap.

    Raises
    ------
    ParameterError
        No such column, a missing number, regions without people, fewer than two points.
    Infeasible, NoChoice
        See `select`.

    References
    ----------
    Haimes, Lasdon and Wismer (1971), IEEE Transactions SMC 1(3) (epsilon constraint); Mavrotas
    (2009), https://doi.org/10.1016/j.amc.2009.03.037 (second solve against weak optima).

    Examples
    --------
    >>> projects = pd.DataFrame({"project": ["city", "hills", "both"], "cost": [5.0, 5.0, 9.0],
    ...                          "benefit": [8.0, 3.0, 6.0], "balance": [0.0, 4.0, 2.0]})
    >>> front = pareto_front(Programme(projects=projects, budgets={2027: 9}), "balance")
    >>> front[["first", "second"]].to_numpy().tolist()
    [[8.0, 0.0], [6.0, 2.0], [3.0, 4.0]]
    """
    if points < 2:
        raise ParameterError(f"points is {points}; 2 or more", f"points 为 {points}；应不少于 2")
    model = Model.of(programme)
    task = _Task(model, *_second(model, second), gap, time_limit)
    most = task.best(task.first)
    if most is None:
        raise infeasible(model)
    other = task.best(task.second)
    assert other is not None
    low = task.refined(float(task.first @ most))
    high = float(task.second @ other)
    rows = []
    for level in np.linspace(float(task.second @ low), high, points):
        found = task.at_least(level)
        if found is not None:
            rows.append(found)
    return _undominated(pd.DataFrame(rows))


@dataclass(frozen=True)
class _Task:
    model: Model
    second: Floats
    more: LinearConstraint | None
    size: int
    gap: float
    time_limit: float | None

    @property
    def first(self) -> Floats:
        value = np.zeros(self.size)
        value[: self.model.columns.size] = self.model.columns.value
        return value

    def best(self, aim: Floats, *least: tuple[Floats, float]) -> Floats | None:
        found, _ = self._solve(aim, least)
        return found

    def _solve(
        self, aim: Floats, least: tuple[tuple[Floats, float], ...]
    ) -> tuple[Floats | None, float]:
        """The variables that make an aim largest while others reach a level, and its bound."""
        columns, stated = self.model.columns, self.model.rows
        wider = self.size - columns.size
        A = hstack([stated.A, csr_array((len(stated.low), wider))], format="csr")
        limits = [LinearConstraint(A, stated.low, stated.high)]
        limits += [] if self.more is None else [self.more]
        for row, level in least:
            scale = float(np.abs(row).max(initial=0.0)) or 1.0
            limits.append(LinearConstraint(row[None] / scale, level / scale, np.inf))
        options = {"mip_rel_gap": self.gap}
        if self.time_limit is not None:
            options["time_limit"] = self.time_limit
        found = optimise(
            self.model.arrays,
            columns,
            aim,
            limits,
            low=np.full(wider, -np.inf),
            budgets=self.model.money,
            options=options,
        )
        if found.x is None and found.status != 2:
            raise NoChoice(
                f"a point of the front was not found within {self.time_limit} s; give more time",
                f"在 {self.time_limit} 秒内未找到前沿上的一点；请放宽时限",
            )
        return (None, np.nan) if found.x is None else (found.x, -float(found.mip_dual_bound))

    def refined(self, level: float) -> Floats:
        """The best in the second aim among the choices that reach a level of the first."""
        slack = max(self.gap, TIE) * max(abs(level), 1.0)
        found = self.best(self.second, (self.first, level - slack))
        assert found is not None
        return found

    def at_least(self, level: float) -> dict[str, object] | None:
        """The best in the first aim at a level of the second, then in the second."""
        slack = TIE * max(abs(level), 1.0)
        x, bound = self._solve(self.first, ((self.second, level - slack),))
        if x is None:
            return None
        x = self.refined(float(self.first @ x))
        start = starts_of(self.model, x)
        years, codes = self.model.programme.years, self.model.programme.codes
        on = np.flatnonzero(start >= 0)
        return {
            "first": self.model.arrays.value(start),
            "second": float(self.second @ x),
            "first_bound": bound,
            "projects": ";".join(codes[k] for k in on),
            "starts": ";".join(str(years[start[k]]) for k in on),
        }


def _second(model: Model, second: str | LeastServed) -> tuple[Floats, LinearConstraint | None, int]:
    """The second aim as a vector, rows that define it, and how many variables there are."""
    size, periods = model.columns.size, model.arrays.allowed.shape[1]
    if isinstance(second, LeastServed):
        return (*_least_served(model, second), size + 1)
    table = model.programme.projects
    if second not in table.columns:
        raise ParameterError(
            f"projects has no column '{second}' to weigh against the total; there are "
            f"{', '.join(map(str, table.columns))}",
            f"projects 没有列 '{second}'",
        )
    values = table[second].to_numpy(np.float64)
    if not np.isfinite(values).all():
        code = model.programme.codes[int(np.argmin(np.isfinite(values)))]
        raise ParameterError(
            f"projects, project '{code}', column '{second}': no finite number; give one, 0 if "
            "it adds nothing",
            f"projects，项目 '{code}'，列 '{second}' 缺少有限数值；没有影响请写 0",
        )
    aim = np.zeros(size)
    aim[: len(values) * periods] = np.repeat(values, periods)
    return aim, None, size


def _least_served(model: Model, second: LeastServed) -> tuple[Floats, LinearConstraint]:
    """One more variable, no larger than any region's benefit per head."""
    a, size = model.arrays, model.columns.size
    wrong = [r for r, people in second.people.items() if not people > 0]
    if wrong or len(second.people) < 2:
        raise ParameterError(
            f"LeastServed: people above 0 in two regions or more are needed; wrong: {wrong}",
            f"LeastServed：应给出至少两个区域的正人口数；有误：{wrong}",
        )
    absent = [r for r in a.regions if r not in second.people]
    if absent:
        raise ParameterError(
            f"LeastServed: regions {', '.join(absent)} have projects but no people; give theirs",
            f"LeastServed：区域 {'、'.join(absent)} 有项目但未给人口",
        )
    rows = []
    for region, people in second.people.items():
        row = np.zeros(size + 1)
        row[-1] = -1.0
        if region in a.regions:
            row[: a.allowed.size] = quota_weights(a, region, "benefit").ravel() / people
        rows.append(row / np.abs(row).max())
    aim = np.zeros(size + 1)
    aim[-1] = 1.0
    return aim, LinearConstraint(vstack([csr_array(r[None]) for r in rows]), 0.0, np.inf)


def _undominated(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that no other beats, each choice once, best in the first aim on top."""
    rows = rows.drop_duplicates(["projects", "starts"])
    rows = rows.sort_values(["first", "second"], ascending=False, ignore_index=True)
    kept: list[int] = []
    for k, (first, second) in enumerate(zip(rows["first"], rows["second"], strict=True)):
        last = rows.loc[kept[-1]] if kept else None
        if last is None or second > last["second"] + TIE * max(abs(last["second"]), 1.0):
            if last is not None and first > last["first"] - TIE * max(abs(first), 1.0):
                kept.pop()  # as good in the first aim but for rounding, and better in the second
            kept.append(k)
    return rows.loc[kept].reset_index(drop=True)
