"""Speed of the ledger on one core: appends, trees, receipts. Writes `results/ledger.json`.

Medians of repeated runs; they depend on the disk and on what else runs on the machine.
"""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
import time
from pathlib import Path

from buju.attest import ledger

ORIGIN = "example.com/bench"
KEY = ledger.generate_key(ORIGIN)
WITNESS = ledger.generate_key("w.example", "witness")
RUNS = 5


def median(work, runs=RUNS):
    """(wall, CPU) seconds, medians."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    entry = bytes(500)
    with tempfile.TemporaryDirectory() as folder:
        with ledger.Log.create(Path(folder) / "log", ORIGIN, KEY.signer) as log:
            batch = median(lambda: [log.append([entry] * 100) for _ in range(10)])
            single = median(lambda: [log.append([entry]) for _ in range(100)])
            text = ledger.open_note(log.checkpoint(), [KEY.verifier]).text
            line = ledger.sign_note(text, [WITNESS.signer]).rpartition("\n\n")[2]
            receipt = log.receipt(17) + line
        trust = ledger.Trust(ledger.make_policy(KEY.verifier, [("w", WITNESS.verifier, "")], 1))
        check = median(lambda: [ledger.verify_receipt(receipt, trust) for _ in range(50)])
    data = [b"%d" % i for i in range(100_000)]
    tree = median(lambda: ledger.root(map(ledger.leaf_hash, data)))
    figures = {
        "append, batches of 100, entries/s": round(1000 / batch[0]),
        "append, one by one, entries/s": round(100 / single[0]),
        "root of 100,000 leaves, s": round(tree[0], 3),
        "root of 100,000 leaves, CPU s": round(tree[1], 3),
        "verify a receipt with one cosignature, ms": round(check[0] / 50 * 1000, 2),
    }
    target = Path(__file__).parent / "results" / "ledger.json"
    record = {"machine": platform.machine(), "python": platform.python_version(), **figures}
    target.write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
