"""A log and its witnesses in one folder, for tests."""

from __future__ import annotations

from pathlib import Path

from buju.attest import ledger

ORIGIN = "example.com/shanxi"
KEY = ledger.generate_key(ORIGIN, seed=bytes(range(32)))
OTHER = ledger.generate_key(ORIGIN, seed=bytes(32))
WITNESSES = [ledger.generate_key(f"w{i}.example", "witness", bytes([i + 1] * 32)) for i in range(4)]


class Rig:
    """`n` witness servers and the folder of a log that asks `k` of them."""

    def __init__(self, path: Path, n: int = 3, k: int = 2) -> None:
        self.path, self.servers = path, []
        for i in range(n):
            self.servers.append(
                ledger.serve_witness(
                    ledger.Witness(path / f"w{i}", WITNESSES[i].signer, [KEY.verifier])
                )
            )
        members = [(f"w{i}", WITNESSES[i].verifier, s.url) for i, s in enumerate(self.servers)]
        self.trust = ledger.Trust(ledger.make_policy(KEY.verifier, members, k))

    def create(self, name: str = "log", entries: int = 0) -> ledger.Log:
        ledger.Log.create(self.path / name, ORIGIN, KEY.signer).close()
        self.trust.write(self.path / name / "trust.json")
        log = self.open(name)
        if entries:
            log.append([b"entry %d" % i for i in range(entries)])
        return log

    def open(self, name: str = "log", **options) -> ledger.Log:
        return ledger.Log.open(self.path / name, KEY.signer, **options)

    def close(self) -> None:
        for server in self.servers:
            server.close()
