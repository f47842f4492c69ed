"""A fixed N×N matrix that models multiply by: the only thing that grows with the square of N."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
QUICK_FROM = 700
"""From this many places on, Jacobian products read a float32 copy: they are bound by memory, and
they steer the solver without entering the answer. Residuals are always float64."""


@final
class Kernel:
    """A matrix as models see it: `kernel @ x` and `kernel.T @ x`.

    Parameters
    ----------
    matrix
        Non-negative, (N, N).
    transposed
        Present the transpose (no copy).

    Examples
    --------
    >>> kernel = Kernel(np.array([[1.0, 2.0], [0.0, 1.0]]))
    >>> (kernel @ np.ones(2)).tolist(), (kernel.T @ np.ones(2)).tolist()
    ([3.0, 1.0], [1.0, 3.0])
    """

    __array_ufunc__ = None

    def __init__(self, matrix: Array, *, quick: bool | None = None) -> None:
        self.matrix = matrix
        wanted = len(matrix) >= QUICK_FROM if quick is None else quick
        self.single = matrix.astype(np.float32) if wanted else None

    @property
    def T(self) -> Transposed:  # noqa: N802
        """The transpose, sharing memory."""
        return Transposed(self)

    def __matmul__(self, x: Any) -> Any:
        under = getattr(x, "under", None)
        return self.product(x, False) if under is None else under(self, False)

    def product(self, x: Array, transposed: bool, *, quick: bool = False) -> Array:
        """The product with a vector or a narrow matrix; `quick` allows the float32 copy."""
        if quick and self.single is not None:
            narrow = x.astype(np.float32)
            product: Array = _times(self.single, narrow, transposed).astype(np.float64)
        else:
            product = _times(self.matrix, x, transposed)
        return product


@final
class Transposed:
    """`kernel.T`."""

    __array_ufunc__ = None

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def __matmul__(self, x: Any) -> Any:
        under = getattr(x, "under", None)
        return self.kernel.product(x, True) if under is None else under(self.kernel, True)


def _times(matrix: Any, x: Any, transposed: bool) -> Any:
    return (matrix.T if transposed else matrix) @ x
