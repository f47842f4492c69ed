"""Newton with the whole Jacobian: the referee for small economies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem
from buju.simulate.solvers.record import TARGET, Reached, Rung, capped, size

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class DenseNewton:
    """Newton by LU factors of the (2N, 2N) Jacobian, the log step capped.

    Worth its N**3 up to a few hundred places.
    """

    iterations: int = 60
    cap: float = 0.5

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start`; steps may raise the residual, which carries it through tight spots."""
        line = problem.linearise(start)
        best = line
        used = 0
        while size(best.value) > TARGET and used < self.iterations:
            matrix = problem.dense_jacobian(line)
            if not np.isfinite(matrix).all():
                break
            step: Any = np.linalg.lstsq(matrix, -line.value, rcond=None)[0]
            line = problem.linearise(line.point + capped(step, problem.direction, self.cap))
            used += 1
            if size(line.value) < size(best.value):
                best = line
            elif used > self.iterations // 2:
                break
        now = size(best.value)
        return Reached(best.point, now, (Rung("dense-newton", used, now),))
