"""The second factor of a submission: a terminal's vein statement, or a WebAuthn assertion.

WebAuthn is the non-biometric alternative. It is labelled so wherever it shows, and a submission
holds one of the two, never both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from buju.attest.certificate import verify_signature
from buju.attest.protocol.alternative import check_alternative
from buju.attest.protocol.messages import (
    LEVELS,
    LIFETIME,
    Alternative,
    Factor,
    Statement,
    statement_message,
)
from buju.attest.protocol.state import State
from buju.attest.protocol.submission import Submission
from buju.attest.refusal import refusal

if TYPE_CHECKING:
    from buju.attest.ledger import Log

ATTEMPTS = 5
SKEW = 300


@dataclass(frozen=True)
class Held:
    """A second factor that held: its statement, the statement's SHA-256, and what to remember.

    `keep` runs in the transaction of the append: it uses the nonce up, and forgets failures or
    raises the counter.
    """

    statement: Factor
    name: bytes
    keep: Callable[[sqlite3.Connection], None]


class Factors:
    """Checks second factors against a ledger's trust file and what its server remembers."""

    def __init__(self, log: Log, state: State, now: Callable[[], float]) -> None:
        self._log, self._state, self._now = log, state, now

    def check(self, submission: Submission, p: bytes) -> Held:
        """The factor of a submission of a payload with SHA-256 `p`.

        Raises
        ------
        Refused
            `vein-missing`, `terminal`, `statement-payload`, `clock`, `stale`, the codes of nonces,
            `vein-locked`, `vein-mismatch`, `pad`; `webauthn` and its kin.
        """
        if submission.assertion is not None:
            return self._webauthn(submission, submission.assertion, p)
        return self._vein(submission, p)

    def _vein(self, submission: Submission, p: bytes) -> Held:
        data, name = submission.statement, submission.name
        if data is None or name is None or submission.statement_signature is None:
            raise refusal("vein-missing")
        statement = Statement.parse(data)
        pem = self._log.trust.terminals.get(statement.terminal)
        if pem is None or not _terminal_signed(pem, data, submission.statement_signature):
            raise refusal("terminal")
        self._check_fresh(statement, p)
        self._check_decision(statement)
        least = self._log.trust.more.get("pad", "basic")
        if statement.pad not in LEVELS[:2] or LEVELS.index(statement.pad) < LEVELS.index(least):
            raise refusal("pad", f"{statement.pad[:20]} < {least}")

        def keep(connection: sqlite3.Connection) -> None:
            self._state.consume(connection, statement.nonce)
            self._state.forget_failures(connection, statement.certificate_sha256)

        return Held(statement, name, keep)

    def _webauthn(self, submission: Submission, assertion: str, p: bytes) -> Held:
        data, name = submission.statement, submission.name
        if data is None or name is None:
            raise refusal("malformed", "the statement of the WebAuthn assertion is missing")
        statement = Alternative.parse(data)
        self._check_fresh(statement, p)
        found = check_alternative(statement, assertion, p, self._log.trust.more)
        self._state.check_counter(statement.credential, found.counter, found.signed_sha256)

        def keep(connection: sqlite3.Connection) -> None:
            # Failures of the finger stay counted: this is another factor.
            self._state.consume(connection, statement.nonce)
            self._state.keep_counter(
                connection, statement.credential, found.counter, found.signed_sha256
            )

        return Held(statement, name, keep)

    def _check_fresh(self, statement: Factor, p: bytes) -> None:
        if statement.payload_sha256 != p.hex():
            raise refusal("statement-payload")
        now = self._now()
        if statement.issued > now + SKEW:
            raise refusal("clock")
        if now > statement.issued + LIFETIME or now > statement.expires:
            raise refusal("stale")
        self._state.check_nonce(statement.nonce, now, LIFETIME)

    def _check_decision(self, statement: Statement) -> None:
        failures = self._state.failures(statement.certificate_sha256)
        if failures >= ATTEMPTS:
            raise refusal("vein-locked")
        if statement.decision != "match":
            self._state.count_failure(statement.certificate_sha256, statement.nonce)
            raise refusal("vein-mismatch", f"{failures + 1}/{ATTEMPTS}")


def _terminal_signed(pem: str, statement: bytes, signature: bytes) -> bool:
    key = serialization.load_pem_public_key(pem.encode())
    return isinstance(key, Ed25519PublicKey) and verify_signature(
        key, signature, statement_message(statement)
    )
