"""What a log tells: entries, checkpoints, receipts. Nothing here writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from buju.attest.ledger.audit import Audit
from buju.attest.ledger.checkpoint import parse_checkpoint
from buju.attest.ledger.checks import wrong_entry
from buju.attest.ledger.merkle import (
    consistency_proof,
    fold,
    inclusion_proof,
    leaf_hash,
    verify_inclusion,
)
from buju.attest.ledger.note import open_note
from buju.attest.ledger.proof import Proof, format_proof
from buju.attest.ledger.receipt import cosignatures
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.trust import Trust
from buju.attest.stores.database import Database

# The clock is held, so the newest checkpoint has the latest time; sizes are the table's key.
LAST_TIME = "SELECT time FROM checkpoint ORDER BY size DESC LIMIT 1"


class Reader:
    """A log's database as it is read; `Log` adds what writes.

    Attributes
    ----------
    directory, origin, size, root
        Where it is, its name, the number of entries and the root over them.
    trust
        The trust file of the folder; its witnesses are asked by `gather`.
    audit
        Audit lines of the folder.
    """

    def __init__(self, directory: Path, database: Database, trust: Trust, log_key: str) -> None:
        self.directory, self.database, self.trust = directory, database, trust
        self.public = directory / "public"
        self.audit = Audit(directory / "audit.jsonl")
        self.log_key = log_key
        self.origin = log_key.split("+")[0]
        self.size = 0
        self._peaks: list[bytes] = []

    @property
    def root(self) -> bytes:
        """Root over all entries."""
        return fold(self._peaks)

    @property
    def connection(self) -> sqlite3.Connection:
        """For SELECT; write through `append` and `transact`."""
        return self.database.connection

    @property
    def last_time(self) -> int:
        """POSIX seconds of the newest checkpoint."""
        return int(next(self.database.rows(LAST_TIME))[0])

    def entry(self, index: int) -> bytes:
        """Bytes of an entry."""
        row = next(self.database.rows("SELECT leaf FROM entry WHERE idx=?", index), None)
        if row is None:
            raise LedgerRefused("entry-missing", f"no entry {index}; there are {self.size}")
        return bytes(row[0])

    def find(self, leaf: bytes) -> int | None:
        """Index of the first entry with this leaf hash."""
        row = next(self.database.rows("SELECT min(idx) FROM entry WHERE hash=?", leaf))
        return None if row[0] is None else int(row[0])

    def checkpoint(self, size: int | None = None) -> str:
        """Signed note at a size that was signed, with every cosignature stored for it."""
        size = self.size if size is None else size
        row = next(self.database.rows("SELECT note FROM checkpoint WHERE size=?", size), None)
        if row is None:
            raise LedgerRefused("size-unsigned", f"no checkpoint was signed at size {size}")
        query = "SELECT line FROM cosignature WHERE size=? ORDER BY witness"
        return str(row[0]) + "".join(line for (line,) in self.database.rows(query, size))

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Proof that `old` entries are a prefix of `size`."""
        return consistency_proof(old, size, self.database.node)

    def receipt(self, index: int, size: int | None = None) -> str:
        """`.tlog-proof` of an entry: under the newest checkpoint with a quorum, else the newest.

        It is verified before it is given out, whatever was checked when the log was opened.
        """
        data = self.entry(index)
        size = self._receipt_size(index) if size is None else size
        if not index < size <= self.size:
            raise LedgerRefused("size-unsigned", f"entry {index} is not within size {size}")
        path, note = inclusion_proof(index, size, self.database.node), self.checkpoint(size)
        root = parse_checkpoint(open_note(note, [self.log_key]).text).root
        if not verify_inclusion(index, size, leaf_hash(data), path, root):
            raise wrong_entry(index, f"its proof does not lead to the root signed at size {size}")
        return format_proof(Proof(index, tuple(path), note, data))

    def _receipt_size(self, index: int) -> int:
        query = "SELECT DISTINCT size FROM cosignature WHERE size>? ORDER BY size DESC"
        for (size,) in self.database.rows(query, index):
            if self.trust.policy.final(cosignatures(self.checkpoint(size), self.trust)):
                return int(size)
        return self.size
