"""Minutes between the places of an economy, as labelled square tables."""

from __future__ import annotations

import pandas as pd

from buju.network import Scenario
from buju.study.context import Run


def travel(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes of people from place (row) to place (column)."""
    matrix = run.minutes(scenario)
    frame = pd.DataFrame(matrix.minutes, index=list(matrix.rows), columns=list(matrix.columns))
    return frame.loc[places, places]
