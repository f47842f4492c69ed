"""Who pays whom in `CommutingTrade`: spending, earnings and rents between places."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from buju.simulate.models.residence import Homes
from buju.simulate.models.world import World

Array = npt.NDArray[np.float64]


class Quantities(NamedTuple):
    """What follows from wages and prices; levels are written out, the rest are hats."""

    log_wage: Any
    log_price: Any
    """ln p: the cost of living, less what amenity spillovers are worth"""
    homes: Homes
    crowd: Any
    """R_n / a1_n, level: the scale of n's commuting probabilities"""
    pay: Any
    """Income of a job to the power epsilon: w**epsilon where rents stay local"""
    jobs_level: Any
    earned: Any
    """All that residents have to spend, level"""
    spending: Any
    """X, level: what is spent on goods in n"""
    offer: Any
    """num: what a seller's goods weigh in every buyer's choice"""
    index: Any
    """D"""
    log_goods: Any
    """ln P"""
    log_rent: Any
    """ln Q"""
    payment: Any
    """What each worker receives of rents, level"""


class MoneyFlows:
    """The money flows of a model, from its quantities: what tells weak blocks and islands."""

    alpha: float
    land: str

    def exchange(self, q: Quantities, world: World, inside: Array, xp: Any) -> tuple[Any, Any]:
        """Money between leaf blocks: spending `[buyer, seller]`, earnings `[home, work]`, (B, B).

        Each entry sums positive terms only, so a tie of 1e-12 of income keeps all its digits.
        """
        spent = (q.spending / q.index)[:, None] * (world.T @ (q.offer[:, None] * inside))
        wages = world.wage * q.pay * xp.exp(q.log_wage)
        earned = q.crowd[:, None] * (world.K @ (wages[:, None] * inside))
        earned = inside.T @ earned
        if self.land == "portfolio":
            owners = q.homes.residents / xp.sum(q.homes.residents)
            rents = (1 - self.alpha) * q.earned
            earned = earned + (inside.T @ owners)[:, None] * (inside.T @ rents)[None, :]
        return inside.T @ spent, earned

    def turnover(self, q: Quantities, world: World, x: Array) -> Array:
        """The symmetric matrix of money between places, times x, (N,)."""
        wages = world.wage * q.pay * np.exp(q.log_wage)
        buyer = q.spending / q.index
        there = buyer * (world.T @ (q.offer * x)) + q.crowd * (world.K @ (wages * x))
        back = q.offer * (world.T.T @ (buyer * x)) + wages * (world.K.T @ (q.crowd * x))
        both: Array = there + back
        if self.land == "portfolio":
            owners, rents = q.homes.residents / q.homes.residents.sum(), (1 - self.alpha) * q.earned
            both += rents * (owners @ x) + owners * (rents @ x)
        return both

    def payments(self, world: World) -> tuple[Any, Any]:
        """Kernels whose positive entries pay: buyer to seller, and to residence from workplace."""
        return world.T, world.K

    def rent_budget(self, q: Quantities, xp: Any) -> Any:
        """Log of all rents over all payments to workers; 0 in equilibrium."""
        rents = (1 - self.alpha) * xp.sum(q.earned)
        return xp.log(rents / (xp.sum(q.homes.residents) * q.payment))
