"""The log: entries in, receipts out, and never two roots for one size."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from buju.attest.ledger import checks, tiles
from buju.attest.ledger.audit import Audit
from buju.attest.ledger.checkpoint import format_checkpoint
from buju.attest.ledger.clock import SteadyClock
from buju.attest.ledger.gather import Gathered, gather
from buju.attest.ledger.keys import parse_signer, verifier_of
from buju.attest.ledger.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    fold,
    grow,
    inclusion_proof,
    leaf_hash,
    peaks,
)
from buju.attest.ledger.note import sign_note
from buju.attest.ledger.policy import make_policy
from buju.attest.ledger.proof import Proof, format_proof
from buju.attest.ledger.receipt import cosignatures
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.trust import Trust
from buju.attest.stores.database import Database
from buju.attest.stores.files import Lock, make_folder

T = TypeVar("T")
LONGEST_ENTRY = 65_535  # a bundle gives each entry's length in two bytes
Alongside = Callable[[sqlite3.Connection, list[int]], None]


class Log:
    """A folder with database, public tiles, trust file, audit lines and evidence.

    Use `Log.create` once and `Log.open` from then on. With a signer key the log holds a lock
    and has been checked in full before it may append.

    Attributes
    ----------
    directory, origin, size, root
        Where it is, its name, the number of entries and the root over them.
    trust
        The trust file of the folder; its witnesses are asked by `gather`.
    audit
        Audit lines of the folder.
    """

    def __init__(
        self,
        directory: Path,
        database: Database,
        trust: Trust,
        signer: str | None,
        lock: Lock | None,
    ) -> None:
        self.directory, self.database, self.trust = directory, database, trust
        self._signer, self._lock = signer, lock
        self.public = directory / "public"
        self.audit = Audit(directory / "audit.jsonl")
        self.log_key = verifier_of(signer) if signer else trust.policy.log_keys[0]
        self.origin = self.log_key.split("+")[0]
        self.size = self.published = 0
        self._peaks: list[bytes] = []
        self._failed: str | None = None
        self._steady = SteadyClock()

    @classmethod
    def create(
        cls,
        directory: str | Path,
        origin: str,
        signer: str,
        *,
        clock: Callable[[], float] = time.time,
        schema: str = "",
    ) -> Log:
        """A new log of size 0 whose trust file knows its key and asks for no witness.

        Raises
        ------
        LedgerRefused
            `exists`; `key-malformed` when the key's name is not the origin.
        """
        folder = Path(directory)
        if (folder / "ledger.sqlite").exists():
            raise LedgerRefused("exists", f"{folder} holds a log already", f"{folder} 已有账本。")
        if parse_signer(signer).name != origin:
            raise LedgerRefused("key-malformed", f"the key's name must be the origin {origin!r}")
        make_folder(folder)
        lock = Lock(folder / "lock")
        try:
            database = Database(folder / "ledger.sqlite", schema)
            note = sign_note(format_checkpoint(origin, 0, EMPTY_ROOT), [signer])
            row = (0, EMPTY_ROOT, note, int(clock()))
            database.transact(lambda c: c.execute("INSERT INTO checkpoint VALUES(?,?,?,?)", row))
            database.close()
            Trust(make_policy(verifier_of(signer))).write(folder / "trust.json")
        finally:
            lock.release()
        return cls.open(folder, signer, clock=clock, schema=schema)

    @classmethod
    def open(
        cls,
        directory: str | Path,
        signer: str | None = None,
        *,
        clock: Callable[[], float] = time.time,
        schema: str = "",
        ask_witnesses: bool = True,
        timeout: float = 2.0,
    ) -> Log:
        """The log in a folder; with a signer to append, without one to read.

        For writing, every hash is recomputed, the last published checkpoint compared, and the
        witnesses that answer are asked what they have seen. A log that fails leaves an audit
        line and is not opened.

        Raises
        ------
        LedgerRefused
            `locked`, `log-missing`, `database-damaged`, `database-altered` (with `index`),
            `rolled-back`, `fork` (with `evidence`), `public-altered`.
        """
        folder = Path(directory)
        if not (folder / "ledger.sqlite").exists():
            raise LedgerRefused("log-missing", f"{folder} holds no log", f"{folder} 没有账本。")
        trust = Trust.read(folder / "trust.json")
        lock = Lock(folder / "lock") if signer else None
        audit = Audit(folder / "audit.jsonl", clock)
        try:
            database = Database(folder / "ledger.sqlite", schema, write=signer is not None)
            log = cls(folder, database, trust, signer, lock)
            log._start(clock, ask_witnesses, timeout)
        except BaseException as wrong:
            if lock:
                try:
                    _tell(folder, audit, wrong)
                finally:
                    lock.release()
            raise
        return log

    def _start(self, clock: Callable[[], float], ask_witnesses: bool, timeout: float) -> None:
        if self._signer is None:
            (self.size,) = next(self.database.rows("SELECT max(size) FROM checkpoint"))
            self._peaks = [self.database.node(*peak) for peak in peaks(self.size)]
            return
        if self.log_key not in self.trust.policy.log_keys:
            raise LedgerRefused("log-unknown", f"{self.directory}/trust.json lacks this log's key")
        self.size = checks.check_database(self.database, self.log_key)
        self._peaks = [self.database.node(*peak) for peak in peaks(self.size)]
        self.published = checks.check_published(self.database, self.public, self.log_key, self.size)
        (last,) = next(self.database.rows("SELECT max(time) FROM checkpoint"))
        self._steady = SteadyClock(clock, last)
        self.audit.clock = clock
        if ask_witnesses and self.size:
            self.gather(timeout=timeout)
        tiles.check_public(self.database, self.public, self.published)
        self.publish()

    # -- writing

    def append(self, entries: Sequence[bytes], *, alongside: Alongside | None = None) -> list[int]:
        """Append entries in order and sign the new tree; their indices.

        Entries, hashes, checkpoint and the rows of `alongside` become durable together or not at
        all; then the tiles are published. An error of publication is raised too: the entries
        are in the log then, and the next start publishes them.

        Raises
        ------
        LedgerRefused
            `read-only`, `entry-size`, `clock`, `stopped` after an earlier disk error, `disk`.
        """
        self._require_writer()
        for data in entries:
            if not isinstance(data, bytes) or len(data) > LONGEST_ENTRY:
                raise LedgerRefused("entry-size", f"an entry is at most {LONGEST_ENTRY} bytes")
        if not entries:
            return []
        now = self._steady.now()
        begin, size = self.size, self.size + len(entries)
        leaves = [leaf_hash(data) for data in entries]
        rows = list(zip(range(begin, size), entries, leaves, strict=True))
        nodes, ends = grow(begin, self._peaks, leaves)
        whole = fold(ends)
        note = sign_note(format_checkpoint(self.origin, size, whole), [self._signer or ""])
        indices = list(range(begin, size))

        def write(connection: sqlite3.Connection) -> None:
            if alongside is not None:
                alongside(connection, indices)
            connection.executemany("INSERT INTO entry VALUES(?,?,?)", rows)
            connection.executemany("INSERT INTO node VALUES(?,?,?)", nodes)
            connection.execute("INSERT INTO checkpoint VALUES(?,?,?,?)", (size, whole, note, now))

        self._guarded(lambda: self.database.transact(write))
        self.size, self._peaks = size, ends
        self._guarded(self.publish)
        return indices

    def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one durable transaction of the log's database, without an entry."""
        self._require_writer()
        return self._guarded(lambda: self.database.transact(work))

    def _require_writer(self) -> None:
        if self._signer is None:
            raise LedgerRefused("read-only", f"{self.directory} was opened without signer key")
        if self._failed:
            raise LedgerRefused(
                "stopped",
                f"the log stopped after an error ({self._failed}); open it again to check it",
                "此前出错，账本已停写；请重新打开以自检。",
            )

    def _guarded(self, work: Callable[[], T]) -> T:
        """Run disk work; after an error of the disk nothing more is written until reopened."""
        try:
            return work()
        except (OSError, sqlite3.OperationalError, sqlite3.DatabaseError) as wrong:
            self._failed = str(wrong)
            with suppress(OSError):  # the same disk; what is raised says so
                self.audit.line("disk", size=self.size, error=str(wrong))
            raise LedgerRefused(
                "disk", f"{self.directory}: {wrong}; no receipt was given", "磁盘错误，未出具凭证。"
            ) from wrong

    def publish(self) -> None:
        """Bring the public files up to the database; idempotent."""
        note = self.checkpoint()
        tiles.publish(self.database, self.public, self.published, self.size, note)
        self.published = self.size

    def rebuild(self, folder: str | Path) -> None:
        """Write the whole public face anew into an empty folder."""
        tiles.publish(self.database, Path(folder), 0, self.size, self.checkpoint())

    def gather(self, *, timeout: float = 2.0) -> Gathered:
        """Ask every witness of the trust file to cosign the newest checkpoint, side by side.

        Raises
        ------
        LedgerRefused
            `rolled-back` when a witness has seen a larger tree; `fork` when it refuses the proof;
            `clock` when witnesses and this machine differ by more than 300 s.
        """
        self._require_writer()
        found = gather(self, timeout)
        self._guarded(self.publish)
        return found

    # -- reading

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
        return int(next(self.database.rows("SELECT max(time) FROM checkpoint"))[0])

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
        """`.tlog-proof` of an entry: under the newest checkpoint with a quorum, else the newest."""
        data = self.entry(index)
        size = self._receipt_size(index) if size is None else size
        if not index < size <= self.size:
            raise LedgerRefused("size-unsigned", f"entry {index} is not within size {size}")
        path = inclusion_proof(index, size, self.database.node)
        return format_proof(Proof(index, tuple(path), self.checkpoint(size), data))

    def _receipt_size(self, index: int) -> int:
        query = "SELECT DISTINCT size FROM cosignature WHERE size>? ORDER BY size DESC"
        for (size,) in self.database.rows(query, index):
            if self.trust.policy.final(cosignatures(self.checkpoint(size), self.trust)):
                return int(size)
        return self.size

    def close(self) -> None:
        """Close the database and let the next writer in."""
        self.database.close()
        if self._lock:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _tell(folder: Path, audit: Audit, wrong: BaseException) -> None:
    """Audit line and evidence of a log that did not open."""
    if isinstance(wrong, LedgerRefused):
        if wrong.evidence:
            wrong.evidence.write(folder / "evidence")
        audit.line(wrong.code, index=wrong.index)
    elif isinstance(wrong, sqlite3.Error | OSError):
        audit.line("disk", index=None)
