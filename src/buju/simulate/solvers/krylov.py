"""Krylov methods on Jacobian products: GMRES for steps, Arnoldi for the eigenvalue near zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Operator = Callable[[Array], Array]


class _Basis:
    """An orthonormal Krylov basis that grows by one product at a time."""

    def __init__(self, operator: Operator, start: Array, limit: int) -> None:
        self.operator = operator
        self.vectors = np.empty((limit + 1, len(start)))
        self.hessenberg = np.zeros((limit + 1, limit))
        self.norm = float(np.linalg.norm(start))
        self.vectors[0] = start / self.norm
        self.size = 0

    def grow(self) -> bool:
        """One more vector; False when the space is invariant."""
        k = self.size
        known = self.vectors[: k + 1]
        new: Any = np.array(self.operator(known[k]))
        scale = float(np.linalg.norm(new))
        for _ in range(2):  # twice is enough (Kahan and Parlett)
            part = known @ new
            new -= part @ known
            self.hessenberg[: k + 1, k] += part
        left = float(np.linalg.norm(new))
        self.hessenberg[k + 1, k] = left
        self.size = k + 1
        if not left > 1e-14 * scale:
            self.hessenberg[k + 1, k] = 0.0
            return False
        self.vectors[k + 1] = new / left
        return True


def gmres(operator: Operator, right: Array, *, relative: float, limit: int = 80) -> Array:
    """Solve operator(x) = right to a relative residual, without restarts.

    Returns the best x in the space when `limit` products do not suffice.

    Examples
    --------
    >>> gmres(lambda x: 2 * x, np.array([2.0, 4.0]), relative=1e-10).tolist()
    [1.0, 2.0]
    """
    if not right.any():
        return np.zeros_like(right)
    basis = _Basis(operator, right, min(limit, len(right)))
    target = relative * basis.norm
    going = True
    answer: Any = np.zeros(0)
    while going and basis.size < basis.hessenberg.shape[1]:
        going = basis.grow()
        k = basis.size
        h = basis.hessenberg[: k + 1, :k]
        goal = np.zeros(k + 1)
        goal[0] = basis.norm
        answer = np.asarray(np.linalg.lstsq(h, goal, rcond=None)[0])
        if np.linalg.norm(h @ answer - goal) <= target:
            break
    solution: Array = answer @ basis.vectors[: basis.size]
    return solution


class Spectrum(NamedTuple):
    """What Arnoldi found."""

    nearest: complex
    """The eigenvalue nearest to zero."""
    rightmost: float
    """The largest real part."""
    converged: bool
    vector: Array
    """The eigenvector of `nearest`, real part."""


def largest_modulus(
    operator: Operator, size: int, *, tolerance: float = 1e-3, limit: int = 80
) -> float:
    """Modulus of the largest eigenvalue; what is unsettled after `limit` products is added to it.

    Examples
    --------
    >>> round(largest_modulus(lambda x: np.array([1.0, -3.0, 2.0]) * x, 3), 9)
    3.0
    """
    basis = _Basis(operator, np.random.default_rng(7).standard_normal(size), min(limit, size))
    going, modulus, left = True, 0.0, np.inf
    while going and left > tolerance * modulus and basis.size < basis.hessenberg.shape[1]:
        going = basis.grow()
        k = basis.size
        values, vectors = np.linalg.eig(basis.hessenberg[:k, :k])
        i = int(np.argmax(np.abs(values)))
        modulus = float(abs(values[i]))
        last = 0.0 if k == size else basis.hessenberg[k, k - 1]
        left = np.inf if going and k < min(5, size) else float(abs(last * vectors[-1, i]))
    return modulus + left


def arnoldi(
    operator: Operator, size: int, *, tolerance: float = 1e-4, limit: int = 100
) -> Spectrum:
    """Eigenvalue nearest to zero of an operator whose spectrum lies left of it.

    Extreme eigenvalues converge first; an interior one may not, which the caller sees from a
    positive `rightmost`.
    """
    start = np.random.default_rng(7).standard_normal(size)
    basis = _Basis(operator, start, min(limit, size))
    going = True
    while going and basis.size < basis.hessenberg.shape[1]:
        going = basis.grow()
        k = basis.size
        if going and (k < 8 or k % 4):
            continue
        values, vectors = np.linalg.eig(basis.hessenberg[:k, :k])
        i = int(np.argmin(np.abs(values)))
        top = int(np.argmax(values.real))
        ends = [abs(basis.hessenberg[k, k - 1] * vectors[-1, j]) for j in (i, top)]
        if max(ends) <= tolerance * abs(values[i]):
            going = False
            return Spectrum(
                complex(values[i]), float(values[top].real), True,
                (vectors[:, i] @ basis.vectors[:k]).real,
            )  # fmt: skip
    k = basis.size
    values, vectors = np.linalg.eig(basis.hessenberg[:k, :k])
    i = int(np.argmin(np.abs(values)))
    whole = k == size or basis.hessenberg[k, k - 1] == 0.0
    vector: Array = (vectors[:, i] @ basis.vectors[:k]).real
    return Spectrum(complex(values[i]), float(values.real.max()), bool(whole), vector)
