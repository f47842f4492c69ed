"""Krylov spaces of Jacobian products, and GMRES for the steps of Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Operator = Callable[[Array], Array]


@final
class Basis:
    """An orthonormal Krylov basis that grows by one product at a time, to `limit` vectors."""

    def __init__(self, operator: Operator, start: Array, limit: int) -> None:
        self.operator = operator
        self.limit = limit
        self.vectors: Any = np.empty((limit + 1, len(start)), dtype=start.dtype)
        self.hessenberg: Any = np.zeros((limit + 1, limit), dtype=start.dtype)
        self.norm = float(np.linalg.norm(start))
        self.vectors[0] = start / self.norm
        self.size = 0

    def grow(self) -> bool:
        """One more vector; False when the space is invariant."""
        k = self.size
        known = self.vectors[: k + 1]
        new: Any = np.array(self.operator(known[k]))
        conjugate = np.iscomplexobj(known)
        scale = float(np.linalg.norm(new))
        for _ in range(2):  # twice is enough (Kahan and Parlett)
            part = known.conj() @ new if conjugate else known @ new
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
    basis = Basis(operator, right, min(limit, len(right)))
    target = relative * basis.norm
    going = True
    answer: Any = np.zeros(0)
    while going and basis.size < basis.limit:
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
