"""Points lie where their declared coordinate system may put them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buju.region.coordinates import extent, is_projected, system, to_wgs84
from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given
from buju.region.schema import axes

# Beyond this many degrees from the middle of all points, a point that would be near it with its
# axes exchanged is taken for exchanged.
_FAR = 15.0
_METRES = 1000.0
Floats = NDArray[np.float64]


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Metres given as degrees, degrees given as metres, exchanged axes, points outside."""
    for name, columns in axes().items():
        raw = given.tables.get(name)
        if raw is not None and all(axis in raw.cells.columns for axis in columns):
            declared = raw.system or system(str(given.package.get("coordinates", "")))
            if declared:
                _check(frames[name], raw, columns, declared, found)


def _check(
    frame: pd.DataFrame, raw: RawTable, columns: tuple[str, str], declared: str, found: Findings
) -> None:
    x, y = (frame[axis].to_numpy(dtype=float) for axis in columns)
    both = np.isfinite(x) & np.isfinite(y)
    swapped, other = _judge(x, y, both, declared)
    for at in np.flatnonzero(swapped | (other != "")):
        check = "coordinates_swapped" if swapped[at] else str(other[at])
        column, value = _which(check, columns, x[at], y[at], declared)
        near = f"{_plain(y[at])}, {_plain(x[at])}" if swapped[at] else ""
        west, south, east, north = extent(declared)
        found.add(
            check,
            raw,
            row=int(raw.lines[at]),
            column=column,
            value=value,
            near=near,
            x=columns[0],
            y=columns[1],
            system=declared,
            area=f"{west:g}-{east:g} E, {south:g}-{north:g} N",
        )


def _judge(
    x: Floats, y: Floats, both: NDArray[np.bool_], declared: str
) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    """Which points have their axes exchanged, and what else is wrong with each ("" for nothing)."""
    other = np.full(len(x), "", dtype="U24")
    small = (np.abs(x) <= 180) & (np.abs(y) <= 180)
    if is_projected(declared):
        other[both & small] = "coordinates_degrees"
    else:
        other[both & ((np.abs(x) > _METRES) | (np.abs(y) > _METRES))] = "coordinates_metres"
    sound = both & (other == "")
    inside = _inside(x, y, sound, declared)
    turned = _inside(y, x, sound, declared)
    swapped = sound & ~inside & turned
    if not is_projected(declared) and (sound & inside).any():
        swapped |= _far_unless_turned(x, y, sound & inside)
    other[sound & ~inside & ~swapped] = "coordinates_outside"
    return swapped, other


def _inside(x: Floats, y: Floats, rows: NDArray[np.bool_], declared: str) -> NDArray[np.bool_]:
    west, south, east, north = extent(declared)
    result = np.zeros(len(x), dtype=bool)
    if rows.any():
        lon, lat = (x[rows], y[rows])
        if is_projected(declared):
            lon, lat = to_wgs84(lon, lat, declared)
        result[rows] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return result


def _far_unless_turned(x: Floats, y: Floats, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points of few that are out of place as they stand and in place with axes exchanged."""
    middle_x, middle_y = np.median(x[rows]), np.median(y[rows])
    away = np.hypot(x - middle_x, y - middle_y)
    turned = np.hypot(y - middle_x, x - middle_y)
    return rows & (away > _FAR) & (turned < _FAR)


def _which(
    check: str, columns: tuple[str, str], x: float, y: float, declared: str
) -> tuple[str, str]:
    """The column that a fault is reported at, and its value."""
    if check == "coordinates_swapped":
        return columns[0], _plain(x)
    if check == "coordinates_outside" and not is_projected(declared):
        west, _, east, _ = extent(declared)
        return (columns[0], _plain(x)) if not west <= x <= east else (columns[1], _plain(y))
    if check == "coordinates_metres" and abs(x) <= _METRES:
        return columns[1], _plain(y)
    return columns[0], _plain(x)


def _plain(value: float) -> str:
    return f"{value:.12g}"
