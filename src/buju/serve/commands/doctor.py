"""`buju doctor`: what this machine has and lacks, each lack with its remedy."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    language: Annotated[str, typer.Option(help="zh, en or both / 语言")] = "both",
) -> None:
    """Say what is installed and what is missing. 检查本机环境，缺什么、怎么补。"""
    from buju.serve.health import examine

    marks = {"ok": "✓", "optional": "○", "missing": "✗"}
    findings = examine()
    for finding in findings:
        words = {"zh": finding.zh, "en": finding.en}.get(language, f"{finding.zh} / {finding.en}")
        typer.echo(f"{marks[finding.state]} {words}")
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)
