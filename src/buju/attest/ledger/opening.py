"""A log is made, examined before it may sign, and says why it was not opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from buju.attest.ledger import checks
from buju.attest.ledger.audit import Audit
from buju.attest.ledger.checkpoint import format_checkpoint
from buju.attest.ledger.keys import parse_signer, verifier_of
from buju.attest.ledger.merkle import EMPTY_ROOT
from buju.attest.ledger.note import sign_note
from buju.attest.ledger.policy import make_policy
from buju.attest.ledger.reader import Reader
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.tiles import WIDTH
from buju.attest.ledger.trust import Trust
from buju.attest.stores.database import Database
from buju.attest.stores.files import Lock, make_folder


def create_files(
    folder: Path, origin: str, signer: str, clock: Callable[[], float], schema: str
) -> None:
    """Database, first checkpoint and trust file of a new log."""
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


@dataclass(frozen=True)
class Examined:
    """Size of the tree and of the part that is published; `known`: tiles compared before."""

    size: int
    published: int
    known: int


def examine(log: Reader, mark: tuple[int, bytes] | None) -> Examined:
    """Check a log that wants to write: its end where `mark` says the rest was verified, else all.

    Raises
    ------
    LedgerRefused
        As `Log.open`.
    """
    if log.log_key not in log.trust.policy.log_keys:
        raise LedgerRefused("log-unknown", f"{log.directory}/trust.json lacks this log's key")
    if mark is None:
        size, known = checks.check_database(log.database, log.log_key), 0
    else:
        size, root = mark
        checks.check_tail(log.database, log.log_key, size, root)
        known = max(0, size - 1) // WIDTH * WIDTH
    published = checks.check_published(log.database, log.public, log.log_key, size)
    return Examined(size, published, min(known, published))


def tell(folder: Path, clock: Callable[[], float], wrong: BaseException) -> None:
    """Audit line and evidence of a log that did not open."""
    audit = Audit(folder / "audit.jsonl", clock)
    if isinstance(wrong, LedgerRefused):
        if wrong.evidence:
            wrong.evidence.write(folder / "evidence")
        audit.line(wrong.code, index=wrong.index)
    elif isinstance(wrong, sqlite3.Error | OSError):
        audit.line("disk", index=None)
