"""The server: nonces out, submissions in; every check in order, then one transaction.

Order (cost bounded before cryptography): size, strict parsing, canonical form; duplicate, before
the nonce; second factor (terminal key and statement, or WebAuthn assertion); certificate path,
strength, revocation; the officer's signature; append and consume the nonce together.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buju.attest.certificate import (
    certificate_name,
    check_chain,
    check_revocation,
    key_of,
    read_certificates,
    verify_signature,
)
from buju.attest.protocol.canonical import canonical, parse_strict, payload_hash
from buju.attest.protocol.factors import ATTEMPTS, SKEW, Factors, Held
from buju.attest.protocol.messages import (
    LABEL,
    RECEIPT,
    encode,
    entry_bytes,
    officer_message,
)
from buju.attest.protocol.payloads import check_payload
from buju.attest.protocol.state import SCHEMA, State
from buju.attest.protocol.submission import Submission
from buju.attest.refusal import Refused, refusal
from buju.errors import BujuError, MissingExtra

if TYPE_CHECKING:
    from buju.attest.ledger import Log

__all__ = ["ATTEMPTS", "SCHEMA", "SKEW", "Accepted", "Duplicate", "Server", "certificate_name"]

Lists = tuple[Sequence[bytes], Sequence[bytes]]


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
        Optional: RFC 3161 answer (DER) over bytes; failing to get one is told, not hidden.
    grain
        Answers leave at multiples of this many seconds after arrival, so that their time does not
        tell which check refused.
    """

    def __init__(
        self,
        log: Log,
        *,
        lists: Callable[[], Lists],
        stamp: Callable[[bytes], bytes] | None = None,
        clock: Callable[[], float] = time.time,
        grain: float = 0.05,
    ) -> None:
        self.log = log
        self.state = State(log, clock)
        self._factors = Factors(log, self.state, self._now)
        self._lists = lists
        self._stamp = stamp
        self._clock = clock
        self._grain = grain
        self._one_at_a_time = threading.Lock()

    def nonce(self) -> bytes:
        """A new random nonce, (32,) bytes, good for 60 s and one submission."""
        with self._one_at_a_time:
            return self.state.new_nonce()

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
            absent = "extra" if isinstance(refused, MissingExtra) else "refused"
            self.log.audit.line(getattr(refused, "code", absent), size=self.log.size)
            spent = time.monotonic() - arrived
            if self._grain:
                time.sleep(-spent % self._grain)
            raise

    def _submit(self, data: bytes) -> Accepted:
        submission = Submission.parse(data)
        payload = _payload(submission.payload)
        p = payload_hash(submission.payload)
        before = self.state.accepted(submission.name) if submission.name else None
        if before is not None and before[0] == p.hex():
            raise Duplicate(self.receipt(before[1]))
        held = self._factors.check(submission, p)
        lists = self._check_certificates(submission, held, p)
        assert submission.officer_signature is not None
        entry = entry_bytes(
            payload,
            p,
            held.statement,
            held.name,
            submission.statement_signature,
            submission.officer_signature,
        )
        return self._answer(self._append(submission, held, entry, lists))

    def _check_certificates(self, submission: Submission, held: Held, p: bytes) -> Lists:
        if not submission.certificates or submission.officer_signature is None:
            raise refusal("cert-missing")
        certificates = read_certificates(submission.certificates)
        roots = read_certificates(self.log.trust.authorities)
        path = check_chain(certificates, roots, self._now())
        crls, answers = self._lists()
        before = self.state.list_numbers()
        seen = dict(before)
        found = check_revocation(path, self._now(), crls=crls, ocsp_answers=answers, seen=seen)
        if seen != before:
            self.state.keep_list_numbers(seen)
        if certificate_name(certificates[0]) != held.statement.certificate_sha256:
            raise refusal("identity-mismatch")
        message = officer_message(p, held.name)
        if not verify_signature(key_of(certificates[0]), submission.officer_signature, message):
            raise refusal("signature")
        return found.lists, found.answers

    def _append(self, submission: Submission, held: Held, entry: bytes, lists: Lists) -> int:
        assert submission.statement is not None and submission.officer_signature is not None
        signature = submission.statement_signature
        parts: dict[str, Any] = {
            "format": RECEIPT,
            "entry": encode(entry),
            "payload": encode(submission.payload),
            "statement": encode(submission.statement),
            "statement_signature": None if signature is None else encode(signature),
            "officer_signature": encode(submission.officer_signature),
            "certificates": list(submission.certificates),
            "crls": [encode(one) for one in lists[0]],
            "ocsp": [encode(one) for one in lists[1]],
            "timestamp": None,
        }
        if submission.assertion is not None:
            parts |= {"second_factor": LABEL, "assertion": submission.assertion}

        def alongside(connection: sqlite3.Connection, indices: list[int]) -> None:
            held.keep(connection)
            p = held.statement.payload_sha256
            self.state.keep(connection, held.name, p, indices[0], parts)

        return self.log.append([entry], alongside=alongside)[0]

    def _answer(self, index: int) -> Accepted:
        gathered = self.log.gather() if self.log.trust.policy.witnesses else None
        final = gathered is not None and gathered.final
        if final:
            # The first final proof is the one that stays.
            self.state.amend(index, {"proof": self.log.receipt(index)})
        if self._stamp is not None:
            self._ask_for_stamp(index, self._stamp)
        quorum = self.log.trust.policy.quorum
        self.log.audit.line("accepted", entry=index, size=self.log.size, final=final)
        return Accepted(index, final, str(quorum), self.receipt(index))

    def _ask_for_stamp(self, index: int, stamp: Callable[[bytes], bytes]) -> None:
        proof = self.log.receipt(index)
        try:
            self.add_stamp(index, proof, stamp(stamped_text(proof)))
        except (BujuError, OSError) as error:
            why = getattr(error, "code", type(error).__name__)
            self.log.audit.line("timestamp-absent", entry=index, why=why)

    def add_stamp(self, index: int, proof: str, answer: bytes) -> None:
        """Keep an authority's answer over the checkpoint of `proof`, a `.tlog-proof` of the entry.

        Raises
        ------
        Refused
            `timestamp` where the answer does not hold under the authorities of the trust file, or
            the trust file names none; `timestamp-old`.
        LedgerRefused
            The proof is of another entry.
        """
        from buju.attest.protocol.offline import check_stamp

        parts = self.state.parts(index)
        stamp = {"timestamp": encode(answer), "timestamped": proof}
        check_stamp(parts | stamp, self.log.trust, self.log.entry(index))
        self.state.amend(index, stamp)

    def receipt(self, index: int) -> str:
        """The receipt of an entry, JSON; one file that verifies offline."""
        parts = self.state.parts(index)
        if "proof" not in parts:
            parts["proof"] = self.log.receipt(index)
        return json.dumps(parts, indent=1) + "\n"

    def failures(self, certificate_sha256: str) -> int:
        """Mismatches in a row for a certificate."""
        return self.state.failures(certificate_sha256)

    def unlock(self, certificate_sha256: str) -> None:
        """An administrator's act: forget the mismatches of a certificate; audited."""
        self.log.transact(lambda c: self.state.forget_failures(c, certificate_sha256))
        self.log.audit.line("unlocked", certificate=certificate_sha256)

    def _now(self) -> float:
        # The log never signs a time before its last one, so neither does what it relies on.
        return max(self._clock(), self.log.last_time or 0)


def stamped_text(proof: str) -> bytes:
    """What a time stamp covers: the text of the checkpoint in a `.tlog-proof`."""
    from buju.attest.ledger import parse_proof

    return (parse_proof(proof).note.rpartition("\n\n")[0] + "\n").encode()


def _payload(data: bytes) -> dict[str, Any]:
    if canonical(data) != data:
        raise refusal("canonical")
    payload = parse_strict(data)
    check_payload(payload)
    return payload
