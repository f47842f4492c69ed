"""A witness behind HTTP, standard library only."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from buju.attest.ledger.checkpoint import parse_size
from buju.attest.ledger.note import LARGEST_NOTE
from buju.attest.ledger.witness.core import Answer, Witness

SECONDS_PER_REQUEST = 10


class WitnessServer:
    """A witness behind HTTP, in a thread of its own; `url` is its submission prefix."""

    def __init__(self, witness: Witness, host: str, port: int) -> None:
        self.witness = witness
        self._server = ThreadingHTTPServer((host, port), _handler(witness))
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def wait(self) -> None:
        """Serve until interrupted."""
        self._thread.join()

    def close(self) -> None:
        """Stop serving and close the witness."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.witness.close()


def _handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SECONDS_PER_REQUEST
        server_version, sys_version = "buju-witness", ""

        def do_POST(self) -> None:
            length = parse_size(self.headers.get("Content-Length", ""))
            if self.path != "/add-checkpoint":
                self._send(Answer(404, "no such call\n"))
            elif length is None or length > LARGEST_NOTE:
                self.close_connection = True
                self._send(Answer(413, "a length is needed, of a million bytes at most\n"))
            else:
                self._send(witness.add_checkpoint(self.rfile.read(length)))

        def do_GET(self) -> None:
            origin, gap, rest = self.path.removeprefix("/").partition("/")
            found = gap and rest == "checkpoint"
            self._send(witness.latest(origin) if found else Answer(404, "no such page\n"))

        def _send(self, answer: Answer) -> None:
            data = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Audit lines are kept by the witness; nothing goes to the terminal."""

    return Handler


def serve_witness(witness: Witness, host: str = "127.0.0.1", port: int = 0) -> WitnessServer:
    """Serve a witness over HTTP; port 0 takes a free one, `url` tells which."""
    return WitnessServer(witness, host, port)
