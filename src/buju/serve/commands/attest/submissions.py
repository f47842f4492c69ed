"""A payload is handed in with both factors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import Ledger, group, read, write


@group.command()
def submit(
    ledger: Ledger,
    officer: Annotated[str | None, typer.Option(help="Name of the officer / 人员")] = None,
    finger: Annotated[str | None, typer.Option(help="FOLDER | generator:SEED")] = None,
    assertion: Annotated[
        Path | None,
        typer.Option(
            help="WebAuthn answer (JSON) in the finger's place; buju has no page that asks for "
            "it yet / 以 WebAuthn 替代指静脉，页面须自备"
        ),
    ] = None,
    payload: Annotated[Path | None, typer.Option(help="Payload, JSON / 报文")] = None,
    out: Annotated[Path | None, typer.Option(help="Receipt to write / 回执")] = None,
    submission: Annotated[
        Path | None, typer.Option(help="Hand in a stored submission / 已存的提交")
    ] = None,
) -> None:
    """Submit a payload with both factors; writes the receipt. 双因子提交。"""
    from buju.attest.protocol.server import Duplicate
    from buju.attest.protocol.site import Site
    from buju.attest.protocol.submission import Submission

    site = Site(ledger)
    try:
        if submission is not None:
            if officer or finger or payload or assertion:
                raise typer.BadParameter("--submission stands alone (with --ledger and --out)")
            data = read(submission)
            with site.server() as server:
                accepted = server.submit(data)
        else:
            if not (officer and payload and out) or bool(finger) == bool(assertion):
                raise typer.BadParameter(
                    "--officer, --payload, --out and one of --finger, --assertion are needed"
                )

            def keep(made: Submission) -> None:
                write(out.parent / "submission.json", made.text())

            if assertion is not None:
                answer = read(assertion).decode("utf-8", "replace")
                accepted = site.submit_alternative(officer, answer, read(payload), keep)
            else:
                accepted = site.submit(officer, finger or "", read(payload), keep)
    except Duplicate as refused:
        if out is not None:
            write(out, refused.receipt)
        raise
    if out is not None:
        write(out, accepted.receipt)
    words = "已达法定数 / final" if accepted.final else "未达最终 / not final"
    if not site.log_policy_has_witnesses():
        words = "法定数 none（无见证方）/ quorum none (no witness)"
    typer.echo(f"已入账 / entry {accepted.index}: {words}")


@group.command()
def kinds(
    schema: Annotated[str | None, typer.Argument(help="One kind only / 只列一种")] = None,
) -> None:
    """List the kinds of payload and their fields. 列出报文种类与字段。"""
    from buju.attest.protocol.payloads import described, fields

    for name in [schema] if schema else fields():
        typer.echo(described(name))
