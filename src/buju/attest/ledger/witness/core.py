"""A witness: cosigns a log's checkpoints as long as each extends the last one it has seen."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from buju.attest.ledger import base64
from buju.attest.ledger.audit import Audit
from buju.attest.ledger.checkpoint import Checkpoint, parse_checkpoint, parse_size
from buju.attest.ledger.clock import SteadyClock
from buju.attest.ledger.evidence import Evidence
from buju.attest.ledger.keys import parse_verifier
from buju.attest.ledger.merkle import EMPTY_ROOT, LONGEST_PROOF, verify_consistency
from buju.attest.ledger.note import LARGEST_NOTE, open_note, signature_line, split_note
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.stores.files import make_folder

SCHEMA = """
CREATE TABLE IF NOT EXISTS seen(origin TEXT PRIMARY KEY, size INTEGER NOT NULL,
  root BLOB NOT NULL, note TEXT NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Answer:
    """HTTP status, body and type of an answer."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class Witness:
    """The last tree seen of each known log, in SQLite, and the key that cosigns.

    Comparing a request with the last tree and storing the new one is a single transaction, and
    it is durable before the answer leaves.

    Parameters
    ----------
    directory
        Folder for database, evidence and audit lines.
    signer
        Key of kind witness (Ed25519) or witness-ml-dsa-44.
    logs
        Verifier lines of the known logs; a key's name is the log's origin.
    clock
        POSIX seconds.
    """

    def __init__(
        self,
        directory: str | Path,
        signer: str,
        logs: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory, self._signer = Path(directory), signer
        make_folder(self.directory)
        self.logs: dict[str, list[str]] = {}
        for key in logs:
            self.logs.setdefault(parse_verifier(key).name, []).append(key)
        self.audit = Audit(self.directory / "audit.jsonl", clock)
        self._connection = sqlite3.connect(
            self.directory / "witness.sqlite", isolation_level=None, check_same_thread=False,
            timeout=10,
        )  # fmt: skip
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)
        (last,) = self._connection.execute("SELECT coalesce(max(time), 0) FROM seen").fetchone()
        self._clock = SteadyClock(clock, last)
        self._one = threading.Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer to a request of the witness protocol; never raises for what came from outside.

        References
        ----------
        C2SP tlog-witness.
        """
        try:
            old, proof, note, point = _parse(body)
        except LedgerRefused as wrong:
            return self._no(400, "malformed", wrong.english)
        keys = self.logs.get(point.origin)
        if keys is None:
            return self._no(404, "origin", "this log is not known here")
        try:
            open_note(note, keys)
        except LedgerRefused as wrong:
            return self._no(403, "signature", wrong.english)
        if old > point.size:
            return self._no(400, "old-size", "the old size is above the checkpoint's size")
        with self._one:
            return self._decide(old, proof, note, point)

    def _decide(self, old: int, proof: list[bytes], note: str, point: Checkpoint) -> Answer:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            answer = self._compare(old, proof, note, point)
            self._connection.execute("COMMIT" if answer.status == 200 else "ROLLBACK")
            return answer
        except LedgerRefused as wrong:  # the clock
            return self._no(503, wrong.code, wrong.english)
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _compare(self, old: int, proof: list[bytes], note: str, point: Checkpoint) -> Answer:
        row = self._connection.execute(
            "SELECT size, root, note FROM seen WHERE origin=?", (point.origin,)
        ).fetchone()
        size, root, seen = row if row else (0, EMPTY_ROOT, "")
        if old != size:
            return Answer(409, f"{size}\n", "text/x.tlog.size")
        if not verify_consistency(size, point.size, proof, bytes(root), point.root):
            if seen:
                kind = "split-view" if point.size == size else "inconsistent"
                Evidence(kind, point.origin, (seen, note), tuple(proof)).write(
                    self.directory / "evidence"
                )
            return self._no(422, "inconsistent", f"not an extension of the {size} entries seen")
        now = self._clock.now()
        text = note.rpartition("\n\n")[0] + "\n"
        line = signature_line(text, self._signer, now=now)
        self._connection.execute(
            "INSERT OR REPLACE INTO seen VALUES(?,?,?,?,?)",
            (point.origin, point.size, point.root, note, now),
        )
        return Answer(200, line)

    def _no(self, status: int, code: str, english: str) -> Answer:
        self.audit.line(code, status=status)
        return Answer(status, english + "\n")

    def latest(self, origin_sha256: str) -> Answer:
        """The last checkpoint seen of the log whose origin has this SHA-256, in hex.

        An addition to the protocol, so that readers and other agencies can compare views.
        """
        with self._one:
            rows = self._connection.execute("SELECT origin, note FROM seen").fetchall()
        for origin, note in rows:
            if sha256(origin.encode()).hexdigest() == origin_sha256:
                return Answer(200, note)
        return Answer(404, "nothing seen of such a log\n")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def _parse(body: bytes) -> tuple[int, list[bytes], str, Checkpoint]:
    if len(body) > LARGEST_NOTE:
        raise LedgerRefused("malformed", f"longer than {LARGEST_NOTE} bytes")
    try:
        head, gap, note = body.decode().partition("\n\n")
    except UnicodeDecodeError as wrong:
        raise LedgerRefused("malformed", "not UTF-8") from wrong
    first, *lines = head.split("\n", LONGEST_PROOF + 2)
    old = parse_size(first.removeprefix("old "))
    proof = [base64.decode_hash(line) for line in lines]
    if not gap or not first.startswith("old ") or old is None:
        raise LedgerRefused("malformed", "no line 'old' with a size, or no checkpoint follows")
    if len(proof) > LONGEST_PROOF or None in proof:
        raise LedgerRefused("malformed", "the proof is not up to 63 hashes of 32 bytes")
    text, _ = split_note(note)
    return old, [one for one in proof if one is not None], note, parse_checkpoint(text)
