"""One band of a raster file, and every way in which it is no grid of 1 km cells."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS, Geod, Transformer

from buju.errors import ParameterError, missing_extra
from buju.measure.checks import Array

CELL = 1000.0
"""Metres along a side of a cell of the degree of urbanisation."""
_SAME = 1e-6
"""Of a cell: how far two grids, or a cell and its size, may be apart and count as the same."""
_AREA = 0.01
"""How much the area of a cell may differ from that on the ground."""


@dataclass(frozen=True)
class Raster:
    """One band of a file; NaN where it has no data."""

    file: Path
    values: Array
    crs: CRS
    transform: tuple[float, ...]
    """x = a col + b row + c and y = d col + e row + f, as (a, b, c, d, e, f)."""

    @classmethod
    def read(cls, file: Path) -> Raster:
        """The band of a file; NaN where the file says it has no data."""
        rasterio = _rasterio()
        if not file.is_file():
            raise ParameterError(
                f"there is no file {file}; give the path of a raster such as a GeoTIFF.",
                f"没有文件 {file}；请给出栅格文件（如 GeoTIFF）的路径。",
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
                with rasterio.open(file) as source:
                    if source.count != 1:
                        raise ParameterError(
                            f"{file} has {source.count} bands; write the one that counts to a file "
                            f"of its own: gdal_translate -b 1 {file.name} one.tif",
                            f"{file} 有 {source.count} 个波段；请先导出所需的一个波段。",
                        )
                    band = source.read(1, masked=True).astype(np.float64)
                    system = source.crs.to_wkt() if source.crs else ""
                    transform = tuple(float(x) for x in source.transform)[:6]
        except rasterio.errors.RasterioIOError as cause:
            raise ParameterError(
                f"{file} cannot be read as a raster ({cause}).",
                f"{file} 无法作为栅格读取（{cause}）。",
            ) from cause
        if not system:
            raise ParameterError(
                f"{file} has no system of coordinates, so the size of its cells is not known; "
                f"write the one it was made in: gdal_edit.py -a_srs ESRI:54009 {file.name}",
                f"{file} 没有坐标系，无法得知格网大小；请写入其原有坐标系，"
                f"例如 gdal_edit.py -a_srs ESRI:54009 {file.name}",
            )
        return cls(file, np.ma.filled(band, np.nan), CRS.from_wkt(system), transform)

    def check_alone(self) -> None:
        """Refuse degrees, turned grids, cells that are not 1 km or not so on the ground."""
        unit = self.crs.axis_info[0].unit_name if self.crs.axis_info else "no known unit"
        warp = f"gdalwarp -t_srs ESRI:54009 -tr 1000 1000 -tap -r sum {self.file.name} km.tif"
        if not self.crs.is_projected or unit not in ("metre", "meter"):
            raise ParameterError(
                f"{self.file} counts in {unit} ({self.crs.name}); cells of 1 km² need a projected, "
                f"equal-area system in metres. For counts: {warp}",
                f"{self.file} 的单位是 {unit}（{self.crs.name}）；1 平方公里格网需要以米为单位的"
                f"等积投影。数量类栅格可用：{warp}",
            )
        a, b, _, d, e, _ = self.transform
        if b or d or a <= 0 or e >= 0:
            raise ParameterError(
                f"{self.file} is turned or upside down (transform {self.transform}); rows must "
                f"run south and columns east: {warp}",
                f"{self.file} 的格网有旋转或上下颠倒；行应向南、列应向东：{warp}",
            )
        if max(abs(a - CELL), abs(e + CELL)) > _SAME * CELL:
            raise ParameterError(
                f"{self.file} has cells of {a:g} m by {-e:g} m; 1000 m by 1000 m is expected. "
                f"Counts are summed, shares averaged (-r average): {warp}",
                f"{self.file} 的格网为 {a:g} × {-e:g} 米，应为 1000 × 1000 米；数量用 sum，"
                f"比例用 average：{warp}",
            )
        self._check_ground(warp)

    def _check_ground(self, warp: str) -> None:
        """Cells at the corners and in the middle must have on the ground the area they claim."""
        rows, columns = self.values.shape
        back = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)
        for row in {0, rows // 2, rows - 1}:
            for column in {0, columns // 2, columns - 1}:
                x = self.transform[2] + CELL * (column + np.array([0, 1, 1, 0]))
                y = self.transform[5] - CELL * (row + np.array([0, 0, 1, 1]))
                area, _ = Geod(ellps="WGS84").polygon_area_perimeter(*back.transform(x, y))
                ground = abs(area) / CELL**2
                if not abs(ground - 1) <= _AREA:
                    raise ParameterError(
                        f"{self.file}: the cell in row {row}, column {column} has {ground:.3g} km² "
                        f"on the ground instead of 1 ({self.crs.name}); density needs an "
                        f"equal-area system: {warp}",
                        f"{self.file}：第 {row} 行第 {column} 列的格网实地面积为 {ground:.3g} "
                        f"平方公里而非 1（{self.crs.name}）；请改用等积投影：{warp}",
                    )

    def check_beside(self, first: Raster) -> None:
        """Refuse another extent or another system than the first file's."""
        differs = []
        if self.crs != first.crs:
            differs.append(f"system {self.crs.name} instead of {first.crs.name}")
        if self.values.shape != first.values.shape:
            differs.append(f"{self.values.shape} cells instead of {first.values.shape}")
        gaps = np.abs(np.subtract(self.transform, first.transform))
        if (gaps > _SAME * CELL).any():
            corner = (self.transform[2], self.transform[5])
            differs.append(f"corner {corner} instead of {(first.transform[2], first.transform[5])}")
        if differs:
            raise ParameterError(
                f"{self.file} does not lie on {first.file}: {'; '.join(differs)}. Cut both to one "
                "extent (gdalwarp -te).",
                f"{self.file} 与 {first.file} 的格网不重合：{'；'.join(differs)}；请用 "
                "gdalwarp -te 裁到同一范围。",
            )


def _rasterio() -> Any:
    try:
        return importlib.import_module("rasterio")
    except ImportError as cause:
        raise missing_extra("raster", "reading rasters") from cause
