"""The write store: one SQLite file, write-ahead log, flushed at every commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from buju.attest.ledger.refusals import LedgerRefused

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS entry_hash ON entry(hash);
CREATE TABLE IF NOT EXISTS node(level INTEGER, idx INTEGER, hash BLOB NOT NULL,
  PRIMARY KEY(level, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint(size INTEGER PRIMARY KEY, root BLOB NOT NULL,
  note TEXT NOT NULL, time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cosignature(size INTEGER, witness TEXT, line TEXT NOT NULL,
  PRIMARY KEY(size, witness)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS witness(key TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
"""


def damaged(path: Path, wrong: Exception) -> LedgerRefused:
    """The refusal where SQLite itself cannot read the file."""
    return LedgerRefused(
        "database-damaged",
        f"{path} cannot be read as a database ({wrong}): it was truncated or overwritten. Keep it "
        "aside as it is, and restore a copy whose size the witnesses confirm",
        f"{path} 已损坏或被截断。请原样留存，并从见证方确认的副本恢复。",
    )


class Database:
    """One SQLite file.

    `transact` returns only when the change would survive a power cut; when it raises, nothing of
    the change is there.

    Parameters
    ----------
    path
        The file.
    schema
        Further `CREATE TABLE IF NOT EXISTS` statements, for rows that must change with entries.
    write
        False opens read only.
    check
        Whether SQLite looks through its whole file first.
    """

    def __init__(
        self, path: Path, schema: str = "", *, write: bool = True, check: bool = True
    ) -> None:
        self.path = path
        target = f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}"
        try:
            self.connection = sqlite3.connect(
                target, uri=True, isolation_level=None, check_same_thread=False, timeout=10
            )
            if write:
                self.connection.execute("PRAGMA journal_mode=WAL")
                self.connection.execute("PRAGMA synchronous=FULL")
                self.connection.executescript(SCHEMA + schema)
            query = "PRAGMA quick_check(1)" if check else "SELECT 'ok' FROM sqlite_schema LIMIT 1"
            faults = self.connection.execute(query).fetchone()[0]
        except sqlite3.DatabaseError as wrong:
            raise damaged(path, wrong) from wrong
        if faults != "ok":
            raise damaged(path, ValueError(faults))

    def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one transaction: all of it is kept, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self.connection)
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        return result

    def rows(self, query: str, *values: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Rows of a SELECT."""
        try:
            yield from self.connection.execute(query, values)
        except sqlite3.DatabaseError as wrong:
            raise damaged(self.path, wrong) from wrong

    def node(self, level: int, index: int) -> bytes:
        """Root of the complete subtree over 2^level leaves; `merkle.Nodes`."""
        query = "SELECT hash FROM node WHERE level=? AND idx=?"
        row = self.connection.execute(
            "SELECT hash FROM entry WHERE idx=?" if level == 0 else query,
            (index,) if level == 0 else (level, index),
        ).fetchone()
        if row is None:
            first = index << level
            raise LedgerRefused(
                "database-damaged", f"no hash stored over entries from {first}", index=first
            )
        return bytes(row[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
