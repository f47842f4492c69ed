"""How firmly a state is held: the eigenvalue nearest zero, and the Newton step left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.problem import Problem
from buju.simulate.solvers.krylov import gmres
from buju.simulate.solvers.record import size
from buju.simulate.solvers.spectrum import (
    Factors,
    Spectrum,
    arnoldi,
    dense_spectrum,
    largest_modulus,
)

Array = npt.NDArray[np.float64]
DENSE = 200
"""Up to this many places the Jacobian is formed and factored; beyond, products cost less."""
DENSE_RESORT = 500
"""Up to this many it is formed when a few products do not settle the eigenvalue nearest zero."""
FEW, MANY = 60, 100
"""Products before the Jacobian is formed, and where it is too large to be formed."""
MOVED = 4.0
"""The numeraire's eigenvalue goes from -1 on to -5, out of the way of all others."""


@final
@dataclass(frozen=True)
class Conditioning:
    """How firmly a state is held.

    Attributes
    ----------
    gap
        Modulus of the eigenvalue of the residual's Jacobian nearest zero, numeraire removed.
    rightmost
        Largest real part of an eigenvalue of f(x) = x + residual(x).
    correction
        Largest entry of the Newton step that is left.
    sign
        Sign of det(I - J) of f; 0 where the Jacobian was not formed.
    """

    gap: float
    rightmost: float
    correction: float
    sign: int


NOT_HELD = Conditioning(0.0, float("nan"), float("inf"), 0)
"""Where there is no derivative to speak of."""


def conditioning(problem: Problem, line: Any) -> Conditioning:
    """Eigenvalue nearest zero and the Newton step left at a state with its derivative."""
    n, m = problem.world.size, len(problem.direction)
    if n <= DENSE:
        return _dense(problem, line)
    found = arnoldi(_products(problem, line), m, limit=FEW if n <= DENSE_RESORT else MANY)
    if not (found.converged and found.rightmost < 0):
        if n <= DENSE_RESORT:
            return _dense(problem, line)
        found = _by_inverse(problem, line, found.rightmost)
    left = gmres(lambda x: problem.jacobian(line, x), -line.value, relative=1e-2, limit=40)
    return Conditioning(abs(found.nearest), 1 + found.rightmost, size(left), 0)


def _dense(problem: Problem, line: Any) -> Conditioning:
    matrix = problem.dense_jacobian(line)
    matrix -= MOVED * np.multiply.outer(problem.direction, problem.pin)
    if not np.isfinite(matrix).all():
        return NOT_HELD
    factors = Factors(matrix)
    found = dense_spectrum(matrix, factors)
    # det(I - J) of f is det(-Jacobian of the residual)
    sign = factors.sign * (-1) ** len(matrix)
    left = factors.solve(-line.value)
    left = left + MOVED * (problem.pin @ left) * problem.direction
    return Conditioning(abs(found.nearest), 1 + found.rightmost, size(left), sign)


def _products(problem: Problem, line: Any) -> Any:
    def product(x: Array) -> Array:
        moved: Array = problem.jacobian(line, x) - problem.direction * (MOVED * (problem.pin @ x))
        return moved

    return product


def _by_inverse(problem: Problem, line: Any, rightmost: float) -> Spectrum:
    """By inverse iteration, where zero lies inside the spectrum of a large economy."""
    product, solved = _products(problem, line), True

    def inverse(x: Array) -> Array:
        nonlocal solved
        found = gmres(product, x, relative=1e-5, limit=150)
        solved = solved and np.linalg.norm(product(found) - x) <= 1e-3 * np.linalg.norm(x)
        return found

    gap = 1 / largest_modulus(inverse, len(problem.direction))
    # an inverse that GMRES could not apply counts as no gap at all, and is not published
    return Spectrum(complex(gap if solved else 0.0), rightmost, solved)
