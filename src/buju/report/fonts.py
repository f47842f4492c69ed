"""The Chinese font that a PDF and drawings need, found here or refused with the remedy."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from buju.errors import BujuError, missing_extra

SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun")
SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "Heiti SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
FOLDERS = "BUJU_FONTS"


class MissingFont(BujuError):
    """No font with Chinese characters is installed."""


def typst_module() -> Any:
    """The module `typst`, or the refusal that names its extra."""
    try:
        import typst
    except ImportError as error:
        raise missing_extra("office", "typst, which writes PDF and draws figures") from error
    return typst


@lru_cache(maxsize=1)
def installed() -> tuple[Any, frozenset[str]]:
    """Fonts of this machine, and of the folders named in the variable BUJU_FONTS."""
    extra = [Path(f) for f in os.environ.get(FOLDERS, "").split(os.pathsep) if f]
    found = typst_module().Fonts(font_paths=extra)
    return found, frozenset(found.families())


def chinese_families() -> tuple[list[str], list[str]]:
    """Serif and sans-serif families with Chinese characters, best first; each fills the other.

    Raises
    ------
    MissingFont
        There is none; the message says how to install one on each system.
    """
    families = installed()[1]
    serif = [name for name in SERIF if name in families]
    sans = [name for name in SANS if name in families]
    if serif or sans:
        return serif or sans, sans or serif
    raise MissingFont(
        "no font with Chinese characters is installed: on Debian or Ubuntu "
        "`apt install fonts-noto-cjk`; on Windows turn on the Chinese supplemental fonts; or put "
        f"a font file into a folder and name it in the environment variable {FOLDERS}",
        "本机没有中文字体：Debian 或 Ubuntu 请运行 `apt install fonts-noto-cjk`；Windows 请启用"
        f"中文补充字体；或把字体文件放入某文件夹，并用环境变量 {FOLDERS} 指明该文件夹",
    )
