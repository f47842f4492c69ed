"""A submission as it travels: payload, statement, two signatures, certificates; strict JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from buju.attest.protocol.canonical import parse_strict
from buju.attest.protocol.messages import (
    ALTERNATIVE,
    STATEMENT,
    SUBMISSION,
    decode,
    encode,
    statement_hash,
)
from buju.attest.refusal import refusal

SUBMISSION_LIMIT = 512 * 1024
_KEYS = {
    "format",
    "payload",
    "statement",
    "statement_signature",
    "officer_signature",
    "certificates",
    "assertion",
}


@dataclass(frozen=True)
class Submission:
    """Everything an officer hands in.

    `statement` or `certificates` may be absent: refused later, with the code that names the
    missing factor. Certificates are PEM, the officer's first. `assertion` is the browser's answer
    (JSON text) where the second factor is WebAuthn; then the statement is an `Alternative`, which
    no terminal has signed.
    """

    payload: bytes
    statement: bytes | None
    statement_signature: bytes | None
    officer_signature: bytes | None
    certificates: tuple[str, ...]
    assertion: str | None = None

    @property
    def name(self) -> bytes | None:
        """The statement's SHA-256 under its own prefix: what names a submission."""
        version = STATEMENT if self.assertion is None else ALTERNATIVE
        return None if self.statement is None else statement_hash(self.statement, version)

    def text(self) -> str:
        """The JSON that `parse` reads."""
        content = {
            "format": SUBMISSION,
            "payload": encode(self.payload),
            "statement": _maybe(self.statement),
            "statement_signature": _maybe(self.statement_signature),
            "officer_signature": _maybe(self.officer_signature),
            "certificates": list(self.certificates),
        } | ({} if self.assertion is None else {"assertion": self.assertion})
        return json.dumps(content, indent=1) + "\n"

    @classmethod
    def parse(cls, data: bytes) -> Submission:
        """Read a submission; bounded in size and depth.

        Raises
        ------
        Refused
            `size` above 512 KiB, `malformed` for anything else that is not this format.
        """
        if len(data) > SUBMISSION_LIMIT:
            raise refusal("size", f"submission of {len(data)} bytes")
        content = parse_strict(data)
        if content.get("format") != SUBMISSION or set(content) - _KEYS:
            raise refusal("malformed", "submission fields")
        certificates = content.get("certificates") or []
        if not _texts(certificates):
            raise refusal("malformed", "certificates")
        assertion = content.get("assertion")
        if assertion is not None and not isinstance(assertion, str):
            raise refusal("malformed", "assertion")
        if assertion is not None and content.get("statement_signature") is not None:
            raise refusal("malformed", "one second factor, not two")
        return cls(
            decode(content.get("payload")),
            _decoded(content.get("statement")),
            _decoded(content.get("statement_signature")),
            _decoded(content.get("officer_signature")),
            tuple(certificates),
            assertion,
        )


def _texts(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(one, str) for one in value)


def _maybe(data: bytes | None) -> str | None:
    return None if data is None else encode(data)


def _decoded(text: Any) -> bytes | None:
    return None if text is None else decode(text)
