"""The one-hour circle (一小时圈)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import matrix, same_labels, scalar


def circle(
    minutes: npt.ArrayLike,
    cores: Sequence[str],
    *,
    labels: Sequence[str],
    limit: float = 60.0,
) -> pd.DataFrame:
    """Which places lie within a time of which core city.

    Chinese guidance speaks of the one-hour circle and fixes neither origin, mode nor hour, so
    these stand in the matrix you give: choose them and say so. A place may lie in several circles.

    Parameters
    ----------
    minutes
        Travel times from places to cores, (N, C); infinity where there is no way.
    cores
        Codes of the core cities, in the order of the columns.
    labels
        Codes of the places, in the order of the rows.
    limit
        Minutes up to which a place counts as inside; the limit itself is inside.

    Returns
    -------
    DataFrame
        One row a place and core, places first: `place`, `core`, `minutes`, `inside`, `margin`
        (limit - minutes: how much slower the way could be, or, where negative, how much faster it
        would have to be, before the answer changes; min) and `nearest`, true for the core with
        the least time (the first of equals; none where no core can be reached).

    Raises
    ------
    ParameterError
        NaN, a negative time, a code that is repeated, or lengths that differ.

    References
    ----------
    National Development and Reform Commission (2019), 关于培育发展现代化都市圈的指导意见.

    Examples
    --------
    >>> circle([[0, 90], [50, 65]], ["A", "B"], labels=["A", "x"])
      place core  minutes  inside  margin  nearest
    0     A    A      0.0    True    60.0     True
    1     A    B     90.0   False   -30.0    False
    2     x    A     50.0    True    10.0     True
    3     x    B     65.0   False    -5.0    False
    """
    bound = scalar(limit, name="limit", least=0)
    places, centres = _codes(labels, "labels"), _codes(cores, "cores")
    times, rows, columns = matrix(minutes, name="minutes", shape=(len(places), len(centres)))
    same_labels(rows, places, "minutes (rows)")
    same_labels(columns, centres, "minutes (columns)")
    if not len(centres):
        raise ParameterError("cores is empty; name at least one core city.", "cores 为空。")
    first = np.arange(len(centres)) == times.argmin(axis=1)[:, None]
    return pd.DataFrame(
        {
            "place": places.repeat(len(centres)),
            "core": np.tile(centres.to_numpy(), len(places)),
            "minutes": times.ravel(),
            "inside": (times <= bound).ravel(),
            "margin": (bound - times).ravel(),
            "nearest": (first & np.isfinite(times)).ravel(),
        }
    )


def _codes(values: Sequence[str], name: str) -> pd.Index:
    codes = pd.Index(list(values), dtype="str")
    if codes.has_duplicates:
        repeated = codes[codes.duplicated()][0]
        raise ParameterError(
            f"{name} has '{repeated}' twice; give each code once.",
            f"{name} 中 '{repeated}' 重复。",
        )
    return codes
