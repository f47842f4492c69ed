"""Weights that the data give themselves; each rewards something other than importance."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, numbers
from buju.measure.index import arrays

SHIFT = 1e-4


def entropy_weights(
    x: npt.ArrayLike | pd.DataFrame, *, variant: Literal["raw_shares", "min_max"] = "raw_shares"
) -> Array:
    """Entropy weights (熵权法): indicators that spread units apart weigh more.

    Parameters
    ----------
    x
        Units by indicators, (n, m), n >= 2, higher better.
    variant
        "raw_shares": p = x / column sum, all x >= 0; a zero adds nothing to the entropy.
        "min_max": the same on min-max values plus 0.0001, so that negative figures can be used;
        the shift is part of the answer and the two variants are not interchangeable.

    Returns
    -------
    array
        Weights (m,), sum 1, w ∝ 1 - e with e = -Σ p ln p / ln n.

    Raises
    ------
    ParameterError
        Missing cells, negative values or a column of zeros under raw shares, a constant column
        under min-max, or no column with any spread.

    References
    ----------
    Shannon (1948); Chen et al. (2023), doi:10.1515/geo-2022-0570, on what these weights ignore.

    Examples
    --------
    >>> entropy_weights([[1, 5], [3, 5]]).round(3).tolist()
    [1.0, 0.0]
    """
    choice(variant, ("raw_shares", "min_max"), name="variant")
    data = _complete(x)
    return entropy(data[None], variant, _codes(x, data.shape[1]))[0]


def critic_weights(x: npt.ArrayLike | pd.DataFrame) -> Array:
    """CRITIC weights: spread of an indicator times its conflict with the others.

    Parameters
    ----------
    x
        Units by indicators, (n, m), n >= 3, higher better.

    Returns
    -------
    array
        Weights (m,), sum 1, w ∝ σ_j Σ_k (1 - r_jk) on min-max values.

    Raises
    ------
    ParameterError
        Missing cells or a constant column.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Computers & Operations Research 22, 763-770.

    Examples
    --------
    >>> critic_weights([[1, 4, 1], [2, 3, 3], [3, 1, 2]]).round(3).tolist()
    [0.323, 0.439, 0.238]
    """
    data = _complete(x)
    return critic(data[None], _codes(x, data.shape[1]))[0]


def entropy(x: Array, variant: str, codes: tuple[str, ...]) -> Array:
    """`entropy_weights` over layers, (layers, m)."""
    if variant == "min_max":
        x = _unit_interval(x, codes, "entropy weights (min_max)") + SHIFT
    total = x.sum(axis=-2, keepdims=True)
    bad = (x < 0).any(axis=-2) | (total[:, 0] <= 0)
    if bad.any():
        code = codes[int(np.argwhere(bad)[0][1])]
        raise ParameterError(
            f"entropy weights from raw shares: '{code}' has negative values or only zeros, which "
            "have no shares; use variant 'min_max'.",
            f"熵权（原始比重）：'{code}' 含负值或全为零，请改用 min_max 变体。",
        )
    share = x / total
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(share > 0, share * np.log(share), 0.0)
    spread = np.maximum(1 + terms.sum(axis=-2) / np.log(x.shape[-2]), 0.0)
    return _to_one(np.where(spread < 1e-14, 0.0, spread), "entropy weights")


def critic(x: Array, codes: tuple[str, ...]) -> Array:
    """`critic_weights` over layers, (layers, m)."""
    y = _unit_interval(x, codes, "CRITIC weights")
    if y.shape[-1] == 1:
        return np.ones((len(y), 1))
    conflict = (1 - arrays.correlations(y)).sum(axis=-1)
    return _to_one(y.std(axis=-2, ddof=1) * conflict, "CRITIC weights")


def deviation(x: Array, codes: tuple[str, ...]) -> Array:
    """Weights in proportion to the standard deviation of min-max values, (layers, m)."""
    y = _unit_interval(x, codes, "standard deviation weights")
    return _to_one(y.std(axis=-2, ddof=1), "standard deviation weights")


def principal(x: Array, variant: str, codes: tuple[str, ...]) -> Array:
    """Weights from principal components of the correlations, (layers, m).

    "first_squared": squared loadings of the first component. "kaiser_squared": squared loadings of
    all components with eigenvalue above 1, each weighted by its eigenvalue.
    """
    _unit_interval(x, codes, "PCA weights")
    values, vectors = np.linalg.eigh(arrays.correlations(x))
    if variant == "first_squared":
        return np.asarray(vectors[..., -1] ** 2)
    kept = np.where(values > 1 + 1e-12, values, 0.0)
    kept[..., -1] = values[..., -1]
    return _to_one(np.einsum("lmk,lk->lm", vectors**2, kept), "PCA weights")


def _unit_interval(x: Array, codes: tuple[str, ...], name: str) -> Array:
    low = x.min(axis=-2, keepdims=True)
    spread = x.max(axis=-2, keepdims=True) - low
    flat = ~(spread > 0)
    if flat.any():
        code = codes[int(np.argwhere(flat)[0][2])]
        raise ParameterError(
            f"{name}: '{code}' is the same for every unit and has no spread to weigh; take it out.",
            f"{name}：'{code}' 各单位取值相同，无法赋权，请删去。",
        )
    return np.asarray((x - low) / spread)


def _to_one(raw: Array, name: str) -> Array:
    total = raw.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise ParameterError(
            f"{name}: no indicator spreads the units apart, so there are no weights; use equal.",
            f"{name}：各指标均无差异，无法赋权，请改用等权。",
        )
    return np.asarray(raw / total)


def _complete(x: npt.ArrayLike | pd.DataFrame) -> Array:
    data = numbers(x, "x")
    if data.ndim != 2 or len(data) < 2 or not np.isfinite(data).all():
        raise ParameterError(
            f"x of shape {data.shape} must be units by indicators, two units or more, without "
            "missing cells; impute first.",
            "x 应为 单位 × 指标，至少两个单位且无缺失值；请先插补。",
        )
    return data


def _codes(x: npt.ArrayLike | pd.DataFrame, m: int) -> tuple[str, ...]:
    if isinstance(x, pd.DataFrame):
        return tuple(map(str, x.columns))
    return tuple(f"column {k + 1}" for k in range(m))
