"""The smallest change of one lever that meets a target, or that none does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from buju.decide.marginal.economy import Economy
from buju.decide.marginal.levers import Lever
from buju.decide.marginal.outcomes import Outcome
from buju.decide.marginal.search import Search, Tried
from buju.errors import ParameterError
from buju.simulate import Equilibrium


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
    search = Search(economy, outcome, lever, scenario or economy.base, wanted, most_solves)
    reached = search.run(float(np.log(limits[0])), float(np.log(limits[1])))
    english, chinese = _sentence(reached, search, target)
    return Reached(
        float(np.exp(reached.s)), reached.level, wanted, reached.equilibrium, search.solves,
        search.path(), english, chinese,
    )  # fmt: skip


def _sentence(reached: Tried, search: Search, target: float | GrowthTarget) -> tuple[str, str]:
    (lever, lever_zh), (outcome, outcome_zh) = search.lever.name, search.outcome.name
    change = float(np.exp(reached.s)) - 1
    english = (
        f"{lever} has to change by {change:+.4%} for the level of ({outcome}) to reach "
        f"{search.wanted:.6g} of the baseline; {search.solves} equilibria, missed by "
        f"{abs(reached.miss):.1g}"
    )
    chinese = (
        f"{lever_zh}需变化 {change:+.4%}，使“{outcome_zh}”对应水平达到基期的 {search.wanted:.6g}；"
        f"共求解 {search.solves} 次，偏差 {abs(reached.miss):.1g}"
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
