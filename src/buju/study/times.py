"""Minutes between the places of an economy, as labelled square tables."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from buju.network import Scenario
from buju.study.context import Run


def travel(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes of people from place (row) to place (column); not to be written to."""

    def make() -> pd.DataFrame:
        matrix = run.minutes(scenario)
        frame = pd.DataFrame(matrix.minutes, index=list(matrix.rows), columns=list(matrix.columns))
        return frame.loc[places, places]

    return run.kept(key("travel", scenario, places), make)


def freight(run: Run, scenario: Scenario, places: list[str]) -> pd.DataFrame:
    """Minutes of goods to place (row) from place (column); not to be written to.

    Times run from an origin in rows; what a buyer gets comes from the seller, hence the transpose.
    """

    def make() -> pd.DataFrame:
        matrix = run.minutes(scenario, "goods")
        frame = pd.DataFrame(
            matrix.minutes.T, index=list(matrix.columns), columns=list(matrix.rows)
        )
        return frame.loc[places, places]

    return run.kept(key("freight", scenario, places), make)


def key(what: str, scenario: Scenario, places: list[str]) -> tuple[str, Scenario, tuple[str, ...]]:
    """What labelled times depend on: the network whatever its name, and the places."""
    return what, replace(scenario, name=""), tuple(places)
