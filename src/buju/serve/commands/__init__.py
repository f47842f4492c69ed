"""The commands, one file each.

A file defines `register(app)`, which adds its command or its group of commands to the Typer app.
To add a command, write its file and put its name into `COMMANDS`, in the order of the help text.
Heavy rooms are imported inside the commands, so that `buju --help` stays quick.
"""

from __future__ import annotations

import importlib

import typer

COMMANDS = (
    "check",
    "new",
    "run",
    "match",
    "report",
    "serve",
    "token",
    "bundle",
    "doctor",
    "attest",
)


def register_all(app: typer.Typer) -> None:
    """Add every command of the register to the app."""
    for name in COMMANDS:
        importlib.import_module(f"{__name__}.{name}").register(app)
