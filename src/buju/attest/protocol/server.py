"""The server: nonces out, submissions in; every check in order, then one transaction.

Order (cost bounded before cryptography): size, strict parsing, canonical form; duplicate, before
the nonce; terminal key and statement; certificate path, strength, revocation; the officer's
signature; append and consume the nonce together.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from buju.attest.certificate import (
    check_chain,
    check_revocation,
    read_certificates,
    verify_signature,
)
from buju.attest.protocol.canonical import canonical, parse_strict, payload_hash
from buju.attest.protocol.messages import (
    LEVELS,
    LIFETIME,
    RECEIPT,
    Statement,
    encode,
    entry_bytes,
    officer_message,
    statement_hash,
    statement_message,
)
from buju.attest.protocol.payloads import check_payload
from buju.attest.protocol.submission import Submission
from buju.attest.refusal import Refused, refusal
from buju.errors import BujuError

if TYPE_CHECKING:
    from buju.attest.ledger import Log

ATTEMPTS = 5
SKEW = 300
SCHEMA = """
CREATE TABLE IF NOT EXISTS protocol_nonce (
  nonce TEXT PRIMARY KEY, issued INTEGER NOT NULL, used INTEGER);
CREATE TABLE IF NOT EXISTS protocol_submission (
  statement TEXT PRIMARY KEY, payload TEXT NOT NULL, entry INTEGER NOT NULL, parts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS protocol_attempt (
  certificate TEXT PRIMARY KEY, failures INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS protocol_list (issuer TEXT PRIMARY KEY, number INTEGER NOT NULL);
"""


class Duplicate(Refused):
    """The submission was accepted before; `receipt` is its first receipt."""

    def __init__(self, receipt: str) -> None:
        words = refusal("duplicate")
        super().__init__(
            "duplicate",
            words.english.removeprefix("duplicate: "),
            words.chinese.removeprefix("duplicate："),
        )
        self.receipt = receipt


@dataclass(frozen=True)
class Accepted:
    """Where an entry stands. `final`: the quorum of witnesses has cosigned."""

    index: int
    final: bool
    quorum: str
    receipt: str


class Server:
    """Takes submissions for one ledger.

    Parameters
    ----------
    log
        Opened with `schema=SCHEMA`.
    lists
        Called for the revocation lists (DER) and OCSP answers (DER) at hand, at each submission.
    stamp
        Optional: RFC 3161 token (DER) over bytes; failing to get one is told, not hidden.
    grain
        Answers leave at multiples of this many seconds after arrival, so that their time does not
        tell which check refused.
    """

    def __init__(
        self,
        log: Log,
        *,
        lists: Callable[[], tuple[Sequence[bytes], Sequence[bytes]]],
        stamp: Callable[[bytes], bytes] | None = None,
        clock: Callable[[], float] = time.time,
        grain: float = 0.05,
    ) -> None:
        self.log = log
        self._lists = lists
        self._stamp = stamp
        self._clock = clock
        self._grain = grain
        self._one_at_a_time = threading.Lock()

    def nonce(self) -> bytes:
        """A new random nonce, (32,) bytes, good for 60 s and one submission."""
        nonce, now = secrets.token_bytes(32), int(self._clock())

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM protocol_nonce WHERE issued < ? AND used IS NULL", (now - 3600,)
            )
            connection.execute("INSERT INTO protocol_nonce VALUES (?, ?, NULL)", (nonce.hex(), now))

        with self._one_at_a_time:
            self.log.transact(work)
        return nonce

    def submit(self, data: bytes) -> Accepted:
        """Check a submission, append it, gather cosignatures, return its receipt.

        Raises
        ------
        Refused
            With the code of the first check that fails; nothing is appended, and an audit line
            without biometric data is written.
        Duplicate
            It stands in the log already; the first receipt comes with the refusal.
        """
        arrived = time.monotonic()
        try:
            with self._one_at_a_time:
                return self._submit(data)
        except BujuError as refused:
            self.log.audit.line(getattr(refused, "code", "refused"), size=self.log.size)
            spent = time.monotonic() - arrived
            if self._grain:
                time.sleep(-spent % self._grain)
            raise

    def _submit(self, data: bytes) -> Accepted:
        submission = Submission.parse(data)
        payload = _payload(submission.payload)
        p = payload_hash(submission.payload)
        self._refuse_duplicate(submission, p)
        statement = self._check_statement(submission, p)
        crls, answers = self._check_certificates(submission, statement)
        assert submission.statement is not None and submission.statement_signature is not None
        assert submission.officer_signature is not None
        name = statement_hash(submission.statement)
        leaf = read_certificates(submission.certificates)[0]
        if not verify_signature(
            leaf.public_key(), submission.officer_signature, officer_message(p, name)
        ):
            raise refusal("signature")
        entry = entry_bytes(
            payload,
            p,
            statement,
            name,
            submission.statement_signature,
            submission.officer_signature,
        )
        index = self._append(submission, statement, entry, crls, answers)
        return self._answer(index, name)

    def _refuse_duplicate(self, submission: Submission, p: bytes) -> None:
        if submission.statement is None:
            return
        name = statement_hash(submission.statement).hex()
        row = self.log.connection.execute(
            "SELECT payload, entry FROM protocol_submission WHERE statement = ?", (name,)
        ).fetchone()
        if row is not None and row[0] == p.hex():
            raise Duplicate(self.receipt(row[1]))

    def _check_statement(self, submission: Submission, p: bytes) -> Statement:
        if submission.statement is None or submission.statement_signature is None:
            raise refusal("vein-missing")
        statement = Statement.parse(submission.statement)
        pem = self.log.trust.terminals.get(statement.terminal)
        if pem is None or not _terminal_signed(pem, submission):
            raise refusal("terminal")
        if statement.payload_sha256 != p.hex():
            raise refusal("statement-payload")
        self._check_age(statement)
        self._check_nonce(statement.nonce)
        self._check_decision(statement)
        least = self.log.trust.more.get("pad", "basic")
        if statement.pad not in LEVELS[:2] or LEVELS.index(statement.pad) < LEVELS.index(least):
            raise refusal("pad", f"{statement.pad[:20]} < {least}")
        return statement

    def _check_age(self, statement: Statement) -> None:
        now = self._now()
        if statement.issued > now + SKEW:
            raise refusal("clock")
        if now > statement.issued + LIFETIME or now > statement.expires:
            raise refusal("stale")

    def _check_nonce(self, nonce: str) -> None:
        row = self.log.connection.execute(
            "SELECT issued, used FROM protocol_nonce WHERE nonce = ?", (nonce,)
        ).fetchone()
        if row is None:
            raise refusal("nonce-unknown")
        if row[1] is not None:
            raise refusal("nonce-used")
        if self._now() > row[0] + LIFETIME:
            raise refusal("nonce-expired")

    def _check_decision(self, statement: Statement) -> None:
        certificate = statement.certificate_sha256
        failures = self.failures(certificate)
        if failures >= ATTEMPTS:
            raise refusal("vein-locked")
        if statement.decision == "match":
            return

        def count(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO protocol_attempt VALUES (?, 1) "
                "ON CONFLICT(certificate) DO UPDATE SET failures = failures + 1",
                (certificate,),
            )
            self._consume(connection, statement.nonce)

        self.log.transact(count)
        raise refusal("vein-mismatch", f"{failures + 1}/{ATTEMPTS}")

    def failures(self, certificate_sha256: str) -> int:
        """Mismatches in a row for a certificate."""
        row = self.log.connection.execute(
            "SELECT failures FROM protocol_attempt WHERE certificate = ?", (certificate_sha256,)
        ).fetchone()
        return row[0] if row else 0

    def unlock(self, certificate_sha256: str) -> None:
        """An administrator's act: forget the mismatches of a certificate; audited."""
        self.log.transact(
            lambda connection: connection.execute(
                "DELETE FROM protocol_attempt WHERE certificate = ?", (certificate_sha256,)
            )
        )
        self.log.audit.line("unlocked", certificate=certificate_sha256)

    def _check_certificates(
        self, submission: Submission, statement: Statement
    ) -> tuple[Sequence[bytes], Sequence[bytes]]:
        if not submission.certificates or submission.officer_signature is None:
            raise refusal("cert-missing")
        certificates = read_certificates(submission.certificates)
        roots = read_certificates(self.log.trust.authorities)
        path = check_chain(certificates, roots, self._now())
        crls, answers = self._lists()
        rows = self.log.connection.execute("SELECT issuer, number FROM protocol_list").fetchall()
        before = dict(rows)
        seen = dict(before)
        check_revocation(path, self._now(), crls=crls, ocsp_answers=answers, seen=seen)
        if seen != before:
            self.log.transact(
                lambda connection: connection.executemany(
                    "INSERT OR REPLACE INTO protocol_list VALUES (?, ?)", list(seen.items())
                )
            )
        if certificates[0].fingerprint(hashes.SHA256()).hex() != statement.certificate_sha256:
            raise refusal("identity-mismatch")
        return crls, answers

    def _append(
        self,
        submission: Submission,
        statement: Statement,
        entry: bytes,
        crls: Sequence[bytes],
        answers: Sequence[bytes],
    ) -> int:
        assert submission.statement is not None and submission.statement_signature is not None
        assert submission.officer_signature is not None
        name = statement_hash(submission.statement).hex()
        parts = {
            "format": RECEIPT,
            "entry": encode(entry),
            "payload": encode(submission.payload),
            "statement": encode(submission.statement),
            "statement_signature": encode(submission.statement_signature),
            "officer_signature": encode(submission.officer_signature),
            "certificates": list(submission.certificates),
            "crls": [encode(one) for one in crls],
            "ocsp": [encode(one) for one in answers],
            "timestamp": None,
        }

        def alongside(connection: sqlite3.Connection, indices: list[int]) -> None:
            self._consume(connection, statement.nonce)
            connection.execute(
                "INSERT INTO protocol_submission VALUES (?, ?, ?, ?)",
                (name, statement.payload_sha256, indices[0], json.dumps(parts)),
            )
            connection.execute(
                "DELETE FROM protocol_attempt WHERE certificate = ?",
                (statement.certificate_sha256,),
            )

        return self.log.append([entry], alongside=alongside)[0]

    def _consume(self, connection: sqlite3.Connection, nonce: str) -> None:
        done = connection.execute(
            "UPDATE protocol_nonce SET used = ? WHERE nonce = ? AND used IS NULL",
            (int(self._clock()), nonce),
        )
        if done.rowcount != 1:
            raise refusal("nonce-used")

    def _answer(self, index: int, name: bytes) -> Accepted:
        gathered = self.log.gather() if self.log.trust.policy.witnesses else None
        self._add_timestamp(name.hex())
        final = gathered is not None and gathered.final
        if final:
            self._amend(name.hex(), {"proof": self.log.receipt(index)})
        quorum = self.log.trust.policy.quorum
        self.log.audit.line("accepted", entry=index, size=self.log.size, final=final)
        return Accepted(index, final, str(quorum), self.receipt(index))

    def _add_timestamp(self, name: str) -> None:
        if self._stamp is None:
            return
        body = self.log.checkpoint().split("\n\n")[0] + "\n"
        try:
            token = self._stamp(body.encode())
        except (BujuError, OSError) as error:
            self.log.audit.line("timestamp-absent", why=type(error).__name__)
            return

        self._amend(name, {"timestamp": encode(token), "timestamped": body})

    def _amend(self, name: str, more: dict[str, str]) -> None:
        """Add what came after the append; the first final proof is the one that stays."""

        def work(connection: sqlite3.Connection) -> None:
            (text,) = connection.execute(
                "SELECT parts FROM protocol_submission WHERE statement = ?", (name,)
            ).fetchone()
            connection.execute(
                "UPDATE protocol_submission SET parts = ? WHERE statement = ?",
                (json.dumps(json.loads(text) | more), name),
            )

        self.log.transact(work)

    def receipt(self, index: int) -> str:
        """The receipt of an entry, JSON; one file that verifies offline."""
        row = self.log.connection.execute(
            "SELECT parts FROM protocol_submission WHERE entry = ?", (index,)
        ).fetchone()
        if row is None:
            raise refusal("receipt", f"entry {index}")
        parts: dict[str, Any] = json.loads(row[0])
        if "proof" not in parts:
            parts["proof"] = self.log.receipt(index)
        return json.dumps(parts, indent=1) + "\n"

    def _now(self) -> float:
        # The log never signs a time before its last one, so neither does what it relies on.
        return max(self._clock(), self.log.last_time or 0)


def _payload(data: bytes) -> dict[str, Any]:
    if canonical(data) != data:
        raise refusal("canonical")
    payload = parse_strict(data)
    check_payload(payload)
    return payload


def _terminal_signed(pem: str, submission: Submission) -> bool:
    assert submission.statement is not None and submission.statement_signature is not None
    key = serialization.load_pem_public_key(pem.encode())
    return isinstance(key, Ed25519PublicKey) and verify_signature(
        key, submission.statement_signature, statement_message(submission.statement)
    )


def certificate_name(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate's DER, as hexadecimal text."""
    return certificate.fingerprint(hashes.SHA256()).hex()
