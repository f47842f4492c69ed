"""Many changes to one economy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from buju.errors import NotCertified
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.equilibrium import Equilibrium, counterfactual
from buju.simulate.multistart import require_starts
from buju.simulate.solvers import Solver, prefactored

CHUNK = 32
"""Scenarios sent to a worker at once, at most: the baseline travels once for all of them."""
SHARED = 2
"""From this many scenarios on they share one factored Jacobian, where `prefactored` gives one."""


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
    starts: int = 0,
    seed: int = 0,
) -> list[Equilibrium]:
    """The equilibrium of each change, in order; results do not depend on one another.

    Every shock is checked before the first is solved. Changes to an economy of some two hundred
    places or fewer are solved with the baseline's Jacobian, factored once for all of them (first
    rung "chord" in the certificate); larger ones one by one.

    Parameters
    ----------
    model, baseline, numeraire, backend, starts, seed
        As for `counterfactual`.
    shocks
        One entry a scenario.
    solver
        How to look; when None, as above.
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
    require_starts(starts)
    if solver is None and len(shocks) >= SHARED:
        solver = prefactored(model, baseline)
    options = {
        "numeraire": numeraire, "solver": solver, "backend": backend, "starts": starts,
        "seed": seed,
    }  # fmt: skip
    size = max(1, min(CHUNK, -(-len(shocks) // 4)))
    chunks = [list(shocks[k : k + size]) for k in range(0, len(shocks), size)]
    if executor is None:
        found = [one for chunk in chunks for one in _several(model, baseline, options, chunk)]
    else:
        sent = executor.map(partial(_sent, model, baseline, options), chunks)
        found = [
            _unpacked(one, model, baseline, shock)
            for chunk, part in zip(chunks, sent, strict=True)
            for shock, one in zip(chunk, part, strict=True)
        ]
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
    model: Any, baseline: Baseline, options: dict[str, Any], shocks: list[Shocks]
) -> list[Equilibrium]:
    return [counterfactual(model, baseline, shock, throw=False, **options) for shock in shocks]


def _sent(
    model: Any, baseline: Baseline, options: dict[str, Any], shocks: list[Shocks]
) -> list[Equilibrium]:
    """What one worker does. The N² numbers, which the caller can form again, stay behind."""
    nothing: Any = None
    return [
        replace(one, baseline=nothing, shocks=nothing, world=one.world.blocks)
        for one in _several(model, baseline, options, shocks)
    ]


def _unpacked(one: Equilibrium, model: Any, baseline: Baseline, shock: Shocks) -> Equilibrium:
    world = replace(model.world(baseline, shock), blocks=one.world)
    return replace(one, baseline=baseline, shocks=shock, world=world)
