"""Trade, commuting and housing: Monte, Redding and Rossi-Hansberg (2018), elastic housing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

from buju.simulate.blocks import Blocks
from buju.simulate.checks import choice, parameter
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.kernel import Kernel

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class World:
    """One scenario of one economy: the two kernels and the vectors that the equations read."""

    K: Kernel
    T: Kernel
    wage: Array
    income: Array
    jobs: Array
    residents: Array
    workers: float
    productivity: Any
    housing: Any
    blocks: Blocks | None = None

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.wage)


class Quantities(NamedTuple):
    """What follows from wages and prices; levels are written out, the rest are hats."""

    log_wage: Any
    log_price: Any
    taste: Any
    """g = p**-epsilon"""
    reach: Any
    """a1 = K w**epsilon"""
    total: Any
    """Phi"""
    jobs_level: Any
    spending: Any
    """X, level"""
    offer: Any
    """num: what a seller's goods weigh in every buyer's choice"""
    index: Any
    """D"""
    log_goods: Any
    """ln P"""
    log_rent: Any
    """ln Q"""


@final
@dataclass(frozen=True, kw_only=True)
class CommutingTrade:
    """People choose where to live and to work; places trade; land is scarce.

    Parameters
    ----------
    alpha
        Share of spending that goes to goods, in (0, 1); the rest is housing.
    epsilon
        Fréchet shape of tastes over pairs of residence and workplace, > 1.
    sigma
        Elasticity of substitution between goods of different places, > 1. With `trade="crs"`
        sigma - 1 is the trade elasticity.
    nu
        Elasticity of productivity with respect to jobs in the same place, beyond what varieties
        bring; >= 0.
    delta
        Elasticity of housing supply, >= 0; 0 with `housing="fixed"`.
    trade
        "irs": varieties grow with jobs (Krugman); "crs": one good a place (Armington).
    housing
        "real": supply follows the rent deflated by the price of goods; "fixed": no response;
        "nominal": supply follows the rent in money, for replication only, because the welfare
        number then depends on the numeraire.

    Notes
    -----
    The state is (ln w, ln p) in hats, 2N numbers, with p = P**alpha Q**(1-alpha). Equations and
    assumptions: `docs/explanation/commuting-trade.md`.

    Raises
    ------
    ParameterError
        A parameter lies outside its range, or two contradict each other.

    References
    ----------
    Monte, Redding and Rossi-Hansberg (2018), Commuting, Migration, and Local Employment
    Elasticities, https://doi.org/10.1257/aer.20151507; Seidel and Wickerath (2020), Rush Hours and
    Urbanization, https://doi.org/10.1016/j.regsciurbeco.2020.103580.

    Examples
    --------
    >>> CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0).housing
    'real'
    """

    alpha: float
    epsilon: float
    sigma: float
    nu: float = 0.0
    delta: float = 0.0
    trade: str = "irs"
    housing: str = "real"
    name: str = field(init=False, default="commuting-trade")

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "alpha", parameter("alpha", self.alpha, above=0, below=1))
        put(self, "epsilon", parameter("epsilon", self.epsilon, above=1))
        put(self, "sigma", parameter("sigma", self.sigma, above=1))
        put(self, "nu", parameter("nu", self.nu, least=0))
        put(self, "delta", parameter("delta", self.delta, least=0))
        choice("trade", self.trade, ("irs", "crs"))
        choice("housing", self.housing, ("real", "nominal", "fixed"))
        if self.housing == "fixed" and self.delta:
            parameter("delta with housing='fixed'", self.delta, least=0, below=1e-300)

    def world(self, baseline: Baseline, shocks: Shocks) -> World:
        """The kernels and vectors of a scenario, formed once."""
        hats = shocks.fitted(baseline.labels)
        amenity = hats["amenity"]
        if amenity.ndim == 1:
            amenity = amenity[:, None]
        K = baseline.commuting * _power(hats["commuting_cost"], -self.epsilon)
        if amenity.ndim or amenity != 1:
            K *= amenity
        T = baseline.trade * _power(hats["trade_cost"], 1 - self.sigma)
        return World(
            K=Kernel(K),
            T=Kernel(T),
            wage=baseline.wage,
            income=baseline.income,
            jobs=baseline.jobs,
            residents=baseline.residents,
            workers=baseline.workers,
            productivity=hats["productivity"],
            housing=hats["housing"],
        )

    def start(self, world: World) -> Array:
        """The baseline: all hats 1, (2N,)."""
        return np.zeros(2 * world.size)

    def numeraire_direction(self, world: World) -> Array:
        """How the state moves when money is worth less, (2N,): real quantities stay."""
        price = 1.0
        if self.housing == "nominal":
            price = self.alpha + (1 - self.alpha) / (1 + self.delta)
        return np.concatenate([np.ones(world.size), np.full(world.size, price)])

    def quantities(self, state: Any, world: World) -> Quantities:
        """Everything that a state implies, one pass over each kernel and its transpose less one."""
        xp = state.__array_namespace__()
        n = world.size
        lw, lp = state[:n], state[n:]
        we, g = xp.exp(self.epsilon * lw), xp.exp(-self.epsilon * lp)
        sums = world.K @ xp.stack([we, world.wage * we * xp.exp(lw)], axis=1)
        a1, a2 = sums[:, 0], sums[:, 1]
        total = xp.sum(g * a1)
        jobs = world.workers * we * (world.K.T @ g) / total
        spending = world.workers * g * a2 / total
        varieties = 1.0 if self.trade == "irs" else 0.0
        scale = varieties + self.nu * (self.sigma - 1)
        log_offer = (self.sigma - 1) * (xp.log(world.productivity) - lw)
        if scale:
            log_offer = log_offer + scale * xp.log(jobs / world.jobs)
        num = xp.exp(log_offer)
        D = world.T @ num
        log_P = xp.log(D) / (1 - self.sigma)
        log_Q = xp.log(spending / (world.income * world.residents * world.housing))
        if self.housing == "real":
            log_Q = log_Q + self.delta * log_P
        log_Q = log_Q / (1 + self.delta)
        return Quantities(lw, lp, g, a1, total, jobs, spending, num, D, log_P, log_Q)

    def step(self, state: Any, world: World) -> Any:
        """Log excess demand for each place's goods, then log price consistency, (2N,); 0 solves."""
        return self.residual(self.quantities(state, world), world, state.__array_namespace__())

    def residual(self, q: Quantities, world: World, xp: Any) -> Any:
        """`step` from quantities already at hand."""
        demand = q.offer * (world.T.T @ (q.spending / q.index))
        goods = xp.log(demand / (world.wage * q.jobs_level)) - q.log_wage
        price = self.alpha * q.log_goods + (1 - self.alpha) * q.log_rent - q.log_price
        return xp.concat([goods, price])

    def log_welfare(self, state: Any, world: World) -> Any:
        """ln of the expected utility hat; the same for every resident."""
        q = self.quantities(state, world)
        return state.__array_namespace__().log(q.total) / self.epsilon

    def hats(self, state: Array, world: World) -> dict[str, Array]:
        """The public outcomes in hats, (N,) each."""
        q = self.quantities(state, world)
        residents = world.workers * q.taste * q.reach / q.total / world.residents
        return {
            "wage": np.exp(q.log_wage),
            "income": q.spending / (world.income * world.residents * residents),
            "rent": np.exp(q.log_rent),
            "price": np.exp(q.log_goods),
            "residents": residents,
            "jobs": q.jobs_level / world.jobs,
        }

    def flows(self, state: Array, world: World) -> dict[str, Array]:
        """New shares, rebuilt: `commuting` sums to 1, rows of `trade` sum to 1."""
        q = self.quantities(state, world)
        we = np.exp(self.epsilon * q.log_wage)
        return {
            "commuting": world.K.matrix * (q.taste / q.total)[:, None] * we[None, :],
            "trade": world.T.matrix * q.offer[None, :] / q.index[:, None],
        }

    def exchange(self, q: Quantities, world: World, inside: Array, xp: Any) -> tuple[Any, Any]:
        """Money between leaf blocks: spending `[buyer, seller]`, earnings `[home, work]`, (B, B).

        Each entry sums positive terms only, so a tie of 1e-12 of income keeps all its digits.
        """
        sold = world.T @ (q.offer[:, None] * inside)
        spent = (q.spending / q.index)[:, None] * sold
        pay = world.wage * xp.exp((1 + self.epsilon) * q.log_wage)
        earned = (world.workers / q.total) * q.taste[:, None] * (world.K @ (pay[:, None] * inside))
        return inside.T @ spent, inside.T @ earned

    def payments(self, world: World, state: Array) -> tuple[Array, Array]:
        """Matrices whose positive entries are payments: buyer to seller, workplace to residence."""
        return world.T.matrix, world.K.matrix

    def welfare_spread(self, state: Array, world: World) -> float:
        """Largest difference of log welfare between residences; 0 while all move freely."""
        h, q = self.hats(state, world), self.quantities(state, world)
        people = h["residents"] * world.residents / world.workers
        value = np.log(q.taste * q.reach / people) / self.epsilon
        return float(value.max() - value.min())

    def uniqueness(self, world: World) -> str:
        """Whether a theorem rules out a second equilibrium; see `spectral_radius`."""
        if self.trade != "irs" or self.nu or self.delta:
            return "does not apply"
        if spectral_radius(self.alpha, self.epsilon, self.sigma) > 1:
            return "not proved"
        symmetric = all(nearly_symmetric(kernel.matrix) for kernel in (world.K, world.T))
        return "proved" if symmetric else "does not apply"

    @property
    def homogeneous(self) -> bool:
        """Whether real quantities are free of the numeraire."""
        return self.housing != "nominal" or self.delta == 0

    @property
    def steepness(self) -> float:
        """Largest exponent in the equations: how much rounding grows on the way to a residual."""
        return max(self.epsilon, self.sigma)

    def switches(self) -> dict[str, Any]:
        """Every parameter and switch, for the certificate."""
        return {
            "model": self.name,
            "closure": "closed",
            **{k: getattr(self, k) for k in ("alpha", "epsilon", "sigma", "nu", "delta", "trade",
                                              "housing")},
        }  # fmt: skip


