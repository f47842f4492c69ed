"""Verify one receipt offline: `python -m buju.attest.verify RECEIPT --trust FILE`.

Needs `cryptography` and the standard library alone. Exit codes, as those of `buju attest verify`:
0 valid (the quorum has cosigned, or the trust file asks for no witness, which is said), 1 refused
or below the quorum, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from buju.attest import shallow
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
        from buju.attest.protocol.offline import RECEIPT_LIMIT, open_receipt

        if len(data) > RECEIPT_LIMIT:
            raise malformed("receipt", f"longer than {RECEIPT_LIMIT} bytes")
        try:
            record = shallow.loads(data)
        except (ValueError, RecursionError) as wrong:
            raise malformed("receipt", f"not JSON: {wrong}") from wrong
        proof, entry, checks = open_receipt(record, trust)
    return verify_receipt(proof, trust, entry=entry, now=now, checks=checks)


WORDS = {
    "final": "有效，已达法定数 / valid and final",
    "no witness": "有效；但法定数为 none：无见证方 / valid; QUORUM NONE: NO WITNESS HAS SEEN IT",
    "not final": "未达见证法定数，不是最终回执 / below the quorum: NOT final",
}


def verdict(found: Verified) -> str:
    """`final`, `no witness` (the trust file asks for none) or `not final` (below the quorum)."""
    if found.final:
        return "final"
    return "no witness" if found.quorum == "none" else "not final"


def factor(entry: bytes) -> str:
    """The second factor that an entry names; empty where the entry is no submission."""
    try:
        record = shallow.loads(entry)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(record, dict) or record.get("v") != "buju/entry/v1":
        return ""
    return str(record.get("factor", f"finger vein (pad {record.get('pad')})"))


def report(found: Verified) -> str:
    """The verdict in words."""
    witnesses = ", ".join(found.cosigned) or "none"
    second = factor(found.entry)
    return (
        f"{WORDS[verdict(found)]}\nlog {found.origin}, entry {found.index} of {found.size}, "
        f"root {found.root.hex()}\nquorum {found.quorum}; cosigned by {witnesses}"
        + (f"\nsecond factor: {second}" if second else "")
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
        "valid": True, "verdict": verdict(found), "final": found.final,
        "origin": found.origin, "index": found.index, "size": found.size,
        "root": found.root.hex(), "quorum": found.quorum,
        "cosigned": dict(found.cosigned), "time": found.time,
        "factor": factor(found.entry),
    }  # fmt: skip
    print(json.dumps(record, ensure_ascii=False) if chosen.json else report(found))
    return int(verdict(found) == "not final")


if __name__ == "__main__":
    sys.exit(main())
