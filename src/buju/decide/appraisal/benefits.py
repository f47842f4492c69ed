"""Yearly benefits of a change: welfare of an equilibrium, or time saved. Never both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.discount import Schedule, npv
from buju.errors import NotCertified, ParameterError
from buju.simulate import Equilibrium

Floats = npt.NDArray[np.float64]


def welfare_benefit(equilibrium: Equilibrium, *, income: float) -> pd.DataFrame:
    """What a change is worth a year to people, as income that would please them as much.

    (Ŵ - 1) times income, by group where groups gain differently. Rents, prices and time are in it:
    add none of them again.

    Parameters
    ----------
    equilibrium
        A certified one.
    income
        Yearly income of everybody in the baseline, in the money and at the prices wanted; it is
        parted by the baseline's own incomes.

    Returns
    -------
    DataFrame
        `place` (of registration, or residence where nobody moves home; empty where all gain alike),
        `amount`, `verdict`.

    Raises
    ------
    NotCertified
        The equilibrium is not certified.
    ParameterError
        The income is not above zero.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> better = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins,
    ...                         Shocks(productivity=[1.1, 1.1]))
    >>> float(welfare_benefit(better, income=100.0)["amount"].sum().round(3))
    6.899
    """
    if equilibrium.verdict != "certified":
        raise NotCertified(
            f"the equilibrium is {equilibrium.verdict!r}: its welfare is no benefit",
            f"均衡未获认证（{equilibrium.verdict}），不能作为效益",
            equilibrium=equilibrium,
        )
    if not income > 0:
        raise ParameterError(f"income is {income}; above 0", f"income 为 {income}；应大于 0")
    b = equilibrium.baseline
    hats = equilibrium.welfare_by_group
    total = float(b.income @ b.residents)
    if b.origins is not None and b.origin_workers is not None and len(hats) == len(b.origins):
        earned = b.origin_workers * (b.origins @ b.income)
        places = list(b.labels) if len(hats) == b.size else [str(o) for o in range(len(hats))]
    elif len(hats) == b.size and b.size > 1:
        earned, places = b.income * b.residents, list(b.labels)
    else:
        earned, places = np.array([total]), [""]
    amount = (hats - 1) * earned * (income / float(earned.sum()))
    return pd.DataFrame({"place": places, "amount": amount, "verdict": equilibrium.verdict})


def rule_of_half(
    trips_before: pd.DataFrame,
    trips_after: pd.DataFrame,
    cost_before: pd.DataFrame,
    cost_after: pd.DataFrame,
) -> pd.DataFrame:
    """Gain of travellers: ½ (trips before + trips after) times what a trip gets cheaper.

    Those who travelled before gain all of it; those who are new, half on average.

    Parameters
    ----------
    trips_before, trips_after
        Trips between places, origins as index; >= 0, in one unit of time.
    cost_before, cost_after
        Cost of a trip (minutes, or money), the same places; inf where there is no way.

    Returns
    -------
    DataFrame
        Gain by pair, trips times cost unit; 0 where nobody travels.

    Raises
    ------
    ParameterError
        Places differ; trips are missing or negative; people travel where there is no way, so that
        their gain is not finite.

    References
    ----------
    Neuburger (1971), Journal of Transport Economics and Policy 5(1).

    Examples
    --------
    >>> one = pd.DataFrame([[10.0]], index=["A"], columns=["B"])
    >>> float(rule_of_half(one, one * 2, one * 6, one * 5).loc["A", "B"])
    150.0
    """
    tables = {
        "trips_before": trips_before, "trips_after": trips_after,
        "cost_before": cost_before, "cost_after": cost_after,
    }  # fmt: skip
    for name, table in tables.items():
        if not (table.index.equals(trips_before.index) and
                table.columns.equals(trips_before.columns)):  # fmt: skip
            raise ParameterError(
                f"{name}: its places differ from those of trips_before, or stand in another order",
                f"{name}：地点与 trips_before 不一致",
            )
    t0, t1, c0, c1 = (table.to_numpy(np.float64) for table in tables.values())
    if not (np.isfinite(t0).all() and np.isfinite(t1).all() and min(t0.min(), t1.min()) >= 0):
        raise ParameterError(
            "trips must be finite and 0 or more; a pair nobody travels has 0",
            "出行量应为不小于 0 的有限数；无人出行写 0",
        )
    used = t0 + t1 > 0
    wrong = used & ~(np.isfinite(c0) & np.isfinite(c1))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        where = f"{trips_before.index[i]} to {trips_before.columns[j]}"
        raise ParameterError(
            f"{where}: trips, but no way before or after; the rule of half cannot value a pair "
            "that opens or closes. Give the way that was used before, or use welfare",
            f"{trips_before.index[i]} 至 {trips_before.columns[j]}：有出行但某一时点不通；"
            "半数法则不能评价新开通或中断的地点对",
        )
    saved = np.subtract(c0, c1, out=np.zeros_like(c0), where=used)
    return pd.DataFrame(0.5 * (t0 + t1) * saved, trips_before.index, trips_before.columns)


def break_even_trips(
    cost: Mapping[int, float],
    minutes_saved: float,
    *,
    value_of_time: float,
    base_year: int,
    opening: int,
    last: int,
    schedule: Schedule = "china-2006",
    days: float = 365.0,
    timing: str = "start",
) -> float:
    """Trips a day, all years from opening alike, at which time saved pays for a project.

    For projects whose demand nobody counted: the number can be set against what a line may carry,
    and no net present value is claimed.

    Parameters
    ----------
    cost
        {year: outlay}, money of one price year.
    minutes_saved
        By a trip, > 0.
    value_of_time
        Money (in the unit of the cost) an hour.
    base_year, opening, last
        Base of discounting; first and last year of use.

    Raises
    ------
    ParameterError
        Nothing is saved, a value is not above zero, years lie before the base year.

    Examples
    --------
    >>> trips = break_even_trips({2027: 100e6}, 30.0, value_of_time=20.0, base_year=2027,
    ...                          opening=2027, last=2027, schedule=0.0)
    >>> round(trips)
    27397
    """
    given: dict[str, Any] = {
        "minutes_saved": minutes_saved, "value_of_time": value_of_time, "days": days,
    }  # fmt: skip
    for name, value in given.items():
        if not (np.isfinite(value) and value > 0):
            raise ParameterError(f"{name} is {value}; above 0", f"{name} 为 {value}；应大于 0")
    if not cost or min([*cost, opening]) < base_year or last < opening:
        raise ParameterError(
            "a cost, and years from the base year on with last >= opening, are needed",
            "需要成本，且年份不早于基准年、末年不早于开通年",
        )
    span = max([*cost, last]) - base_year + 1
    outlay, used = np.zeros(span), np.zeros(span)
    for year, amount in cost.items():
        outlay[year - base_year] += amount
    used[opening - base_year : last - base_year + 1] = days * minutes_saved / 60 * value_of_time
    return npv(outlay, schedule, timing=timing) / npv(used, schedule, timing=timing)
