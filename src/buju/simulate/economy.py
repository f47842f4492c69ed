"""What models read: an economy as it is (`Baseline`) and what changes in it (`Shocks`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.checks import named, parameter, square, travel_times, vector

Array = npt.NDArray[np.float64]
SHARES = 1e-9
"""Shares must sum to 1 this closely: what float64 sums and files with twelve digits leave."""
AS_GIVEN = 1e-6
"""What totals and goods markets may miss by, relative to each place's own. They are not mended."""


@final
@dataclass(frozen=True, kw_only=True)
class Baseline:
    """An economy in equilibrium, by place; `[n, i]` is residence or buyer n, workplace or seller i.

    Attributes
    ----------
    commuting
        Share of all workers living in n and working in i, (N, N); sums to 1. None: everybody works
        where they live.
    trade
        Share of n's spending that buys from i, (N, N); each row sums to 1.
    wage
        Earnings of a job in i, (N,), in any unit.
    income
        Mean earnings of a resident of n, (N,), same unit: the wages of the workplaces of n's
        residents, weighted by where they work, and `payment`.
    jobs, residents
        Workers by workplace and by residence, (N,); both sum to the same total.
    origins, origin_workers
        Share of origin group o living in n, (O, N), rows sum to 1, and workers in each group, (O,);
        both or neither. A group may be one's place of registration or birth.
    payment
        What each worker receives of all rents, same unit as `wage`, for models whose land is held
        in common (`land="portfolio"`). 0: rents are spent on goods where they are paid. All goods
        then cost what wages pay, so a buyer spends `goods_share` of income on them.
    minutes, area
        Travel times (N, N), from i (row) to s, inf without a way, and land (N,) in any unit: for
        spillovers that fade with time; both may be left out otherwise.
    labels
        N names used in messages and tables; "0", "1", ... when left out.

    Raises
    ------
    ParameterError
        Shapes differ; something is negative, zero where it may not be, or not finite; shares do not
        sum; totals or goods markets miss by more than 1e-6; a matrix looks transposed.

    Examples
    --------
    >>> Baseline(commuting=np.full((2, 2), 0.25), trade=np.full((2, 2), 0.5), wage=[1, 1],
    ...          income=[1, 1], jobs=[10, 10], residents=[10, 10], labels=["A", "B"]).size
    2
    """

    trade: Array
    wage: Array
    income: Array
    jobs: Array
    residents: Array
    commuting: Array = None  # type: ignore[assignment]
    origins: Array | None = None
    origin_workers: Array | None = None
    minutes: Array | None = None
    area: Array | None = None
    payment: float = 0.0
    labels: tuple[str, ...] = ()
    miss: float = field(init=False, default=0.0)
    """How far goods markets are from clearing as given, relative to a place's income."""

    def __post_init__(self) -> None:
        n = len(np.atleast_1d(np.asarray(self.jobs)))
        labels = tuple(map(str, self.labels)) if len(self.labels) else tuple(map(str, range(n)))
        if len(labels) != n or len(set(labels)) != n:
            raise ParameterError(f"labels: {n} different names are needed, one for each place")
        put = object.__setattr__
        put(self, "labels", labels)
        for name in ("wage", "income", "jobs", "residents"):
            put(self, name, vector(name, getattr(self, name), labels))
        flows: Any = self.commuting
        if flows is None:
            put(self, "commuting", np.diag(self.residents / self.residents.sum()))
        for name in ("commuting", "trade"):
            put(self, name, square(name, getattr(self, name), labels))
        put(self, "payment", parameter("payment", self.payment, least=0))
        if self.minutes is not None:
            put(self, "minutes", travel_times("minutes", self.minutes, labels))
        if self.area is not None:
            put(self, "area", vector("area", self.area, labels))
        _check_totals(self)
        _check_commuting(self)
        put(self, "miss", _goods_miss(self))
        _check_origins(self)
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.jobs)

    @property
    def workers(self) -> float:
        """All workers."""
        return float(self.jobs.sum())

    @property
    def goods_share(self) -> float:
        """Share of income that buys goods: wages over wages and payments; 1 without payments."""
        paid = float(self.wage @ self.jobs)
        return paid / (paid + self.payment * self.workers)

    @property
    def zero_pairs(self) -> dict[str, float]:
        """Share of pairs without commuters and without trade; hats leave them at zero for ever."""
        return {name: float((getattr(self, name) == 0).mean()) for name in ("commuting", "trade")}


