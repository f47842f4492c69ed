"""From totals and times to a baseline in which every market clears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.region import Region
from buju.simulate.balance import balance
from buju.simulate.checks import vector
from buju.simulate.costs import ComposedCost, CostFunction, same_labels
from buju.simulate.economy import AS_GIVEN, Baseline
from buju.simulate.flows import Flows, cleared, from_flows

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True, kw_only=True)
class Costs:
    """The two cost functions of an economy; one record for its baseline and its scenarios."""

    commuting: CostFunction
    trade: CostFunction | ComposedCost


@final
@dataclass(frozen=True, kw_only=True)
class Totals:
    """What is usually known of places: people, jobs, pay and times between them.

    Attributes
    ----------
    residents, jobs
        Workers by residence and by workplace, (N,); the same sum.
    wage
        Earnings of a job, (N,), any unit.
    minutes_commuting
        Labelled square matrix of times from residence to workplace.
    minutes_trade
        The same from buyer to seller; for a `ComposedCost` a mapping of them.
    costs
        May stand here or be passed to `calibrate`.
    """

    residents: npt.ArrayLike
    jobs: npt.ArrayLike
    wage: npt.ArrayLike
    minutes_commuting: pd.DataFrame
    minutes_trade: Any
    costs: Costs | None = None


def calibrate(
    data: Totals | Flows | Mapping[str, Any] | Region, model: Any, costs: Costs | None = None
) -> Baseline:
    """A baseline from totals, whose flows fall with cost as the model says, or from seen flows.

    Commuting: row sums are residents, column sums jobs. Trade: each seller's earnings are the wages
    paid there, buyers spend what residents earn. Both hold to 1e-12. Totals identify neither the
    elasticities nor the costs; those are assumptions to cite. Where the model holds land in common,
    residents earn their share of all rents beside wages and spend `alpha` of both on goods.

    Parameters
    ----------
    data
        `Totals` and times; `Flows` where commuters were counted (see `from_flows`); or a mapping
        with the fields of either; or a region, whose totals and network then serve (see
        `regional.regional_baseline`, also for what is assumed there).
    model
        Gives `epsilon` and `sigma`, and `alpha` where land is held in common.
    costs
        How minutes become costs.

    Raises
    ------
    ParameterError
        Totals differ, labels differ, costs are missing, or the reachable pairs cannot carry the
        totals; the places are named.

    Examples
    --------
    >>> from buju.simulate import CommutingTrade
    >>> names = ["A", "B"]
    >>> minutes = pd.DataFrame([[10.0, 60.0], [50.0, 10.0]], index=names, columns=names)
    >>> costs = Costs(commuting=CostFunction(form="exponential", coefficient=0.02),
    ...               trade=CostFunction(form="power", coefficient=0.4))
    >>> data = Totals(residents=[60, 40], jobs=[70, 30], wage=[1.2, 1.0],
    ...               minutes_commuting=minutes, minutes_trade=minutes)
    >>> base = calibrate(data, CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4), costs)
    >>> base.labels, bool(base.miss < 1e-11)
    (('A', 'B'), True)
    """
    if isinstance(data, Region):
        from buju.simulate.regional import regional_baseline

        return regional_baseline(data, model, costs)
    if not isinstance(data, (Totals, Flows)):
        data = _record(data)
    if isinstance(data, Flows):
        return from_flows(data, model, None if costs is None else costs.trade)
    costs = costs or data.costs
    if costs is None:
        raise ParameterError("calibrate: say how minutes become costs (costs=Costs(...))")
    commuting = costs.commuting.log_cost(data.minutes_commuting)
    trade = costs.trade.log_cost(data.minutes_trade)
    same_labels(commuting, trade, "minutes_commuting", "minutes_trade")
    labels = tuple(map(str, commuting.index))
    residents = vector("residents", data.residents, labels)
    jobs, wage = vector("jobs", data.jobs, labels), vector("wage", data.wage, labels)
    _same_workers(residents, jobs)
    people = balance(
        -model.epsilon * commuting.to_numpy(), residents, jobs, labels, what="commuting"
    )
    return cleared(people, wage, (1 - model.sigma) * trade.to_numpy(), model, labels)


def _record(data: Any) -> Totals | Flows:
    """A mapping as the record whose fields it holds."""
    kinds: tuple[type, ...] = (Totals, Flows)
    if isinstance(data, Mapping):
        for kind in kinds:
            names = {field.name for field in fields(kind)}
            needed = {field.name for field in fields(kind) if field.default is MISSING}
            if needed <= set(data) <= names:
                record: Totals | Flows = kind(**data)
                return record
    raise ParameterError(
        "calibrate: give Totals(residents=, jobs=, wage=, minutes_commuting=, minutes_trade=) or "
        "Flows(commuters=, wage=, trade=); a region goes through `prepare`, which takes its places "
        "and the times between them"
    )


def _same_workers(residents: Array, jobs: Array) -> None:
    if abs(residents.sum() - jobs.sum()) > AS_GIVEN * jobs.sum():
        raise ParameterError(
            f"residents sum to {residents.sum():.10g}, jobs to {jobs.sum():.10g}: count workers at "
            "home and at work alike, or let `prepare` scale residents to workers"
        )
