"""Fixed-point iterations x <- x + residual(x), damped or accelerated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem
from buju.simulate.solvers.record import TARGET, Reached, Rung, capped, size

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Damped:
    """Move by a fraction of the residual; eigenvalues of the map go down to about -2."""

    iterations: int = 2000
    factor: float = 0.5
    cap: float = 1.0

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start` until the target, the limit or a number that is not finite."""
        state, value = start, problem.value(start)
        used = 0
        while TARGET < size(value) < np.inf and used < self.iterations:
            state = state + capped(self.factor * value, problem.direction, self.cap)
            value, used = problem.value(state), used + 1
        return Reached(state, size(value), (Rung("damped", used, size(value)),))


@final
@dataclass(frozen=True)
class Anderson:
    """Anderson acceleration with damping (Walker and Ni 2011), restarted when it gets worse."""

    iterations: int = 400
    memory: int = 12
    factor: float = 0.5
    cap: float = 1.0

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start` until the target, the limit or a number that is not finite."""
        state, value = start, problem.value(start)
        best, least = state, size(value)
        states: list[Array] = []
        values: list[Array] = []
        used = 0
        while TARGET < size(value) < np.inf and used < self.iterations:
            states, values = [*states, state][-self.memory :], [*values, value][-self.memory :]
            state = state + capped(self._step(states, values), problem.direction, self.cap)
            value, used = problem.value(state), used + 1
            now = size(value)
            if now > 1e3 * least:
                states, values, state = [], [], best
                value = problem.value(state)
            elif now < least:
                best, least = state, now
        return Reached(best, least, (Rung("anderson", used, least),))

    def _step(self, states: list[Array], values: list[Array]) -> Array:
        """The mixed step: the combination of past states whose linear residual is least."""
        value = values[-1]
        if len(values) == 1:
            return self.factor * value
        slopes = np.diff(np.array(values), axis=0)
        moves = np.diff(np.array(states), axis=0)
        scale = np.linalg.norm(slopes, axis=1)
        weights = np.linalg.lstsq((slopes / scale[:, None]).T, value, rcond=1e-10)[0] / scale
        step: Array = self.factor * value - weights @ (moves + self.factor * slopes)
        return step
