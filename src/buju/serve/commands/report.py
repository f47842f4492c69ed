"""`buju report`: the report of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle / 结果文件夹")],
) -> None:
    """Write the report of a bundle. 由结果文件夹生成报告。"""
    from buju.report import render
    from buju.study import Bundle

    typer.echo(f"报告 report: {render(Bundle.read(bundle))}")
