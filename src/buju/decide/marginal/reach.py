"""The smallest change of one lever that meets a target, or that none does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from buju.decide.marginal.adjoint import slopes
from buju.decide.marginal.economy import Economy
from buju.decide.marginal.levers import Lever
from buju.decide.marginal.outcomes import Outcome
from buju.errors import BujuError, NotCertified, ParameterError
from buju.simulate import Equilibrium

MET = 1e-6
"""How closely the level asked for must be met, relative."""
BACKWARDS = 3
"""How often a step that ends in no certified equilibrium is halved."""
AIM = 1e-9
"""Closer than this no further step is made."""


class NotReachable(BujuError):
    """A target that a lever does not reach within its limits.

    Attributes
    ----------
    factor, level
        The lever's factor that came nearest, and the level there relative to the baseline.
    path
        As `Reached.path`.
    """

    def __init__(
        self, english: str, chinese: str, *, factor: float, level: float, path: pd.DataFrame
    ) -> None:
        super().__init__(english, chinese)
        self.factor = factor
        self.level = level
        self.path = path


@final
@dataclass(frozen=True)
class GrowthTarget:
    """A growth target beside a forecast: what a lever must add is the gap between the two.

    Parameters
    ----------
    growth, forecast
        Yearly growth wanted, and expected without the lever: 0.08 is 8 per cent.
    years
        Over which both hold.
    """

    growth: float
    forecast: float
    years: int = 1

    def __post_init__(self) -> None:
        if not (self.growth > -1 and self.forecast > -1 and self.years >= 1):
            raise ParameterError(
                "GrowthTarget: growth and forecast above -1 and a year or more are needed",
                "GrowthTarget：增速应大于 -1，年数不少于 1",
            )

    @property
    def level(self) -> float:
        """The level wanted relative to the level forecast."""
        return float(((1 + self.growth) / (1 + self.forecast)) ** self.years)


@final
@dataclass(frozen=True)
class Reached:
    """A lever that meets a target.

    Attributes
    ----------
    factor
        Of the lever: 1.03 is three per cent more (for speed, minutes are divided by it).
    level, target
        Outcome relative to the baseline: reached, and asked for.
    equilibrium
        The certified one that meets it.
    solves
        Equilibria that were solved, that of the baseline included.
    path
        `factor`, `level`, `slope` (of the log level by the log factor) of every solve.
    english, chinese
        One sentence.
    """

    factor: float
    level: float
    target: float
    equilibrium: Equilibrium
    solves: int
    path: pd.DataFrame
    english: str
    chinese: str


def reach_target(
    economy: Economy,
    outcome: Outcome,
    target: float | GrowthTarget,
    lever: Lever,
    *,
    scenario: Any = None,
    limits: tuple[float, float] = (0.25, 4.0),
    most_solves: int = 8,
) -> Reached:
    """The change of a lever, nearest to none, at which an outcome reaches a level.

    Newton's method on the certified equilibrium and its adjoint derivative, from the lever as it
    is. The long run without time: a growth target is turned into the gap to its forecast.

    Parameters
    ----------
    economy
        `NetworkEconomy`, or `ArrayEconomy` for hats alone.
    outcome
        `Welfare`, `Residents`, `Product`, `RealProduct`, `Inequality`, ...
    target
        Level relative to the baseline (1.05: five per cent above), or a `GrowthTarget`.
    lever
        `Hat` or `Speed`.
    scenario
        From which network the lever starts, and whose outcome is the baseline; the economy's base
        by default.
    limits
        Least and largest factor of the lever, around 1.
    most_solves
        Equilibria at most.

    Returns
    -------
    Reached
        With the level met to 1e-6.

    Raises
    ------
    NotReachable
        The lever has no effect, turns before the target, or falls short at its limit.
    NotCertified
        An equilibrium on the way could not be certified, or the solves did not suffice.
    ParameterError
        A target that is not above zero, limits that do not hold 1, a lever that does not fit.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, chapter 11 (safeguarded Newton).

    Examples
    --------
    >>> from buju.decide import ArrayEconomy, Hat, Welfare
    >>> from buju.simulate import Baseline, CommutingTrade
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> economy = ArrayEconomy(CommutingTrade(alpha=0.5, epsilon=3, sigma=4), twins)
    >>> found = reach_target(economy, Welfare(), 1.02, Hat("productivity", {"0": 1, "1": 1}))
    >>> round(found.factor, 6)  # goods are half of spending
    1.0404
    """
    wanted = target.level if isinstance(target, GrowthTarget) else float(target)
    if not (np.isfinite(wanted) and wanted > 0):
        raise ParameterError(
            f"target is {wanted}; a level relative to the baseline above 0, such as 1.05",
            f"target 为 {wanted}；应为相对基期的正水平，例如 1.05",
        )
    if not 0 < limits[0] <= 1 <= limits[1] or limits[0] == limits[1]:
        raise ParameterError(
            f"limits {limits} must lie around 1, above 0", f"limits {limits} 应为包含 1 的正区间"
        )
    search = _Search(economy, outcome, lever, scenario or economy.base, wanted, most_solves)
    reached = search.run(float(np.log(limits[0])), float(np.log(limits[1])))
    english, chinese = _sentence(reached, search, target)
    return Reached(
        float(np.exp(reached.s)), reached.level, wanted, reached.equilibrium, len(search.tried),
        search.path(), english, chinese,
    )  # fmt: skip


@dataclass(frozen=True)
class _Tried:
    s: float
    level: float
    miss: float
    slope: float
    equilibrium: Equilibrium


class _Search:
    """Newton's method with a bracket: `miss` is the log of the level less that of the target."""

    def __init__(
        self, economy: Economy, outcome: Outcome, lever: Lever, scenario: Any, wanted: float,
        most: int,
    ) -> None:  # fmt: skip
        self.economy, self.outcome, self.lever = economy, outcome, lever
        self.scenario, self.wanted, self.most = scenario, wanted, most
        self.tried: list[_Tried] = []
        self.first: float | None = None

    def run(self, low: float, high: float) -> _Tried:
        now = self.at(0.0)
        if abs(now.miss) <= AIM:
            return now
        if abs(now.slope) < 1e-12:
            raise self._refusal(now, "it has no effect on the outcome", "该工具对该指标没有影响")
        upward = now.miss * now.slope < 0
        end = high if upward else low
        if end == 0.0:
            raise self._refusal(
                now,
                "its limits allow only the direction that leads away from the target",
                "允许的方向只会偏离目标",
            )
        short, beyond = 0.0, end  # the target is not met at `short`; what `beyond` does is unknown
        proved = False
        while True:
            step = now.s - now.miss / now.slope if now.slope else np.nan
            inside = min(short, beyond) < step < max(short, beyond)
            if not inside:
                step = 0.5 * (short + beyond) if proved else end
            now = self.near(short, step)
            if now.s != step and step == end:
                end = now.s
            if abs(now.miss) <= AIM:
                return now
            if now.miss * self.tried[0].miss < 0:
                beyond, proved = now.s, True
            else:
                turned = now.slope * self.tried[0].slope <= 0
                if not proved and (now.s == end or turned):
                    raise self._short(end, turned and now.s != end)
                short = now.s
            if len(self.tried) >= self.most:
                return self._last()

    def near(self, short: float, step: float) -> _Tried:
        """Solve at a step; where no equilibrium is certified, nearer to what is known."""
        for _ in range(BACKWARDS):
            try:
                return self.at(step)
            except NotCertified:
                step = 0.5 * (short + step)
        return self.at(step)

    def at(self, s: float) -> _Tried:
        """Solve with the lever at s."""
        scenario, hats = self.lever.moved(self.economy, self.scenario, s)
        start = self.tried[-1].equilibrium.state if self.tried else None
        solved = self.economy.solve(scenario, start=start, **hats)
        found = slopes(solved, self.outcome)
        value, slope = found.value, self.lever.slope(self.economy, scenario, found, s)
        if self.first is None:
            self.first = value
        if self.outcome.logged:
            level = float(np.exp(value - self.first))
        else:
            if not self.first > 0:
                raise ParameterError(
                    f"{self.outcome.name[0]} is {self.first:g} at the baseline; a level relative "
                    "to it has no meaning",
                    f"{self.outcome.name[1]} 基期为 {self.first:g}，无法给出相对水平",
                )
            level, slope = value / self.first, slope / value
        miss = float(np.log(level / self.wanted))
        self.tried.append(_Tried(s, level, miss, float(slope), solved))
        return self.tried[-1]

    def path(self) -> pd.DataFrame:
        rows = [(float(np.exp(t.s)), t.level, t.slope) for t in self.tried]
        return pd.DataFrame(rows, columns=["factor", "level", "slope"])

    def _last(self) -> _Tried:
        best = min(self.tried, key=lambda t: abs(t.miss))
        if abs(best.miss) <= MET:
            return best
        raise NotCertified(
            f"the target was not met within {self.most} solves (missed by {best.miss:.2g} at a "
            f"factor of {np.exp(best.s):.6g}); allow more, or narrower limits",
            f"{self.most} 次求解内未达到目标（偏差 {best.miss:.2g}）；请放宽次数或收窄范围",
            equilibrium=best.equilibrium,
        )

    def _short(self, end: float, turned: bool) -> NotReachable:
        best = min(self.tried, key=lambda t: abs(t.miss))
        if turned:
            why = (f"the outcome turns before it, near a factor of {np.exp(best.s):.4g}",
                   f"指标在系数约 {np.exp(best.s):.4g} 处转向")  # fmt: skip
        else:
            why = (f"at its limit, a factor of {np.exp(end):.4g}, it falls short",
                   f"到达上下限（系数 {np.exp(end):.4g}）仍不足")  # fmt: skip
        return self._refusal(best, *why)

    def _refusal(self, best: _Tried, english: str, chinese: str) -> NotReachable:
        name, name_zh = self.lever.name
        return NotReachable(
            f"not reachable with this lever ({name}): {english}. Asked for {self.wanted:.6g} of "
            f"the baseline's {self.outcome.name[0]}, nearest {best.level:.6g}",
            f"此工具（{name_zh}）无法达到目标：{chinese}。目标为基期水平的 {self.wanted:.6g}，"
            f"最接近 {best.level:.6g}（{self.outcome.name[1]}）",
            factor=float(np.exp(best.s)),
            level=best.level,
            path=self.path(),
        )


def _sentence(reached: _Tried, search: _Search, target: float | GrowthTarget) -> tuple[str, str]:
    (lever, lever_zh), (outcome, outcome_zh) = search.lever.name, search.outcome.name
    change = float(np.exp(reached.s)) - 1
    english = (
        f"{lever} has to change by {change:+.4%} for the level of ({outcome}) to reach "
        f"{search.wanted:.6g} of the baseline; {len(search.tried)} equilibria, missed by "
        f"{abs(reached.miss):.1g}"
    )
    chinese = (
        f"{lever_zh}需变化 {change:+.4%}，使“{outcome_zh}”对应水平达到基期的 {search.wanted:.6g}；"
        f"共求解 {len(search.tried)} 次，偏差 {abs(reached.miss):.1g}"
    )
    if isinstance(target, GrowthTarget):
        english += (
            f". This level is the gap between a target of {target.growth:.2%} a year and a "
            f"forecast of {target.forecast:.2%}, over {target.years} year(s); the model itself "
            "knows no time"
        )
        chinese += (
            f"。该水平为年均目标 {target.growth:.2%} 与预测 {target.forecast:.2%} 在 "
            f"{target.years} 年内的差距；模型本身不含时间"
        )
    return english, chinese
