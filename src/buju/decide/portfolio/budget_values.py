"""What one more unit of each year's budget is worth, by solving again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from buju.decide.portfolio.conflict import infeasible
from buju.decide.portfolio.programme import Programme
from buju.decide.portfolio.solver import Model, solve
from buju.errors import ParameterError


def budget_values(
    programme: Programme,
    *,
    step: float = 1.0,
    gap: float = 1e-6,
    time_limit: float | None = None,
) -> pd.DataFrame:
    """Rise of the best total when a year's budget grows, for each year and for all together.

    Whole projects come in lumps: one more unit often buys nothing, and many more buy a project.
    There is no price to read off the solution, so each row is a solve of its own.

    Parameters
    ----------
    step
        How much is added, in the unit of the budgets, > 0. Compare a step of 1 with one the size of
        a project.
    gap, time_limit
        As for `select`.

    Returns
    -------
    DataFrame
        `year` (the last row is missing: every year's budget by `step`), `step`, `rise` of the
        total, `least` and `most` it can be given both solves' bounds, `per_unit` (rise over all
        that was added), `joins` and `leaves` (codes; several parted by semicolons).

    Raises
    ------
    ParameterError
        The step is not above zero.
    Infeasible, NoChoice
        See `select`.

    Examples
    --------
    >>> projects = pd.DataFrame({"project": ["road", "rail"], "cost": [4.0, 6.0],
    ...                          "benefit": [3.0, 5.0]})
    >>> worth = budget_values(Programme(projects=projects, budgets={2027: 9}))
    >>> worth["rise"].tolist(), worth["joins"].tolist()
    ([3.0, 3.0], ['road', 'road'])
    """
    if not (np.isfinite(step) and step > 0):
        raise ParameterError(f"step is {step}; above 0", f"step 为 {step}；应大于 0")
    base_model = Model.of(programme)
    base = solve(base_model, gap=gap, time_limit=time_limit)
    if base.start is None:
        raise infeasible(base_model)
    rows = []
    for year in (*programme.years, None):
        grown = {y: b + (step if year in (y, None) else 0.0) for y, b in programme.budgets.items()}
        more = solve(Model.of(replace(programme, budgets=grown)), gap=gap, time_limit=time_limit)
        assert more.start is not None  # what was possible stays so
        value = max(more.value, base.value)
        kept = more.start if more.value >= base.value else base.start
        in_now, in_before = kept >= 0, base.start >= 0
        rows.append(
            {
                "year": pd.NA if year is None else year,
                "step": step,
                "rise": value - base.value,
                "least": max(0.0, value - base.bound),
                "most": more.bound - base.value,
                "per_unit": (value - base.value) / (step * (1 if year else len(grown))),
                "joins": _codes(programme, in_now & ~in_before),
                "leaves": _codes(programme, in_before & ~in_now),
            }
        )
    return pd.DataFrame(rows).astype({"year": "Int64"})


def _codes(programme: Programme, which: np.ndarray) -> str:
    return ";".join(programme.codes[k] for k in np.flatnonzero(which))
