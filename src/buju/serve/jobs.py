"""The queue: one SQLite table that the service writes and worker processes claim from.

A job is claimed in one statement, so that two workers never have the same one. Its worker writes
a heartbeat; one that is silent too long loses its jobs, which are queued again, a limited number
of times. SQLite's log mode needs a local disk: no network share.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buju.serve.workspace import new_id, now

STALE_SECONDS = 15.0
ATTEMPTS = 3
ENDED = ("done", "failed", "cancelled")
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, study TEXT NOT NULL, region TEXT NOT NULL,
  study_hash TEXT NOT NULL, asked TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued', worker TEXT, heartbeat REAL,
  attempts INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0,
  what TEXT NOT NULL DEFAULT '', share REAL NOT NULL DEFAULT 0,
  error TEXT, result TEXT, created TEXT NOT NULL, started TEXT, finished TEXT
);
CREATE INDEX IF NOT EXISTS jobs_state ON jobs (state, kind, created);
CREATE INDEX IF NOT EXISTS jobs_hash ON jobs (study_hash);
"""


@dataclass(frozen=True)
class Job:
    """One row of the queue; `asked` is the question, `error` the words of a failure."""

    id: str
    kind: str
    study: str
    region: str
    study_hash: str
    asked: dict[str, Any]
    state: str
    worker: str | None
    attempts: int
    cancel: bool
    what: str
    share: float
    error: dict[str, str] | None
    result: str | None
    created: str
    started: str | None
    finished: str | None


class Jobs:
    """The queue in a file. Each call opens the file anew: nothing is shared between threads."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_TABLE)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            yield db
        finally:
            db.close()

    def add(
        self, kind: str, study: str, region: str, study_hash: str, asked: dict[str, Any]
    ) -> Job:
        """Queue a job."""
        name = new_id(kind)
        with self._open() as db:
            db.execute(
                "INSERT INTO jobs (id, kind, study, region, study_hash, asked, created)"
                " VALUES (?,?,?,?,?,?,?)",
                (name, kind, study, region, study_hash, json.dumps(asked), now()),
            )
        return self.get(name)

    def get(self, name: str) -> Job:
        """One job; KeyError where there is none."""
        with self._open() as db:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return _job(row)

    def listed(self, *, kind: str = "", study: str = "", limit: int = 200) -> list[Job]:
        """Jobs, the newest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR study = ?2)"
                " ORDER BY created DESC, rowid DESC LIMIT ?3",
                (kind, study, limit),
            ).fetchall()
        return [_job(row) for row in rows]

    def same(self, study_hash: str) -> Job | None:
        """A job that answers or will answer the same question."""
        with self._open() as db:
            row = db.execute(
                "SELECT * FROM jobs WHERE study_hash = ? AND cancel = 0"
                " AND state IN ('queued', 'running', 'done') ORDER BY created DESC LIMIT 1",
                (study_hash,),
            ).fetchone()
        return _job(row) if row else None

    def active(self, region: str) -> list[Job]:
        """Jobs of a region that wait or go on."""
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE region = ? AND state IN ('queued', 'running')", (region,)
            ).fetchall()
        return [_job(row) for row in rows]

    def claim(self, worker: str, kinds: Sequence[str]) -> Job | None:
        """Take the oldest queued job of these kinds; None where there is none."""
        marks = ",".join("?" * len(kinds))
        with self._open() as db:
            row = db.execute(
                "UPDATE jobs SET state = 'running', worker = ?, heartbeat = ?,"
                " attempts = attempts + 1, started = ?, what = '', share = 0"
                " WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND cancel = 0"
                f" AND kind IN ({marks}) ORDER BY created, rowid LIMIT 1)"
                " AND state = 'queued' RETURNING *",
                (worker, time.time(), now(), *kinds),
            ).fetchone()
        return _job(row) if row else None

    def beat(self, job: Job, worker: str) -> bool:
        """Say that the worker lives; False where the job is to be left."""
        with self._open() as db:
            row = db.execute(
                "UPDATE jobs SET heartbeat = ? WHERE id = ? AND worker = ? AND state = 'running'"
                " RETURNING cancel",
                (time.time(), job.id, worker),
            ).fetchone()
        return row is not None and not row["cancel"]

    def tell(self, job: Job, worker: str, what: str, share: float) -> None:
        """Note how far a job is."""
        with self._open() as db:
            db.execute(
                "UPDATE jobs SET what = ?, share = ?, heartbeat = ? WHERE id = ? AND worker = ?",
                (what, share, time.time(), job.id, worker),
            )

    def finish(
        self,
        job: Job,
        worker: str,
        state: str,
        *,
        result: str | None = None,
        error: dict[str, str] | None = None,
    ) -> bool:
        """End a job that this worker still has; False where it was taken away meanwhile."""
        with self._open() as db:
            row = db.execute(
                "UPDATE jobs SET state = ?, result = ?, error = ?, finished = ?, heartbeat = NULL"
                " WHERE id = ? AND worker = ? AND state = 'running' RETURNING id",
                (state, result, json.dumps(error) if error else None, now(), job.id, worker),
            ).fetchone()
        return row is not None

    def release(self, job: Job, worker: str) -> None:
        """Give a job back whose worker was told to stop; it does not count as an attempt."""
        with self._open() as db:
            db.execute(
                "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' ELSE 'queued' END,"
                " attempts = attempts - 1, worker = NULL, heartbeat = NULL"
                " WHERE id = ? AND worker = ? AND state = 'running'",
                (job.id, worker),
            )

    def cancel(self, name: str) -> Job:
        """Ask for a job's end: a queued one ends now, a running one when its worker hears it."""
        with self._open() as db:
            db.execute("UPDATE jobs SET cancel = 1 WHERE id = ? AND state = 'running'", (name,))
            db.execute(
                "UPDATE jobs SET state = 'cancelled', cancel = 1, finished = ?"
                " WHERE id = ? AND state = 'queued'",
                (now(), name),
            )
        return self.get(name)

    def recover(self, worker: str = "", *, everything: bool = False) -> list[Job]:
        """Take jobs from workers that died: queue them again, or fail them at the last attempt.

        Of the named worker, of every worker, or of those silent for `STALE_SECONDS`.
        """
        gone = "(?1 OR worker = ?2 OR heartbeat < ?3)"
        limit = time.time() - STALE_SECONDS
        given = (int(everything), worker, limit, ATTEMPTS, now())
        error = json.dumps(
            {
                "zh": f"计算进程 {ATTEMPTS} 次中途退出（可能内存不足），已停止重试",
                "en": f"the worker process ended {ATTEMPTS} times in mid-run (perhaps for want of "
                "memory); not tried again",
            }
        )
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            rows = db.execute(
                f"SELECT id FROM jobs WHERE state = 'running' AND {gone}", given[:3]
            ).fetchall()
            db.execute(
                "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' WHEN attempts >= ?4"
                " THEN 'failed' ELSE 'queued' END, error = CASE WHEN NOT cancel AND attempts >= ?4"
                " THEN ?6 END, finished = CASE WHEN cancel OR attempts >= ?4 THEN ?5 END,"
                f" worker = NULL, heartbeat = NULL WHERE state = 'running' AND {gone}",
                (*given, error),
            )
            db.execute("COMMIT")
        return [self.get(row["id"]) for row in rows]


def _job(row: sqlite3.Row) -> Job:
    found = {key: row[key] for key in row.keys() if key != "heartbeat"}  # noqa: SIM118
    found["asked"] = json.loads(found["asked"])
    found["error"] = json.loads(found["error"]) if found["error"] else None
    found["cancel"] = bool(found["cancel"])
    return Job(**found)
