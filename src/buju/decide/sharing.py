"""Sharing what several jurisdictions gain together: Shapley, equal gain, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import factorial
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from buju.errors import ParameterError

Floats = npt.NDArray[np.float64]
MOST = 12
"""Parties at most: 4096 coalitions."""
CLOSE = 1e-9
"""Relative to the largest worth: a coalition that gains less than this does not leave."""

Worth = Callable[[tuple[str, ...]], float] | Mapping[Collection[str], float]


@final
@dataclass(frozen=True)
class Sharing:
    """Shares of a joint gain.

    Attributes
    ----------
    table
        One row a party: `party`, `alone` (what it has by itself), `shapley`, `equal_gain` (alone
        plus an equal part of what all gain by joining), `least_core` (an allocation that keeps the
        most dissatisfied coalition as content as can be); where it is known what falls to whom,
        `accrued`, and `transfer_shapley`, `transfer_equal_gain`, `transfer_least_core`: what the
        party receives from the others (below zero: pays).
    core
        One row a rule: `rule`, `in_core`, `coalition` (the one with most reason to leave),
        `excess` (what it would gain by leaving; zero or less: nothing).
    core_empty
        Whether every allocation gives some coalition a reason to leave.
    joint
        Worth of all together.
    surplus
        That less the sum of what each has alone.
    """

    table: pd.DataFrame
    core: pd.DataFrame
    core_empty: bool
    joint: float
    surplus: float


def share(
    parties: Sequence[str], worth: Worth, *, accrued: Mapping[str, float] | None = None
) -> Sharing:
    """Share a joint gain among up to 12 parties.

    Parameters
    ----------
    parties
        Names, each once.
    worth
        Net gain of every coalition: a function of a tuple of names in the order given, or a mapping
        from tuples or frozensets. Of one party alone too; nobody has 0.
    accrued
        Benefits less costs that fall to each party when all join; they sum to the worth of all. The
        transfers then turn them into the shares.

    Returns
    -------
    Sharing

    Raises
    ------
    ParameterError
        Fewer than 2 or more than 12 parties, a coalition without a worth, a worth that is no
        number, or accrued amounts that do not sum to the worth of all.

    Notes
    -----
    Shapley: a party's mean contribution over all orders of joining. An allocation is in the core
    when no coalition has more by itself than it is given. Shapley shares of a gain that is not
    convex may lie outside.

    References
    ----------
    Shapley (1953), Contributions to the Theory of Games II; Gillies (1959), IV (core); Maschler,
    Peleg and Shapley (1979), https://doi.org/10.1287/moor.4.4.303 (least core).

    Examples
    --------
    >>> found = share(["山西", "河北"], {("山西",): 0.0, ("河北",): 2.0, ("山西", "河北"): 10.0},
    ...               accrued={"山西": 7.0, "河北": 3.0})
    >>> found.table[["party", "shapley", "transfer_shapley"]].to_numpy().tolist()
    [['山西', 4.0, -3.0], ['河北', 6.0, 3.0]]
    """
    names = [str(party) for party in parties]
    if len(set(names)) != len(names) or not 2 <= len(names) <= MOST:
        raise ParameterError(
            f"parties: {len(names)} given; from 2 to {MOST} different ones are expected",
            f"parties：给出 {len(names)} 个；应为 2 至 {MOST} 个不同的主体",
        )
    value = _values(names, worth)
    n, alone, joint = len(names), value[2 ** np.arange(len(names))], float(value[-1])
    surplus = joint - float(alone.sum())
    least, epsilon = _least_core(value, n)
    shares = {
        "shapley": _shapley(value, n),
        "equal_gain": alone + surplus / n,
        "least_core": least,
    }
    table = pd.DataFrame({"party": names, "alone": alone} | shares)
    if accrued is not None:
        own = _accrued(names, accrued, joint)
        table["accrued"] = own
        for rule, given in shares.items():
            table[f"transfer_{rule}"] = given - own
    scale = CLOSE * max(1.0, float(np.abs(value).max()))
    core = pd.DataFrame(
        [_tested(rule, given, value, names, scale) for rule, given in shares.items()]
    )
    return Sharing(table, core, bool(epsilon > scale), joint, surplus)


def _values(names: list[str], worth: Worth) -> Floats:
    """Worth by coalition, (2**n,): bit k is set where party k belongs."""
    given = None if callable(worth) else {frozenset(map(str, k)): v for k, v in worth.items()}
    value, lacking = np.zeros(2 ** len(names)), []
    for code in range(1, len(value)):
        inside = tuple(name for k, name in enumerate(names) if code >> k & 1)
        found = worth(inside) if callable(worth) else (given or {}).get(frozenset(inside), np.nan)
        value[code] = float(found)
        if not np.isfinite(value[code]):
            lacking.append("+".join(inside))
    if lacking:
        raise ParameterError(
            f"worth: no number for {len(lacking)} coalition(s), first {lacking[0]}; each needs "
            "one, 0 where it gains nothing",
            f"worth：{len(lacking)} 个联盟没有数值，首个为 {lacking[0]}；没有收益请写 0",
        )
    return value


def _shapley(value: Floats, n: int) -> Floats:
    codes = np.arange(2**n)
    size = np.array([int(code).bit_count() for code in codes])
    weight = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    shares = np.zeros(n)
    for k in range(n):
        without = codes[(codes >> k & 1) == 0]
        shares[k] = weight[size[without]] @ (value[without | (1 << k)] - value[without])
    return shares


def _membership(n: int) -> Floats:
    """Coalitions but the empty one and all, (2**n - 2, n)."""
    codes = np.arange(1, 2**n - 1)
    found: Floats = (codes[:, None] >> np.arange(n) & 1).astype(np.float64)
    return found


def _least_core(value: Floats, n: int) -> tuple[Floats, float]:
    """The allocation with the least largest excess, and that excess."""
    inside = _membership(n)
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=-np.column_stack([inside, np.ones(len(inside))]),
        b_ub=-value[1:-1],
        A_eq=np.append(np.ones(n), 0.0)[None],
        b_eq=[value[-1]],
        bounds=[(None, None)] * (n + 1),
        method="highs",
    )
    if found.x is None:
        raise ParameterError(
            f"the least core was not found ({found.message}); state worths in a larger unit",
            f"未能求出最小核心（{found.message}）；请改用更大的单位",
        )
    return np.asarray(found.x[:n]), float(found.x[n])


def _tested(
    rule: str, shares: Floats, value: Floats, names: list[str], scale: float
) -> dict[str, object]:
    excess = value[1:-1] - _membership(len(names)) @ shares
    worst = int(np.argmax(excess))
    inside = "+".join(name for k, name in enumerate(names) if (worst + 1) >> k & 1)
    most = float(excess[worst])
    return {"rule": rule, "in_core": most <= scale, "coalition": inside, "excess": most}


def _accrued(names: list[str], accrued: Mapping[str, float], joint: float) -> Floats:
    odd = sorted(set(map(str, accrued)) ^ set(names))
    if odd:
        raise ParameterError(
            f"accrued: one amount for each party is expected; differing: {', '.join(odd)}",
            f"accrued：每个主体一个金额；不一致：{'、'.join(odd)}",
        )
    own = np.array([float(accrued[name]) for name in names])
    if not abs(own.sum() - joint) <= 1e-6 * max(1.0, float(np.abs(own).sum())):
        raise ParameterError(
            f"accrued: the amounts sum to {own.sum():g}, the worth of all is {joint:g}; count the "
            "same benefits and costs in both",
            f"accrued：合计 {own.sum():g}，全体联盟的价值为 {joint:g}；两处口径应一致",
        )
    return own
