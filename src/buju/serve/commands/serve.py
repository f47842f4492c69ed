"""`buju serve`: the workbench in the browser of this machine, or of an office."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    bundle: Annotated[
        Path | None,
        typer.Argument(help="Show this bundle only / 只展示这个结果文件夹", show_default=False),
    ] = None,
    workspace: Annotated[
        Path, typer.Option(help="Folder of regions, studies and runs / 工作文件夹")
    ] = Path("buju-workspace"),
    host: Annotated[str, typer.Option(help="Address to listen on / 监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
    token_file: Annotated[
        Path | None, typer.Option(help="Tokens; WORKSPACE/tokens.json by default / 令牌文件")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A host name the service is called by / 主机名")
    ] = None,
    max_upload_mb: Annotated[int, typer.Option(min=1, max=2000)] = 100,
) -> None:
    """Open the workbench, or show one bundle. 打开工作台，或展示一个结果。"""
    from buju.errors import WrongUse, missing_extra

    try:
        import fastapi  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn
    except ImportError:
        raise missing_extra("web", "the web page and API") from None
    from buju.serve.app import create_app
    from buju.serve.guard import Entry
    from buju.serve.tokens import Tokens

    local = _loopback(host)
    tokens = Tokens(token_file or workspace / "tokens.json")
    if not local and not tokens.valid():
        raise WrongUse(
            f"{host} can be reached from other machines, and no token exists: make one with "
            f"`buju token add NAME --role planner --file {tokens.path}`, or listen on 127.0.0.1",
            f"{host} 可被其他机器访问，而尚无令牌：请先用 "
            f"`buju token add 姓名 --role planner --file {tokens.path}` 发放，或只监听 127.0.0.1",
        )
    entry = Entry(
        tokens=None if local else tokens,
        login=not local,
        hosts=frozenset(name.lower() for name in (allow_host or [])),
        upload_bytes=max_upload_mb * 1_000_000,
        read_only=bundle is not None,
    )
    _refuse_taken(host, port)
    app = create_app(None if bundle else workspace, bundle=bundle, entry=entry)
    if app.state.service.supervisor is not None:
        app.state.service.supervisor.take()
    shown = f"[{host}]" if ":" in host else host
    page = "/api/v1/bundles/bundle/report.html" if bundle is not None else "/"
    typer.echo(f"http://{shown}:{port}{page}  (Ctrl-C 停止 / stops)")
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def _loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_taken(host: str, port: int) -> None:
    import socket

    from buju.errors import WrongUse

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise WrongUse(
                f"cannot listen on {host}:{port} ({error.strerror}): perhaps `buju serve` runs "
                "already and its page is open in the browser; else name another port with --port",
                f"无法监听 {host}:{port}：可能 `buju serve` 已在运行，直接在浏览器打开即可；"
                "否则请用 --port 指定其他端口",
            ) from error
