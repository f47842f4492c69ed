"""What a machine needs for buju, looked up one by one; nothing is installed or changed."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

_ROOM_GB = 1.0
_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?\s*(?:>=\s*([\w.]+))?[^;]*(?:;(.*))?$")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([\w-]+)[\"']")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `missing` (buju cannot work), or `optional` (a part cannot)."""

    state: str
    zh: str
    en: str


def examine(folder: Path | None = None) -> list[Finding]:
    """Everything that a run, a report and the page need.

    Parameters
    ----------
    folder
        Where results would be written; the present one by default.
    """
    where = Path.cwd() if folder is None else folder
    found = [_python(), *_packages(), *_fonts(), _browser()]
    return [*found, _room(where), _writable(where)]


def _python() -> Finding:
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _PYTHON:
        return Finding("ok", f"Python {have}", f"Python {have}")
    return Finding(
        "missing",
        f"Python {have} 太旧：请安装 3.11 或更新版本",
        f"Python {have} is too old: install 3.11 or newer",
    )


def _packages() -> Iterator[Finding]:
    """The core's packages, then every extra as a whole."""
    extras: dict[str, list[str]] = {}
    for line in requires("buju") or []:
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        name, least, marker = match.group(1), match.group(2) or "0", match.group(3) or ""
        fault = _fault(name, least)
        extra = _EXTRA.search(marker)
        if extra:
            extras.setdefault(extra.group(1), []).extend([fault] if fault else [])
        elif fault:
            remedy = f"pip install '{name}>={least}'"
            yield Finding("missing", f"{fault}：{remedy}", f"{fault}: {remedy}")
        else:
            yield Finding("ok", f"{name} {version(name)}", f"{name} {version(name)}")
    for extra_name, faults in extras.items():
        yield _extra(extra_name, faults)


def _extra(name: str, faults: list[str]) -> Finding:
    if not faults:
        return Finding("ok", f"可选组件 [{name}]", f"extra [{name}]")
    listed, remedy = ", ".join(faults), f"pip install 'buju[{name}]'"
    return Finding(
        "optional",
        f"可选组件 [{name}] 不全（{listed}）：{remedy}",
        f"extra [{name}] is incomplete ({listed}): {remedy}",
    )


def _fault(name: str, least: str) -> str:
    """What is wrong with an installed package; empty where nothing is."""
    try:
        have = version(name)
    except PackageNotFoundError:
        return f"{name} —"
    return "" if _numbers(have) >= _numbers(least) else f"{name} {have} < {least}"


def _numbers(text: str) -> tuple[int, ...]:
    """The release part of a version; `1.0` and `1.0.0` are the same.

    >>> _numbers("2.11.3rc1"), _numbers("1.0.0")
    ((2, 11, 3), (1,))
    """
    found = re.match(r"\d+(?:\.\d+)*", text)
    numbers = [int(part) for part in found.group().split(".")] if found else []
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _fonts() -> Iterator[Finding]:
    from buju.errors import BujuError, MissingExtra
    from buju.report.fonts import chinese_families

    try:
        serif, _ = chinese_families()
    except MissingExtra:
        return  # said with the extra
    except BujuError as error:
        yield Finding(
            "optional", f"PDF 与 Word 报告：{error.chinese}", f"PDF, Word: {error.english}"
        )
        return
    yield Finding("ok", f"中文字体 {serif[0]}", f"Chinese font {serif[0]}")


def _browser() -> Finding:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return Finding("ok", f"浏览器测试用 {path}", f"browser of the tests: {path}")
    return Finding(
        "optional",
        "没有 Chromium，仅浏览器测试需要：apt install chromium",
        "no Chromium, which only the browser tests need: apt install chromium",
    )


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free / 1e9
    if free >= _ROOM_GB:
        return Finding("ok", f"磁盘剩余 {free:.0f} GB", f"{free:.0f} GB of disk left")
    return Finding(
        "missing",
        f"{folder} 所在磁盘只剩 {free:.2f} GB：请腾出 {_ROOM_GB:g} GB",
        f"{free:.2f} GB left on the disk of {folder}: free {_ROOM_GB:g} GB",
    )


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "missing",
            f"不能写入 {folder}（{error.strerror}）：请换一个有写权限的文件夹",
            f"cannot write into {folder} ({error.strerror}): work in a folder that you may write",
        )
    return Finding("ok", f"可以写入 {folder}", f"{folder} can be written")
