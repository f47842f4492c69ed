"""Verify one receipt offline: `python -m buju.attest.verify RECEIPT --trust FILE`.

Needs `cryptography` and the standard library alone. Exit codes: 0 valid and final (the quorum has
cosigned), 2 valid but not final, 1 refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from buju.attest.ledger.receipt import Check, Verified, verify_receipt
from buju.attest.ledger.refusals import malformed
from buju.attest.ledger.trust import Trust
from buju.errors import BujuError

LARGEST_RECEIPT = 16_000_000


def read(path: Path) -> bytes:
    """Bytes of a file of bounded size."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_RECEIPT + 1)
    except OSError as wrong:
        raise malformed("receipt", f"cannot read {path}: {wrong.strerror}") from wrong
    if len(data) > LARGEST_RECEIPT:
        raise malformed("receipt", f"{path} is larger than {LARGEST_RECEIPT} bytes")
    return data


def verify(
    data: bytes, trust: Trust, *, entry: bytes | None = None, now: float | None = None
) -> Verified:
    """What a receipt proves: a `.tlog-proof`, or a JSON receipt of a submission that holds one."""
    checks: Sequence[Check] = ()
    proof: bytes | str = data
    if data.lstrip()[:1] == b"{":
        from buju.attest.protocol.offline import open_receipt

        try:
            record = json.loads(data)
        except (ValueError, RecursionError) as wrong:
            raise malformed("receipt", f"not JSON: {wrong}") from wrong
        proof, entry, checks = open_receipt(record, trust)
    return verify_receipt(proof, trust, entry=entry, now=now, checks=checks)


def report(found: Verified) -> str:
    """The verdict in words."""
    state = "最终有效 / final" if found.final else "有效但未达见证法定数，非最终 / valid, NOT final"
    witnesses = ", ".join(found.cosigned) or "none"
    return (
        f"{state}\nlog {found.origin}, entry {found.index} of {found.size}, "
        f"root {found.root.hex()}\nquorum {found.quorum}; cosigned by {witnesses}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="buju-verify", description="verify a receipt offline")
    parser.add_argument("receipt", type=Path)
    parser.add_argument("--trust", type=Path, required=True, help="the only keys that are believed")
    parser.add_argument("--entry", type=Path, help="the entry, where the receipt lacks it")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        entry = read(chosen.entry) if chosen.entry else None
        found = verify(read(chosen.receipt), Trust.read(chosen.trust), entry=entry)
    except BujuError as wrong:
        code = getattr(wrong, "code", "refused")
        record = {"valid": False, "code": code, "message": wrong.english}
        print(json.dumps(record, ensure_ascii=False) if chosen.json else f"拒绝 / refused: {wrong}")
        return 1
    record = {
        "valid": True, "final": found.final, "origin": found.origin, "index": found.index,
        "size": found.size, "root": found.root.hex(), "quorum": found.quorum,
        "cosigned": dict(found.cosigned), "time": found.time,
    }  # fmt: skip
    print(json.dumps(record, ensure_ascii=False) if chosen.json else report(found))
    return 0 if found.final else 2


if __name__ == "__main__":
    sys.exit(main())
