"""RFC 3161 time stamps by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import Ledger, group, read, write


@group.command()
def stamp(
    ledger: Ledger,
    entry: Annotated[int, typer.Option(help="Entry / 条目", min=0)],
    query: Annotated[
        Path | None, typer.Option(help="Query to write (.tsq), for an authority / 时间戳请求")
    ] = None,
    answer: Annotated[
        Path | None, typer.Option(help="The authority's answer (.tsr) / 时间戳应答")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Receipt to write / 回执")] = None,
) -> None:
    """Add an RFC 3161 time stamp to an entry's receipt, by hand. 为回执加盖时间戳。

    First with --query FILE; take the file to an authority; then with --answer FILE --out RECEIPT.
    """
    from buju.attest.protocol.site import Site

    if (query is None) == (answer is None) or (answer is not None and out is None):
        raise typer.BadParameter("--query FILE first, then --answer FILE --out RECEIPT")
    if query is not None:
        Site(ledger).stamp_query(entry, query)
        typer.echo(f"时间戳请求 / query: {query}")
    elif answer is not None and out is not None:
        write(out, Site(ledger).take_stamp(entry, read(answer)))
        typer.echo(f"已加盖时间戳 / stamped: {out}")
