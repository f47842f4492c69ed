"""The four-elasticity workhorse: many models of places that trade, in one pair of curves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.checks import choice, named, parameter
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.models.world import World, form_world

Array = npt.NDArray[np.float64]
SWITCHES = ("S_l", "S_g", "D_l", "D_g", "theta", "welfare_power", "amenity_power")


class Curves(NamedTuple):
    """What follows from wages and workers; levels are written out, the rest are hats."""

    log_wage: Any
    log_jobs: Any
    jobs_level: Any
    spending: Any
    """Y = E = w L, level"""
    offer: Any
    """Y / MAout: what a seller weighs in every buyer's choice"""
    index: Any
    """MAin"""
    worth: Any
    """ln w - S_l ln L + S_g ln MAin + ln C^S: equal in equilibrium wherever people may move"""


@final
@dataclass(frozen=True, kw_only=True)
class Gravity:
    """Places that trade, with a supply and a demand curve for labour.

    For places without commuting data: needs only income, workers and trade. The curves are
    ln w = S_l ln L - S_g ln MAin - ln C^S - ln phi^S and ln w = -D_l ln L + D_g ln MAout + ln C^D +
    ln phi^D, with inward and outward market access. The constructors `helpman`, `redding`,
    `allen_arkolakis` and `eaton_kortum` give the elasticities of models in the literature.

    Parameters
    ----------
    S_l, S_g
        Elasticities of labour supply with respect to workers (congestion) and market access, >= 0.
    D_l, D_g
        The same of labour demand; D_g > 0.
    theta
        Trade elasticity, > 0: a trade cost hat enters the kernel to the power -theta, productivity
        the seller's weight to the power theta.
    welfare_power
        ln welfare is this times the worth that places have in common: 1, or the goods share alpha
        where housing takes the rest.
    amenity_power
        How an amenity hat enters ln C^S.

    Notes
    -----
    The state is (ln w, ln L) in hats, 2N numbers. There is no commuting: that of the baseline must
    be diagonal. There is no rent (it is reported as NaN). Welfare is the same everywhere, or within
    each origin group of the baseline: nobody leaves the places of their group, so each place must
    belong to one (countries, say).

    Raises
    ------
    ParameterError
        A parameter lies outside its range; S_l + D_l = 0, where nothing says how many work where.

    References
    ----------
    Allen and Arkolakis (2025), Quantitative Regional Economics, section 6, whose table 1 gives the
    elasticities; Allen, Arkolakis and Li (2024), On the Equilibrium Properties of Spatial Models,
    for uniqueness.

    Examples
    --------
    >>> model = Gravity.helpman(alpha=0.75, sigma=5.0)
    >>> round(model.S_l, 4), model.D_g, model.uniqueness_region
    (0.3333, 0.2, True)
    """

    S_l: float
    S_g: float
    D_l: float
    D_g: float
    theta: float
    welfare_power: float = 1.0
    amenity_power: float = 1.0
    name: str = field(init=False, default="gravity")

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("S_l", "S_g"):
            put(self, name, parameter(name, getattr(self, name), least=0))
        put(self, "D_l", parameter("D_l", self.D_l))
        for name in ("D_g", "theta", "welfare_power", "amenity_power"):
            put(self, name, parameter(name, getattr(self, name), above=0))
        if self.S_l + self.D_l <= 0:
            raise ParameterError(
                f"S_l + D_l = {self.S_l + self.D_l:g}: must be above 0, or nothing keeps "
                "all workers from gathering in one place; add congestion (S_l) or diminishing "
                "returns (D_l)"
            )

    @classmethod
    def helpman(cls, *, alpha: float, sigma: float) -> Gravity:
        """Goods with varieties and fixed housing, workers alike (Helpman 1998)."""
        a, s = parameter("alpha", alpha, above=0, below=1), parameter("sigma", sigma, above=1)
        return cls(
            S_l=(1 - a) / a, S_g=1 / (s - 1), D_l=0.0, D_g=1 / s, theta=s - 1, welfare_power=a
        )

    @classmethod
    def redding(cls, *, alpha: float, epsilon: float, sigma: float, trade: str = "irs") -> Gravity:
        """Fixed housing and tastes for places (Redding 2016); `CommutingTrade` without commuting.

        With `trade="crs"` the trade elasticity is sigma - 1.
        """
        a, s = parameter("alpha", alpha, above=0, below=1), parameter("sigma", sigma, above=1)
        e = parameter("epsilon", epsilon, above=1)
        choice("trade", trade, ("irs", "crs"))
        return cls(
            S_l=(1 + (1 - a) * e) / (a * e),
            S_g=1 / (s - 1),
            D_l=1 / s if trade == "crs" else 0.0,
            D_g=1 / s,
            theta=s - 1,
            welfare_power=a,
            amenity_power=1 / (a * e),
        )

    @classmethod
    def allen_arkolakis(cls, *, a: float, b: float, sigma: float) -> Gravity:
        """One good a place, spillovers a of productivity and b <= 0 of amenity (2014)."""
        s = parameter("sigma", sigma, above=1)
        return cls(
            S_l=-parameter("b", b), S_g=1 / (s - 1), D_l=(1 - parameter("a", a) * (s - 1)) / s,
            D_g=1 / s, theta=s - 1,
        )  # fmt: skip

    @classmethod
    def eaton_kortum(cls, *, theta: float, congestion: float = 0.0) -> Gravity:
        """Ricardian trade with mobile workers; `congestion` is S_l."""
        t = parameter("theta", theta, above=0)
        return cls(S_l=congestion, S_g=1 / t, D_l=1 / (1 + t), D_g=1 / (1 + t), theta=t)

    def world(self, baseline: Baseline, shocks: Shocks) -> World:
        """The kernel and vectors of a scenario, formed once."""
        for name in ("commuting_cost", "housing", "migration_cost"):
            if (np.asarray(getattr(shocks, name)) != 1).any():
                raise ParameterError(
                    f"shock {name}: Gravity has no such thing; use CommutingTrade, or leave it at 1"
                )
        if baseline.payment:
            raise ParameterError(
                "baseline: Gravity pays out no rents; calibrate with it, or use CommutingTrade "
                "with land='portfolio'"
            )
        if shocks.minutes is not None:
            raise ParameterError(
                "shock minutes: Gravity has no spillovers that fade with time; use CommutingTrade"
            )
        if np.ndim(shocks.amenity) == 2:
            raise ParameterError("shock amenity: Gravity takes a number or one value a place")
        if baseline.origins is not None:
            shared = (baseline.origins > 0).sum(axis=0) != 1
            if shared.any():
                raise ParameterError(
                    f"origins: {named(baseline.labels, shared)} belongs to several groups; in "
                    "Gravity groups share no place. Use CommutingTrade for groups that mix"
                )
        return form_world(baseline, shocks, epsilon=1.0, sigma=1 + self.theta, commuting=False)

    def start(self, world: World) -> Array:
        """The baseline: all hats 1, (2N,)."""
        return np.zeros(2 * world.size)

    def numeraire_direction(self, world: World) -> Array:
        """How the state moves when money is worth less: wages rise, workers stay."""
        direction = np.zeros(2 * world.size)
        direction[: world.size] = 1.0
        return direction

    def quantities(self, state: Any, world: World) -> Curves:
        """Everything that a state implies: one pass over the kernel."""
        xp = state.__array_namespace__()
        n = world.size
        lw, ll = state[:n], state[n:]
        group, people = _groups(world)
        grown = world.jobs * xp.exp(ll)
        jobs = grown * (group.T @ (people / (group @ grown)))
        spending = world.wage * xp.exp(lw) * jobs
        log_l = xp.log(jobs / world.jobs)
        log_offer = lw + log_l - (lw + self.D_l * log_l) / self.D_g
        offer = xp.exp(log_offer + self.theta * xp.log(world.productivity))
        index = world.T @ offer
        kindness = self.amenity_power * xp.log(world.K.diagonal / world.share)
        worth = lw - self.S_l * log_l + self.S_g * xp.log(index) + kindness
        return Curves(lw, ll, jobs, spending, offer, index, worth)

    def step(self, state: Any, world: World) -> Any:
        """Log excess demand for each place's goods, then its worth beside the mean; 0 solves."""
        return self.residual(self.quantities(state, world), world, state.__array_namespace__())

    def residual(self, q: Curves, world: World, xp: Any) -> Any:
        """`step` from quantities already at hand."""
        demand = q.offer * (world.T.T @ (q.spending / q.index))
        goods = xp.log(demand / q.spending)
        group, people = _groups(world)
        level = group @ (q.jobs_level * q.worth) / people
        total = xp.log(group @ (world.jobs * xp.exp(q.log_jobs)) / people)
        return xp.concat([goods, q.worth - group.T @ (level + total)])

    def log_welfare(self, state: Any, world: World) -> Any:
        """ln of the utility hat, the mean over people."""
        q, xp = self.quantities(state, world), state.__array_namespace__()
        return self.welfare_power * xp.sum(q.jobs_level * q.worth) / world.workers

    def welfare_by_group(self, state: Array, world: World) -> Array:
        """The utility hat of each group, (G,); one where all move freely."""
        q, (group, people) = self.quantities(state, world), _groups(world)
        hats: Array = np.exp(self.welfare_power * (group @ (q.jobs_level * q.worth)) / people)
        return hats

    def hats(self, state: Any, world: World) -> dict[str, Any]:
        """The public outcomes in hats, (N,) each; `rent` is NaN, for there is none."""
        q, xp = self.quantities(state, world), state.__array_namespace__()
        wage, jobs = xp.exp(q.log_wage), q.jobs_level / world.jobs
        return {
            "wage": wage,
            "income": 1.0 * wage,
            "rent": np.full(world.size, np.nan),
            "price": xp.exp(xp.log(q.index) * (-1 / self.theta)),
            "residents": jobs,
            "jobs": 1.0 * jobs,
        }

    def flows(self, state: Array, world: World) -> dict[str, Array]:
        """New shares, rebuilt: `commuting` is diagonal, rows of `trade` sum to 1."""
        q = self.quantities(state, world)
        return {
            "commuting": np.diag(q.jobs_level / world.workers),
            "trade": world.T.matrix * q.offer[None, :] / q.index[:, None],
        }

    def exchange(self, q: Curves, world: World, inside: Array, xp: Any) -> tuple[Any, Any]:
        """Money between leaf blocks: spending `[buyer, seller]`, earnings `[home, work]`."""
        spent = (q.spending / q.index)[:, None] * (world.T @ (q.offer[:, None] * inside))
        earned = q.spending[:, None] * inside
        return inside.T @ spent, inside.T @ earned

    def turnover(self, q: Curves, world: World, x: Array) -> Array:
        """The symmetric matrix of money between places, times x, (N,)."""
        buyer = q.spending / q.index
        there = buyer * (world.T @ (q.offer * x))
        both: Array = there + q.offer * (world.T.T @ (buyer * x)) + 2 * q.spending * x
        return both

    def payments(self, world: World) -> tuple[Any, Any]:
        """Kernels whose positive entries pay: buyer to seller, and to residence from workplace."""
        return world.T, world.K

    def welfare_spread(self, state: Array, world: World) -> float:
        """Largest gap of log utility between places of one group."""
        worth, (group, _) = self.quantities(state, world).worth, _groups(world)
        return self.welfare_power * max(float(np.ptp(worth[row > 0])) for row in group)

    @property
    def uniqueness_region(self) -> bool:
        """Whether the elasticities rule out a second equilibrium whatever the geography."""
        p = self.D_g * (1 + self.S_l) / (self.S_l + self.D_l)
        q = self.S_g * (1 - self.D_l) / (self.S_l + self.D_l)
        return 0 <= p <= 1 and 0 <= q <= 1

    def uniqueness(self, world: World) -> str:
        """What Allen, Arkolakis and Li (2024) say; no theorem is known for groups."""
        if world.M is not None:
            return "does not apply"
        return "proved" if self.uniqueness_region else "not proved"

    @property
    def homogeneous(self) -> bool:
        """Whether real quantities are free of the numeraire: always."""
        return True

    @property
    def steepness(self) -> float:
        """Largest exponent in the equations."""
        return max(1 / self.D_g, self.S_l, self.theta)

    @property
    def elasticities(self) -> tuple[str, ...]:
        """Parameters by which derivatives can be taken."""
        return SWITCHES

    @property
    def kernel_exponents(self) -> dict[str, tuple[str, float]]:
        """Which kernel a matrix shock enters, and to what power."""
        return {"trade_cost": ("T", -self.theta)}

    def switches(self) -> dict[str, Any]:
        """Every parameter, for the certificate."""
        return {"model": self.name, **{name: getattr(self, name) for name in SWITCHES}}


def _groups(world: World) -> tuple[Array, Array]:
    """Which places people may move between, (G, N) of 0 and 1, and how many people, (G,)."""
    if world.M is None:
        return np.ones((1, world.size)), np.array([world.workers])
    return (world.M.matrix > 0).astype(np.float64), world.origin_workers
