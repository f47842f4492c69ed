"""A ledger is made and audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import Ledger, group, read


@group.command()
def init(
    ledger: Ledger,
    origin: Annotated[str, typer.Option(help="Name of the log / 账本名称")],
    pad: Annotated[str, typer.Option(help="Least liveness level: none | basic")] = "none",
    witness: Annotated[
        list[str] | None, typer.Option(help="NAME=VERIFIER-KEY@URL, one each / 见证方")
    ] = None,
    quorum: Annotated[int, typer.Option(help="How many witnesses make it final")] = 0,
    tsa: Annotated[
        str, typer.Option(help="Address of a time-stamp authority, asked at each entry / 时间戳")
    ] = "",
    tsa_root: Annotated[
        list[Path] | None, typer.Option(help="Its root certificate, PEM / 时间戳机构根证书")
    ] = None,
) -> None:
    """Make a ledger, its CA, a terminal and the trust file. 新建账本与信任文件。"""
    from buju.attest.protocol.site import Site

    if pad not in {"none", "basic"} or not 0 <= quorum <= len(witness or []):
        raise typer.BadParameter("--pad is none or basic; --quorum at most the number of witnesses")
    if witness and not quorum:
        raise typer.BadParameter("--quorum says how many of the witnesses make an entry final")
    if tsa and not tsa_root:
        raise typer.BadParameter("--tsa needs --tsa-root FILE: the root that stamps are checked by")
    site = Site.create(
        ledger,
        origin,
        pad=pad,
        witnesses=[_witness(w) for w in witness or []],
        quorum=quorum,
        stamps=([read(one).decode("ascii", "replace") for one in tsa_root or []], tsa),
    )
    typer.echo(f"账本已建立 / ledger made: {ledger}")
    typer.echo(
        f"信任文件（请以其他途径分发）/ trust file, hand it on by another way: "
        f"{ledger / 'trust.json'}"
    )
    typer.echo(f"账本公钥，交给见证方 / log key, for witnesses: {site.log_key()}")
    if not witness:
        typer.echo("没有见证方：法定数 none / no witness: quorum none, and receipts say so")


def _witness(text: str) -> tuple[str, str, str]:
    name, found, rest = text.partition("=")
    key, at, url = rest.rpartition("@")
    if not (found and at and name and key and url):
        raise typer.BadParameter("--witness NAME=VERIFIER-KEY@URL")
    return name, key, url


@group.command()
def audit(ledger: Ledger) -> None:
    """Check the whole ledger and show its audit lines. 审计整本账。"""
    from buju.attest.protocol.site import Site

    site = Site(ledger)
    for line in site.audit().lines():
        typer.echo(json.dumps(line, ensure_ascii=False))
    with site.log(full=True) as log:
        typer.echo(f"账本完好 / ledger intact: {log.size} 条 entries, {log.origin}")
