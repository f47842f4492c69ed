"""The group, options that several commands share, and files of bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(
    help="Two factors, one ledger, many witnesses. 双因子、一本账、多方见证。",
    no_args_is_help=True,
)
Ledger = Annotated[Path, typer.Option("--ledger", help="Folder of the ledger / 账本文件夹")]
Officer = Annotated[str, typer.Option("--officer", help="Name of the officer / 人员")]
Finger = Annotated[str, typer.Option("--finger", help="FOLDER of images | generator:SEED")]


def read(path: Path, limit: int = 8 * 1024 * 1024) -> bytes:
    """Bytes of a file of bounded size; a larger one is refused as `size`, none as `file`."""
    from buju.attest.refusal import bounded

    return bounded(path, limit)


def write(path: Path, text: str) -> None:
    """Write a text, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
