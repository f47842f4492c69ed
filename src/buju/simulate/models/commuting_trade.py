"""Trade, commuting and housing: Monte, Redding and Rossi-Hansberg (2018), elastic housing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.checks import choice, parameter
from buju.simulate.density import nearness
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.land import require_payment
from buju.simulate.models.money import MoneyFlows, Quantities
from buju.simulate.models.residence import CLOSURES, homes
from buju.simulate.models.uniqueness import nearly_symmetric, spectral_radius
from buju.simulate.models.world import World, form_world

Array = npt.NDArray[np.float64]
SWITCHES = (
    "alpha", "epsilon", "sigma", "nu", "delta", "trade", "housing", "commuting", "closure", "land",
    "spillover", "spillover_decay", "amenity_spillover", "amenity_spillover_decay",
)  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True)
class CommutingTrade(MoneyFlows):
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
    commuting
        "on"; "off": everybody works where they live (the baseline's commuting must be diagonal).
    closure
        "closed": the number of workers is given and they choose freely where to live, by origin
        group where the baseline has groups; "open": workers come and go until expected utility is
        what it was; "fixed": nobody moves home, and welfare differs by residence.
    land
        "local": rents are spent on goods where they are paid, by landlords who do not count in
        welfare; "portfolio": all rents are shared out equally among workers, wherever they live,
        and add to what any job pays. The baseline must be calibrated accordingly.
    spillover, spillover_decay
        Elasticity of productivity with respect to the density of jobs around a place, >= 0, and how
        fast their influence falls per minute, > 0 with it. The baseline then needs `minutes` and
        `area`. `nu` is for jobs in the place alone and adds to it.
    amenity_spillover, amenity_spillover_decay
        The same for the utility of living in a place and the density of residents around it; a
        negative elasticity is crowding.

    Notes
    -----
    The state is (ln w, ln p) in hats, 2N numbers, with p = P**alpha Q**(1-alpha), less what amenity
    spillovers are worth; an open economy adds the log of its workers, land in common the log
    of the payment to each worker. Equations and assumptions:
    `docs/explanation/commuting-trade.md`.

    Raises
    ------
    ParameterError
        A parameter lies outside its range, or two contradict each other.

    References
    ----------
    Monte, Redding and Rossi-Hansberg (2018), Commuting, Migration, and Local Employment
    Elasticities, https://doi.org/10.1257/aer.20151507; Seidel and Wickerath (2020), Rush Hours and
    Urbanization, https://doi.org/10.1016/j.regsciurbeco.2020.103580; spillovers: Ahlfeldt, Redding,
    Sturm and Wolf (2015), https://doi.org/10.3982/ECTA10876.

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
    commuting: str = "on"
    closure: str = "closed"
    land: str = "local"
    spillover: float = 0.0
    spillover_decay: float = 0.0
    amenity_spillover: float = 0.0
    amenity_spillover_decay: float = 0.0
    name: str = field(init=False, default="commuting-trade")

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "alpha", parameter("alpha", self.alpha, above=0, below=1))
        put(self, "epsilon", parameter("epsilon", self.epsilon, above=1))
        put(self, "sigma", parameter("sigma", self.sigma, above=1))
        put(self, "nu", parameter("nu", self.nu, least=0))
        put(self, "delta", parameter("delta", self.delta, least=0))
        for name, least in (("spillover", 0.0), ("amenity_spillover", None)):
            put(self, name, parameter(name, getattr(self, name), least=least))
            fall = parameter(f"{name}_decay", getattr(self, f"{name}_decay"), least=0)
            put(self, f"{name}_decay", fall)
            if getattr(self, name) and not fall:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g} with {name}_decay = 0: give how fast it "
                    "fades per minute, above 0, or use `nu` for a place's own jobs"
                )
        choice("trade", self.trade, ("irs", "crs"))
        choice("housing", self.housing, ("real", "nominal", "fixed"))
        choice("commuting", self.commuting, ("on", "off"))
        choice("closure", self.closure, CLOSURES)
        choice("land", self.land, ("local", "portfolio"))
        if self.housing == "fixed" and self.delta:
            raise ParameterError(
                f"delta = {self.delta:g} with housing='fixed': fixed housing does not respond; "
                "leave delta out or choose housing='real'"
            )
        if self.housing == "nominal" and self.closure == "open":
            raise ParameterError(
                "housing='nominal' with closure='open': utility would depend on the numeraire, and "
                "with it who comes; choose housing='real'"
            )

    def world(self, baseline: Baseline, shocks: Shocks) -> World:
        """The kernels and vectors of a scenario, formed once."""
        if baseline.origins is not None and self.closure != "closed":
            raise ParameterError(
                f"closure='{self.closure}' with origin groups: groups choose where to live among "
                "all places of a closed economy; leave `origins` out of the baseline"
            )
        require_payment(self, baseline)
        world = form_world(
            baseline, shocks, epsilon=self.epsilon, sigma=self.sigma,
            commuting=self.commuting == "on",
        )  # fmt: skip
        return replace(world, **self._near(baseline, shocks))

    def _near(self, baseline: Baseline, shocks: Shocks) -> dict[str, Any]:
        """Kernels of the spillovers that are on."""
        if shocks.minutes is not None and not (self.spillover or self.amenity_spillover):
            raise ParameterError(
                "shock minutes: no spillover of this model fades with time; leave it out, or give "
                "`spillover` or `amenity_spillover`. Commuting and trade take cost hats"
            )
        return {
            field: nearness(
                baseline, shocks, of=of, decay=getattr(self, f"{name}_decay"), parameter=name
            )
            for field, of, name in (
                ("near_jobs", "jobs", "spillover"),
                ("near_homes", "residents", "amenity_spillover"),
            )
            if getattr(self, name)
        }

    def start(self, world: World) -> Array:
        """The baseline, all hats 1: (2N,), and 1 more each for an open economy, for common land."""
        return np.zeros(2 * world.size + (self.closure == "open") + (self.land == "portfolio"))

    def numeraire_direction(self, world: World) -> Array:
        """How the state moves when money is worth less: real quantities stay."""
        n = world.size
        direction = self.start(world)
        direction[:n] = 1.0
        direction[n : 2 * n] = 1.0
        if self.housing == "nominal":
            direction[n : 2 * n] = self.alpha + (1 - self.alpha) / (1 + self.delta)
        if self.land == "portfolio":
            direction[-1] = 1.0
        return direction

    def quantities(self, state: Any, world: World) -> Quantities:
        """Everything that a state implies: three passes over the kernels."""
        xp = state.__array_namespace__()
        n = world.size
        lw, lp = state[:n], state[n : 2 * n]
        people = state[2 * n] if self.closure == "open" else 0.0
        log_income, money, payment = lw, world.wage * xp.exp(lw), 0.0
        if self.land == "portfolio":
            payment = world.payment * xp.exp(state[-1])
            money = money + payment
            log_income = xp.log(money / (world.wage + world.payment))
        pay, taste = xp.exp(self.epsilon * log_income), xp.exp(-self.epsilon * lp)
        sums = world.K @ xp.stack([pay, pay * money], axis=1)
        a1, a2 = sums[:, 0], sums[:, 1]
        living = homes(self.closure, taste, a1, people, world, xp)
        crowd = living.residents / a1
        jobs, earned = pay * (world.K.T @ crowd), crowd * a2
        spending = self.alpha * earned if self.land == "portfolio" else earned
        num = self.offer(lw, jobs, world, xp)
        D = world.T @ num
        log_P = xp.log(D) / (1 - self.sigma)
        log_Q = xp.log(earned / (world.income * world.residents * world.housing))
        if self.housing == "real":
            log_Q = log_Q + self.delta * log_P
        log_Q = log_Q / (1 + self.delta)
        return Quantities(
            lw, lp, living, crowd, pay, jobs, earned, spending, num, D, log_P, log_Q, payment
        )  # fmt: skip

    def offer(self, log_wage: Any, jobs: Any, world: World, xp: Any) -> Any:
        """num_i: productivity, jobs (varieties and spillovers) and wage in a buyer's choice."""
        varieties = 1.0 if self.trade == "irs" else 0.0
        scale = varieties + self.nu * (self.sigma - 1)
        log_offer = (self.sigma - 1) * (xp.log(world.productivity) - log_wage)
        if scale:
            log_offer = log_offer + scale * xp.log(jobs / world.jobs)
        if world.near_jobs is not None:
            around = xp.log(world.near_jobs @ (jobs / world.jobs))
            log_offer = log_offer + self.spillover * (self.sigma - 1) * around
        return xp.exp(log_offer)

    def step(self, state: Any, world: World) -> Any:
        """Log excess demand for goods, log price gaps (and log utility where open); 0 solves."""
        return self.residual(self.quantities(state, world), world, state.__array_namespace__())

    def residual(self, q: Quantities, world: World, xp: Any) -> Any:
        """`step` from quantities already at hand."""
        demand = q.offer * (world.T.T @ (q.spending / q.index))
        goods = xp.log(demand / (world.wage * q.jobs_level)) - q.log_wage
        price = self.alpha * q.log_goods + (1 - self.alpha) * q.log_rent - q.log_price
        if world.near_homes is not None:
            around = xp.log(world.near_homes @ (q.homes.residents / world.residents))
            price = price - self.amenity_spillover * around
        parts = [goods, price]
        if self.closure == "open":
            parts.append(xp.log(q.homes.totals) / self.epsilon)
        if self.land == "portfolio":
            parts.append(xp.stack([self.rent_budget(q, xp)], axis=0))
        return xp.concat(parts)

    def log_welfare(self, state: Any, world: World) -> Any:
        """Mean over people of the log of their utility hat."""
        q, xp = self.quantities(state, world), state.__array_namespace__()
        weights = q.homes.weights / q.homes.weights.sum()
        return xp.sum(weights * xp.log(q.homes.totals)) / self.epsilon

    def welfare_by_group(self, state: Array, world: World) -> Array:
        """Utility hats: one where all move freely, by origin group, or by residence."""
        totals: Array = self.quantities(state, world).homes.totals
        return np.power(totals, 1 / self.epsilon)

    def hats(self, state: Any, world: World) -> dict[str, Any]:
        """The public outcomes in hats, (N,) each."""
        q, xp = self.quantities(state, world), state.__array_namespace__()
        residents = q.homes.residents / world.residents
        return {
            "wage": xp.exp(q.log_wage),
            "income": q.earned / (world.income * world.residents * residents),
            "rent": xp.exp(q.log_rent),
            "price": xp.exp(q.log_goods),
            "residents": residents,
            "jobs": q.jobs_level / world.jobs,
        }

    def flows(self, state: Array, world: World) -> dict[str, Array]:
        """New shares, rebuilt: `commuting` sums to 1, rows of `trade` sum to 1."""
        q = self.quantities(state, world)
        people = q.homes.residents.sum()
        return {
            "commuting": world.K.matrix * (q.crowd / people)[:, None] * q.pay[None, :],
            "trade": world.T.matrix * q.offer[None, :] / q.index[:, None],
        }

    def welfare_spread(self, state: Array, world: World) -> float:
        """Largest gap of log value between residences that one group fills; 0 when indifferent.

        With origin groups, between groups' residents and what their choices imply.
        """
        q = self.quantities(state, world)
        if self.closure == "fixed":
            return 0.0
        taste = np.exp(-self.epsilon * q.log_price)
        shares = q.homes.residents / q.homes.residents.sum()
        if world.M is None:
            value = np.log(taste * q.homes.residents / q.crowd / shares / q.homes.totals)
        else:
            worth = taste * q.homes.residents / q.crowd / world.share
            people = world.M.T @ (world.origin_workers / q.homes.totals)
            value = np.log(worth * people / q.homes.residents)
        return float(np.ptp(value)) / self.epsilon

    def uniqueness(self, world: World) -> str:
        """Whether a theorem rules out a second equilibrium; see `models/uniqueness.py`."""
        moved = self.closure != "closed" or world.M is not None or self.commuting == "off"
        spills = self.nu or self.spillover or self.amenity_spillover
        moved = moved or self.land != "local"
        if self.trade != "irs" or spills or self.delta or moved:
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

    @property
    def elasticities(self) -> tuple[str, ...]:
        """Parameters by which derivatives can be taken with the baseline held.

        Not alpha where land is held in common: what the baseline pays out hangs on it.
        """
        out = {"alpha": self.land == "portfolio", "delta": self.housing == "fixed"}
        used = [n for n in ("alpha", "epsilon", "sigma", "nu", "delta") if not out.get(n)]
        return (*used, *(n for n in ("spillover", "amenity_spillover") if getattr(self, n)))

    @property
    def kernel_exponents(self) -> dict[str, tuple[str, float]]:
        """Which kernel a matrix shock enters, and to what power."""
        return {
            "commuting_cost": ("K", -self.epsilon),
            "amenity": ("K", 1.0),
            "trade_cost": ("T", 1 - self.sigma),
            "migration_cost": ("M", -self.epsilon),
        }

    def switches(self) -> dict[str, Any]:
        """Every parameter and switch, for the certificate."""
        return {"model": self.name, **{name: getattr(self, name) for name in SWITCHES}}
