"""Each unit under the weights that favour it most, within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from buju.errors import ParameterError
from buju.measure.checks import Array, called, labels_of, numbers


def benefit_of_the_doubt(x: Any, *, min_share: float = 0.05, max_share: float = 1.0) -> Array:
    """Benefit-of-the-doubt scores: 1 for a unit that its own best weights put at the frontier.

    For each unit c: maximise Σ w_q y_qc subject to Σ w_q y_qk <= 1 for every unit k, w >= 0 and
    min_share <= w_q y_qc / Σ_p w_p y_pc <= max_share for every indicator q (its share in the pie).
    Without a least share many units tie at 1, so one ships by default.

    Parameters
    ----------
    x
        Units by indicators, (n, m), higher better; above zero, or zero or more without min_share.
    min_share, max_share
        Bounds of each indicator's share of a unit's score; m min_share <= 1 <= m max_share.

    Returns
    -------
    array
        Scores (n,), in (0, 1].

    Raises
    ------
    ParameterError
        A missing, zero or negative cell, or bounds that cannot be met.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), Social Indicators Research 82, 111-145.

    Examples
    --------
    >>> benefit_of_the_doubt([[4, 1], [1, 4], [2, 2]], min_share=0).round(3).tolist()
    [1.0, 1.0, 0.8]
    """
    data = numbers(x, "x")
    if data.ndim != 2:
        raise ParameterError(f"x has shape {data.shape}; units by indicators.", "x 应为二维。")
    n, m = data.shape
    _check(x, data, min_share, max_share, m)
    best = data / data.max(axis=0)  # scores do not depend on units of measurement
    return np.array([_score(best, unit, min_share, max_share) for unit in range(n)])


def _score(y: Array, unit: int, least: float, most: float) -> float:
    own = y[unit]
    m = len(own)
    limits = [y]
    right = [np.ones(len(y))]
    if least > 0:
        limits.append(least * own[None, :] - np.diag(own))
        right.append(np.zeros(m))
    if most < 1:
        limits.append(np.diag(own) - most * own[None, :])
        right.append(np.zeros(m))
    found = linprog(
        -own, A_ub=np.vstack(limits), b_ub=np.concatenate(right), bounds=(0, None), method="highs"
    )
    if found.status != 0:
        raise ParameterError(
            f"benefit of the doubt of unit {unit}: HiGHS ended with '{found.message}'.",
            f"第 {unit} 个单位的线性规划未能求解：{found.message}",
        )
    return float(-found.fun)


def _check(x: Any, data: Array, least: float, most: float, m: int) -> None:
    bad = ~(data > 0) if least > 0 else ~(data >= 0)
    bad |= np.isinf(data)
    if bad.any():
        i, j = (int(k) for k in np.argwhere(bad)[0])
        raise ParameterError(
            f"x of unit {called(labels_of(x), i)}, indicator {j + 1} is {data[i, j]}; a least "
            "share of what is not above zero would force the score to zero. Scale to 1-100 first.",
            f"单位 {called(labels_of(x), i)} 第 {j + 1} 个指标为 {data[i, j]}，须大于零；"
            "请先标准化到 1–100。",
        )
    if not (data.max(axis=0) > 0).all():
        raise ParameterError("x: an indicator is zero for every unit; leave it out.",
                             "有指标全为零，请删去。")  # fmt: skip
    if not 0 <= least <= 1 / m + 1e-12 or not 1 / m - 1e-12 <= most <= 1:
        raise ParameterError(
            f"shares {least:g} to {most:g} cannot hold for {m} indicators; the least may be at "
            f"most {1 / m:.3g} and the most at least that.",
            f"{m} 个指标的份额界限 {least:g}–{most:g} 不可行；下限至多 {1 / m:.3g}。",
        )
