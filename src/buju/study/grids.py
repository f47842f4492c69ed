"""The raster files that a study names, read as the measures ask for them."""

from __future__ import annotations

from pathlib import Path

from buju.measure import Grids, read_grids
from buju.study.model import GridSpec


def grids_of(folder: Path, asked: GridSpec) -> Grids:
    """Grids of the files beside a study.

    Raises
    ------
    ParameterError, MissingExtra
        As `buju.measure.read_grids`.
    """
    return read_grids(
        *(folder / file for file in asked.files),
        land_unit=asked.land_unit,
        built_unit=asked.built_unit,
        missing=asked.missing,
    )
