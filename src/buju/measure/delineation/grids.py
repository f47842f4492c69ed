"""Grids of people, land and buildings read from raster files, ready for the degree of urbanisation.

Nothing is resampled or filled on the way: a grid that does not fit is refused with the command that
would make it fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from buju.errors import ParameterError
from buju.measure.checks import Array, choice
from buju.measure.delineation.raster import CELL, Raster

_KM2 = {"km2": 1.0, "m2": 1e-6, "share": CELL**2 / 1e6}


@dataclass(frozen=True)
class Grids:
    """Grids of one extent, cell by cell.

    Attributes
    ----------
    population
        People, (R, C).
    land
        Permanent land in km², (R, C).
    built
        Buildings in km², (R, C), or None.
    outside
        Cells without data, (R, C); they hold 0 people and 0 land.
    crs
        The system of the grids, projected, in metres.
    left, top
        Upper left corner in metres; rows run south, columns east.
    """

    population: Array
    land: Array
    built: Array | None
    outside: npt.NDArray[np.bool_]
    crs: CRS
    left: float
    top: float

    def centres(self) -> tuple[Array, Array]:
        """Longitudes and latitudes (WGS84) of the cells' centres, (R, C) each."""
        rows, columns = self.population.shape
        x = self.left + CELL * (np.arange(columns) + 0.5)
        y = self.top - CELL * (np.arange(rows) + 0.5)
        back = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)
        lon, lat = back.transform(*np.meshgrid(x, y))
        return np.asarray(lon), np.asarray(lat)


def read_grids(
    population: str | Path,
    land: str | Path,
    built: str | Path | None = None,
    *,
    land_unit: str = "km2",
    built_unit: str = "km2",
    missing: str = "refuse",
) -> Grids:
    """Read grids of people, land and buildings from raster files of 1 km cells.

    Reads what GDAL reads, GeoTIFF among it, through `rasterio` (extra `raster`). All files must
    have one extent and one projected system in metres whose cells have their size on the ground.

    Parameters
    ----------
    population
        File with people a cell.
    land, land_unit
        File with permanent land: "km2" or "m2" a cell, or its "share" of the cell.
    built, built_unit
        File with buildings, in the same units; without it density alone decides.
    missing
        Cells that one of the files marks as without data: "refuse", or "outside" to set them
        outside the region, with 0 people and 0 land. That is a choice, since missing is not zero.

    Returns
    -------
    Grids
        Arrays for `degree_of_urbanisation` and `urbanisation_of_units`.

    Raises
    ------
    ParameterError
        A file that is not there or no raster, several bands, no system of coordinates, degrees,
        another unit than metres, cells that are not 1 km by 1 km, turned grids, cells whose area on
        the ground differs by more than 1 %, files of different extents or systems, cells
        without data. The message names the file, what was found, and how to mend it.
    MissingExtra
        `rasterio` is not installed.

    References
    ----------
    European Commission et al. (2021), Applying the degree of urbanisation: cells of 1 km² in an
    equal-area projection. OGC (2019), GeoTIFF standard 1.1.

    Examples
    --------
    >>> read_grids("people.tif", "land.tif", missing="zero")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    buju.errors.ParameterError: ...missing 'zero' is not known...
    """
    choice(missing, ("refuse", "outside"), name="missing")
    for name, unit in (("land_unit", land_unit), ("built_unit", built_unit)):
        choice(unit, tuple(_KM2), name=name)
    files = {"population": Path(population), "land": Path(land)}
    if built is not None:
        files["built"] = Path(built)
    read = {name: Raster.read(file) for name, file in files.items()}
    first = read["population"]
    for raster in read.values():
        raster.check_alone()
        raster.check_beside(first)
    outside = np.logical_or.reduce([np.isnan(raster.values) for raster in read.values()])
    if missing == "refuse" and outside.any():
        _refuse_missing(read)
    values = {name: np.where(outside, 0.0, raster.values) for name, raster in read.items()}
    return Grids(
        values["population"],
        values["land"] * _KM2[land_unit],
        values["built"] * _KM2[built_unit] if built is not None else None,
        outside,
        first.crs,
        first.transform[2],
        first.transform[5],
    )


def _refuse_missing(read: dict[str, Raster]) -> None:
    for raster in read.values():
        gone = np.isnan(raster.values)
        if gone.any():
            row, column = (int(k) for k in np.argwhere(gone)[0])
            raise ParameterError(
                f"{raster.file} has no data in {int(gone.sum())} cells, the first in row {row}, "
                f"column {column}; missing is not zero. Fill them in the file, or say "
                "missing='outside' where they lie outside the region.",
                f"{raster.file} 有 {int(gone.sum())} 格没有数据（首格第 {row} 行第 {column} 列）；"
                "缺失不等于零。请在文件中补齐，或以 missing='outside' 表明它们在区域之外。",
            )
