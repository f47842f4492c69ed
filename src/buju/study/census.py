"""Counts of the census by county, from the region's indicators."""

from __future__ import annotations

import pandas as pd

from buju.study.context import Run

POPULATION, URBAN = "population_census", "urban_population"


def census(run: Run, name: str, year: int) -> pd.Series:
    """An indicator of a year by county; counties without it are left out."""
    table = run.region.indicators
    chosen = table[(table["indicator"] == name) & (table["year"] == year)]
    counties = run.frame("counties")["place"]
    return chosen.set_index("place")["value"].reindex(counties).dropna()
