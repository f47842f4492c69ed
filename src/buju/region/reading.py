"""A path becomes a region, or a list of everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from buju.errors import RegionError
from buju.region.checks import bounds, cells, coordinates, keys, network, references, sense
from buju.region.coordinates import system, to_wgs84
from buju.region.faults import Fault, Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import collect
from buju.region.model import FrozenTables, Region
from buju.region.schema import axes, tables

_SHOWN = 30


@dataclass(frozen=True)
class Examination:
    """What reading a region brought to light.

    `tables` holds what could be read, for showing beside the faults. Compute with a `Region`
    only, which exists where `faults` is empty.
    """

    path: Path
    tables: Mapping[str, pd.DataFrame]
    faults: list[Fault]
    notes: tuple[str, ...]
    files: Mapping[str, str]
    package: Mapping[str, Any]
    stands: Mapping[str, RawTable]

    def region(self) -> Region:
        """The tables as a region; ask for it only where `faults` is empty."""
        return Region(self.path, self.tables, self.notes, self.files, self.package, self.stands)


def examine_region(path: str | Path) -> Examination:
    """Read whatever can be read at `path`, with all faults and notes.

    Parameters
    ----------
    path
        A folder with datapackage.json and tables as CSV files, as sheets of `region.xlsx` or as
        layers of `region.gpkg`; or such a workbook or GeoPackage itself, with datapackage.json
        beside it. A workbook alone may declare its coordinates on the sheet 说明.
    """
    found = Findings()
    given = collect(Path(path), found)
    frames = {name: cells.typed(table, found) for name, table in given.tables.items()}
    full = {name: frames.get(name, cells.empty(table)) for name, table in tables().items()}
    for check in (keys, references, coordinates, sense, bounds, network):
        check.check(full, given, found)
    return Examination(
        Path(path),
        FrozenTables(_located(full, given.tables, given.package)),
        found.closed(),
        tuple(found.notes),
        {name: hashlib.sha256(data).hexdigest() for name, data in given.files.items()},
        given.package,
        {name: replace(table, cells=pd.DataFrame()) for name, table in given.tables.items()},
    )


def check_region(path: str | Path) -> list[Fault]:
    """Everything that is wrong with the region at `path`, in the order of tables and lines.

    Parameters
    ----------
    path
        As for `read_region`.

    Returns
    -------
    list of Fault
        Empty where the region can be read. Of faults alike in one column the first 200 are
        spelled out and the rest counted. Nothing is raised for what the files hold.
    """
    return examine_region(path).faults


def read_region(path: str | Path) -> Region:
    """The region at `path`, checked.

    Parameters
    ----------
    path
        A folder with datapackage.json and tables as CSV files, as sheets of `region.xlsx` or as
        layers of `region.gpkg`; or such a workbook or GeoPackage itself.

    Returns
    -------
    Region
        Tables with the types of the schema and coordinates in WGS84. `notes` says what was read
        in an unusual way, such as a file in GB18030.

    Raises
    ------
    RegionError
        Once, with every fault in `.faults`; the message names each file, line and column and what
        to do, in Chinese and English.
    """
    seen = examine_region(path)
    if seen.faults:
        raise _refusal(seen)
    return seen.region()


def _refusal(seen: Examination) -> RegionError:
    faults = seen.faults
    rest = len(faults) - _SHOWN
    english = [f"{seen.path} has {len(faults)} fault(s):", *(f.english for f in faults[:_SHOWN])]
    chinese = [f"{seen.path} 有 {len(faults)} 处错误：", *(f.chinese for f in faults[:_SHOWN])]
    if rest > 0:
        english.append(f"... and {rest} more; `buju check` prints them all")
        chinese.append(f"……另有 {rest} 处；`buju check` 可全部列出")
    return RegionError("\n  ".join(english), "\n  ".join(chinese), faults=faults)


def _located(
    frames: dict[str, pd.DataFrame], raw: Mapping[str, RawTable], package: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """The tables with WGS84 coordinates, and places with their seats as geometry."""
    result = dict(frames)
    for name, (x, y) in axes().items():
        own = raw[name].system if name in raw else ""
        declared = own or system(str(package.get("coordinates", "")))
        if declared:
            lon, lat = to_wgs84(frames[name][x], frames[name][y], declared)
            result[name] = frames[name].assign(**{x: lon, y: lat})
    for name in ("places", "outside_places"):
        seats = gpd.points_from_xy(result[name]["lon"], result[name]["lat"])
        result[name] = gpd.GeoDataFrame(result[name], geometry=seats, crs="EPSG:4326")
    return result
