"""Weights from pairwise judgements, with their consistency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, numbers

# mean consistency index of random reciprocal matrices of order 1 to 15, as Saaty printed them
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57,
                1.59)  # fmt: skip


@dataclass(frozen=True)
class Ahp:
    """Weights (sum 1), the principal eigenvalue and the consistency ratio."""

    weights: Array
    eigenvalue: float
    consistency_ratio: float


def ahp_weights(judgements: npt.ArrayLike, *, limit: float = 0.1, name: str = "judgements") -> Ahp:
    """Weights of the analytic hierarchy process (层次分析法).

    Parameters
    ----------
    judgements
        a_ij, how many times i matters more than j, (m, m), positive, a_ji = 1 / a_ij, m <= 15.
    limit
        Largest consistency ratio that is accepted.

    Returns
    -------
    Ahp
        The principal eigenvector brought to a sum of 1, its eigenvalue and
        CR = [(lambda - m) / (m - 1)] / RI; CR is 0 up to order 2.

    Raises
    ------
    ParameterError
        Not square, not positive, not reciprocal, more than 15 rows, or CR above `limit`.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process.

    Examples
    --------
    >>> result = ahp_weights([[1, 2, 4], [1/2, 1, 2], [1/4, 1/2, 1]])
    >>> result.weights.round(4).tolist(), round(result.consistency_ratio, 6)
    ([0.5714, 0.2857, 0.1429], 0.0)
    """
    a = numbers(judgements, name)
    m = len(a)
    if a.ndim != 2 or a.shape[1] != m or not 1 <= m <= len(RANDOM_INDEX):
        raise ParameterError(
            f"{name} has shape {a.shape}; a square matrix of 1 to 15 rows is expected.",
            f"判断矩阵 {name} 的形状为 {a.shape}，应为 1 至 15 阶方阵。",
        )
    if not (a > 0).all() or np.isinf(a).any():
        raise ParameterError(
            f"{name} holds a judgement that is not above zero.", f"判断矩阵 {name} 的元素须为正数。"
        )
    off = np.abs(a * a.T - 1) > 0.02  # 0.33 for a third passes
    if off.any():
        i, j = (int(k) for k in np.argwhere(off)[0])
        raise ParameterError(
            f"{name}: row {i + 1}, column {j + 1} is {a[i, j]:g} but the opposite is {a[j, i]:g}; "
            "each must be one over the other.",
            f"判断矩阵 {name} 第 {i + 1} 行第 {j + 1} 列与其对称元素不互为倒数。",
        )
    values, vectors = np.linalg.eig(a)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    eigenvalue = float(values[first].real)
    ratio = 0.0 if m < 3 else max(0.0, (eigenvalue - m) / (m - 1) / RANDOM_INDEX[m - 1])
    if ratio > limit:
        raise ParameterError(
            f"{name}: consistency ratio {ratio:.3f} is above {limit:g}; the judgements contradict "
            "each other. Revise the most extreme ones.",
            f"判断矩阵 {name} 的一致性比率 {ratio:.3f} 超过 {limit:g}，请修订判断。",
        )
    return Ahp(vector / vector.sum(), eigenvalue, ratio)
