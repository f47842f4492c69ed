"""Many changes to one economy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from buju.errors import NotCertified
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.equilibrium import Equilibrium, counterfactual
from buju.simulate.solvers import Solver

CHUNK = 8
"""Scenarios sent to a worker at once, at most: the baseline travels once for all of them."""


class Executor(Protocol):
    """What `concurrent.futures` executors and Dask's offer: a map that keeps the order."""

    def map(self, function: Any, *iterables: Any) -> Any: ...  # noqa: D102


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
        Where to run: threads, processes or Dask, with the same digits; one after the other when
        None. Threads are enough for large economies, whose products release the interpreter.
        Memory holds the kernels of all results.

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
    options = {"numeraire": numeraire, "solver": solver, "backend": backend}
    some = partial(_several, model, baseline, False, options)
    size = max(1, min(CHUNK, -(-len(shocks) // 4)))
    chunks = [list(shocks[k : k + size]) for k in range(0, len(shocks), size)]
    done = map(some, chunks) if executor is None else executor.map(some, chunks)
    found = [result for part in done for result in part]
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


def _several(
    model: Any, baseline: Baseline, throw: bool, options: dict[str, Any], shocks: list[Shocks]
) -> list[Equilibrium]:
    """What one worker does."""
    return [counterfactual(model, baseline, shock, throw=throw, **options) for shock in shocks]
