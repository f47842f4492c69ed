"""`buju serve`: a bundle's report in the browser of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle / 结果文件夹")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
) -> None:
    """Show a bundle's report in the browser of this machine. 在本机浏览器中查看报告。"""
    from buju.serve.loopback import serve_folder
    from buju.study import Bundle

    serve_folder(Bundle.read(bundle).path, port, typer.echo)
