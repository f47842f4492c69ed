"""Many changes to one economy."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from buju.errors import NotCertified
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.equilibrium import Equilibrium, counterfactual
from buju.simulate.solvers import Solver


def batch(
    model: Any,
    baseline: Baseline,
    shocks: Sequence[Shocks],
    *,
    numeraire: str = "mean_wage",
    solver: Solver | None = None,
    backend: str = "numpy",
    throw: bool = True,
    executor: Executor | None = None,
) -> list[Equilibrium]:
    """The equilibrium of each change, in order; results do not depend on one another.

    Every shock is checked before the first is solved.

    Parameters
    ----------
    model, baseline, numeraire, solver, backend
        As for `counterfactual`.
    shocks
        One entry a scenario.
    throw
        Raise unless all are certified; with False each result carries its verdict.
    executor
        Where to run; threads are enough, since products release the interpreter. One after the
        other when None. Memory holds as many scenarios' kernels as run together, and those of all
        results.

    Raises
    ------
    NotCertified
        Names the positions that are not certified; `equilibrium` is the first of them.
    ParameterError
        A shock does not fit the baseline.

    Examples
    --------
    >>> from buju.simulate import CommutingTrade
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> many = [Shocks(commuting_cost=cost) for cost in (1.0, 0.5)]
    >>> model = CommutingTrade(alpha=0.7, epsilon=3, sigma=4)
    >>> [round(e.welfare, 6) for e in batch(model, twins, many)]
    [1.0, 2.0]
    """
    for shock in shocks:
        shock.fitted(baseline)
    one = partial(
        counterfactual, model, baseline, numeraire=numeraire, solver=solver, backend=backend,
        throw=False,
    )  # fmt: skip
    found = list(map(one, shocks) if executor is None else executor.map(one, shocks))
    failed = [k for k, result in enumerate(found) if result.verdict != "certified"]
    if throw and failed:
        verdicts = ", ".join(f"{k} ({found[k].verdict})" for k in failed[:10])
        raise NotCertified(
            f"batch: {len(failed)} of {len(found)} scenarios are not certified, by position: "
            f"{verdicts}. With throw=False all are returned with their verdicts",
            f"{len(found)} 个情景中有 {len(failed)} 个未获认证",
            equilibrium=found[failed[0]],
        )
    return found
