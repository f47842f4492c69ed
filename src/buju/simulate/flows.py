"""A baseline from observed flows, where a census of commuters or trade statistics exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.simulate.balance import balance
from buju.simulate.checks import named, square, vector
from buju.simulate.costs import ComposedCost, CostFunction
from buju.simulate.economy import Baseline
from buju.simulate.land import land_payment

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True, kw_only=True)
class Flows:
    """Observed commuters and, where known, trade.

    Attributes
    ----------
    commuters
        Persons from residence to workplace: a table `residence, workplace, commuters` (absent pairs
        are zero), a labelled square frame, or an (N, N) array, rows residences.
    wage
        Earnings of a job: a series labelled by place, or (N,) in the order of `commuters`.
    trade
        Observed spending of buyer (row) on goods of seller (column), labelled or (N, N), in any
        unit; None where trade is modelled from `minutes_trade`.
    minutes_trade
        Minutes from buyer to seller, labelled.
    labels
        Names for bare arrays.
    """

    commuters: Any
    wage: Any
    trade: Any = None
    minutes_trade: Any = None
    labels: Sequence[str] = ()


def from_flows(
    data: Flows, model: Any, trade_cost: CostFunction | ComposedCost | None = None
) -> Baseline:
    """Shares as observed; trade fitted so that every goods market clears.

    A pair without observed flow stays without, whatever changes: hats multiply zeros. See
    `Baseline.zero_pairs`; with many zeros, modelled flows are the safer baseline. Observed trade is
    balanced, by factors for buyers and sellers, to what residents earn and jobs pay: deficits are
    taken out.

    Raises
    ------
    ParameterError
        A place has no resident or no job, labels differ, or neither trade nor minutes are given.

    Examples
    --------
    >>> from buju.simulate import CommutingTrade
    >>> seen = pd.DataFrame({"residence": ["A", "A", "B"], "workplace": ["A", "B", "B"],
    ...                      "commuters": [80, 20, 100]})
    >>> data = Flows(commuters=seen, wage=pd.Series({"A": 1.0, "B": 1.5}), trade=np.ones((2, 2)))
    >>> base = from_flows(data, CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4))
    >>> base.jobs.tolist(), base.income.tolist(), base.zero_pairs["commuting"]
    ([80.0, 120.0], [1.1, 1.5], 0.25)
    """
    people, labels = _commuters(data)
    residents, jobs = people.sum(axis=1), people.sum(axis=0)
    for what, count in (("residents", residents), ("jobs", jobs)):
        if (count == 0).any():
            raise ParameterError(
                f"commuters: {named(labels, count == 0)} has no {what}; merge it with a neighbour"
            )
    wage = vector("wage", _ordered(data.wage, labels, "wage"), labels)
    return cleared(people, wage, _log_trade(data, model, labels, trade_cost), model, labels)


def cleared(
    people: Array, wage: Array, log_trade: Array, model: Any, labels: Sequence[str]
) -> Baseline:
    """A baseline from commuters, (N, N), and wages, with trade fitted so that goods markets clear.

    `log_trade` is the log of a trade kernel or of observed trade; -inf where nobody buys.
    """
    jobs, residents = people.sum(axis=0), people.sum(axis=1)
    payment = land_payment(model, wage, jobs)
    income = people @ (wage + payment) / residents
    spending = income * residents * (model.alpha if payment else 1.0)
    goods = balance(log_trade, spending, wage * jobs, labels, what="trade")
    return Baseline(
        commuting=people / people.sum(),
        trade=goods / goods.sum(axis=1, keepdims=True),
        wage=wage,
        income=income,
        jobs=jobs,
        residents=residents,
        payment=payment,
        labels=tuple(labels),
    )


def _commuters(data: Flows) -> tuple[Array, tuple[str, ...]]:
    seen = data.commuters
    long = {"residence", "workplace", "commuters"}
    if isinstance(seen, pd.DataFrame) and long <= set(seen.columns):
        if seen.duplicated(["residence", "workplace"]).any():
            row = seen[seen.duplicated(["residence", "workplace"])].iloc[0]
            raise ParameterError(
                f"commuters: {row['residence']!r} to {row['workplace']!r} stands twice; add them up"
            )
        places = sorted(set(seen["residence"]) | set(seen["workplace"]))
        wide = seen.pivot(index="residence", columns="workplace", values="commuters")
        seen = wide.reindex(index=places, columns=places).fillna(0.0)
    if isinstance(seen, pd.DataFrame):
        labels = tuple(map(str, seen.index))
    else:
        seen = np.asarray(seen)
        labels = tuple(map(str, data.labels)) or tuple(map(str, range(len(seen))))
    return square("commuters", _ordered(seen, labels, "commuters"), labels), labels


def _ordered(value: Any, labels: tuple[str, ...], name: str) -> Any:
    """Labelled data in the order of `labels`; bare arrays as they are."""
    if not isinstance(value, (pd.Series, pd.DataFrame)):
        return value
    for axis in value.axes:
        there = [str(label) for label in axis]
        if sorted(there) != sorted(labels):
            odd = sorted(set(there) ^ set(labels))[:5]
            raise ParameterError(f"{name}: its places are not those of the commuters: {odd} differ")
    turned = value.set_axis(value.index.map(str), axis=0)
    if isinstance(turned, pd.Series):
        return turned.loc[list(labels)].to_numpy()
    turned = turned.set_axis(turned.columns.map(str), axis=1)
    return turned.loc[list(labels), list(labels)].to_numpy()


def _log_trade(
    data: Flows, model: Any, labels: tuple[str, ...], cost: CostFunction | ComposedCost | None
) -> Array:
    if data.trade is not None:
        observed = square("trade", _ordered(data.trade, labels, "trade"), labels)
        with np.errstate(divide="ignore"):
            return np.log(observed)
    if data.minutes_trade is None or cost is None:
        raise ParameterError("trade: give observed `trade`, or `minutes_trade` and costs")
    minutes: Any = cost.log_cost(data.minutes_trade)
    fall: Array = (1 - model.sigma) * np.asarray(
        _ordered(minutes, labels, "minutes_trade"), dtype=np.float64
    )
    return fall
