"""What pairs of projects bring beside the two alone, from runs of the full model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from buju.errors import ParameterError

Value = Callable[[tuple[str, ...]], float]
"""What a set of projects is worth by the full model; the empty set is the baseline."""


class Fitted(NamedTuple):
    """Benefits of projects alone, of pairs beside them, and how many runs it took."""

    alone: pd.DataFrame
    """`project`, `benefit`"""
    interactions: pd.DataFrame
    """`a`, `b`, `benefit`"""
    runs: int


def fit_interactions(
    value: Value,
    projects: Sequence[str],
    pairs: Iterable[tuple[str, str]] | None = None,
    *,
    map: Callable[..., Iterable[Any]] = map,
) -> Fitted:
    """First and second differences of a model over sets of projects.

    b_i = V({i}) - V({}), q_ij = V({i, j}) - V({i}) - V({j}) + V({}). Sets of two are then exact;
    larger ones miss what three and more do together, so let `select` verify its choice.

    Parameters
    ----------
    value
        The full model: a certified solve for a set of codes.
    projects
        Codes.
    pairs
        Pairs to look at, such as those that share a line; all n(n-1)/2 when None.
    map
        Runs `value` over sets; an executor's `map` runs several at once.

    Raises
    ------
    ParameterError
        Codes stand twice, a pair holds an unknown one, or the model gives no number.

    Examples
    --------
    >>> worth = {(): 0.0, ("a",): 3.0, ("b",): 2.0, ("a", "b"): 4.0}
    >>> fit_interactions(worth.__getitem__, ["a", "b"]).interactions.to_numpy().tolist()
    [['a', 'b', -1.0]]
    """
    codes = list(projects)
    if len(set(codes)) != len(codes):
        raise ParameterError("projects: a code stands twice", "projects：有重复的项目代码")
    asked = list(combinations(codes, 2)) if pairs is None else [(a, b) for a, b in pairs]
    for a, b in asked:
        if a == b or a not in codes or b not in codes:
            raise ParameterError(
                f"pairs: '{a}' with '{b}' are not two of the projects",
                f"pairs：'{a}' 与 '{b}' 不是两个不同的候选项目",
            )
    sets = [(), *((code,) for code in codes), *asked]
    found = dict(zip(sets, (float(v) for v in map(value, sets)), strict=True))
    for several, v in found.items():
        if not np.isfinite(v):
            raise ParameterError(
                f"the model gives {v} for {several}; a number is expected",
                f"模型对组合 {several} 给出 {v}；应为有限数",
            )
    alone = {code: found[code,] - found[()] for code in codes}
    extra = [found[a, b] - found[()] - alone[a] - alone[b] for a, b in asked]
    return Fitted(
        pd.DataFrame({"project": codes, "benefit": list(alone.values())}),
        pd.DataFrame({"a": [a for a, _ in asked], "b": [b for _, b in asked], "benefit": extra}),
        len(found),
    )
