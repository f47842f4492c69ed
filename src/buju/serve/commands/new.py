"""`buju new`: an empty region to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(new)


def new(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet / 新文件夹")],
) -> None:
    """Write an empty region template with an Excel twin. 新建区域数据模板（含 Excel）。"""
    from buju.region import write_template

    write_template(folder)
    typer.echo(f"{folder}: 模板已写好 / template written; fill it and run `buju check {folder}`")
