"""Kill -9 at random points of the append path, and look at what is left.

A child process appends and is killed at a line chosen at random among those it runs in the
ledger and its stores. The parent then opens the log as a fresh process would.
"""

import os
import random
import signal
import sys
from pathlib import Path

from buju.attest import ledger

folder, rounds, seed = Path(sys.argv[1]) / "log", int(sys.argv[2]), int(sys.argv[3])
draw = random.Random(seed)
key = ledger.generate_key("example.com/kill")
ledger.Log.create(folder, key.name, key.signer).close()
roots: dict[int, bytes] = {}


def child(pipe: int, upto: int) -> None:
    lines = 0

    def trace(frame, event, _):
        nonlocal lines
        name = frame.f_code.co_filename
        if "attest/ledger" not in name and "attest/stores" not in name:
            return None
        lines += event == "line"
        if lines >= upto:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    log = ledger.Log.open(folder, key.signer)
    sys.settrace(trace)
    for batch in range(50):
        entries = [b"%d %d %d" % (upto, batch, i) for i in range(draw.randint(1, 5))]
        indices = log.append(entries)
        os.write(pipe, f"{log.receipt(indices[-1]).encode().hex()}\n".encode())


killed = 0
while killed < rounds:
    reading, writing = os.pipe()
    if (process := os.fork()) == 0:
        os.close(reading)
        child(writing, draw.randint(1, 2500))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = [line for line in pipe.read().split("\n")[:-1] if line]
    _, status = os.waitpid(process, 0)
    killed += os.WIFSIGNALED(status)
    with ledger.Log.open(folder, key.signer) as log:  # recomputes every hash
        for line in lines:
            found = ledger.verify_receipt(bytes.fromhex(line).decode(), log.trust)
            assert log.entry(found.index) == found.entry, "a receipt for a lost entry"
            assert roots.setdefault(found.size, found.root) == found.root
        for size, root in log.connection.execute("SELECT size, root FROM checkpoint"):
            assert roots.setdefault(size, root) == root, "two roots for one size"
        assert log.published == log.size
print(f"{killed} killed, {log.size} entries stand")
