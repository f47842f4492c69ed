"""Small JSON services on this machine's loopback, standard library only; for the chain."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from buju.attest.refusal import Refused
from buju.errors import BujuError

BODY_LIMIT = 16 * 1024 * 1024
Service = Callable[[bytes], dict[str, Any]]


def serve(port: int, services: Mapping[str, Service]) -> None:
    """Answer POST requests until the process ends; a refusal is status 422 with its code."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            service = services.get(self.path)
            if service is None or not length.isdigit() or int(length) > BODY_LIMIT:
                self.close_connection = True
                self._send(404 if service is None else 413, {"code": "size"})
                return
            try:
                self._send(200, service(self.rfile.read(int(length))))
            except BujuError as refused:
                code = getattr(refused, "code", "refused")
                self._send(
                    422, {"code": code, "english": refused.english, "chinese": refused.chinese}
                )

        def _send(self, status: int, content: Mapping[str, Any]) -> None:
            data = json.dumps(content, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Refusals stand in the audit file."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def call(port: int, path: str, body: bytes = b"", timeout: float = 20) -> dict[str, Any]:
    """POST to a service; a refusal there is raised here with the same code."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            content: dict[str, Any] = json.loads(answer.read())
            return content
    except urllib.error.HTTPError as error:
        content = json.loads(error.read())
        refused = Refused(
            str(content.get("code")),
            str(content.get("english", "")).partition(": ")[2] or str(content.get("english", "")),
            str(content.get("chinese", "")).partition("：")[2],
        )
        raise refused from None


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
