"""The default: the cheapest rung first, a steadier one when it stalls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem
from buju.simulate.solvers.anderson import Anderson, Damped
from buju.simulate.solvers.dense_newton import DenseNewton
from buju.simulate.solvers.newton_krylov import NewtonKrylov
from buju.simulate.solvers.record import Reached

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Ladder:
    """Newton–Krylov; else weak blocks; else Anderson and Newton; else dense Newton.

    Parameters
    ----------
    dense_below
        Largest number of places for which dense Newton is tried.
    """

    dense_below: int = 600

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Climb until the residual is at the target; what was tried stands in `rungs`."""
        reached = NewtonKrylov()(problem, start)
        if reached.done:
            return reached
        if problem.deflate(start):
            reached = _after(reached, NewtonKrylov()(problem, start))
        for solver in (Damped(iterations=100), Anderson(), NewtonKrylov()):
            if reached.done:
                return reached
            begin = reached.state if np.isfinite(reached.residual) else start
            reached = _after(reached, solver(problem, begin))
        if not reached.done and problem.world.size <= self.dense_below:
            begin = reached.state if np.isfinite(reached.residual) else start
            reached = _after(reached, DenseNewton()(problem, begin))
        return reached


def _after(before: Reached, then: Reached) -> Reached:
    return Reached(then.state, then.residual, before.rungs + then.rungs)
