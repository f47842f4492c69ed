"""The command line: the app, its options, and how refusals end it.

Exit codes: 0 done, 1 the answer is no, 2 wrong use, 130 interrupted. The commands stand in
`buju.serve.commands`, one file each.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from buju.serve.commands import register_all

app = typer.Typer(
    name="buju",
    help="布局 buju: a regional development layout from tables to report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as installed

        typer.echo(f"buju {installed('buju')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    """布局 buju: a regional development layout from tables to report."""


register_all(app)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: a refusal becomes its message and exit code 1, or 2 for wrong use."""
    from buju.errors import BujuError, WrongUse

    try:
        app(args=arguments, prog_name="buju", standalone_mode=True)
    except BujuError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2 if isinstance(error, WrongUse) else 1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        where, why = error.filename or "—", error.strerror or str(error)
        typer.echo(f"无法读写 {where}：{why}", err=True)
        typer.echo(
            f"cannot read or write {where}: {why}; give a folder that you may write", err=True
        )
        raise SystemExit(1) from None
