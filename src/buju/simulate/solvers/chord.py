"""Steps by one factored Jacobian: many changes to one economy share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.economy import Baseline, Shocks
from buju.simulate.problem import Problem
from buju.simulate.solvers.ladder import Ladder
from buju.simulate.solvers.record import TARGET, Reached, Rung, Solver, capped, size
from buju.simulate.solvers.spectrum import Factors

Array = npt.NDArray[np.float64]
LARGEST = 200
"""Up to this many places factoring the Jacobian costs less than a solve or two."""
SLOW = 0.5
"""A step that leaves more of the residual than this, twice, is too far from the baseline."""


@final
@dataclass(frozen=True)
class Chord:
    """Newton's steps with the Jacobian of the unchanged baseline, and Anderson's mixing of them.

    A step costs one evaluation and two triangular solves. Where steps stop helping, because the
    change is large, the usual solver goes on from the best state.

    Parameters
    ----------
    factors
        Of the baseline's Jacobian, (2N, 2N); see `buju.simulate.prefactored`.
    otherwise
        Who goes on.

    References
    ----------
    Ortega and Rheinboldt (1970), Iterative Solution of Nonlinear Equations in Several Variables,
    section 7.1, for the chord method; Walker and Ni (2011), https://doi.org/10.1137/10078356X, for
    the mixing.
    """

    factors: Factors = field(repr=False)
    otherwise: Solver = field(default_factory=Ladder)
    iterations: int = 25
    memory: int = 6
    cap: float = 1.0

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start` until the target, or as long as steps help."""
        best, value = start, problem.value(start)
        least, used, slow = size(value), 0, 0
        state, moves, steps = start, list[Array](), list[Array]()
        while TARGET < least < np.inf and used < self.iterations and slow < 2:
            step = self.factors.solve(-value)
            moves, steps = [*moves, state][-self.memory :], [*steps, step][-self.memory :]
            state = state + capped(_mixed(moves, steps), problem.direction, self.cap)
            value, used = problem.value(state), used + 1
            now = size(value)
            slow = slow + 1 if now > SLOW * least else 0
            if now < least:
                best, least = state, now
        reached = Reached(best, least, (Rung("chord", used, least),))
        if reached.done:
            return reached
        after = self.otherwise(problem, best if least < np.inf else start)
        return Reached(after.state, after.residual, reached.rungs + after.rungs)


def _mixed(states: list[Array], steps: list[Array]) -> Array:
    """The combination of past steps that is least, and where it leads."""
    step = steps[-1]
    if len(steps) == 1:
        return step
    slopes, moves = np.diff(np.array(steps), axis=0), np.diff(np.array(states), axis=0)
    scale = np.linalg.norm(slopes, axis=1)
    weights: Any = np.linalg.lstsq((slopes / scale[:, None]).T, step, rcond=1e-10)[0] / scale
    mixed: Array = step - weights @ (moves + slopes)
    return mixed


def prefactored(model: Any, baseline: Baseline) -> Solver:
    """The solver for many changes to one economy: its Jacobian factored once.

    Worth it from two changes on; memory 32 N² bytes. For more than `LARGEST` places, and where the
    baseline is no place to start from (its parts exchange no money), the usual solver is returned.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> model = CommutingTrade(alpha=0.7, epsilon=3, sigma=4)
    >>> solver = prefactored(model, twins)
    >>> found = counterfactual(model, twins, Shocks(amenity=[1.1, 1]), solver=solver)
    >>> found.certificate.rungs[0][0], found.verdict
    ('chord', 'certified')
    """
    if baseline.size > LARGEST:
        return Ladder()
    problem = Problem(model, model.world(baseline, Shocks()))
    line = problem.linearise(model.start(problem.world))
    factors = Factors(problem.dense_jacobian(line))
    return Ladder() if factors.singular else Chord(factors)