def _check_totals(b: Baseline) -> None:
    jobs, residents = b.jobs.sum(), b.residents.sum()
    if abs(jobs - residents) > AS_GIVEN * jobs:
        raise ParameterError(
            f"jobs sum to {jobs:.10g}, residents to {residents:.10g}: both must count the same "
            "workers; scale one to the other or add the places where the rest live or work"
        )
    total = b.commuting.sum()
    if abs(total - 1) > SHARES:
        raise ParameterError(f"commuting sums to {total:.10g}; divide by the number of commuters")


def _check_commuting(b: Baseline) -> None:
    rows, columns = b.commuting.sum(axis=1), b.commuting.sum(axis=0)
    live, work = b.residents / b.residents.sum(), b.jobs / b.jobs.sum()
    bad = np.abs(rows - live) > AS_GIVEN * live
    if bad.any():
        turned = np.all(np.abs(columns - live) <= AS_GIVEN * live)
        hint = (
            "; its columns do: is it transposed? Rows are residences, columns workplaces"
            if turned
            else "; rebuild the shares from the same count of people"
        )
        raise ParameterError(
            f"commuting: the row sums do not match residents at {named(b.labels, bad)}{hint}"
        )
    bad = np.abs(columns - work) > AS_GIVEN * work
    if bad.any():
        raise ParameterError(
            f"commuting: the column sums do not match jobs at {named(b.labels, bad)}; "
            "rebuild the shares from the same count of people"
        )
    earned = b.commuting @ (b.wage + b.payment) / rows
    bad = np.abs(earned - b.income) > AS_GIVEN * earned
    if bad.any():
        i = int(np.argmax(bad))
        raise ParameterError(
            f"income at {named(b.labels, bad)} is not the mean wage of its residents' workplaces "
            f"({b.labels[i]!r}: {b.income[i]:.10g} given, {earned[i]:.10g} from commuting and wage"
            + (f" and a payment of {b.payment:g})" if b.payment else ")")
        )


def _check_origins(b: Baseline) -> None:
    if (b.origins is None) != (b.origin_workers is None):
        raise ParameterError("origins and origin_workers: give both or neither")
    if b.origins is None or b.origin_workers is None:
        return
    origins = np.array(b.origins, dtype=np.float64)
    people = np.array(b.origin_workers, dtype=np.float64)
    groups = [f"group {o}" for o in range(len(people))]
    if origins.shape != (len(people), b.size):
        raise ParameterError(
            f"origins has shape {origins.shape}; expected {len(people)} groups by {b.size} places"
        )
    wrong = ~(np.isfinite(origins).all(axis=1) & (origins >= 0).all(axis=1) & (people > 0))
    wrong |= np.abs(origins.sum(axis=1) - 1) > SHARES
    if wrong.any():
        raise ParameterError(
            f"origins: {named(groups, wrong)} must have workers, and shares of at least 0 that sum "
            "to 1"
        )
    live = people @ origins
    bad = np.abs(live - b.residents) > AS_GIVEN * b.residents
    if bad.any():
        raise ParameterError(
            f"origins: the groups' members do not add up to residents at {named(b.labels, bad)}"
        )
    object.__setattr__(b, "origins", origins)
    object.__setattr__(b, "origin_workers", people)


