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

_WORKBOOKS = (".xlsx", ".xlsm")
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
    unfilled: list[RawTable] = field(default_factory=list)  # tables with a header and no rows


def collect(path: Path, found: Findings) -> Given:
    """Everything readable at `path`, with faults for what is not."""
    given = Given()
    if path.is_dir():
        _folder(path, given, found)
    elif path.is_file() and path.suffix.lower() in (*_WORKBOOKS, ".gpkg"):
        _single(path, given, found)
    else:
        found.add("path_missing", file=str(path))
        return given
    _declared(given, found)
    for name, table in tables().items():
        if table.required and name not in given.named:
            found.add("table_missing", table=name, file=f"{name}.csv")
    _unfilled(given, found)
    return given


def _unfilled(given: Given, found: Findings) -> None:
    """Tables with a header alone: a fault where required, a note where a CSV file was left so."""
    files = []
    for raw in given.unfilled:
        if raw.table in given.tables:
            continue
        if tables()[raw.table].required:
            found.add("header_only", raw)
            given.tables[raw.table] = raw
        elif not raw.sheet:
            files.append(raw.file)
    if files:
        names = ", ".join(files)
        found.note(f"只有表头，按没有数据处理：{names}", f"header only, read as no data: {names}")


def _folder(folder: Path, given: Given, found: Findings) -> None:
    workbook = _read(folder, "region.xlsx", given)
    described = _describe(folder, ("region.xlsx", workbook), given, found)
    for name, file in _csv_files(folder, described, found):
        data = _read(folder, file, given)
        if data is not None:
            _take(given, read_csv(name, file, data, found), name, file, found)
    for file, data in (
        ("region.xlsx", workbook),
        ("region.gpkg", _read(folder, "region.gpkg", given)),
    ):
        if data is not None:
            _take_all(file, data, given, found)


def _single(path: Path, given: Given, found: Findings) -> None:
    data = _read(path.parent, path.name, given)
    _describe(path.parent, (path.name, data), given, found)
    if data is not None:
        _take_all(path.name, data, given, found)


def _describe(
    folder: Path, file: tuple[str, bytes | None], given: Given, found: Findings
) -> Mapping[str, Any]:
    """The descriptor, after `given.package` was set from it and from the workbook's sheet 说明."""
    name, data = file
    own = (
        _workbook_package(data)
        if data is not None and name.lower().endswith((".xlsx", ".xlsm"))
        else {}
    )
    text = _read(folder, datapackage.NAME, given)
    if text is None and own:
        given.package, given.described = own, name
        return {}
    described = datapackage.read_descriptor(text, found)
    if described is None:
        return {}
    package = dict(described.get("buju", {}))
    given.described = datapackage.NAME
    if own.get("accept"):
        package["accept"] = [own["accept"], *_listed(package.get("accept", ""))]
    sheet, declared = own.get("coordinates", ""), str(package.get("coordinates") or "")
    if sheet and not declared.strip():
        package["coordinates"] = sheet
    elif sheet and system(sheet) != system(declared):
        found.add("coordinates_twice", file=name, value=sheet, other=declared)
    given.package = package
    _boundaries(folder, given, found)
    return described


def _listed(word: Any) -> list[str]:
    return list(map(str, word)) if isinstance(word, list) else [str(word or "")]


def _boundaries(folder: Path, given: Given, found: Findings) -> None:
    file = given.package.get("boundaries")
    if not file:
        return
    if not isinstance(file, str) or not _within(folder, file):
        found.add("resource_outside", file=datapackage.NAME, value=str(file))
    elif _read(folder, file, given) is None:
        found.add("resource_missing", file=datapackage.NAME, value=file)


def _within(folder: Path, file: str) -> bool:
    return (folder / file).resolve().is_relative_to(folder.resolve())


def _csv_files(
    folder: Path, described: Mapping[str, Any], found: Findings
) -> list[tuple[str, str]]:
    """Tables and their CSV files: those the descriptor lists, then every `<table>.csv`."""
    present = sorted(p.name for p in folder.glob("*") if p.suffix.lower() == ".csv")
    files: list[tuple[str, str]] = []
    for name, file in datapackage.table_files(described):
        if not _within(folder, file):
            found.add("resource_outside", file=datapackage.NAME, value=file)
        elif (folder / file).is_file():
            files.append((name, file))
        elif file.lower().endswith(".csv"):
            near = nearest(file, present)
            found.add("resource_missing", file=datapackage.NAME, value=file, near=near)
    listed = {file for _, file in files}
    files += [(name, f"{name}.csv") for name in tables() if f"{name}.csv" in set(present) - listed]
    listed = {file for _, file in files}
    for file in present:
        if file not in listed:
            _unknown(file, Path(file).stem, {name for name, _ in files}, found)
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


def _take_all(file: str, data: bytes, given: Given, found: Findings) -> None:
    for raw in _reader(file)(file, data, found):
        _take(given, raw, raw.table, _place(raw), found)


def _reader(file: str) -> Reader:
    # Imported here so that a folder of CSV files costs neither openpyxl nor pyogrio.
    if file.lower().endswith(_WORKBOOKS):
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
    if not len(raw.lines):  # left as the template had it; another file may give the table
        given.unfilled.append(raw)
        return
    if name in given.tables:
        first = _place(given.tables[name])
        found.add("table_twice", raw, first=first, second=place)
        return
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
