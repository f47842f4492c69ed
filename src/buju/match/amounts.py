"""Amounts in yuan or square metres: who gets what out of limited volumes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from buju.errors import ParameterError
from buju.match.market import Floats


@dataclass(frozen=True)
class Allocation:
    """Shares of amounts.

    Attributes
    ----------
    share
        Share of each request's amount at each listing, (F, P); 0 or 1 unless it may be split.
    value
        Sum of value times amount.
    bound
        What no allocation exceeds.
    """

    share: Floats
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Relative distance of the value from the bound."""
        return (self.bound - self.value) / max(abs(self.bound), 1e-12)


def allocate(
    values: npt.ArrayLike,
    amounts: npt.ArrayLike,
    capacities: npt.ArrayLike,
    *,
    split: bool = False,
    seconds: float = 30.0,
) -> Allocation:
    """Give each request its amount at one listing, or in parts, within the listings' capacities.

    The generalised assignment problem by HiGHS; with `split` a linear programme. A request that
    may not be split gets all or nothing.

    Parameters
    ----------
    values
        Value of a unit of a request's amount at a listing, (F, P), >= 0; NaN: not eligible.
    amounts
        Amount of each request, (F,), > 0.
    capacities
        Amount of each listing, (P,), >= 0.
    split
        Whether a request may be served by several listings, or in part.
    seconds
        Most time to search; the gap then says how far from the best it may be.

    Raises
    ------
    ParameterError
        Shapes that differ, negative or infinite numbers, or no answer in the time.

    Examples
    --------
    >>> allocate([[1.0], [0.9], [0.8]], [60, 50, 50], [100]).share.ravel().tolist()
    [0.0, 1.0, 1.0]
    >>> allocate([[1.0], [0.9], [0.8]], [60, 50, 50], [100], split=True).share.ravel().tolist()
    [1.0, 0.8, 0.0]
    """
    worth, asked, room = _checked(values, amounts, capacities)
    rows, columns = np.nonzero(~np.isnan(worth))
    share = np.zeros_like(worth)
    if not len(rows):
        return Allocation(share, 0.0, 0.0)
    gain = worth[rows, columns] * asked[rows]
    pair = np.arange(len(rows))
    limits = sparse.vstack(
        [
            sparse.csr_array((np.ones(len(rows)), (rows, pair)), shape=(len(asked), len(rows))),
            sparse.csr_array((asked[rows], (columns, pair)), shape=(len(room), len(rows))),
        ]
    )
    found = optimize.milp(
        -gain,
        integrality=np.full(len(rows), 0 if split else 1),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(limits, -np.inf, np.r_[np.ones(len(asked)), room]),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        raise ParameterError(
            f"no allocation was found in {seconds:g} s: {found.message}; allow more `seconds`, or "
            "`split`",
            f"{seconds:g} 秒内没有找到分配方案；可增加 seconds 或允许拆分",
        )
    share[rows, columns] = np.clip(found.x if split else np.round(found.x), 0, 1)
    bound = found.fun if split else found.mip_dual_bound
    return Allocation(share, float(gain @ share[rows, columns]), float(-bound))


def _checked(
    values: npt.ArrayLike, amounts: npt.ArrayLike, capacities: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    worth, asked, room = (np.asarray(a, dtype=np.float64) for a in (values, amounts, capacities))
    if worth.shape != (*asked.shape, *room.shape) or worth.ndim != 2:
        raise ParameterError(
            f"values has shape {worth.shape} for {asked.shape} amounts and {room.shape} "
            "capacities; one row a request and one column a listing are expected",
            f"values 形状为 {worth.shape}，与 amounts、capacities 不符",
        )
    for name, array, least in (("amounts", asked, 1e-12), ("capacities", room, 0.0)):
        wrong = ~np.isfinite(array) | (array < least)
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise ParameterError(
                f"{name}[{at}] is {array[at]}; a finite number "
                f"{'above' if least else 'of'} zero{'' if least else ' or more'} is expected",
                f"{name}[{at}] 为 {array[at]}；应为{'正数' if least else '非负数'}",
            )
    if np.isinf(worth).any() or (worth < 0).any():
        raise ParameterError(
            "values must be finite and zero or more; NaN where a pair is not eligible",
            "values 应为非负有限值；不可匹配处填 NaN",
        )
    return worth, asked, room
