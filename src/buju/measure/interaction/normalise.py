"""Rows of logarithmic weights brought to a sum of 1."""

from __future__ import annotations

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array, Labels, called


def log(values: Array) -> Array:
    """Natural logarithm with 0 for 0 and infinity, which callers mask."""
    usable = np.isfinite(values) & (values > 0)
    return np.log(values, out=np.zeros_like(values), where=usable)


def rows_to_one(log_weight: Array, labels: Labels) -> Array:
    """exp(log_weight) with every row divided by its sum, (O, D).

    Working in logarithms keeps rows apart from underflow: what is tiny everywhere still has
    shares.

    Raises
    ------
    ParameterError
        A row has no weight at all.
    """
    if log_weight.shape[1] == 0:
        raise ParameterError("there is no destination at all; give at least one.", "没有终点。")
    top = log_weight.max(axis=1, keepdims=True)
    if np.isneginf(top).any():
        place = called(labels, int(np.flatnonzero(np.isneginf(top[:, 0]))[0]))
        raise ParameterError(
            f"origin {place} reaches no destination with any mass, so its shares do not exist; "
            "connect it or leave it out.",
            f"起点 {place} 到不了任何有规模的终点，无法计算份额；请连通或剔除。",
        )
    weight = np.exp(log_weight - top)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
