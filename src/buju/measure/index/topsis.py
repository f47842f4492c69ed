"""Nearness to the best and distance from the worst (TOPSIS)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, numbers, vector


def topsis(
    x: Any,
    weights: npt.ArrayLike,
    types: npt.ArrayLike,
    *,
    normalise: Literal["min_max", "vector"] = "min_max",
) -> Array:
    """Relative closeness to the ideal: 0 worst on everything, 1 best on everything.

    With v = w r, D+ and D- the Euclidean distances to the best and the worst v of each column,
    C = D- / (D+ + D-). Adding a unit can reverse the order of others.

    Parameters
    ----------
    x
        Units by indicators, (n, m), n >= 2.
    weights
        (m,), zero or more; brought to a sum of 1.
    types
        +1 where more is better, -1 where less is.
    normalise
        "min_max", or "vector": r = x / √Σx². They give different answers: name the one used.

    Returns
    -------
    array
        Closeness (n,).

    Raises
    ------
    ParameterError
        Missing cells, a constant column under min-max, a column of zeros under vector, a type that
        is neither +1 nor -1, or units that are all alike.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making.

    Examples
    --------
    >>> topsis([[1, 9], [2, 5], [3, 1]], [1, 1], [1, -1]).tolist()
    [0.0, 0.5, 1.0]
    """
    choice(normalise, ("min_max", "vector"), name="normalise")
    data = numbers(x, "x")
    if data.ndim != 2 or len(data) < 2 or not np.isfinite(data).all():
        raise ParameterError(
            f"x of shape {data.shape} must be units by indicators, without missing cells.",
            "x 应为 单位 × 指标 且无缺失值。",
        )
    w = vector(weights, name="weights", size=data.shape[1], total=True)
    kind = vector(types, name="types", size=data.shape[1], sign="any")
    if not np.isin(kind, (-1, 1)).all():
        raise ParameterError(
            f"types {kind.tolist()}: each must be +1 (more is better) or -1 (less is).",
            "types 只能取 +1（越大越好）或 -1（越小越好）。",
        )
    if normalise == "vector":
        low, size = np.zeros(data.shape[1]), np.sqrt((data * data).sum(axis=0))
    else:
        low = data.min(axis=0)
        size = data.max(axis=0) - low
    if not (size > 0).all():
        k = int(np.flatnonzero(~(size > 0))[0])
        raise ParameterError(
            f"x, column {k + 1}: the same value {data[0, k]:g} for every unit; leave it out.",
            f"x 第 {k + 1} 列各单位取值相同，请删去。",
        )
    r = (data - low) / size * kind
    return closeness((r * (w / w.sum()))[None])[0]


def closeness(v: Array) -> Array:
    """C from weighted values with higher better, (layers, units)."""
    best = v.max(axis=1, keepdims=True)
    worst = v.min(axis=1, keepdims=True)
    to_best = np.sqrt(((v - best) ** 2).sum(axis=-1))
    from_worst = np.sqrt(((v - worst) ** 2).sum(axis=-1))
    total = to_best + from_worst
    if not (total > 0).all():
        raise ParameterError(
            "TOPSIS: all units are alike on every weighted indicator, so none is nearer the best.",
            "TOPSIS：各单位在所有加权指标上相同，无法比较。",
        )
    return np.asarray(from_worst / total)
