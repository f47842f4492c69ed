"""Who lives where: the closures of `CommutingTrade`, from the value of each place."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

CLOSURES = ("closed", "open", "fixed")


class Homes(NamedTuple):
    """Residents, and the utility hat of each group to the power epsilon."""

    residents: Any
    """Workers by residence, level, (N,)."""
    totals: Any
    """Phi of each group, (G,): one group when all move freely, places when nobody moves."""
    weights: Any
    """People in each group, (G,), for averages."""


def homes(closure: str, taste: Any, reach: Any, people: Any, world: Any, xp: Any) -> Homes:
    """Residents by closure.

    closed
        All workers choose freely: R_n is proportional to g_n a1_n. With origin groups, each group
        chooses by its own migration kernel.
    open
        The same shares; `people` is the log of how many there are to how many there were.
    fixed
        Nobody moves home; welfare differs by residence.
    """
    value = taste * reach
    if closure == "fixed":
        return Homes(world.residents, value / world.share, world.residents)
    if world.M is None:
        total = xp.sum(value)
        grown = world.workers * (xp.exp(people) if closure == "open" else 1.0)
        return Homes(grown * value / total, xp.stack([total], axis=0), np.array([world.workers]))
    worth = value / world.share
    totals = world.M @ worth
    living = worth * (world.M.T @ (world.origin_workers / totals))
    return Homes(living, totals, world.origin_workers)
