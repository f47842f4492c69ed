"""Receipts are verified offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import Ledger, group, read, write

_FLAGS = {
    "generated-finger": " — 演示：手指由程序生成 / a demonstration: a program made the finger",
    "key-compromise-backdated": " — 密钥可能在签署前已失密 / the key may have been lost before",
}


@group.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="Receipt / 回执")],
    trust: Annotated[
        Path | None, typer.Option(help="Trust file; default: trust.json near the receipt")
    ] = None,
    crl: Annotated[
        list[Path] | None, typer.Option(help="Later revocation lists, DER / 较新的吊销列表")
    ] = None,
) -> None:
    """Verify a receipt offline. 离线验证回执。

    The receipt of a study's result (`receipt.json` in a bundle) is compared with the files there.
    """
    from buju.attest.protocol.manifest import check_files, uncovered
    from buju.attest.protocol.reading import read_receipt
    from buju.attest.verify import WORDS, main

    believed, data = _trust_near(receipt, trust), read(receipt)
    if not data.lstrip().startswith(b"{"):  # a bare `.tlog-proof` of any entry
        raise typer.Exit(main([str(receipt), "--trust", str(believed)]))
    found = read_receipt(data, believed, crls=[read(one) for one in crl or []])
    if found.payload["schema"] == "study-manifest/v1":
        if (receipt.parent / "manifest.json").is_file():
            count = check_files(receipt.parent, found)
            typer.echo(f"结果文件与签署时一致 / as signed: {count} 个 files, {receipt.parent}")
            rest = uncovered(receipt.parent)
            if rest:
                typer.echo(
                    f"注意：签名不涵盖 {', '.join(rest)}；"
                    "报告须由已核对的结果重新生成（buju report）/ "
                    f"NOT covered by the signature: {', '.join(rest)}; make reports anew from the "
                    "files compared (buju report)",
                    err=True,
                )
        else:
            typer.echo(
                "未核对结果文件：回执旁没有 manifest.json / files were NOT compared: no "
                "manifest.json beside the receipt; put the receipt into its bundle",
                err=True,
            )
    typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=1))
    for flag in found.flags:
        typer.echo(f"注意 / look at this: {flag}{_FLAGS.get(flag, '')}", err=True)
    typer.echo(WORDS[found.verdict], err=found.verdict != "final")
    if found.verdict == "not final":
        raise typer.Exit(1)


def _trust_near(receipt: Path, trust: Path | None) -> Path:
    if trust is not None:
        return trust
    for folder in (receipt.resolve().parent, *receipt.resolve().parents[1:2]):
        if (folder / "trust.json").is_file():
            return folder / "trust.json"
        ledgers = [one for one in folder.glob("*/trust.json") if one.is_file()]
        if len(ledgers) == 1:
            return ledgers[0]
    raise typer.BadParameter("no trust.json near the receipt; name it with --trust FILE")


@group.command()
def receipt(
    ledger: Ledger,
    entry: Annotated[int, typer.Option(help="Entry / 条目", min=0)],
    out: Annotated[Path, typer.Option(help="Receipt to write / 回执")],
) -> None:
    """Write an entry's receipt again: final once enough witnesses are back. 重新出具回执。"""
    from buju.attest.protocol.reading import read_receipt
    from buju.attest.protocol.site import Site
    from buju.attest.verify import WORDS

    with Site(ledger).server() as server:  # opening asks the witnesses
        text = server.receipt(entry)
    write(out, text)
    found = read_receipt(text.encode(), ledger / "trust.json")
    typer.echo(f"{out}: {WORDS[found.verdict]}")
