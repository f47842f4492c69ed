"""When a theorem rules out a second equilibrium."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def spectral_radius(alpha: float, epsilon: float, sigma: float) -> float:
    """Radius of |Gamma B^-1|, Monte, Redding and Rossi-Hansberg (2018), online appendix B.3.

    At most 1 proves that the equilibrium is unique, for fixed housing, varieties, no spillover and
    kernels that are symmetric up to factors by place. Above 1 proves nothing.

    Examples
    --------
    >>> round(spectral_radius(0.6, 3.3, 4.0), 2)
    1.04
    """
    a, e, s = alpha, epsilon, sigma
    land = 1 + (1 - a) * e
    B = np.array([[1 - s, 0, 0, 0], [0, s, 0, 0], [0, -(1 + e), 1, 0], [a * e, 0, 0, land]])
    G = np.array([[0, -s, 1, 0], [s - 1, 0, 0, 1], [-a * e, 0, 0, 1 - land], [0, 1 + e, 0, 0]])
    return float(np.abs(np.linalg.eigvals(np.abs(G @ np.linalg.inv(B)))).max())


def nearly_symmetric(matrix: Array, tolerance: float = 1e-9) -> bool:
    """Whether a positive matrix is symmetric up to one factor a row and one a column.

    >>> nearly_symmetric(np.array([[1.0, 2.0], [6.0, 1.0]]))
    True
    """
    if not (matrix > 0).all():
        return False
    skew = np.log(matrix)
    skew = skew - skew.T
    skew -= skew[:, :1] - skew[:, 0]
    return float(np.abs(skew).max()) <= tolerance
