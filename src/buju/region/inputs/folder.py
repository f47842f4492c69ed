"""A path becomes raw tables: CSV files, a workbook, a GeoPackage, or a folder of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buju.region import datapackage
from buju.region.coordinates import system
from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.csv_file import read_csv
from buju.region.nearest import nearest
from buju.region.schema import tables

Reader = Callable[[str, bytes, Findings], "list[RawTable]"]


@dataclass
class Given:
    """What stands at a path: raw tables, bytes of every file read, and the "buju" object."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    package: Mapping[str, Any] = field(default_factory=dict)
    described: str = ""  # the file that gave `package`; empty where none could be read
    named: set[str] = field(default_factory=set)  # tables there is a file or sheet for
    broken: set[str] = field(default_factory=set)  # those of them that could not be read


def collect(path: Path, found: Findings) -> Given:
    """Everything readable at `path`, with faults for what is not."""
    given = Given()
    if path.is_dir():
        _folder(path, given, found)
    elif path.is_file() and path.suffix.lower() in (".xlsx", ".gpkg"):
        _single(path, given, found)
    else:
        found.add("path_missing", file=str(path))
        return given
    _declared(given, found)
    for name, table in tables().items():
        if table.required and name not in given.named:
            found.add("table_missing", table=name, file=f"{name}.csv")
    return given


def _folder(folder: Path, given: Given, found: Findings) -> None:
    package = _read(folder, datapackage.NAME, given)
    described = datapackage.read_descriptor(package, found)
    if described is not None:
        given.package, given.described = described.get("buju", {}), datapackage.NAME
    for name, file in _csv_files(folder, described or {}, found).items():
        data = _read(folder, file, given)
        if data is not None:
            _take(given, read_csv(name, file, data, found), name, file, found)
    for file in ("region.xlsx", "region.gpkg"):
        if (data := _read(folder, file, given)) is not None:
            for raw in _reader(file)(file, data, found):
                _take(given, raw, raw.table, _place(raw), found)
    boundaries = given.package.get("boundaries")
    if boundaries and _read(folder, str(boundaries), given) is None:
        found.add("resource_missing", file=datapackage.NAME, value=str(boundaries))


def _csv_files(folder: Path, described: Mapping[str, Any], found: Findings) -> dict[str, str]:
    """The CSV file of each table: as the descriptor says, else `<table>.csv`."""
    present = sorted(p.name for p in folder.glob("*") if p.suffix.lower() == ".csv")
    files = {name: f"{name}.csv" for name in tables() if f"{name}.csv" in present}
    for name, file in datapackage.table_files(described).items():
        target = (folder / file).resolve()
        if not target.is_relative_to(folder.resolve()):
            found.add("resource_outside", file=datapackage.NAME, value=file)
        elif target.is_file():
            files[name] = file
        elif file.lower().endswith(".csv"):
            near = nearest(file, present)
            found.add("resource_missing", file=datapackage.NAME, value=file, near=near)
    for file in present:
        if file not in files.values():
            _unknown(file, Path(file).stem, set(files), found)
    return files


def _unknown(file: str, name: str, taken: set[str], found: Findings) -> None:
    """A file or sheet that is no table: a fault where it nearly is one, else a note."""
    titles = {table.title_zh: table.name for table in tables().values()}
    near = nearest(name.lower(), [t for t in tables() if t not in taken])
    near = near or titles.get(nearest(name, titles), "")
    if near and near not in taken:
        found.add("table_unknown", file=file, value=name, near=near)
    else:
        found.note(
            f"{file} 不是区域数据表，未读取", f"{file} is no table of a region; it was not read"
        )


def _single(path: Path, given: Given, found: Findings) -> None:
    data = path.read_bytes()
    given.files[path.name] = data
    package = _read(path.parent, datapackage.NAME, given)
    own = _workbook_package(data) if path.suffix.lower() == ".xlsx" and package is None else {}
    if own:
        given.package, given.described = own, path.name
    elif (described := datapackage.read_descriptor(package, found)) is not None:
        given.package, given.described = described.get("buju", {}), datapackage.NAME
    for raw in _reader(path.name)(path.name, data, found):
        _take(given, raw, raw.table, _place(raw), found)


def _reader(file: str) -> Reader:
    # Imported here so that a folder of CSV files costs neither openpyxl nor pyogrio.
    if file.lower().endswith(".xlsx"):
        from buju.region.inputs.workbook import read_workbook

        return read_workbook
    from buju.region.inputs.geopackage import read_geopackage

    return read_geopackage


def _workbook_package(data: bytes) -> Mapping[str, Any]:
    from buju.region.inputs.workbook import read_package

    return read_package(data)


def _read(folder: Path, file: str, given: Given) -> bytes | None:
    path = folder / file
    if not path.is_file():
        return None
    given.files[file] = path.read_bytes()
    return given.files[file]


def _place(raw: RawTable) -> str:
    return f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file


def _take(given: Given, raw: RawTable | None, name: str, place: str, found: Findings) -> None:
    given.named.add(name)
    if raw is None:
        given.broken.add(name)
        return
    if name in given.tables:
        first = _place(given.tables[name])
        found.add("table_twice", raw, first=first, second=place)
        return
    if not len(raw.lines):
        if raw.sheet and not tables()[name].required:
            return
        found.add("header_only", raw)
    given.tables[name] = raw


def _declared(given: Given, found: Findings) -> None:
    declared = given.package.get("coordinates", "")
    if not given.described:
        return
    if not isinstance(declared, str) or not declared.strip():
        found.add("coordinates_undeclared", file=given.described)
    elif not system(declared):
        near = nearest(declared.upper(), ["WGS84", "EPSG:4490", "GCJ-02", "BD-09"])
        found.add("coordinates_unknown", file=given.described, value=declared, near=near)
