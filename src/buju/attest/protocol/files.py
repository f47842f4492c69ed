"""Private files: readable by their owner alone, whole or not there."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Write with mode 0600; after a power cut the file is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class DurableCounts(MutableMapping[str, int]):
    """Counts by name in a table of a small SQLite file; each change is durable when it returns.

    Several tables may live in one file. Writing one name costs the same however many there are.
    """

    def __init__(self, path: Path, table: str) -> None:
        if not table.isidentifier():
            raise ValueError(table)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._table = table
        self._open = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._open.execute("PRAGMA journal_mode=WAL")
        self._open.execute("PRAGMA synchronous=FULL")
        self._open.execute(
            f"CREATE TABLE IF NOT EXISTS {table}"
            "(name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID"
        )

    def __getitem__(self, name: str) -> int:
        query = f"SELECT count FROM {self._table} WHERE name = ?"
        row = self._open.execute(query, (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return int(row[0])

    def __setitem__(self, name: str, count: int) -> None:
        query = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)"
        self._open.execute(query, (name, count))

    def __delitem__(self, name: str) -> None:
        query = f"DELETE FROM {self._table} WHERE name = ?"
        if self._open.execute(query, (name,)).rowcount != 1:
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([name for (name,) in self._open.execute(f"SELECT name FROM {self._table}")])

    def __len__(self) -> int:
        return int(self._open.execute(f"SELECT count(*) FROM {self._table}").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._open.close()
