"""The solver behind a choice: one call, its verdict and bound, and an exact look at the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
from scipy.optimize import LinearConstraint

from buju.decide.portfolio.highs import optimise
from buju.decide.portfolio.programme import Arrays, Programme, arrays
from buju.decide.portfolio.rows import Columns, Rows, rows
from buju.decide.portfolio.two_steps import fits, in_two_steps
from buju.errors import BujuError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
HOLDS = 1e-6
"""By how much a scaled row may be missed: the solver's own tolerance."""
INFEASIBLE, LIMIT = 2, 1


class NoChoice(BujuError):
    """The solver found no choice within its limit; nothing is known then."""


@final
@dataclass(frozen=True)
class Model:
    """A programme ready to be solved, again and again with other objectives or rows."""

    programme: Programme
    arrays: Arrays
    columns: Columns
    rows: Rows

    @staticmethod
    def of(programme: Programme) -> Model:
        """The model of a programme."""
        a = arrays(programme)
        columns = Columns.of(a)
        return Model(programme, a, columns, rows(programme, a, columns))

    @property
    def money(self) -> Floats:
        """What came in up to each year, (T,)."""
        return np.cumsum([self.programme.budgets[year] for year in self.programme.years])

    def variables(self, start: Ints) -> Floats:
        """The variables of a choice: year of start from 0, -1 where not chosen."""
        a, v = self.arrays, np.zeros(self.columns.size)
        periods = a.allowed.shape[1]
        on = np.flatnonzero(start >= 0)
        v[on * periods + start[on]] = 1.0
        later = np.where(
            (start[a.pairs] >= 0).all(axis=1), start[a.pairs].max(axis=1, initial=0), periods
        )
        v[a.allowed.size :] = (later[:, None] <= self.columns.levels).ravel()
        return v


@final
@dataclass(frozen=True)
class Solved:
    """What the solver says.

    Attributes
    ----------
    start
        (n,), -1 where not chosen; None where no choice exists.
    value, bound
        Objective of the choice, computed again from it, and the most that any choice may reach.
    optimal
        Whether the gap asked for was met.
    """

    start: Ints | None
    value: float
    bound: float
    optimal: bool


def solve(
    model: Model,
    *,
    gap: float,
    time_limit: float | None,
    objective: Floats | None = None,
    extra: LinearConstraint | None = None,
    rows: Rows | None = None,
) -> Solved:
    """Solve for a choice; `start` is None when there is none.

    Raises
    ------
    NoChoice
        The time ended before any choice was found.
    """
    stated = rows or model.rows
    value = model.columns.value if objective is None else objective
    limits = [LinearConstraint(stated.A, stated.low, stated.high)]
    plain = objective is None and extra is None and rows is None
    if plain and fits(model.columns, model.arrays, gap):
        quick = _quick(model, gap, time_limit)
        if quick is not None:
            return quick
    found = optimise(
        model.arrays,
        model.columns,
        value,
        limits if extra is None else [*limits, extra],
        budgets=model.money,
        options={"mip_rel_gap": gap} | ({} if time_limit is None else {"time_limit": time_limit}),
    )
    if found.status == INFEASIBLE:
        return Solved(None, float("nan"), float("nan"), True)
    if found.x is None:
        raise NoChoice(
            f"no choice was found within {time_limit} s, nor shown to be impossible "
            f"({found.message}); give more time or a wider gap",
            f"在 {time_limit} 秒内既未找到可行组合，也未证明不可行；请放宽时限或间隙",
        )
    start = starts_of(model, found.x)
    v = model.variables(start)
    missed = stated.misses(v)
    if missed.max(initial=0.0) > HOLDS:
        raise NoChoice(
            f"the solver's choice misses a rule by {missed.max():.2g} once rounded: amounts differ "
            "too much in size; state costs and budgets in a larger unit",
            f"取整后的组合有约束偏差 {missed.max():.2g}：各金额量级相差过大，请改用更大的单位",
        )
    reached = float(value @ v)
    bound = (
        max(-float(found.mip_dual_bound), reached) if found.mip_dual_bound is not None else reached
    )
    return Solved(start, reached, bound, found.status == 0)


def _quick(model: Model, gap: float, time_limit: float | None) -> Solved | None:
    """The choice in two steps, where it keeps every rule and is within the gap."""
    seconds = None if time_limit is None else time_limit / 8
    found = in_two_steps(
        model.arrays, model.columns, model.rows, model.money, gap=gap, seconds=seconds
    )
    if found is None:
        return None
    start, bound = starts_of(model, found[0]), found[1]
    v = model.variables(start)
    value = float(model.columns.value @ v)
    kept = model.rows.misses(v).max(initial=0.0) <= HOLDS
    if not kept or bound - value > gap * abs(value):
        return None
    return Solved(start, value, max(bound, value), True)


def starts_of(model: Model, x: Floats) -> Ints:
    """Year of start of each project in a solution, from 0; -1 where it is not chosen."""
    n, periods = model.arrays.allowed.shape
    begun = np.round(x[: n * periods]).reshape(n, periods)
    found: Ints = np.where(begun.any(axis=1), begun.argmax(axis=1), -1)
    return found
