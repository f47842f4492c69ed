"""The capture terminal: a live finger becomes a signed statement about one payload."""

from __future__ import annotations

import time
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from buju.attest.certificate.keys import Signer
from buju.attest.protocol.canonical import payload_hash
from buju.attest.protocol.messages import (
    LIFETIME,
    Statement,
    officer_message,
    statement_hash,
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
            algorithm=ALGORITHM,
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
    from cryptography.hazmat.primitives.serialization import Encoding

    message = officer_message(payload_hash(payload), statement_hash(statement))
    return Submission(
        payload,
        statement,
        statement_signature,
        signer.sign(message),
        tuple(one.public_bytes(Encoding.PEM).decode() for one in signer.certificates),
    )
