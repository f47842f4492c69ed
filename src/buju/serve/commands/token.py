"""`buju token`: who may come in from other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(help="Tokens for other machines. 供其他机器访问的令牌。", no_args_is_help=True)
File = Annotated[Path, typer.Option("--file", help="The file of tokens / 令牌文件")]
_FILE = Path("buju-workspace") / "tokens.json"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="token")


@group.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose it is / 持有人")],
    role: Annotated[
        str, typer.Option(help="reader, planner, officer or administrator / 角色")
    ] = "reader",
    file: File = _FILE,
) -> None:
    """Make a token; it is shown this once. 发放令牌，只显示这一次。"""
    from buju.serve.tokens import Tokens

    file.parent.mkdir(parents=True, exist_ok=True)
    typer.echo(Tokens(file).add(name, role))


@group.command("list")
def list_tokens(file: File = _FILE) -> None:
    """List tokens without their secrets. 列出令牌（不含密文）。"""
    from buju.serve.tokens import Tokens

    for token in Tokens(file).all():
        state = f"已撤销 revoked {token.revoked}" if token.revoked else "有效 valid"
        typer.echo(f"{token.id}\t{token.name}\t{token.role}\t{token.created}\t{state}")


@group.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Id of the token, as listed / 令牌编号")],
    file: File = _FILE,
) -> None:
    """Close a token at once. 立即撤销令牌。"""
    from buju.serve.tokens import Tokens

    typer.echo(f"已撤销 revoked: {Tokens(file).revoke(name).id}")
