"""What a receipt's reader checks beyond the log: hashes, both signatures, the certificate.

Needs `cryptography` alone; `buju.attest.verify` calls `open_receipt` for receipts in JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization

from buju.attest.certificate import (
    check_chain,
    check_revocation,
    read_certificates,
    verify_signature,
)
from buju.attest.protocol.messages import (
    RECEIPT,
    Statement,
    decode,
    entry_bytes,
    officer_message,
    statement_hash,
    statement_message,
)
from buju.attest.refusal import refusal

if TYPE_CHECKING:
    from buju.attest.ledger import Trust, Verified

_KEYS = {
    "format",
    "proof",
    "entry",
    "payload",
    "statement",
    "statement_signature",
    "officer_signature",
    "certificates",
    "crls",
    "ocsp",
    "timestamp",
}
RECEIPT_LIMIT = 8 * 1024 * 1024


def open_receipt(
    data: Mapping[str, Any],
    trust: Trust,
    *,
    crls: Sequence[bytes] = (),
    flags: list[str] | None = None,
) -> tuple[str, bytes, list[Callable[[Verified], None]]]:
    """The proof, the entry, and the checks that follow once the proof holds.

    Parameters
    ----------
    data
        The receipt, read from JSON.
    trust
        CA roots and terminal keys come from here, never from the receipt.
    crls
        Later revocation lists (DER) at the reader's hand, beside those in the receipt.
    flags
        Filled with what a person should look at, such as `key-compromise-backdated`.

    Raises
    ------
    Refused
        `receipt`, `malformed` when parts are missing or of another kind.
    """
    if data.get("format") != RECEIPT or not set(data) >= _KEYS:
        raise refusal("receipt", "format or fields")
    if not isinstance(data["proof"], str):
        raise refusal("receipt", "proof")
    for name in ("certificates", "crls", "ocsp"):
        listed = data[name]
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise refusal("receipt", name)
    entry = decode(data["entry"])

    def check(verified: Verified) -> None:
        _check(data, trust, entry, verified, crls, flags if flags is not None else [])

    return data["proof"], entry, [check]


def _check(
    data: Mapping[str, Any],
    trust: Trust,
    entry: bytes,
    verified: Verified,
    crls: Sequence[bytes],
    flags: list[str],
) -> None:
    payload, statement_data = decode(data["payload"]), decode(data["statement"])
    statement_signature = decode(data["statement_signature"])
    officer_signature = decode(data["officer_signature"])
    statement = Statement.parse(statement_data)
    p, name = hashlib.sha256(payload).digest(), statement_hash(statement_data)
    content = _content(payload)
    expected = entry_bytes(content, p, statement, name, statement_signature, officer_signature)
    if expected != entry or statement.payload_sha256 != p.hex():
        raise refusal("receipt", "entry, payload and statement differ")
    if statement.decision != "match":
        raise refusal("vein-mismatch")
    pem = trust.terminals.get(statement.terminal)
    if pem is None or not verify_signature(
        serialization.load_pem_public_key(pem.encode()),
        statement_signature,
        statement_message(statement_data),
    ):
        raise refusal("terminal")
    certificates = read_certificates(data["certificates"])
    if certificates[0].fingerprint(hashes.SHA256()).hex() != statement.certificate_sha256:
        raise refusal("identity-mismatch")
    at = verified.time if verified.time is not None else float(statement.issued)
    path = check_chain(certificates, read_certificates(trust.authorities), at)
    own = [decode(one) for one in data["crls"]]
    found = check_revocation(
        path, at, crls=own, ocsp_answers=[decode(one) for one in data["ocsp"]], now=statement.issued
    )
    flags += found.flags
    if crls:
        flags += _later(path, at, crls)
    if not verify_signature(
        certificates[0].public_key(), officer_signature, officer_message(p, name)
    ):
        raise refusal("signature")
    _check_timestamp(data, trust, verified)


def _later(path: Sequence[Any], at: float, crls: Sequence[bytes]) -> tuple[str, ...]:
    """A list issued after the entry: revoked later leaves the entry valid, and may flag it."""
    from cryptography import x509

    newest = max(x509.load_der_x509_crl(one).last_update_utc.timestamp() for one in crls)
    return check_revocation(path, at, crls=crls, now=newest).flags


def _content(payload: bytes) -> dict[str, Any]:
    import json

    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        raise refusal("receipt", "payload") from None
    names = ("schema", "agency", "time")
    if not isinstance(content, dict) or not all(isinstance(content.get(n), str) for n in names):
        raise refusal("receipt", "payload")
    return content


def _check_timestamp(data: Mapping[str, Any], trust: Trust, verified: Verified) -> None:
    """An RFC 3161 token counts where the trust file names its authority; else it is not read."""
    roots = trust.more.get("timestamp_roots", ())
    if data["timestamp"] is None or not roots:
        return
    from buju.attest.certificate.timestamps import check_timestamp

    body = data.get("timestamped")
    if not isinstance(body, str):
        raise refusal("timestamp")
    stamped = check_timestamp(decode(data["timestamp"]), body.encode(), list(roots))
    if verified.time is not None and stamped.timestamp() > verified.time + 300:
        raise refusal("clock", f"{datetime.isoformat(stamped)}")
