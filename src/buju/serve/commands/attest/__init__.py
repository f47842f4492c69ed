"""`buju attest`: officers, submissions, receipts, witnesses; one file a subject."""

from __future__ import annotations

import importlib

import typer

from buju.serve.commands.attest.options import group

SUBJECTS = ("sites", "officers", "submissions", "receipts", "stamps", "services")


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    for name in SUBJECTS:
        importlib.import_module(f"{__name__}.{name}")
    app.add_typer(group, name="attest")
