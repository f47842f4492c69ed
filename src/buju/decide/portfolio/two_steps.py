"""Which projects first, when afterwards: quick where a later start costs nothing.

When benefits do not count less for a later start, the total depends on the set alone. Then the set
is chosen with the years left divisible, which is a much smaller problem and bounds the whole one;
among sets that are as good within the gap the one that leaves most money is taken, and years are
sought for it. Where none are found within the effort, the programme is solved whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, hstack

from buju.decide.portfolio.highs import optimise
from buju.decide.portfolio.programme import Arrays
from buju.decide.portfolio.rows import Columns, Rows

Floats = npt.NDArray[np.float64]
Found = tuple[Floats, float]
"""Variables of a choice, and the most that any choice may reach."""

FEWEST = 200
"""Starts below which a programme is solved whole at once."""
SHARE = 0.95
"""Of the gap, what the set may be short of the best."""
NODES = 2500
"""Branches of the search for years; a limit that does not depend on the machine."""


def fits(columns: Columns, a: Arrays, gap: float) -> bool:
    """Whether the total depends on the set alone, and the programme is large."""
    last = a.allowed.shape[1] - 1
    return gap > 0 and a.allowed.size >= FEWEST and list(columns.levels) == [last]


def in_two_steps(
    a: Arrays, columns: Columns, rows: Rows, money: Floats, *, gap: float, seconds: float | None
) -> Found | None:
    """A choice within the gap, or None where this way finds none.

    Parameters
    ----------
    money
        What came in up to each year, (T,).
    seconds
        Of each solve, where there is a limit.
    """
    limit = {} if seconds is None else {"time_limit": seconds}
    stated = LinearConstraint(rows.A, rows.low, rows.high)
    n, periods = a.allowed.shape
    by_set = np.zeros(columns.size)
    by_set[np.arange(n) * periods + periods - 1] = 1.0
    best = optimise(
        a, columns, columns.value, [stated], budgets=money, whole=by_set,
        options={"mip_rel_gap": 0.2 * gap, **limit},
    )  # fmt: skip
    if best.x is None or best.mip_dual_bound is None:
        return None
    bound = -float(best.mip_dual_bound)
    chosen = _chosen(a, best.x)
    least = bound - SHARE * gap * abs(bound)
    other = _roomy(a, columns, rows, money, by_set, least, limit)
    chosen = chosen if other is None else other
    dated = optimise(
        a, columns, np.zeros(columns.size), [stated, _fixed(a, columns, chosen)],
        budgets=money, options={"node_limit": NODES, **limit},
    )  # fmt: skip
    return None if dated.x is None else (dated.x, bound)


def _chosen(a: Arrays, x: Floats) -> Floats:
    n, periods = a.allowed.shape
    found: Floats = np.round(x[: n * periods].reshape(n, periods).sum(axis=1))
    return found


def _fixed(a: Arrays, columns: Columns, chosen: Floats) -> LinearConstraint:
    n, periods = a.allowed.shape
    where = np.repeat(np.arange(n), periods)
    ones = csr_array(
        (np.ones(n * periods), (where, np.arange(n * periods))), shape=(n, columns.size)
    )
    return LinearConstraint(ones, chosen, chosen)


def _roomy(
    a: Arrays, columns: Columns, rows: Rows, money: Floats, by_set: Floats, least: float,
    limit: dict[str, float],
) -> Floats | None:  # fmt: skip
    """The set that leaves most money in every year among those that reach a total."""
    spare = np.zeros((len(rows.low), 1))
    for k, owner in enumerate(rows.owner):
        if owner >= 0 and rows.rules[owner].kind == "budget":
            spare[k] = 1.0 / rows.scale[k]
    wider = LinearConstraint(hstack([rows.A, csr_array(spare)], format="csr"), rows.low, rows.high)
    scale = float(np.abs(columns.value).max()) or 1.0
    reach = LinearConstraint(np.append(columns.value, 0.0)[None] / scale, least / scale, np.inf)
    aim = np.append(np.zeros(columns.size), 1.0)
    options: dict[str, Any] = {"mip_rel_gap": 0.1, "node_limit": NODES, **limit}
    found = optimise(
        a, columns, aim, [wider, reach], budgets=money, whole=by_set, options=options,
        high=np.array([float(money[-1])]),
    )  # fmt: skip
    return None if found.x is None else _chosen(a, found.x)