def spectral_radius(alpha: float, epsilon: float, sigma: float) -> float:
    """Radius of |Gamma B^-1|, Monte, Redding and Rossi-Hansberg (2018), online appendix B.3.

    At most 1 proves that the equilibrium is unique, for fixed housing, varieties, no spillover and
    kernels that are symmetric up to factors by place.

    Examples
    --------
    >>> round(spectral_radius(0.6, 3.3, 4.0), 2)
    1.04
    """
    a, e, s = alpha, epsilon, sigma
    land = 1 + (1 - a) * e
    B = np.array([[1 - s, 0, 0, 0], [0, s, 0, 0], [0, -(1 + e), 1, 0], [a * e, 0, 0, land]])
    G = np.array([[0, -s, 1, 0], [s - 1, 0, 0, 1], [-a * e, 0, 0, 1 - land], [0, 1 + e, 0, 0]])
    return float(np.abs(np.linalg.eigvals(np.abs(G @ np.linalg.inv(B)))).max())


def nearly_symmetric(matrix: Array, tolerance: float = 1e-9) -> bool:
    """Whether a positive matrix is symmetric up to one factor a row and one a column.

    >>> nearly_symmetric(np.array([[1.0, 2.0], [6.0, 1.0]]))
    True
    """
    if not (matrix > 0).all():
        return False
    skew = np.log(matrix)
    skew = skew - skew.T
    skew -= skew[:, :1] - skew[:, 0]
    return float(np.abs(skew).max()) <= tolerance


def _power(hat: Array, exponent: float) -> Array:
    """hat**exponent with inf**negative = 0, without work where the hat is a plain 1."""
    if not hat.ndim and hat == 1:
        return np.float64(1.0)  # type: ignore[return-value]
    return np.power(hat, exponent)
