"""What the server remembers, in the log's own database, so that it changes with the entries."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from buju.attest.refusal import refusal

if TYPE_CHECKING:
    from buju.attest.ledger import Log

SCHEMA = """
CREATE TABLE IF NOT EXISTS protocol_nonce (
  nonce TEXT PRIMARY KEY, issued INTEGER NOT NULL, used INTEGER);
CREATE TABLE IF NOT EXISTS protocol_submission (
  statement TEXT PRIMARY KEY, payload TEXT NOT NULL, entry INTEGER NOT NULL, parts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS protocol_nonce_unused ON protocol_nonce(issued) WHERE used IS NULL;
CREATE INDEX IF NOT EXISTS protocol_submission_entry ON protocol_submission(entry);
CREATE TABLE IF NOT EXISTS protocol_attempt (
  certificate TEXT PRIMARY KEY, failures INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS protocol_list (issuer TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS protocol_counter (
  credential TEXT PRIMARY KEY, counter INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS protocol_assertion (signed TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class State:
    """Nonces, attempts, list numbers, WebAuthn counters and submissions of one ledger.

    Methods that take a connection run inside a transaction of the log; the others are whole.
    """

    def __init__(self, log: Log, clock: Callable[[], float]) -> None:
        self._log, self._clock = log, clock

    def _one(self, query: str, *values: object) -> Any:
        return self._log.connection.execute(query, values).fetchone()

    # -- nonces

    def new_nonce(self) -> bytes:
        """Random, (32,) bytes; those never used are forgotten after an hour."""
        nonce, now = secrets.token_bytes(32), int(self._clock())

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM protocol_nonce WHERE issued < ? AND used IS NULL", (now - 3600,)
            )
            connection.execute("INSERT INTO protocol_nonce VALUES (?, ?, NULL)", (nonce.hex(), now))

        self._log.transact(work)
        return nonce

    def check_nonce(self, nonce: str, now: float, lifetime: int) -> None:
        """Refuse a nonce that was not issued here, was used, or is too old."""
        row = self._one("SELECT issued, used FROM protocol_nonce WHERE nonce = ?", nonce)
        if row is None:
            raise refusal("nonce-unknown")
        if row[1] is not None:
            raise refusal("nonce-used")
        if now > row[0] + lifetime:
            raise refusal("nonce-expired")

    def consume(self, connection: sqlite3.Connection, nonce: str) -> None:
        """Use a nonce up, once."""
        done = connection.execute(
            "UPDATE protocol_nonce SET used = ? WHERE nonce = ? AND used IS NULL",
            (int(self._clock()), nonce),
        )
        if done.rowcount != 1:
            raise refusal("nonce-used")

    # -- attempts

    def failures(self, certificate: str) -> int:
        """Mismatches in a row for a certificate (SHA-256, hexadecimal)."""
        row = self._one("SELECT failures FROM protocol_attempt WHERE certificate = ?", certificate)
        return row[0] if row else 0

    def count_failure(self, certificate: str, nonce: str) -> None:
        """One mismatch more, and the nonce used up."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO protocol_attempt VALUES (?, 1) "
                "ON CONFLICT(certificate) DO UPDATE SET failures = failures + 1",
                (certificate,),
            )
            self.consume(connection, nonce)

        self._log.transact(work)

    def forget_failures(self, connection: sqlite3.Connection, certificate: str) -> None:
        """After a match, or an administrator's act."""
        connection.execute("DELETE FROM protocol_attempt WHERE certificate = ?", (certificate,))

    # -- revocation lists

    def list_numbers(self) -> dict[str, int]:
        """Highest CRLNumber seen, by issuer."""
        rows = self._log.connection.execute("SELECT issuer, number FROM protocol_list")
        return dict(rows.fetchall())

    def keep_list_numbers(self, seen: Mapping[str, int]) -> None:
        """Remember them; an older list is refused from then on."""
        query = "INSERT OR REPLACE INTO protocol_list VALUES (?, ?)"
        self._log.transact(lambda connection: connection.executemany(query, list(seen.items())))

    # -- WebAuthn

    def check_counter(self, credential: str, counter: int, signed: str) -> None:
        """Refuse what an authenticator signed before, and a counter that did not grow.

        Authenticators without a counter always say 0; for them the bytes alone decide.
        """
        if self._one("SELECT 1 FROM protocol_assertion WHERE signed = ?", signed):
            raise refusal("webauthn-counter")
        row = self._one("SELECT counter FROM protocol_counter WHERE credential = ?", credential)
        last = row[0] if row else 0
        if (counter or last) and counter <= last:
            raise refusal("webauthn-counter", f"{counter} <= {last}")

    def keep_counter(
        self, connection: sqlite3.Connection, credential: str, counter: int, signed: str
    ) -> None:
        """Remember an assertion that was accepted."""
        connection.execute(
            "INSERT OR REPLACE INTO protocol_counter VALUES (?, ?)", (credential, counter)
        )
        connection.execute("INSERT INTO protocol_assertion VALUES (?)", (signed,))

    # -- submissions

    def accepted(self, name: bytes) -> tuple[str, int] | None:
        """Payload hash and entry of the submission with this statement, if it stands."""
        query = "SELECT payload, entry FROM protocol_submission WHERE statement = ?"
        row = self._one(query, name.hex())
        return (row[0], row[1]) if row else None

    def keep(
        self,
        connection: sqlite3.Connection,
        name: bytes,
        payload: str,
        entry: int,
        parts: Mapping[str, Any],
    ) -> None:
        """Remember an accepted submission and the parts of its receipt."""
        row = (name.hex(), payload, entry, json.dumps(parts))
        connection.execute("INSERT INTO protocol_submission VALUES (?, ?, ?, ?)", row)

    def parts(self, entry: int) -> dict[str, Any]:
        """Parts of an entry's receipt."""
        row = self._one("SELECT parts FROM protocol_submission WHERE entry = ?", entry)
        if row is None:
            raise refusal("entry-missing", str(entry))
        found: dict[str, Any] = json.loads(row[0])
        return found

    def amend(self, entry: int, more: Mapping[str, Any]) -> None:
        """Add what came after the append to a receipt's parts."""

        def work(connection: sqlite3.Connection) -> None:
            query = "SELECT parts FROM protocol_submission WHERE entry = ?"
            (text,) = connection.execute(query, (entry,)).fetchone()
            connection.execute(
                "UPDATE protocol_submission SET parts = ? WHERE entry = ?",
                (json.dumps(json.loads(text) | more), entry),
            )

        self._log.transact(work)
