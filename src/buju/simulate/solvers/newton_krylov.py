"""Newton steps whose linear systems are solved by GMRES from Jacobian products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem
from buju.simulate.solvers.krylov import gmres
from buju.simulate.solvers.record import TARGET, Reached, Rung, capped, size

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class NewtonKrylov:
    """Inexact Newton with a step cap and backtracking.

    Parameters
    ----------
    iterations
        At most this many Newton steps.
    cap
        Largest change of a log wage or price in one step.
    loosest
        Relative residual of the first linear solve; later ones follow Eisenstat and Walker (1996),
        choice 2.
    """

    iterations: int = 40
    cap: float = 1.0
    loosest: float = 0.1

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start` until the residual is at the target or no step lowers it."""
        line = problem.linearise(start)
        now, forcing, used = size(line.value), self.loosest, 0
        while now > TARGET and used < self.iterations and np.isfinite(now):
            step = gmres(
                lambda x, at=line: problem.jacobian(at, x),  # type: ignore[misc]
                -line.value, relative=max(forcing, 0.1 * TARGET / now),
            )  # fmt: skip
            step = capped(step, problem.direction, self.cap)
            tried, length = problem.linearise(line.point + step), 1.0
            while not size(tried.value) < now and length > 1 / 64:
                length /= 2
                tried = problem.linearise(line.point + length * step)
            if not size(tried.value) < now:
                break
            after = size(tried.value)
            forcing = min(self.loosest, max(1e-6, 0.9 * (after / now) ** 2))
            line, now, used = tried, after, used + 1
        return Reached(line.point, now, (Rung("newton-krylov", used, now),))
