"""The door for square tables of sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array


def square(table: pd.DataFrame, *, name: str) -> Array:
    """Supplying sectors in rows, using sectors in columns, the same in both, zero or more.

    Raises
    ------
    ParameterError
        Rows and columns differ, or a cell is missing or negative.
    """
    if list(table.index) != list(table.columns):
        raise ParameterError(
            f"{name}: rows and columns name different sectors, or in another order; bring both to "
            "the same list.",
            f"{name}：行与列的部门不一致，请按同一顺序排列。",
        )
    cells = table.to_numpy(dtype=np.float64)
    bad = ~np.isfinite(cells) | (cells < 0)
    if bad.any():
        i, j = (int(k) for k in np.argwhere(bad)[0])
        raise ParameterError(
            f"{name}, from '{table.index[i]}' to '{table.columns[j]}': {cells[i, j]} is no number "
            "of zero or more.",
            f"{name}：'{table.index[i]}' 对 '{table.columns[j]}' 的数值无效。",
        )
    return cells


def along(values: pd.Series, sectors: pd.Index, *, name: str, positive: bool = True) -> Array:
    """Figures of the sectors in the order of a table.

    Raises
    ------
    ParameterError
        A sector is missing, or a figure is missing, negative or (where that matters) zero.
    """
    lacking = [s for s in sectors if s not in values.index]
    if lacking:
        raise ParameterError(
            f"{name} has no figure for {', '.join(map(str, lacking[:5]))}; add them.",
            f"{name} 缺少部门：{'、'.join(map(str, lacking[:5]))}。",
        )
    array = values.reindex(sectors).to_numpy(dtype=np.float64)
    bad = ~np.isfinite(array) | (array <= 0 if positive else array < 0)
    if bad.any():
        raise ParameterError(
            f"{name} of '{sectors[int(np.flatnonzero(bad)[0])]}' is no number "
            f"{'above zero' if positive else 'of zero or more'}.",
            f"{name} 中 '{sectors[int(np.flatnonzero(bad)[0])]}' 的数值无效。",
        )
    return array
