"""What every solver returns."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem

Array = npt.NDArray[np.float64]
TARGET = 1e-12
"""Residual at which solvers stop: two digits below what is certified."""


class Rung(NamedTuple):
    """One solver's part in a solve."""

    solver: str
    iterations: int
    residual: float


class Reached(NamedTuple):
    """Where a solver ended: the state, its residual, and how it got there."""

    state: Array
    residual: float
    rungs: tuple[Rung, ...]

    @property
    def done(self) -> bool:
        """Whether the residual is at the target."""
        return self.residual <= TARGET


class Solver(Protocol):
    """Moves a state towards the solution of a problem; iterations are finite."""

    def __call__(self, problem: Problem, start: Array) -> Reached:
        """Go from `start` as far as the solver can."""
        ...


def size(residual: Array) -> float:
    """Largest residual; inf when any is not a number.

    >>> size(np.array([0.5, np.nan]))
    inf
    """
    largest = float(np.max(np.abs(residual)))
    return largest if np.isfinite(largest) else float("inf")


def capped(step: Array, direction: Array, cap: float) -> Array:
    """A step shortened so that no log wage or price moves by more than `cap`."""
    longest = float(np.max(np.abs(step)))
    return step if longest <= cap else step * (cap / longest)
