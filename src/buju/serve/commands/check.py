"""`buju check`: everything that is wrong with a region's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    region: Annotated[Path, typer.Argument(help="Region folder, .xlsx or .gpkg / 区域数据文件夹")],
) -> None:
    """Check a region's tables; one line a fault. 检查区域数据，一行一个问题。"""
    from buju.region import examine_region

    found = examine_region(region)
    for fault in found.faults:
        typer.echo(str(fault))
    for note in found.notes:
        typer.echo(f"注意 note: {note}")
    if found.faults:
        typer.echo(f"{len(found.faults)} 个问题 / fault(s)", err=True)
        raise typer.Exit(1)
    typer.echo(f"{region}: 没有问题 / no faults")