def _goods_miss(b: Baseline) -> float:
    rows = b.trade.sum(axis=1)
    bad = np.abs(rows - 1) > SHARES
    if bad.any():
        turned = np.all(np.abs(b.trade.sum(axis=0) - 1) <= SHARES)
        hint = (
            "; the columns do: is it transposed? Rows are buyers, columns sellers"
            if turned
            else "; divide each row by its sum"
        )
        raise ParameterError(f"trade: the row of {named(b.labels, bad)} does not sum to 1{hint}")
    spending, earnings = b.goods_share * b.income * b.residents, b.wage * b.jobs
    miss = np.abs(spending @ b.trade - earnings) / earnings
    bad = miss > AS_GIVEN * (1 + 1e-3)
    if bad.any():
        turned = np.all(np.abs(earnings @ b.trade - spending) <= AS_GIVEN * spending)
        hint = (
            "they clear when rows are read as sellers: is the matrix transposed? Rows are buyers"
            if turned
            else "balance the trade shares first (buju.simulate.calibrate does)"
        )
        raise ParameterError(
            f"trade: spending on {named(b.labels, bad)} misses what is earned there by up to "
            f"{miss.max():.2g} of it (at most {AS_GIVEN:g}); {hint}"
        )
    return float(miss.max())


@final
@dataclass(frozen=True, kw_only=True)
class Shocks:
    """What changes, as hats: new value over old. 1 means no change.

    Attributes
    ----------
    productivity
        Of each workplace: a number or (N,).
    amenity
        The scale of tastes B: a number, (N,) by residence, or (N, N).
    commuting_cost, trade_cost
        A number or (N, N), `[n, i]`; `inf` cuts a pair.
    housing
        Land and floor space available at given rents: a number or (N,).
    migration_cost
        Of group o living in n: a number or (O, N); needs a baseline with origin groups.
    minutes
        No hat: the new travel times themselves, (N, N), through which spillovers fade; None leaves
        the baseline's. Commuting and trade feel time through their costs only.

    Raises
    ------
    ParameterError
        (from `counterfactual`, which knows N) A shape does not fit, or a hat is not above 0.

    Examples
    --------
    >>> Shocks(productivity=[1.0, 1.05]).trade_cost
    1.0
    """

    productivity: npt.ArrayLike = 1.0
    amenity: npt.ArrayLike = 1.0
    commuting_cost: npt.ArrayLike = 1.0
    trade_cost: npt.ArrayLike = 1.0
    housing: npt.ArrayLike = 1.0
    migration_cost: npt.ArrayLike = 1.0
    minutes: npt.ArrayLike | None = None

    def fitted(self, baseline: Baseline) -> dict[str, Array]:
        """Every hat as an array of its full shape; matrices stay a number where they are one."""
        labels = baseline.labels
        n = len(labels)
        groups = 0 if baseline.origins is None else len(baseline.origins)
        return {
            "productivity": _hat("productivity", self.productivity, labels, [(n,)]),
            "housing": _hat("housing", self.housing, labels, [(n,)]),
            "amenity": _hat("amenity", self.amenity, labels, [(n,), (n, n)]),
            "commuting_cost": _hat("commuting_cost", self.commuting_cost, labels, [(n, n)]),
            "trade_cost": _hat("trade_cost", self.trade_cost, labels, [(n, n)]),
            "migration_cost": _hat("migration_cost", self.migration_cost, labels, [(groups, n)]),
        }


def _hat(name: str, value: Any, labels: tuple[str, ...], shapes: list[tuple[int, ...]]) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim and array.shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        raise ParameterError(f"shock {name} has shape {array.shape}; expected a number or {wanted}")
    infinite = name.endswith("_cost")
    wrong = ~(array > 0) | (np.isinf(array) & (not infinite))
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0])
        groups = name == "migration_cost"
        where = " to ".join(
            f"group {i}" if groups and k == 0 else repr(labels[i]) for k, i in enumerate(at)
        )
        raise ParameterError(
            f"shock {name} at {where or 'all places'} is {float(array[at]):g}; a hat is the new "
            "value over the old and must be above 0"
            + (" (inf cuts a pair)" if infinite else " and finite")
        )
    if not array.ndim and shapes[0] == (len(labels),):
        return np.full(len(labels), float(array))
    return array
