"""`python -m buju.attest.ledger.witness DIR --key FILE --log VKEY --port N`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from buju.attest.ledger.witness import Witness, serve_witness


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the address is printed first."""
    parser = argparse.ArgumentParser(prog="buju-witness", description="cosign a log's checkpoints")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="file with the signer key")
    parser.add_argument("--log", action="append", required=True, help="verifier line of a log")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args(arguments)
    signer = chosen.key.read_text().strip()
    server = serve_witness(Witness(chosen.directory, signer, chosen.log), chosen.host, chosen.port)
    print(server.url, flush=True)
    try:
        server.wait()
    except KeyboardInterrupt:
        server.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
