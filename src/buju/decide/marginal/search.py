"""Newton's method for one lever: certified equilibria, their derivatives, a bracket."""

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
class Tried:
    """One solve: the lever, the level relative to the baseline, log of it less the target's, and
    the derivative of the log level by s.
    """

    s: float
    level: float
    miss: float
    slope: float
    equilibrium: Equilibrium


@final
class Search:
    """Newton's method with a bracket: `miss` is the log of the level less that of the target."""

    def __init__(
        self, economy: Economy, outcome: Outcome, lever: Lever, scenario: Any, wanted: float,
        most: int,
    ) -> None:  # fmt: skip
        self.economy, self.outcome, self.lever = economy, outcome, lever
        self.scenario, self.wanted, self.most = scenario, wanted, most
        self.tried: list[Tried] = []
        self.first: float | None = None
        self.failed = 0

    def run(self, low: float, high: float) -> Tried:
        """The solve that meets the target; the lever's s stays between `low` and `high`."""
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
            if self.solves >= self.most:
                return self._last()

    def near(self, short: float, step: float) -> Tried:
        """Solve at a step; where no equilibrium is certified, nearer to what is known."""
        for _ in range(BACKWARDS):
            try:
                return self.at(step)
            except NotCertified:
                self.failed += 1
                step = 0.5 * (short + step)
        return self.at(step)

    def at(self, s: float) -> Tried:
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
        self.tried.append(Tried(s, level, miss, float(slope), solved))
        return self.tried[-1]

    @property
    def solves(self) -> int:
        """Equilibria that were asked for, those that failed included."""
        return len(self.tried) + self.failed

    def path(self) -> pd.DataFrame:
        """`factor`, `level`, `slope` of every solve."""
        rows = [(float(np.exp(t.s)), t.level, t.slope) for t in self.tried]
        return pd.DataFrame(rows, columns=["factor", "level", "slope"])

    def _last(self) -> Tried:
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

    def _refusal(self, best: Tried, english: str, chinese: str) -> NotReachable:
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
