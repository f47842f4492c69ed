"""The bytes that are signed and logged, each with its own prefix. Standard library only.

`docs/explanation/trust.md` gives the formats in words. Statements and entries are flat objects of
text and whole numbers with ASCII keys, for which sorted compact JSON is RFC 8785's form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from buju.attest import shallow
from buju.attest.refusal import refusal

STATEMENT = "buju/match-statement/v1"
ALTERNATIVE = "buju/webauthn-statement/v1"
SUBMISSION = "buju/submission/v1"
ENTRY = "buju/entry/v1"
RECEIPT = "buju/receipt/v1"
LABEL = "webauthn (alternative second factor; not a vein)"
# What a terminal adds to the algorithm's name where the finger came from a program.
GENERATED = " (generated finger)"
LIFETIME = 60
LEVELS = ("none", "basic", "certified")
_STATEMENT_LIMIT = 4096


def flat(fields: Mapping[str, str | int]) -> bytes:
    """Canonical JSON of a flat object.

    >>> flat({"b": 1, "a": "x"})
    b'{"a":"x","b":1}'
    """
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def encode(data: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(data).decode()


def decode(text: object) -> bytes:
    """The inverse of `encode`; refuses every other spelling."""
    if not isinstance(text, str):
        raise refusal("malformed", "base64 text expected")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("malformed", "base64") from None
    if encode(data) != text:
        raise refusal("malformed", "base64")
    return data


@dataclass(frozen=True)
class Statement:
    """What a terminal signs: this finger matched (or not), for this payload and certificate.

    `decision` is `match` or `no-match`. There is no score, image or template in it. `issued` and
    `expires` are POSIX seconds.
    """

    payload_sha256: str
    nonce: str
    certificate_sha256: str
    terminal: str
    algorithm: str
    decision: str
    pad: str
    issued: int
    expires: int

    def data(self) -> bytes:
        """Canonical JSON, without the prefix."""
        return flat({"v": STATEMENT, **vars(self)})

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """A statement from its bytes; refuses any other bytes of the same meaning."""
        return _parse(cls, STATEMENT, data)

    @property
    def factor(self) -> dict[str, str]:
        """What the entry says of the second factor."""
        return {"terminal": self.terminal, "pad": self.pad}


@dataclass(frozen=True)
class Alternative:
    """What stands in a vein statement's place when the second factor is WebAuthn.

    No terminal signs it; the officer's key does, together with the payload hash. It ties one
    assertion (`assertion_sha256`, over the text handed in) of one registered credential
    (`credential`, its id in hexadecimal) to a nonce and a certificate.
    """

    payload_sha256: str
    nonce: str
    certificate_sha256: str
    credential: str
    assertion_sha256: str
    issued: int
    expires: int

    def data(self) -> bytes:
        """Canonical JSON, without the prefix."""
        return flat({"v": ALTERNATIVE, **vars(self)})

    @classmethod
    def parse(cls, data: bytes) -> Alternative:
        """A statement from its bytes; refuses any other bytes of the same meaning."""
        return _parse(cls, ALTERNATIVE, data)

    @property
    def factor(self) -> dict[str, str]:
        """What the entry says of the second factor: that it is no vein."""
        return {"factor": LABEL, "credential": self.credential}


Factor = Statement | Alternative
Kind = TypeVar("Kind", Statement, Alternative)


def _parse(kind: type[Kind], version: str, data: bytes) -> Kind:
    if len(data) > _STATEMENT_LIMIT:
        raise refusal("size", "statement")
    fields, wanted = _object(data, "statement"), kind.__annotations__
    if fields.pop("v", None) != version or set(fields) != set(wanted):
        raise refusal("malformed", "statement fields")
    # Annotations are texts here; whole numbers exclude booleans.
    if not all(type(fields[name]) is {"str": str, "int": int}[wanted[name]] for name in wanted):
        raise refusal("malformed", "statement types")
    statement = kind(**fields)
    try:
        same = statement.data() == data
    except UnicodeEncodeError:
        same = False
    if not same:
        raise refusal("malformed", "statement is not canonical")
    return statement


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        fields = shallow.loads(data)
    except (ValueError, RecursionError):
        raise refusal("malformed", what) from None
    if not isinstance(fields, dict):
        raise refusal("malformed", what)
    return fields


def statement_message(statement: bytes, version: str = STATEMENT) -> bytes:
    """What the terminal's key signs; its SHA-256 is the statement's name."""
    return version.encode() + b"\n" + statement


def statement_hash(statement: bytes, version: str = STATEMENT) -> bytes:
    """SHA-256 of `statement_message`, (32,) bytes."""
    return hashlib.sha256(statement_message(statement, version)).digest()


def officer_message(payload_sha256: bytes, statement_sha256: bytes) -> bytes:
    """What the officer's key signs: prefix, payload hash, statement hash."""
    return SUBMISSION.encode() + b"\n" + payload_sha256 + statement_sha256


def entry_bytes(
    payload: Mapping[str, Any],
    payload_sha256: bytes,
    statement: Factor,
    statement_sha256: bytes,
    statement_signature: bytes | None,
    officer_signature: bytes,
) -> bytes:
    """The ledger entry: hashes and public data, nothing biometric.

    `statement_signature` is the terminal's, or None where the factor is WebAuthn.
    """
    signed = {} if statement_signature is None else {"statement_signature": statement_signature}
    return flat(
        {
            "v": ENTRY,
            "payload_sha256": payload_sha256.hex(),
            "schema": payload["schema"],
            "agency": payload["agency"],
            "time": payload["time"],
            "certificate_sha256": statement.certificate_sha256,
            "officer_signature": encode(officer_signature),
            "statement_sha256": statement_sha256.hex(),
            **{name: encode(data) for name, data in signed.items()},
            **statement.factor,
        }
    )
