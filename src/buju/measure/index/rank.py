"""Places from scores: rounding and ties are said, never assumed."""

from __future__ import annotations

from typing import Literal

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, numbers
from buju.measure.index import arrays


def rank(
    scores: Array,
    *,
    decimals: int | None = None,
    ties: Literal["min", "max", "average", "dense"] = "min",
) -> Array:
    """Places, 1 for the highest score.

    Parameters
    ----------
    scores
        One score a unit, (n,), or columns of them, (n, k). Missing has no place.
    decimals
        Scores are rounded to so many decimals before they are compared (half to even); None
        takes as equal only what agrees to 12 digits of the largest score, so that ties do not
        rest on the last bits of a sum.
    ties
        Equal scores take the least of their places (1, 2, 2, 4), the greatest (1, 3, 3, 4), the
        mean (1, 2.5, 2.5, 4), or places without gaps ("dense": 1, 2, 2, 3).

    Returns
    -------
    array
        Places as floats, of the shape given; NaN where the score is.

    Raises
    ------
    ParameterError
        A tie rule that is not known, or scores of more than two dimensions.

    Examples
    --------
    >>> rank(np.array([3.0, 1.04, 1.01])).tolist()
    [1.0, 2.0, 3.0]
    >>> rank(np.array([3.0, 1.04, 1.01]), decimals=1, ties="dense").tolist()
    [1.0, 2.0, 2.0]
    """
    choice(ties, ("min", "max", "average", "dense"), name="ties")
    data = numbers(scores, "scores")
    if data.ndim not in (1, 2):
        raise ParameterError("scores must be (n,) or (n, k).", "得分应为一维或二维。")
    if decimals is not None:
        data = np.round(data, decimals)
    table = data[:, None] if data.ndim == 1 else data
    places = arrays.rank_up(-arrays.settled(table, 0)[None], ties)[0]
    return np.asarray(places[:, 0] if data.ndim == 1 else places)
