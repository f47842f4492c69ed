"""Limits on what places can host: caps on water or land that residents and jobs use, with prices.

Each cap carries a price. Where it does not bind the price is zero; where it binds the price rises
until use fits. Both hold at once: price >= 0, spare >= 0, price x spare = 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.faults import Faults
from buju.decide.marginal.adjoint import slopes
from buju.decide.marginal.economy import Economy
from buju.decide.marginal.outcomes import Use, Welfare
from buju.errors import NotCertified, ParameterError
from buju.simulate import Equilibrium, Sensitivity

Floats = npt.NDArray[np.float64]
MET = 1e-8
"""How closely a binding cap is met, relative, and how far any cap may be exceeded."""
MOST = 8
"""Caps at most: 256 sets that may bind."""
LARGEST = 0.5
"""A price moves at most so far in one step, as a share of income."""


@final
@dataclass(frozen=True)
class Cap:
    """A limit on what residents and jobs of some places use together.

    Parameters
    ----------
    name
        What it is called.
    most
        What can be supplied, > 0, such as m³ a year.
    per_resident, per_job
        {place: use of one resident, of one job}, in the same unit, >= 0.
    unit
        Of `most`.
    """

    name: str
    most: float
    per_resident: Mapping[str, float] = field(default_factory=dict)
    per_job: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""


@final
@dataclass(frozen=True)
class Limited:
    """An equilibrium within caps.

    Attributes
    ----------
    caps
        One row a cap: `cap`, `unit`, `most`, `without` (use if nothing were limited), `use`,
        `spare`, `binds`, `price` (money of the baseline's wages for each unit), `worth` (rise of
        log welfare of all for each further unit; 0 where it does not bind), `verdict`.
    equilibrium
        The certified one within the caps.
    residual
        Largest of min(price, spare) over caps, both as shares: zero when each cap binds or is free.
    unique
        "locally" where more of every price lowers use (all principal minors above zero), else
        "not shown"; "free" where no cap binds.
    solves
        Equilibria that were solved.
    """

    caps: pd.DataFrame
    equilibrium: Equilibrium
    residual: float
    unique: str
    solves: int


def limited(
    economy: Economy,
    caps: Sequence[Cap],
    *,
    scenario: Any = None,
    hats: Mapping[str, Any] | None = None,
    most_solves: int = 40,
) -> Limited:
    """The certified equilibrium in which no cap is exceeded, and what each cap's price is.

    A resident of n pays the price for what he uses, which counts like so much less income there; a
    job of i costs its employer the price of what it uses. The payment is used up (dearer supply,
    waiting, own wells): it comes back to nobody, so welfare counts it in full.

    Parameters
    ----------
    economy
        `ArrayEconomy` or `NetworkEconomy`.
    caps
        One or more, by different names.
    scenario, hats
        At which network, and what else changes: productivity of a zone, say.
    most_solves
        Equilibria at most.

    Raises
    ------
    NotCertified
        An equilibrium on the way was not certified, or the caps were not met within the solves.
    ParameterError
        Caps with faults, all of them named.

    Notes
    -----
    Newton's method for complementarity problems: use is made linear in the prices, with derivatives
    from one adjoint solve a cap, and that problem is solved exactly over the sets of caps that may
    bind; a step is shortened until the largest min(price, spare) falls. The result is checked by
    itself, not by the steps.

    References
    ----------
    Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity
    Problems, chapter 7 (Josephy's Newton method).

    Examples
    --------
    >>> from buju.decide import ArrayEconomy
    >>> from buju.simulate import Baseline, CommutingTrade
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> economy = ArrayEconomy(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins)
    >>> water = Cap("water", 52.0, per_resident={"0": 1.0})
    >>> found = limited(economy, [water], hats={"productivity": [1.2, 1.0]})
    >>> found.caps[["binds", "use"]].round(6).to_numpy().tolist()
    [[True, 52.0]]
    """
    labels = economy.baseline.labels
    _check(caps, labels)
    search = _Search(economy, tuple(caps), scenario or economy.base, dict(hats or {}), most_solves)
    return search.run()


def _check(caps: Sequence[Cap], labels: tuple[str, ...]) -> None:
    faults = Faults()
    if not 1 <= len(caps) <= MOST:
        faults.add(
            f"caps: {len(caps)} given; from 1 to {MOST} are expected",
            f"caps：给出 {len(caps)} 个；应为 1 至 {MOST} 个",
        )
    names = [cap.name for cap in caps]
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        faults.add(f"caps: '{name}' stands twice", f"caps：'{name}' 重复")
    for cap in caps:
        where = (f"cap '{cap.name}'", f"上限 '{cap.name}'")
        if not (np.isfinite(cap.most) and cap.most > 0):
            faults.add(f"{where[0]}: most is {cap.most}; above 0", f"{where[1]}：应大于 0")
        used = [*cap.per_resident.values(), *cap.per_job.values()]
        if not any(value > 0 for value in used):
            faults.add(
                f"{where[0]}: nobody uses it; give per_resident or per_job",
                f"{where[1]}：没有使用者；请给出 per_resident 或 per_job",
            )
        if not all(np.isfinite(value) and value >= 0 for value in used):
            faults.add(
                f"{where[0]}: use must be 0 or more everywhere", f"{where[1]}：用量应不小于 0"
            )
        faults.unknown(where, ("place", "地点"), [*cap.per_resident, *cap.per_job], labels)
    faults.raise_any(ParameterError)


@final
class _Search:
    """Prices of the caps, moved until each binds or costs nothing."""

    def __init__(
        self, economy: Economy, caps: tuple[Cap, ...], scenario: Any, hats: dict[str, Any],
        most: int,
    ) -> None:  # fmt: skip
        b = economy.baseline
        self.economy, self.caps, self.scenario, self.hats = economy, caps, scenario, hats
        self.most, self.solves = most, 0
        at = {label: k for k, label in enumerate(b.labels)}
        self.homes, self.jobs = (np.zeros((len(caps), b.size)) for _ in range(2))
        for c, cap in enumerate(caps):
            for rows, uses in ((self.homes, cap.per_resident), (self.jobs, cap.per_job)):
                for place, use in uses.items():
                    rows[c, at[place]] = use
        self.limit = np.array([cap.most for cap in caps])
        self.by_income = self.homes / np.asarray(b.income)
        self.by_wage = self.jobs / np.asarray(b.wage)
        # A price of one unit takes about this share of an income, so charges compare across caps.
        self.weight = np.maximum(self.by_income.max(axis=1), self.by_wage.max(axis=1))

    def run(self) -> Limited:
        price = np.zeros(len(self.caps))
        now, use = self._at(price, None)
        without = use
        while True:
            spare = 1 - use / self.limit
            charge = price * self.weight
            miss = float(np.abs(np.minimum(charge, spare)).max())
            if miss <= MET:
                return self._result(now, price, use, without, miss)
            step = self._step(now, price, use)
            price, now, use = self._moved(now, price, step, miss)

    def _step(self, now: Equilibrium, price: Floats, use: Floats) -> Floats:
        """To the prices at which every cap binds or is free, were use linear in them.

        Of the sets of caps that may bind, the smallest whose solution has no price below zero and
        no cap exceeded; where none has, the least exceeded.
        """
        slope = self._slopes(now, range(len(self.caps)))  # d log use / d price
        room = np.log(self.limit / use)
        best, least = -price, np.inf
        for rows in _subsets(len(self.caps)):
            step = -price.copy()
            if rows:
                inner = slope[np.ix_(rows, rows)]
                if np.linalg.matrix_rank(inner) < len(rows):
                    continue
                rest = slope[rows] @ step - inner @ step[rows]
                step[rows] = np.linalg.solve(inner, room[rows] - rest)
            over = float(np.max(slope @ step - room))
            below = float(np.max(-(price + step) * self.weight))
            wrong = max(over, below, 0.0)
            if wrong < least - 1e-12:
                best, least = step, wrong
            if wrong <= MET:
                break
        return best

    def _slopes(self, now: Equilibrium, rows: Iterable[int]) -> Floats:
        return np.array([self._by_price(slopes(now, self._outcome(c))) for c in rows])

    def _by_price(self, found: Sensitivity) -> Floats:
        """Derivative of an outcome by every price, (C,)."""
        epsilon = float(found.model.epsilon)
        by_amenity, by_productivity = (found.by_shock(n) for n in ("amenity", "productivity"))
        moved: Floats = -epsilon * self.by_income @ by_amenity - self.by_wage @ by_productivity
        return moved

    def _outcome(self, c: int) -> Use:
        return Use(tuple(self.homes[c]), tuple(self.jobs[c]))

    def _moved(
        self, now: Equilibrium, price: Floats, step: Floats, miss: float
    ) -> tuple[Floats, Equilibrium, Floats]:
        """A step, shortened until the miss falls."""
        longest = float(np.abs(step * self.weight).max())
        share = min(1.0, LARGEST / longest) if longest > 0 else 1.0
        while True:
            tried = np.maximum(price + share * step, 0.0)
            found, use = self._at(tried, now.state)
            spare = 1 - use / self.limit
            if np.abs(np.minimum(tried * self.weight, spare)).max() < miss or share < 1e-3:
                return tried, found, use
            share /= 2

    def _at(self, price: Floats, start: Any) -> tuple[Equilibrium, Floats]:
        if self.solves >= self.most:
            raise NotCertified(
                f"the caps {', '.join(cap.name for cap in self.caps)} were not met within "
                f"{self.most} solves; allow more, or larger caps",
                f"{self.most} 次求解内未能满足上限；请放宽次数或上限",
                equilibrium=None,
            )
        self.solves += 1
        epsilon = float(self.economy.model.epsilon)
        hats = dict(self.hats)
        if price.any() or start is not None:
            hats["amenity"] = hats.get("amenity", 1.0) * np.exp(-epsilon * price @ self.by_income)
            hats["productivity"] = np.asarray(hats.get("productivity", 1.0)) * np.exp(
                -price @ self.by_wage
            )
        found = self.economy.solve(self.scenario, start=start, **hats)
        b = found.baseline
        use = self.homes @ (found.residents * b.residents) + self.jobs @ (found.jobs * b.jobs)
        return found, use

    def _result(
        self, now: Equilibrium, price: Floats, use: Floats, without: Floats, miss: float
    ) -> Limited:
        binds = price > 0
        rows = np.flatnonzero(binds)
        worth, unique = np.zeros(len(self.caps)), "free"
        if len(rows):
            slope = self._slopes(now, rows)[:, rows] * use[rows][:, None]  # d use / d price
            gain = self._by_price(slopes(now, Welfare()))[rows]
            worth[rows] = np.linalg.solve(slope.T, gain)
            unique = "locally" if _p_matrix(-slope) else "not shown"
        table = pd.DataFrame(
            {
                "cap": [cap.name for cap in self.caps],
                "unit": [cap.unit for cap in self.caps],
                "most": self.limit,
                "without": without,
                "use": use,
                "spare": self.limit - use,
                "binds": binds,
                "price": price,
                "worth": worth,
                "verdict": now.verdict,
            }
        )
        return Limited(table, now, miss, unique, self.solves)


def _subsets(n: int) -> Iterator[list[int]]:
    """All subsets, smaller ones first."""
    for size in range(n + 1):
        yield from map(list, combinations(range(n), size))


def _p_matrix(matrix: Floats) -> bool:
    """Whether all principal minors are above zero."""
    return all(
        np.linalg.det(matrix[np.ix_(rows, rows)]) > 0 for rows in _subsets(len(matrix)) if rows
    )
