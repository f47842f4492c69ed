"""Witness, demonstrations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import group


@group.command()
def witness(
    folder: Annotated[Path, typer.Option("--folder", help="State of the witness / 见证方文件夹")],
    name: Annotated[str, typer.Option(help="Name of the witness / 见证方名称")] = "witness",
    log: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a log to watch / 账本公钥")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8701,
) -> None:
    """Run a witness on this machine; without --log only its key is shown. 运行见证方。"""
    from buju.attest import ledger
    from buju.attest.protocol.files import write_private

    file = folder / "witness.key"
    if not file.is_file():
        write_private(file, ledger.generate_key(name, kind="witness").signer.encode())
    signer = file.read_text()
    typer.echo(ledger.verifier_of(signer))
    if not log:
        return
    server = ledger.serve_witness(ledger.Witness(folder, signer, logs=log), "127.0.0.1", port)
    typer.echo(f"{server.url}  (Ctrl-C 结束 / to stop)")
    import threading

    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()


@group.command()
def chain(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet / 新文件夹")],
) -> None:
    """Run terminal, API, log, four witnesses and reader as processes. 演示从端到链。"""
    from buju.attest.protocol.chain import demonstrate

    typer.echo("合成数据演示 / synthetic readings, generated finger")
    for line in demonstrate(folder):
        typer.echo(line)


@group.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Gets trust.json and receipts/ / 输出文件夹")],
    payloads: Annotated[
        Path | None,
        typer.Option(help='Payloads, a JSON list, each with "synthetic": true / 报文列表'),
    ] = None,
) -> None:
    """Make a demonstration ledger: generated fingers, three witnesses, no key left. 制作演示账本。

    Without --payloads, FOLDER/payloads.json is read. Receipts that stand there are replaced.
    """
    from buju.attest.protocol.demonstration import make_demonstration, read_payloads

    typer.echo("合成数据演示 / synthetic: signers and fingers are generated; no agency signs")
    rows = read_payloads(payloads or folder / "payloads.json")
    for path in make_demonstration(rows, folder):
        typer.echo(str(path))
    typer.echo(f"信任文件 / trust file: {folder / 'trust.json'}")
