"""The log: entries in, receipts out, and never two roots for one size."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from buju.attest.ledger import opening, tiles, verified
from buju.attest.ledger.checkpoint import format_checkpoint
from buju.attest.ledger.clock import SteadyClock
from buju.attest.ledger.gather import Gathered, gather
from buju.attest.ledger.keys import verifier_of
from buju.attest.ledger.merkle import fold, grow, leaf_hash, peaks
from buju.attest.ledger.note import sign_note
from buju.attest.ledger.reader import Reader
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.trust import Trust
from buju.attest.stores.database import Database
from buju.attest.stores.files import Lock

T = TypeVar("T")
LONGEST_ENTRY = 65_535  # a bundle gives each entry's length in two bytes
Alongside = Callable[[sqlite3.Connection, list[int]], None]


class Log(Reader):
    """A folder with database, public tiles, trust file, audit lines and evidence.

    Use `Log.create` once and `Log.open` from then on. With a signer key the log holds a lock
    and has been checked before it may append.
    """

    def __init__(
        self,
        directory: Path,
        database: Database,
        trust: Trust,
        signer: str | None,
        lock: Lock | None,
    ) -> None:
        log_key = verifier_of(signer) if signer else trust.policy.log_keys[0]
        super().__init__(directory, database, trust, log_key)
        self._signer, self._lock = signer, lock
        self.published = 0
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
        opening.create_files(Path(directory), origin, signer, clock, schema)
        return cls.open(directory, signer, clock=clock, schema=schema)

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
        full: bool = False,
    ) -> Log:
        """The log in a folder; with a signer to append, without one to read.

        For writing, the log is checked, the last published checkpoint compared, and the witnesses
        that answer are asked what they have seen. Where database and public files are those that
        a log with this key left when it closed (see `verified`), its end is checked: head, last
        tile, root; otherwise, and with `full`, every hash is recomputed. A log that fails leaves an
        audit line and is not opened.

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
        try:
            mark = None if full or signer is None else verified.read(folder, signer)
            known = mark is not None if signer else verified.unchanged(folder)
            write = signer is not None
            database = Database(folder / "ledger.sqlite", schema, write=write, check=not known)
            log = cls(folder, database, trust, signer, lock)
            log._start(mark, clock, ask_witnesses, timeout)
        except BaseException as wrong:
            if lock:
                try:
                    opening.tell(folder, clock, wrong)
                finally:
                    lock.release()
            raise
        return log

    def _start(
        self,
        mark: tuple[int, bytes] | None,
        clock: Callable[[], float],
        ask_witnesses: bool,
        timeout: float,
    ) -> None:
        if self._signer is None:
            (self.size,) = next(self.database.rows("SELECT max(size) FROM checkpoint"))
            self._peaks = [self.database.node(*peak) for peak in peaks(self.size)]
            return
        found = opening.examine(self, mark)
        self.size, self.published = found.size, found.published
        self._peaks = [self.database.node(*peak) for peak in peaks(self.size)]
        self._steady = SteadyClock(clock, self.last_time)
        self.audit.clock = clock
        if ask_witnesses and self.size:
            self.gather(timeout=timeout)
        tiles.check_public(self.database, self.public, self.published, found.known)
        self.publish()

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

    def close(self) -> None:
        """Close the database, note what is verified, and let the next writer in."""
        self.database.close()
        if self._lock and self._signer:
            if not self._failed:
                with suppress(OSError):  # without the mark the next start checks everything
                    verified.keep(self.directory, self._signer, self.size, self.root)
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
