"""Many scenarios of one economy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from buju.simulate.economy import Baseline, Shocks
from buju.simulate.equilibrium import Equilibrium, counterfactual


class Executor(Protocol):
    """What `concurrent.futures` executors offer; `map` keeps the order."""

    def map(self, function: Any, *iterables: Any) -> Any: ...  # noqa: D102


def batch(
    model: Any,
    baseline: Baseline,
    shocks: Sequence[Shocks],
    *,
    executor: Executor | None = None,
    throw: bool = True,
    **options: Any,
) -> list[Equilibrium]:
    """One equilibrium for each of several shocks, in their order.

    Each starts from the baseline, so that a result does not depend on its neighbours.

    Parameters
    ----------
    model, baseline, options
        As for `counterfactual`.
    shocks
        Scenarios.
    executor
        Anything with an order-preserving `map`, for example a thread pool; BLAS releases the
        interpreter. In turn when None.
    throw
        With False, scenarios without an answer come back with their verdict.

    Raises
    ------
    NotCertified
        As `counterfactual`, for the first scenario that fails.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> model = CommutingTrade(alpha=0.7, epsilon=3, sigma=4)
    >>> found = batch(model, twins, [Shocks(), Shocks(amenity=[1.2, 1.0])])
    >>> [e.verdict for e in found]
    ['certified', 'certified']
    """

    def one(shock: Shocks) -> Equilibrium:
        return counterfactual(model, baseline, shock, throw=throw, **options)

    return list(map(one, shocks) if executor is None else executor.map(one, shocks))
