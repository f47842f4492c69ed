"""One way to the solver, for choices, conflicts and fronts alike.

The solver sees w[i, t] = 1 where project i has begun by year t, instead of x[i, t] = 1 where it
begins in t. Both say the same, but halving on "begun by t" splits a programme evenly, and it is
solved many times sooner. What is spent up to a year, a consequence of the yearly budgets, is stated
as rows of its own: in w they are plain knapsacks, for which the solver knows sharp cuts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, diags_array, eye_array

from buju.decide.portfolio.programme import Arrays
from buju.decide.portfolio.rows import Columns

Floats = npt.NDArray[np.float64]


def optimise(
    a: Arrays,
    columns: Columns,
    aim: Floats,
    limits: list[LinearConstraint],
    *,
    high: Floats | None = None,
    low: Floats | None = None,
    budgets: Floats | None = None,
    whole: Floats | None = None,
    options: dict[str, Any] | None = None,
) -> Any:
    """Make `aim` large within limits; SciPy's result, its `x` in the variables of `columns`.

    Parameters
    ----------
    aim
        (M,), M >= `columns.size`: further variables may stand behind, real ones between `low` and
        `high`, (M - size,), 0 to infinity by default.
    limits
        On all M variables.
    budgets
        Money that came in up to each year, (T,), where yearly budgets hold.
    whole
        Which "begun by" variables must be whole, (size,); those of `columns` by default.
    """
    size, more = columns.size, len(aim) - columns.size
    n, periods = a.allowed.shape
    steps = diags_array([np.ones(periods), -np.ones(periods - 1)], offsets=[0, -1])
    rest = [eye_array(size - n * periods + more)] if size - n * periods + more else []
    begun = block_diag([steps] * n + rest, format="csr")
    inside = [LinearConstraint(csr_array(limit.A) @ begun, limit.lb, limit.ub) for limit in limits]
    inside.append(LinearConstraint(begun[: n * periods], 0.0, columns.high[: n * periods]))
    if budgets is not None:
        inside.append(_up_to(a, begun, budgets))
    asked = columns.whole if whole is None else whole
    integral = np.concatenate([asked, np.zeros(more)])
    found = milp(
        -(begun.T @ aim),
        integrality=integral,
        bounds=Bounds(
            np.append(np.zeros(size), np.zeros(more) if low is None else low),
            np.append(np.ones(size), np.full(more, np.inf) if high is None else high),
        ),
        constraints=inside,
        options=options or {},
    )
    if found.x is not None:
        found.x = begun @ np.where(integral == 1, np.round(found.x), found.x)
    return found


def _up_to(a: Arrays, begun: csr_array, budgets: Floats) -> LinearConstraint:
    spent = a.spent.cumsum(axis=2).reshape(-1, len(budgets)).T
    scale = np.maximum(np.abs(spent).max(axis=1, initial=0.0), 1e-300)
    wide = np.zeros((len(budgets), begun.shape[0]))
    wide[:, : spent.shape[1]] = spent / scale[:, None]
    return LinearConstraint(csr_array(wide) @ begun, -np.inf, budgets / scale)
