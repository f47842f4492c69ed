"""`buju bundle`: one folder that installs buju where there is no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bundle")(bundle)


def bundle(
    out: Annotated[Path, typer.Argument(help="A folder that does not exist yet / 新文件夹")],
    platform: Annotated[
        str, typer.Option(help="linux_x86_64 or win_amd64 / 目标平台")
    ] = "linux_x86_64",
    python: Annotated[
        str, typer.Option(help="Python of the closed machine, such as 3.11 / 目标 Python 版本")
    ] = "3.11",
    source: Annotated[
        Path | None,
        typer.Option(help="Folder of buju's source / buju 源码文件夹", show_default=False),
    ] = None,
) -> None:
    """Write a folder that installs without a network. 制作离线安装文件夹。"""
    from buju.serve.offline import make_folder

    made = make_folder(out, platform, python, source or Path.cwd(), typer.echo)
    typer.echo(f"离线文件夹 offline folder: {made}")
