"""One folder for a closed network: wheels, the page, the example and a script that starts it all.

```
OUT/
├── wheels/          buju's wheel and every wheel it needs, for one platform and one Python
├── requirements.txt what is installed, each with its hash
├── example/         the example study with its region
├── start.sh | start.bat
├── README.txt       Chinese and English
└── checksums.sha256 of every file, as `sha256sum -c` reads it
```
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

from buju.errors import BujuError
from buju.study.bundle import writing

EXTRAS = ("web", "office", "attest", "china")
PLATFORMS = {
    "linux_x86_64": (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
    ),
    "win_amd64": ("win_amd64",),
}
_NAME = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.M)


class BundleError(BujuError):
    """An offline folder cannot be made as asked."""


def make_folder(
    out: Path,
    platform: str,
    python: str,
    source: Path,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Build buju's wheel, fetch the others, and lay everything out; needs an index while it runs.

    Parameters
    ----------
    out
        A folder that does not exist yet. It appears only when it is complete.
    platform
        `linux_x86_64` (glibc 2.28 or newer) or `win_amd64`.
    python
        Version of the Python of the closed machine; 3.11 to 3.13.
    source
        Buju's source tree, with `constraints.txt` and the example.
    say
        Told what is being done.

    Raises
    ------
    BundleError
        No such platform or Python, no source tree, the page is not built, `out` exists, or a
        package has no wheel for the platform.
    """
    _check(out, platform, python, source)
    with writing(out) as folder:
        wheels = folder / "wheels"
        wheels.mkdir()
        say("buju → wheel")
        _own_wheel(source, wheels)
        say(f"wheels: {platform}, Python {python}")
        _fetch(source / "constraints.txt", wheels, platform, python)
        _requirements(folder, wheels)
        shutil.copytree(
            source / "examples" / "shanxi", folder / "example", ignore=shutil.ignore_patterns("out")
        )
        _texts(folder, platform, python)
        _checksums(folder)
    return out


def _check(out: Path, platform: str, python: str, source: Path) -> None:
    if platform not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        raise BundleError(
            f"no platform {platform!r}: give one of {known}",
            f"没有平台 {platform!r}：可选 {known}",
        )
    if python not in ("3.11", "3.12", "3.13"):
        raise BundleError(
            f"Python {python!r}: give 3.11, 3.12 or 3.13",
            f"Python {python!r}：可选 3.11、3.12、3.13",
        )
    if out.exists():
        raise BundleError(
            f"{out} exists: name a new folder or remove it", f"{out} 已存在：请换一个新文件夹"
        )
    needed = ("pyproject.toml", "constraints.txt", "examples/shanxi/study.yaml")
    lacking = [name for name in needed if not (source / name).is_file()]
    if lacking:
        raise BundleError(
            f"{source} is not buju's source folder (no {lacking[0]}): run this in a checkout or "
            "name it with --source",
            f"{source} 不是 buju 源码文件夹（缺 {lacking[0]}）：请用 --source 指定源码文件夹",
        )
    if not (source / "src/buju/serve/static/index.html").is_file():
        raise BundleError(
            "the web page is not built (src/buju/serve/static/index.html): run `make web` first",
            "网页尚未生成（缺 src/buju/serve/static/index.html）：请先运行 `make web`",
        )


def _own_wheel(source: Path, wheels: Path) -> None:
    """Built from a copy without ignore lists, so that the page, which git ignores, is inside."""
    with tempfile.TemporaryDirectory(prefix="buju-wheel-") as name:
        copy = Path(name) / "buju"
        unwanted = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(source / "src", copy / "src", ignore=unwanted)
        for file in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(source / file, copy / file)
        _pip(
            ["wheel", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(copy)],
            "buju's own wheel was not built",
            "buju 的安装包未能生成",
        )


def _fetch(constraints: Path, wheels: Path, platform: str, python: str) -> None:
    """Every locked package as a wheel, its hash checked; the list holds for any platform."""
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    wanted = wheels.parent / ".locked.txt"
    wanted.write_text(for_machine(constraints.read_text(encoding="utf-8"), platform, python))
    _pip(
        [
            "download",
            "--only-binary=:all:",
            "--no-deps",
            "--require-hashes",
            "--python-version",
            python,
            "--implementation",
            "cp",
            *tags,
            "-d",
            str(wheels),
            "-r",
            str(wanted),
        ],
        "a package was not fetched; an index must be reachable while the folder is made",
        "有软件包未能取得；制作离线文件夹时须能访问软件包索引",
    )
    wanted.unlink()


def for_machine(constraints: str, platform: str, python: str) -> str:
    r"""The locked packages that a machine needs; markers are judged for it, not for this one.

    >>> text = "a==1 ; sys_platform == 'win32' \\\n    --hash=x\nb==2 \\\n    --hash=y\n"
    >>> for_machine(text, "linux_x86_64", "3.11").split()
    ['b==2', '\\', '--hash=y']
    """
    from packaging.markers import Marker

    windows = platform == "win_amd64"
    environment = {
        "sys_platform": "win32" if windows else "linux",
        "platform_system": "Windows" if windows else "Linux",
        "os_name": "nt" if windows else "posix",
        "platform_machine": "AMD64" if windows else "x86_64",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    kept = []
    for entry in re.split(r"\n(?=\S)", constraints.strip()):
        if not _NAME.match(entry):
            continue
        head, newline, rest = entry.partition("\n")
        words, semicolon, marker = head.rstrip("\\ ").partition(";")
        if semicolon and not Marker(marker.strip()).evaluate(environment):
            continue
        kept.append(words.strip() + (" \\" if newline else "") + newline + rest)
    return "\n".join(kept)


def _pip(arguments: Sequence[str], english: str, chinese: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip()[-1500:]
        raise BundleError(f"{english}:\n{why}", f"{chinese}")


def _requirements(folder: Path, wheels: Path) -> None:
    """Names with the hashes of the very files, so that an altered wheel is refused."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{_digest(wheel)}")
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _texts(folder: Path, platform: str, python: str) -> None:
    windows = platform == "win_amd64"
    held = resources.files("buju.serve") / "offline_files"
    script = "start.bat" if windows else "start.sh"
    text = (held / script).read_text(encoding="utf-8").replace("@PYTHON@", python)
    path = folder / script
    path.write_bytes((text.replace("\n", "\r\n") if windows else text).encode("utf-8"))
    path.chmod(0o755)
    readme = (held / "README.txt").read_text(encoding="utf-8")
    tried = (
        ("本文件夹未在 Windows 上运行过。\nThis folder was not run on Windows.\n")
        if windows
        else ""
    )
    for mark, words in (("@SCRIPT@", script), ("@PYTHON@", python), ("@PLATFORM@", platform)):
        readme = readme.replace(mark, words)
    readme = readme.replace("@TRIED@", tried)
    (folder / "README.txt").write_bytes(
        (readme.replace("\n", "\r\n") if windows else readme).encode("utf-8-sig")
    )


def _checksums(folder: Path) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    lines = [f"{_digest(p)}  {p.relative_to(folder).as_posix()}" for p in files]
    (folder / "checksums.sha256").write_text("\n".join(lines) + os.linesep, encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
