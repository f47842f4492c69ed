"""The processes of the chain: `python -m buju.attest.protocol.roles ROLE FOLDER`.

`chain.json` in the folder says which port each has. The reader gets the trust file and receipts,
nothing else of the site.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from buju.attest.protocol import http


def main(arguments: list[str]) -> None:
    """Run one role until the process ends."""
    role, folder = arguments[0], Path(arguments[1])
    ports = json.loads((folder / "chain.json").read_text())
    ROLES[role](folder, ports)


def log(folder: Path, ports: dict[str, Any]) -> None:
    """The log: nonces, submissions, checkpoints, cosignatures."""
    from buju.attest.protocol.site import Site

    with Site(folder / "site").server() as server:

        def submit(body: bytes) -> dict[str, Any]:
            accepted = server.submit(body)
            return {"entry": accepted.index, "final": accepted.final, "receipt": accepted.receipt}

        http.serve(
            ports["log"],
            {
                "/nonce": lambda _: {"nonce": server.nonce().hex()},
                "/submit": submit,
                "/checkpoint": lambda _: {"checkpoint": server.log.checkpoint()},
            },
        )


def api(folder: Path, ports: dict[str, Any]) -> None:
    """The public door: passes on what the log answers, holds no key."""

    def forward(path: str) -> http.Service:
        return lambda body: http.call(ports["log"], path, body)

    http.serve(ports["api"], {path: forward(path) for path in ("/nonce", "/submit", "/checkpoint")})


def terminal(folder: Path, ports: dict[str, Any]) -> None:
    """The capture terminal beside the officer: reading in, verdict of the reader out."""
    from buju.attest.protocol.canonical import canonical, parse_strict
    from buju.attest.protocol.payloads import check_payload
    from buju.attest.protocol.site import Site

    site, officer, finger = Site(folder / "site"), ports["officer"], ports["finger"]

    def reading(body: bytes) -> dict[str, Any]:
        payload = canonical(body)
        check_payload(parse_strict(payload))
        nonce = bytes.fromhex(http.call(ports["api"], "/nonce")["nonce"])
        submission = site.sign(officer, finger, payload, nonce)
        return http.call(ports["api"], "/submit", submission.text().encode())

    http.serve(ports["terminal"], {"/reading": reading, "/ready": lambda _: {}})


def reader(folder: Path, ports: dict[str, Any]) -> None:
    """A regulator's reader: trust file and receipts only, verified offline."""
    from buju.attest import ledger
    from buju.attest.protocol.reading import read_receipt

    trust = ledger.Trust.read(folder / "reader" / "trust.json")
    http.serve(
        ports["reader"],
        {"/read": lambda body: read_receipt(body, trust).summary(), "/ready": lambda _: {}},
    )


def liar(folder: Path, ports: dict[str, Any]) -> None:
    """A witness that cosigns whatever it is given: what the quorum must withstand."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from buju.attest import ledger

    signer = (folder / "witness-4" / "witness.key").read_text()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            _, _, note = body.partition("\n\n")
            text = note.split("\n\n")[0] + "\n"
            signed = ledger.sign_note(text, [signer]).partition("\n\n")[2].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(signed)))
            self.end_headers()
            self.wfile.write(signed)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """A liar keeps no record."""

    HTTPServer(("127.0.0.1", ports["witness-4"]), Handler).serve_forever()


ROLES = {"log": log, "api": api, "terminal": terminal, "reader": reader, "liar": liar}

if __name__ == "__main__":
    main(sys.argv[1:])
