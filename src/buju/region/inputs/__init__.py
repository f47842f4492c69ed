"""Files become raw tables of text: nothing is interpreted here, and every cell keeps its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in a file.

    Parameters
    ----------
    table, file, sheet
        Name of the table, of its file, and of its sheet (workbooks only).
    cells
        Text, one column a column of the file; an empty cell is NaN.
    lines
        Line number in the file of each row, (rows,).
    letters
        Sheet column letter of each column (workbooks only).
    system
        Coordinate system of this table's own geometry, where it has one.
    """

    table: str
    file: str
    cells: pd.DataFrame
    lines: NDArray[np.int64]
    sheet: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)
    system: str = ""

    def address(self, row: int | None, column: str) -> str:
        """Cell address such as B7; empty for what is no workbook."""
        letter = self.letters.get(column.split(";")[0], "")  # a key of several: its first
        return f"{letter}{row or ''}" if letter else ""
