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
    format: Annotated[
        str, typer.Option(help="html, docx (Word), xlsx (Excel) or pdf / 报告格式")
    ] = "html",
    language: Annotated[str, typer.Option(help="zh, en or both / 语言")] = "both",
    out: Annotated[
        Path | None, typer.Option(help="File to write / 写到的文件", show_default=False)
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            help="Write every map and chart as SVG and PNG into this folder, and no report "
            "/ 只把全部图写入该文件夹",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the report of a bundle. 由结果文件夹生成报告。"""
    from buju.report import export_figures, render
    from buju.study import Bundle

    results = Bundle.read(bundle)
    if figures is not None:
        written = export_figures(results, figures, language)
        typer.echo(f"图 figures: {len(written)} → {figures}")
        return
    typer.echo(f"报告 report: {render(results, format, language, out)}")
