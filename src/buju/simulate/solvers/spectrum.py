"""The eigenvalue of a Jacobian nearest zero, and the rightmost: by products, or from the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from buju.simulate.solvers.krylov import Basis

Array = npt.NDArray[np.float64]
Operator = Callable[[Array], Array]
WHOLE = 80
"""Up to this many rows LAPACK's eigenvalues cost less than looking for one of them."""
LOOSE = 100.0
"""A few products more mostly bring the last digits; a solve need not fail for want of them."""
CLOSE = 0.97
"""A shift at this share of the way to an eigenvalue tells it from a cluster just behind it."""


class Spectrum(NamedTuple):
    """What was found of a spectrum."""

    nearest: complex
    """The eigenvalue nearest to zero."""
    rightmost: float
    """The largest real part."""
    converged: bool


class _Ritz(NamedTuple):
    values: Any
    misses: Array
    """Residual of each value."""


def _ritz(basis: Basis) -> _Ritz:
    k = basis.size
    values, vectors = np.linalg.eig(basis.hessenberg[:k, :k])
    return _Ritz(values, np.abs(basis.hessenberg[k, k - 1] * vectors[-1]))


def _grown(basis: Basis, settled: Callable[[_Ritz], bool], *, whole: int) -> tuple[_Ritz, bool]:
    """Grow a basis until its Ritz values are settled, looked at ever more rarely."""
    check, going = 8, True
    while going and basis.size < basis.limit:
        going = basis.grow()
        if not going or basis.size in (check, basis.limit):
            check = check + max(4, check // 4)
            found = _ritz(basis)
            if settled(found):
                return found, True
    found = _ritz(basis)
    return found, basis.size == whole or not basis.hessenberg[basis.size, basis.size - 1]


def _start(size: int) -> Array:
    return np.random.default_rng(7).standard_normal(size)


def arnoldi(
    operator: Operator, size: int, *, tolerance: float = 1e-6, limit: int = 100
) -> Spectrum:
    """Eigenvalue nearest to zero of an operator whose spectrum lies left of it, by products.

    Extreme eigenvalues converge first; an interior one may not, which the caller sees from a
    positive `rightmost`. At the limit an error of `LOOSE` times the tolerance still counts.

    Examples
    --------
    >>> found = arnoldi(lambda x: np.array([-1.0, -3.0, -2.0]) * x, 3)
    >>> round(abs(found.nearest), 9), round(found.rightmost, 9), found.converged
    (1.0, -1.0, True)
    """

    def settled(found: _Ritz, times: float = 1.0) -> bool:
        i = int(np.argmin(np.abs(found.values)))
        top = int(np.argmax(found.values.real))
        return bool(max(found.misses[[i, top]]) <= times * tolerance * abs(found.values[i]))

    found, done = _grown(Basis(operator, _start(size), min(limit, size)), settled, whole=size)
    done = done or settled(found, LOOSE)
    nearest = found.values[int(np.argmin(np.abs(found.values)))]
    return Spectrum(complex(nearest), float(found.values.real.max()), done)


def largest_modulus(
    operator: Operator, size: int, *, tolerance: float = 1e-3, limit: int = 80
) -> float:
    """Modulus of the largest eigenvalue; what is unsettled after `limit` products is added to it.

    Examples
    --------
    >>> round(largest_modulus(lambda x: np.array([1.0, -3.0, 2.0]) * x, 3), 9)
    3.0
    """

    def settled(found: _Ritz) -> bool:
        i = int(np.argmax(np.abs(found.values)))
        return bool(found.misses[i] <= tolerance * abs(found.values[i]))

    found, done = _grown(Basis(operator, _start(size), min(limit, size)), settled, whole=size)
    i = int(np.argmax(np.abs(found.values)))
    return float(abs(found.values[i]) + (0.0 if done else found.misses[i]))


@final
class Factors:
    """LU factors of a square matrix, real or complex.

    Examples
    --------
    >>> found = Factors(np.array([[0.0, 2.0], [1.0, 0.0]]))
    >>> found.solve(np.array([2.0, 3.0])).tolist(), found.sign
    ([3.0, 1.0], -1)
    """

    def __init__(self, matrix: Any) -> None:
        factor = lapack.zgetrf if np.iscomplexobj(matrix) else lapack.dgetrf
        self.lu, self.pivots, code = factor(matrix)
        self.singular = code != 0 or not np.isfinite(self.lu).all()

    def solve(self, right: Any) -> Any:
        """x with matrix @ x = right."""
        back = lapack.zgetrs if np.iscomplexobj(self.lu) else lapack.dgetrs
        return back(self.lu, self.pivots, right)[0]

    @property
    def sign(self) -> int:
        """Sign of a real matrix's determinant."""
        swaps = int((self.pivots != np.arange(len(self.pivots))).sum())
        return int(np.prod(np.sign(self.lu.diagonal()))) * (-1) ** swaps


def dense_spectrum(matrix: Array, factors: Factors, *, tolerance: float = 1e-7) -> Spectrum:
    """Eigenvalue nearest to zero and largest real part of a matrix, its factors at hand.

    Arnoldi on the inverse finds the nearest, and from a shift close before it tells it from a
    cluster; Arnoldi on the matrix tells whether others lie further right. What they leave open,
    and small matrices, go to LAPACK.

    Parameters
    ----------
    tolerance
        Error of the nearest eigenvalue, relative.

    Examples
    --------
    >>> turn = np.array([[-2.0, 5.0], [-5.0, -2.0]])
    >>> found = dense_spectrum(turn, Factors(turn))
    >>> round(abs(found.nearest), 6), round(found.rightmost, 6)
    (5.385165, -2.0)
    """
    size = len(matrix)
    if size > WHOLE and not factors.singular:
        nearest = _nearest(factors, 0.0, 1e-2, 60)
        if nearest is not None:
            shift = CLOSE * (nearest.real if _is_real(nearest) else nearest)
            close = Factors(matrix - shift * np.eye(size))
            nearest = None if close.singular else _nearest(close, shift, tolerance, 120)
        if nearest is not None:
            rightmost = _rightmost(matrix, nearest)
            if rightmost is not None:
                return Spectrum(nearest, rightmost, True)
    values = np.linalg.eigvals(matrix)
    return Spectrum(complex(values[np.argmin(np.abs(values))]), float(values.real.max()), True)


def _is_real(value: complex) -> bool:
    return abs(value.imag) <= 1e-6 * abs(value)


def _nearest(factors: Factors, shift: complex, tolerance: float, limit: int) -> complex | None:
    """The eigenvalue nearest zero by Arnoldi on (matrix - shift)**-1; None where unsettled."""

    def miss(found: _Ritz) -> tuple[complex, float]:
        values = shift + 1 / found.values
        i = int(np.argmin(np.abs(values)))
        # an error e of 1 / (value - shift) is one of e (value - shift)**2 of the value
        return complex(values[i]), float(found.misses[i] / abs(found.values[i]) ** 2)

    def settled(found: _Ritz) -> bool:
        value, error = miss(found)
        return error <= tolerance * abs(value)

    start = _start(len(factors.lu)).astype(factors.lu.dtype)
    basis = Basis(factors.solve, start, min(limit, len(start)))
    found, done = _grown(basis, settled, whole=len(start))
    return miss(found)[0] if done else None


def _rightmost(matrix: Array, nearest: complex) -> float | None:
    """The largest real part, where products settle it: outliers show first."""
    size = len(matrix)
    near = 1e-3 * abs(nearest)

    def settled(found: _Ritz) -> bool:
        top = int(np.argmax(found.values.real))
        real = found.values[top].real
        beyond = real > nearest.real + near
        if beyond:
            return bool(found.misses[top] <= 1e-4 * abs(nearest))
        return bool(nearest.real - real < 0.1 * abs(nearest))

    basis = Basis(lambda x: matrix @ x, _start(size), min(120, size))
    found, done = _grown(basis, settled, whole=size)
    top = float(found.values.real.max())
    right = top if top > nearest.real + near else nearest.real
    return right if done else None
