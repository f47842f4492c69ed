"""The capture terminal: a live finger becomes a signed statement about one payload."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from buju.attest.certificate.keys import Signer, certificate_name
from buju.attest.protocol.canonical import payload_hash
from buju.attest.protocol.messages import (
    GENERATED,
    LIFETIME,
    Alternative,
    Statement,
    officer_message,
    statement_message,
)
from buju.attest.protocol.submission import Submission
from buju.attest.vein import ALGORITHM, Terminal, VeinRefused, VeinSensor

# A finger may be laid on three times for one attempt: fewer wrong refusals, up to three times the
# false matches of one comparison. The server counts attempts, not placements.
PLACEMENTS = 3


class CaptureTerminal:
    """An enrolled device with its own Ed25519 key and the vein matcher's key.

    A finger that does not match gives a statement too, with the decision `no-match`, so that the
    server counts the attempt. Every other vein refusal is raised as it is, and nothing is signed.
    """

    def __init__(
        self,
        name: str,
        key: Ed25519PrivateKey,
        matcher: Terminal,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._key = key
        self._matcher = matcher
        self._clock = clock

    def state(
        self,
        sensor: VeinSensor,
        template: bytes,
        certificate: x509.Certificate,
        payload: bytes,
        nonce: bytes,
    ) -> tuple[bytes, bytes]:
        """Capture, match and sign: the statement's bytes and the signature over them."""
        name = certificate.fingerprint(hashes.SHA256())
        decision, pad = self._decide(sensor, template, name, nonce)
        issued = int(self._clock())
        statement = Statement(
            payload_sha256=payload_hash(payload).hex(),
            nonce=nonce.hex(),
            certificate_sha256=name.hex(),
            terminal=self.name,
            algorithm=ALGORITHM + (GENERATED if getattr(sensor, "generated", False) else ""),
            decision=decision,
            pad=pad,
            issued=issued,
            expires=issued + LIFETIME,
        ).data()
        return statement, self._key.sign(statement_message(statement))

    def _decide(
        self, sensor: VeinSensor, template: bytes, certificate: bytes, nonce: bytes
    ) -> tuple[str, str]:
        """Decision and level after at most `PLACEMENTS` placements, which count as one attempt."""
        for placement in range(1, PLACEMENTS + 1):
            try:
                burst = sensor.capture(nonce)
                return "match", self._matcher.verify(burst, template, certificate, nonce).pad
            except VeinRefused as refused:
                again = refused.code in {"vein-mismatch", "vein-quality"}
                if not again or (placement == PLACEMENTS and refused.code != "vein-mismatch"):
                    raise
        return "no-match", "none"

    def __repr__(self) -> str:
        return f"CaptureTerminal({self.name!r})"


def sign_submission(
    payload: bytes, statement: bytes, statement_signature: bytes, signer: Signer
) -> Submission:
    """The officer's half: sign payload hash and statement hash, and bundle it all."""
    whole = Submission(payload, statement, statement_signature, None, ())
    return _signed(whole, signer)


def sign_alternative(
    payload: bytes, assertion: str, credential: str, nonce: bytes, at: int, signer: Signer
) -> Submission:
    """A submission whose second factor is a WebAuthn assertion (the browser's answer, JSON).

    The officer's signature covers the payload and a statement that names assertion, credential
    (id, hexadecimal), nonce and time.
    """
    statement = Alternative(
        payload_sha256=payload_hash(payload).hex(),
        nonce=nonce.hex(),
        certificate_sha256=certificate_name(signer.certificates[0]),
        credential=credential,
        assertion_sha256=hashlib.sha256(assertion.encode()).hexdigest(),
        issued=at,
        expires=at + LIFETIME,
    ).data()
    return _signed(Submission(payload, statement, None, None, (), assertion), signer)


def _signed(submission: Submission, signer: Signer) -> Submission:
    name = submission.name
    assert name is not None
    return replace(
        submission,
        officer_signature=signer.sign(officer_message(payload_hash(submission.payload), name)),
        certificates=tuple(one.public_bytes(Encoding.PEM).decode() for one in signer.certificates),
    )
