"""An uploaded file becomes a folder of tables, or a refusal that says what to do."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from buju.region import datapackage
from buju.region.inputs.container import Unreadable, inspect, refuse_bomb
from buju.serve.problems import Problem

KINDS = (".xlsx", ".xlsm", ".zip", ".gpkg")
_MEMBERS = 300
_INSIDE = (".csv", ".json", ".gpkg", ".xlsx")


def save(source: BinaryIO, target: Path) -> None:
    """Copy an upload to disk in pieces."""
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def kind_of(name: str) -> str:
    """The suffix of an uploaded file's name, refused where it is none that is read."""
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if suffix in KINDS:
        return suffix
    given = suffix or name or "?"
    hint = (
        ("请在 Excel 或 WPS 中另存为 .xlsx", "save it as .xlsx in Excel or WPS")
        if suffix in (".xls", ".et", ".ods", ".xlsb")
        else ("请打成 .zip 上传", "upload it in a .zip")
        if suffix == ".csv"
        else ("可下载模板填写", "the template can be downloaded and filled")
    )
    raise Problem(
        415,
        f"不能读取“{given}”文件：请上传 Excel（.xlsx）、CSV 的压缩包（.zip）"
        f"或 GeoPackage（.gpkg）；{hint[0]}",
        f"'{given}' files are not read: upload Excel (.xlsx), a .zip of CSV files or a GeoPackage "
        f"(.gpkg); {hint[1]}",
    )


def unpack(file: Path, suffix: str, data: Path, coordinates: str = "") -> None:
    """Lay out an uploaded file as a region folder.

    Parameters
    ----------
    file, suffix
        The file on disk, and its kind.
    data
        The folder to fill; it must be absent.
    coordinates
        The coordinate system, for files that have no place to declare it.
    """
    data.mkdir(parents=True)
    try:
        if suffix in (".xlsx", ".xlsm"):
            with file.open("rb") as opened:
                inspect(opened)
            shutil.copyfile(file, data / "region.xlsx")
        elif suffix == ".gpkg":
            _geopackage(file)
            shutil.copyfile(file, data / "region.gpkg")
        else:
            _zip(file, data)
    except Unreadable as refusal:
        status = 413 if refusal.check == "workbook_bomb" else 415
        raise Problem(status, refusal.chinese, refusal.english) from refusal
    if coordinates and suffix != ".xlsx" and not (data / datapackage.NAME).exists():
        package = {"name": "region", "buju": {"coordinates": coordinates}}
        (data / datapackage.NAME).write_text(json.dumps(package), encoding="utf-8")


def _geopackage(file: Path) -> None:
    with file.open("rb") as opened:
        if opened.read(16) != b"SQLite format 3\x00":
            raise Problem(
                415,
                "该文件不是 GeoPackage（后缀为 .gpkg 而内容不是）；请在 GIS 软件中重新导出",
                "the file is no GeoPackage although its name ends in .gpkg; export it again",
            )


def _zip(file: Path, data: Path) -> None:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise Problem(
            415,
            "该文件不是 .zip 压缩包或已损坏；请重新压缩 CSV 文件后上传",
            "the file is no .zip archive or is damaged; pack the CSV files again",
        ) from None
    with archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        refuse_bomb(archive)
        if len(members) > _MEMBERS:
            raise Problem(
                413,
                f"压缩包内有 {len(members)} 个文件，上限为 {_MEMBERS}；请只放数据表",
                f"the archive has {len(members)} files, at most {_MEMBERS}; pack the tables only",
            )
        chosen = {item: _inside(item) for item in members}
        kept = {item: path for item, path in chosen.items() if path is not None}
        tops = {path.parts[0] for path in kept.values() if len(path.parts) > 1}
        strip = len(tops) == 1 and all(len(path.parts) > 1 for path in kept.values())
        for item, path in kept.items():
            target = data.joinpath(*path.parts[1 if strip else 0 :])
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(item) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
    if not kept:
        raise Problem(
            415,
            "压缩包内没有数据表；请放入 places.csv、nodes.csv、links.csv 等文件",
            "the archive holds no tables; pack places.csv, nodes.csv, links.csv and so on",
        )


def _inside(item: zipfile.ZipInfo) -> PurePosixPath | None:
    """Where a member goes; None for what is of no use; a way out of the folder is refused."""
    path = PurePosixPath(item.filename.replace("\\", "/"))
    link = stat.S_ISLNK(item.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in item.filename or link:
        raise Problem(
            422,
            f"压缩包内的“{item.filename}”指向文件夹之外；请重新压缩",
            f"the archive's '{item.filename}' leads out of the folder; pack it again",
        )
    if item.flag_bits & 1:
        raise Problem(
            415, "压缩包有密码；请去掉密码后上传", "the archive has a password; remove it"
        )
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path if path.suffix.lower() in _INSIDE and not hidden else None
