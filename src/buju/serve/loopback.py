"""Showing a finished bundle on this machine only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from buju.errors import BujuError


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""

    def list_directory(self, path: object) -> None:
        """Show files only when named."""
        self.send_error(404, "name a file of the bundle, such as /report.html")


def serve_folder(folder: Path, port: int, say: Callable[[str], object]) -> None:
    """Serve a folder's files on 127.0.0.1 until interrupted.

    Raises
    ------
    BujuError
        The port is taken.
    """
    handler = partial(_Quiet, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BujuError(
            f"port {port} is taken; name another with --port", f"端口 {port} 已被占用，请用 --port"
        ) from error
    say(f"http://127.0.0.1:{port}/report.html  (Ctrl-C 停止 / stops)")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("")
