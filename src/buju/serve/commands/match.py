"""`buju match`: settle one market."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)


def match(
    market: Annotated[Path, typer.Argument(help="Folder with market.yaml / 市场文件夹")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables as CSV / 结果表的文件夹")
    ] = None,
) -> None:
    """Settle a market by the rule that it names. 按所列规则撮合一个市场。"""
    from buju.match.markets import read_market
    from buju.match.settle import settle

    read = read_market(market)
    settled = settle(read)
    mark = "（虚构数据 invented data）" if read.spec.invented else ""
    typer.echo(f"{read.spec.title_zh} / {read.spec.title_en}{mark}")
    for check, value in settled["checks"].itertuples(index=False):
        typer.echo(f"  {check}: {value:g}")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, frame in settled.items():
            frame.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
        typer.echo(f"结果表 tables: {out}")
