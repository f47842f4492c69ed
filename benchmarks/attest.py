"""Speed of the protocol, one core: submission checks, receipt verification, chain end to end.

Medians; wall and CPU seconds. Writes benchmarks/results/attest.json. The vein's and the ledger's
own figures have benchmarks of their own.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "attest"))
from desk import READING, Desk

from buju.attest.protocol.canonical import canonical
from buju.attest.protocol.chain import Chain, reading
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.site import Site


def timed(work: Callable[[], object], repeats: int) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"wall_s": statistics.median(walls), "cpu_s": statistics.median(cpus)}


SIZES = (0, 10_000, 100_000)


def grow(site: Site, size: int) -> None:
    """Entries and kept receipts as large as real ones, as many as make the log `size`."""
    parts = json.dumps({"proof": "x" * 5_000})
    with site.log() as log:
        while log.size < size:
            many = min(5_000, size - log.size)

            def alongside(connection: sqlite3.Connection, indices: list[int]) -> None:
                rows = [(f"filler-{at}", "", at, parts) for at in indices]
                connection.executemany("INSERT INTO protocol_submission VALUES (?, ?, ?, ?)", rows)
                used = [(f"filler-{at}", 0, 0) for at in indices]
                connection.executemany("INSERT INTO protocol_nonce VALUES (?, ?, ?)", used)

            log.append([os.urandom(900) for _ in range(many)], alongside=alongside)


def children() -> float:
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command(folder: Path) -> dict[str, dict[str, float]]:
    """Seconds of the command with a generated finger: start of Python, imports, all checks.

    By number of entries in the log; and what the same command takes where the log has to be checked
    whole, as after a crash or any change by hand.
    """
    payload = folder / "p.json"
    payload.write_text(json.dumps(READING))
    start = [sys.executable, "-c", "from buju.serve.cli import main; main()", "attest"]
    ledger = ["--ledger", str(folder / "L")]
    officer = [*ledger, "--officer", "li", "--finger", "generator:42"]
    files = ["--payload", str(payload), "--out", str(folder / "r.json")]
    for line in (["init", *ledger, "--origin", "example.com/bench"], ["enrol", *officer]):
        subprocess.run([*start, *line], check=True, capture_output=True)

    def submit() -> tuple[float, float]:
        wall, cpu = time.perf_counter(), children()
        subprocess.run([*start, "submit", *officer, *files], check=True, capture_output=True)
        return time.perf_counter() - wall, children() - cpu

    found = {}
    for size in SIZES:
        grow(Site(folder / "L"), size)
        submit()
        runs = [submit() for _ in range(7)]
        (folder / "L" / "verified.json").unlink()
        whole = submit()
        found[f"{size} entries"] = {
            "wall_s": statistics.median(wall for wall, _ in runs),
            "cpu_s": statistics.median(cpu for _, cpu in runs),
            "checked_whole_wall_s": whole[0],
            "checked_whole_cpu_s": whole[1],
        }
    return found


def main() -> None:
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(Path(name) / "desk")
        data = json.dumps(READING).encode()
        found["canonical"] = timed(lambda: canonical(data), 200)
        ready = [desk.submission(READING | {"raw_coal": k}).text().encode() for k in range(50)]
        found["check and append one"] = timed(lambda: desk.server.submit(ready.pop()), 50)
        receipt, trust = desk.server.receipt(0).encode(), desk.trust
        found["verify a receipt"] = timed(lambda: read_receipt(receipt, trust), 50)
        desk.log.close()
        found["buju attest submit, whole command"] = command(Path(name))
        with Chain(Path(name) / "chain") as chain:
            chain.send(reading(0))
            ways = [chain.send(reading(k)).seconds for k in range(1, 11)]
        found["terminal to offline verdict"] = {
            "median_s": statistics.median(ways),
            "largest_s": max(ways),
        }
    path = Path(__file__).with_name("results") / "attest.json"
    path.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
