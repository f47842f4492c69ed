"""A demonstration ledger for an example: synthetic payloads, a generated finger, no person.

python tools/demo_ledger.py examples/shanxi/ledger/payloads.json OUT

Writes OUT/ledger (with its trust file), OUT/receipts/*.json and OUT/SYNTHETIC.md. OUT/ledger holds
private keys: it is made anew each time and belongs in no repository.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from buju.attest.protocol.consent import Consent
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.site import Site

FINGER = "generator:7"
WARNING = """# 合成演示 · Synthetic demonstration

每一条数据都是合成的，手指由程序生成，不涉及任何自然人或单位。
Every figure is synthetic and the finger is generated; no person and no organisation is behind it.
"""


def main(payloads: Path, out: Path) -> None:
    """Make the ledger and verify each receipt as it is written."""
    site = Site.create(out / "ledger", "buju.example/demonstration", pad="basic")
    site.enrol("demo-officer", FINGER, Consent.of_generator("demo-officer", time.time()))
    (out / "receipts").mkdir()
    (out / "SYNTHETIC.md").write_text(WARNING, encoding="utf-8")
    for payload in json.loads(payloads.read_text(encoding="utf-8")):
        assert payload["synthetic"] is True, "demonstration payloads are labelled synthetic"
        data = json.dumps(payload, ensure_ascii=False).encode()
        accepted = site.submit("demo-officer", FINGER, data, lambda submission: None)
        path = out / "receipts" / f"{accepted.index:03d}-{payload['schema'].split('/')[0]}.json"
        path.write_text(accepted.receipt, encoding="utf-8")
        found = read_receipt(path.read_bytes(), out / "ledger" / "trust.json")
        print(f"{path}: {found.verdict}, {found.signed_by}, pad {found.pad}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
