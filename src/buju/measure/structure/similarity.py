"""Similarity of two industrial structures (产业结构相似系数)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.checks import shares


def structural_similarity(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """How alike the sector shares of two places are: sum_k x_k y_k / sqrt(sum x_k² sum y_k²).

    The UNIDO coefficient, a cosine. It rises with fewer sectors: compare only figures over the
    same classification.

    Parameters
    ----------
    x, y
        Output or jobs by sector, counts or shares, (K,), >= 0, not all 0.

    Returns
    -------
    float
        1 for equal structures, 0 where no sector is in common.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, or a total of zero.

    References
    ----------
    UNIDO (1979), World Industry since 1960: Progress and Prospects.

    Examples
    --------
    >>> round(structural_similarity([3, 4], [4, 3]), 6)
    0.96
    """
    one = shares(x, name="x")
    two = shares(y, name="y", size=len(one))
    return float(one @ two / np.sqrt((one @ one) * (two @ two)))
