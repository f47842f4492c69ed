"""Coordinates of a declared system become WGS84 degrees.

GCJ-02 is the offset datum of public Chinese maps, BD-09 a further offset of one provider. Both
look like WGS84 and lie hundreds of metres from it, so they are converted only when declared.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from buju.errors import SchemaError

Floats = NDArray[np.float64]

_AXIS: Final = 6378245.0  # Krasovsky 1940, metres: the formula was published with it
_ECCENTRICITY2: Final = 0.00669342162296594323
_BAIDU: Final = np.pi * 3000.0 / 180.0
_STEP: Final = 1e-10  # degrees, about 0.01 mm
_ZONES: Final = range(4513, 4555)


def system(declared: str) -> str:
    """The name of a declared coordinate system as buju writes it, or "" where it knows none.

    >>> system("wgs84"), system("epsg:4547"), system("CGCS2000"), system("EPSG:3857")
    ('WGS84', 'EPSG:4547', 'EPSG:4490', '')
    """
    name = declared.strip().upper().replace(" ", "")
    other = {
        "WGS84": "WGS84",
        "WGS-84": "WGS84",
        "EPSG:4326": "WGS84",
        "CGCS2000": "EPSG:4490",
        "EPSG:4490": "EPSG:4490",
        "GCJ-02": "GCJ-02",
        "GCJ02": "GCJ-02",
        "BD-09": "BD-09",
        "BD09": "BD-09",
    }
    zones = {f"EPSG:{code}": f"EPSG:{code}" for code in _ZONES}
    return (other | zones).get(name, "")


def is_projected(name: str) -> bool:
    """Whether a system counts in metres.

    >>> is_projected("EPSG:4547"), is_projected("WGS84")
    (True, False)
    """
    return name.startswith("EPSG:") and int(name[5:]) in _ZONES


def extent(name: str) -> tuple[float, float, float, float]:
    """West, south, east and north of where a system may be used, in WGS84 degrees.

    A 3-degree zone is allowed 6 degrees of longitude beyond its edges, for regions that are
    wider than one zone and drawn in one all the same.

    >>> extent("GCJ-02")
    (72.0, 0.8, 137.9, 55.9)
    """
    if name == "WGS84":
        return (-180.0, -90.0, 180.0, 90.0)
    if name in ("GCJ-02", "BD-09"):
        return (72.0, 0.8, 137.9, 55.9)
    area = CRS(name).area_of_use
    if area is None:
        raise SchemaError(f"pyproj knows no area of use for {name}. Declare WGS84 degrees instead.")
    margin = 6.0 if is_projected(name) else 2.0
    return (area.west - margin, area.south - 2.0, area.east + margin, area.north + 2.0)


def to_wgs84(x: ArrayLike, y: ArrayLike, declared: str) -> tuple[Floats, Floats]:
    """Longitude and latitude in WGS84 of points in a declared system.

    Parameters
    ----------
    x, y
        Longitude and latitude in degrees, or easting and northing in metres, (N,).
    declared
        "WGS84", "EPSG:4490", "EPSG:4513" to "EPSG:4554", "GCJ-02" or "BD-09".

    Returns
    -------
    longitude, latitude
        Degrees, (N,). CGCS2000 and WGS84 differ by centimetres and are taken as equal. NaN stays
        NaN.

    Raises
    ------
    SchemaError
        The system is none of these.

    Examples
    --------
    >>> lon, lat = to_wgs84([112.5550], [37.8700], "GCJ-02")
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([112.5487], [37.8695])
    """
    name = system(declared)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if name in ("WGS84", "EPSG:4490"):
        return x.copy(), y.copy()
    if name == "GCJ-02":
        return from_gcj02(x, y)
    if name == "BD-09":
        return from_gcj02(*bd09_to_gcj02(x, y))
    if is_projected(name):
        lon, lat = Transformer.from_crs(name, "EPSG:4490", always_xy=True).transform(x, y)
        return np.asarray(lon), np.asarray(lat)
    raise SchemaError(
        f"the coordinate system '{declared}' is not one buju converts. Declare WGS84, EPSG:4490, "
        "EPSG:4513 to EPSG:4554, GCJ-02 or BD-09.",
        f"坐标系“{declared}”不在可转换之列。请声明 WGS84、EPSG:4490、EPSG:4513 至 EPSG:4554、"
        "GCJ-02 或 BD-09。",
    )


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 of WGS84 degrees, (N,), by the formula that is publicly known.

    The offset is a polynomial with sines of the distance from 105 E, 35 N, scaled to degrees on
    the Krasovsky ellipsoid. Points outside 72.004-137.8347 E, 0.8293-55.8271 N have no offset.

    >>> lon, lat = to_gcj02([112.5489], [37.8692])
    >>> (lon - 112.5489).round(4).tolist(), (lat - 37.8692).round(4).tolist()
    ([0.0063], [0.0005])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = _offset(lon - 105.0, lat - 35.0)
    radians = np.radians(lat)
    magic = 1 - _ECCENTRICITY2 * np.sin(radians) ** 2
    north = np.degrees(north * magic**1.5 / (_AXIS * (1 - _ECCENTRICITY2)))
    east = np.degrees(east * np.sqrt(magic) / (_AXIS * np.cos(radians)))
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def _offset(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Offsets in metres to the east and north of points x, y degrees from 105 E, 35 N."""
    pi, sin, root = np.pi, np.sin, np.sqrt(np.abs(x))
    common = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root
    east += (common + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root
    north += (common + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    return east, north


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS84 of GCJ-02 degrees, (N,): w is stepped by what gcj(w) still lacks until it is still.

    The offset changes by less than 1 % of a step, so a handful of steps reach 1e-10 degrees. At
    the edge of the offset's area, where the formula jumps, the steps stop after 30.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon.copy(), lat.copy()
    for _ in range(30):
        there_x, there_y = to_gcj02(x, y)
        x, y = x + (lon - there_x), y + (lat - there_y)
        step = np.maximum(np.abs(lon - there_x), np.abs(lat - there_y))
        if not (step > _STEP).any():
            break
    return x, y


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 of BD-09 degrees, (N,); the exact inverse of `gcj02_to_bd09` by iteration."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(30):
        there_x, there_y = gcj02_to_bd09(x, y)
        x, y = x + (lon - there_x), y + (lat - there_y)
        step = np.maximum(np.abs(lon - there_x), np.abs(lat - there_y))
        if not (step > _STEP).any():
            break
    return x, y


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 of GCJ-02 degrees, (N,): a turn and a stretch in polar form, then a shift.

    >>> lon, lat = gcj02_to_bd09([112.5550], [37.8700])
    >>> (lon - 112.5550).round(4).tolist(), (lat - 37.8700).round(4).tolist()
    ([0.0064], [0.0063])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
