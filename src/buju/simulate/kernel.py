"""Fixed matrices that models multiply by: the only things that grow with the square of N."""

from __future__ import annotations

from typing import Any, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
QUICK_FROM = 700
"""From this many places on, Jacobian products read a float32 copy: they are bound by memory, and
they steer the solver without entering the answer. Residuals are always float64."""
COLUMNS_BELOW = 700
"""Below this many places, a product with two columns is faster as two products with one."""


class _Factor:
    """`kernel @ x` and `kernel.T @ x`, on plain or traced arrays."""

    __array_ufunc__ = None

    @property
    def T(self) -> Transposed:  # noqa: N802
        """The transpose, sharing memory."""
        return Transposed(self)

    def __matmul__(self, x: Any) -> Any:
        under = getattr(x, "under", None)
        return self.product(x, False) if under is None else under(self, False)

    def product(self, x: Array, transposed: bool, *, quick: bool = False) -> Array:
        """The product with a vector or a narrow matrix; `quick` allows less precision."""
        raise NotImplementedError


@final
class Kernel(_Factor):
    """A matrix as models see it.

    Parameters
    ----------
    matrix
        Non-negative, (N, N) or (O, N).
    quick
        Keep a float32 copy for Jacobian products; by size when None.

    Examples
    --------
    >>> kernel = Kernel(np.array([[1.0, 2.0], [0.0, 1.0]]))
    >>> (kernel @ np.ones(2)).tolist(), (kernel.T @ np.ones(2)).tolist()
    ([3.0, 1.0], [1.0, 3.0])
    """

    def __init__(self, matrix: Array, *, quick: bool | None = None) -> None:
        self.matrix = matrix
        wanted = len(matrix) >= QUICK_FROM if quick is None else quick
        self.single = matrix.astype(np.float32) if wanted else None

    def product(self, x: Array, transposed: bool, *, quick: bool = False) -> Array:
        """The product with a vector or a narrow matrix; `quick` allows the float32 copy."""
        if quick and self.single is not None:
            found: Array = _times(self.single, x.astype(np.float32), transposed).astype(np.float64)
            return found
        exact: Array = _times(self.matrix, x, transposed)
        return exact


@final
class Diagonal(_Factor):
    """A diagonal matrix: commuting where everybody works at home.

    >>> (Diagonal(np.array([1.0, 2.0])) @ np.ones(2)).tolist()
    [1.0, 2.0]
    """

    def __init__(self, diagonal: Array) -> None:
        self.diagonal = diagonal

    @property
    def matrix(self) -> Array:
        """The whole matrix, for tables."""
        return np.diag(self.diagonal)

    def product(self, x: Array, transposed: bool, *, quick: bool = False) -> Array:
        """The product; a diagonal is its own transpose."""
        return self.diagonal * x if x.ndim == 1 else self.diagonal[:, None] * x


@final
class Transposed:
    """`kernel.T`."""

    __array_ufunc__ = None

    def __init__(self, kernel: _Factor) -> None:
        self.kernel = kernel

    def __matmul__(self, x: Any) -> Any:
        under = getattr(x, "under", None)
        return self.kernel.product(x, True) if under is None else under(self.kernel, True)


def _times(matrix: Any, x: Any, transposed: bool) -> Any:
    turned = matrix.T if transposed else matrix
    if x.ndim == 2 and x.shape[1] == 2 and len(matrix) < COLUMNS_BELOW:
        return np.stack([turned @ x[:, 0], turned @ x[:, 1]], axis=1)
    return turned @ x
