"""Ranks when nothing is known of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, numbers, vector
from buju.measure.index import arrays

BLOCK = 2**21


@dataclass(frozen=True)
class Smaa:
    """Acceptability of ranks over all weights."""

    rank_acceptability: pd.DataFrame
    """Units by ranks: share of weightings under which the unit has that rank."""
    central_weights: pd.DataFrame
    """Units by indicators: mean weights that put the unit first; NaN where none does."""
    draws: int
    seed: int

    def probability_among(self, first: int) -> pd.Series[Any]:
        """Share of weightings under which each unit is among the first so many."""
        return self.rank_acceptability.iloc[:, :first].sum(axis=1)


def smaa(
    x: Any,
    *,
    draws: int = 10_000,
    seed: int = 0,
    lower: Any = None,
    upper: Any = None,
) -> Smaa:
    """Stochastic multicriteria acceptability (SMAA-2) with additive values.

    Weights are uniform on the simplex (Dirichlet with ones), kept within bounds where these are
    given. Equal scores take the least of their ranks.

    Parameters
    ----------
    x
        Normalised values, units by indicators, (n, m), higher better.
    draws
        Weightings.
    seed
        Same seed, same weights.
    lower, upper
        Bounds of the weights, (m,): uniform on that part of the simplex by rejection.

    Returns
    -------
    Smaa
        `.rank_acceptability`, units by ranks, rows sum to 1.

    Raises
    ------
    ParameterError
        Missing cells, or bounds that fewer than one weighting in a thousand meets.

    References
    ----------
    Lahdelma and Salminen (2001), Operations Research 49, 444-454.

    Examples
    --------
    >>> smaa([[2, 2], [1, 1]], draws=100, seed=1).rank_acceptability.to_numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    data = numbers(x, "x")
    if data.ndim != 2 or not np.isfinite(data).all() or draws < 1:
        raise ParameterError(
            f"x of shape {data.shape} must be units by indicators without missing cells, and draws "
            f"({draws}) one or more.",
            "x 应为 单位 × 指标 且无缺失值，draws 至少为 1。",
        )
    n, m = data.shape
    weights = _weights(draws, m, seed, lower, upper)
    counts, first = np.zeros((n, n)), np.zeros((n, m))
    size = max(1, BLOCK // (n * m))
    for start in range(0, draws, size):
        w = weights[start : start + size]
        scores = arrays.settled(w @ data.T, 1)
        ranks = arrays.rank_up(-scores[:, :, None], "min")[:, :, 0].astype(int) - 1
        for unit in range(n):
            counts[unit] += np.bincount(ranks[:, unit], minlength=n)
        first += (ranks == 0).T.astype(float) @ w
    frame = isinstance(x, pd.DataFrame)
    units = x.index if frame else pd.RangeIndex(n)
    columns = x.columns if frame else pd.RangeIndex(m)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = np.where(counts[:, :1] > 0, first / counts[:, :1], np.nan)
    return Smaa(
        pd.DataFrame(counts / draws, index=units, columns=range(1, n + 1)),
        pd.DataFrame(central, index=units, columns=columns), draws, seed,
    )  # fmt: skip


def _weights(draws: int, m: int, seed: int, lower: Any, upper: Any) -> Array:
    draw = np.random.default_rng(seed)
    low = np.zeros(m) if lower is None else vector(lower, name="lower", size=m)
    high = np.ones(m) if upper is None else vector(upper, name="upper", size=m)
    free = 1 - low.sum()
    if free < 0 or high.sum() < 1 or (low > high).any():
        raise ParameterError(
            f"bounds of the weights: lower sums to {low.sum():g} and upper to {high.sum():g}; 1 "
            "must lie between, and lower not above upper.",
            "权重上下限矛盾：下限之和须不超过 1，上限之和须不小于 1。",
        )
    kept: list[Array] = []
    found = tried = 0
    while found < draws:
        # above the lower bounds the rest of the simplex is a smaller simplex
        block = low + free * draw.dirichlet(np.ones(m), size=draws)
        block = block[(block <= high).all(axis=1)]
        kept.append(block)
        found, tried = found + len(block), tried + draws
        if tried >= 20 * draws and found < tried / 1000:
            raise ParameterError(
                "the upper bounds leave too little of the weights to draw from; widen them.",
                "权重上限过紧，无法抽样，请放宽。",
            )
    return np.concatenate(kept)[:draws]
