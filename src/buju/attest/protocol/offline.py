"""What a receipt's reader checks beyond the log: hashes, both signatures, the certificate.

Needs `cryptography` alone; `buju.attest.verify` calls `open_receipt` for receipts in JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization

from buju.attest import shallow
from buju.attest.certificate import (
    certificate_name,
    check_chain,
    check_revocation,
    key_of,
    read_certificates,
    verify_signature,
)
from buju.attest.ledger.receipt import CLOCK_SKEW
from buju.attest.protocol.alternative import check_alternative
from buju.attest.protocol.messages import (
    ALTERNATIVE,
    GENERATED,
    LABEL,
    RECEIPT,
    Alternative,
    Factor,
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
    stamps: list[float] | None = None,
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
        Filled with what a person should look at, such as `key-compromise-backdated`,
        or `generated-finger`: a program made the finger, so no person is behind the receipt.
    stamps
        Filled with the time of an RFC 3161 stamp that was checked, POSIX seconds.

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
        _check(data, trust, entry, verified, crls, flags if flags is not None else [], stamps)

    return data["proof"], entry, [check]


def _check(
    data: Mapping[str, Any],
    trust: Trust,
    entry: bytes,
    verified: Verified,
    crls: Sequence[bytes],
    flags: list[str],
    stamps: list[float] | None,
) -> None:
    payload = decode(data["payload"])
    officer_signature = decode(data["officer_signature"])
    p = hashlib.sha256(payload).digest()
    statement, name, statement_signature = _factor(data, trust, p)
    content = _content(payload)
    expected = entry_bytes(content, p, statement, name, statement_signature, officer_signature)
    if expected != entry or statement.payload_sha256 != p.hex():
        raise refusal("receipt", "entry, payload and statement differ")
    certificates = read_certificates(data["certificates"])
    if certificate_name(certificates[0]) != statement.certificate_sha256:
        raise refusal("identity-mismatch")
    stamped = None
    if data["timestamp"] is not None and trust.more.get("timestamp_roots"):
        stamped = check_stamp(data, trust, entry)
        if stamps is not None:
            stamps.append(stamped)
    # Witnesses' time first; a stamp says when the entry stood at the latest; else the statement's.
    times = [t for t in (verified.time, stamped) if t is not None]
    at = float(times[0] if times else statement.issued)
    path = check_chain(certificates, read_certificates(trust.authorities), at)
    own = [decode(one) for one in data["crls"]]
    found = check_revocation(
        path, at, crls=own, ocsp_answers=[decode(one) for one in data["ocsp"]], now=statement.issued
    )
    if len(found.lists) != len(own) or len(found.answers) != len(data["ocsp"]):
        raise refusal("receipt", "a revocation list or OCSP answer of another certificate")
    flags += found.flags
    if isinstance(statement, Statement) and statement.algorithm.endswith(GENERATED):
        flags.append("generated-finger")
    if crls:
        flags += _later(path, at, crls)
    if not verify_signature(key_of(certificates[0]), officer_signature, officer_message(p, name)):
        raise refusal("signature")


def _factor(data: Mapping[str, Any], trust: Trust, p: bytes) -> tuple[Factor, bytes, bytes | None]:
    """The second factor's statement, its name, and the terminal's signature if there is one."""
    raw = decode(data["statement"])
    if "assertion" in data:
        other = Alternative.parse(raw)
        if data.get("second_factor") != LABEL or not isinstance(data["assertion"], str):
            raise refusal("receipt", "second_factor")
        if data["statement_signature"] is not None:
            raise refusal("receipt", "one second factor, not two")
        check_alternative(other, data["assertion"], p, trust.more)
        return other, statement_hash(raw, ALTERNATIVE), None
    statement, signature = Statement.parse(raw), decode(data["statement_signature"])
    if "second_factor" in data:
        raise refusal("receipt", "second_factor")
    if statement.decision != "match":
        raise refusal("vein-mismatch")
    pem = trust.terminals.get(statement.terminal)
    if pem is None or not verify_signature(
        serialization.load_pem_public_key(pem.encode()), signature, statement_message(raw)
    ):
        raise refusal("terminal")
    return statement, statement_hash(raw), signature


def _later(path: Sequence[Any], at: float, crls: Sequence[bytes]) -> tuple[str, ...]:
    """A list issued after the entry: revoked later leaves the entry valid, and may flag it."""
    from cryptography import x509

    newest = max(x509.load_der_x509_crl(one).last_update_utc.timestamp() for one in crls)
    return check_revocation(path, at, crls=crls, now=newest).flags


def _content(payload: bytes) -> dict[str, Any]:
    try:
        content = shallow.loads(payload)
    except (ValueError, RecursionError):
        raise refusal("receipt", "payload") from None
    names = ("schema", "agency", "time")
    if not isinstance(content, dict) or not all(isinstance(content.get(n), str) for n in names):
        raise refusal("receipt", "payload")
    return content


def check_stamp(data: Mapping[str, Any], trust: Trust, entry: bytes) -> float:
    """POSIX seconds of a receipt's RFC 3161 stamp, under the authorities the trust file names.

    `timestamped` is a `.tlog-proof` of the same entry; the stamp covers its checkpoint's text, so
    the entry stood in the log at that time at the latest.

    Raises
    ------
    Refused
        `timestamp`; `timestamp-old` where the stamp lies more than 300 s before the statement.
    LedgerRefused
        The proof does not hold for this entry.
    """
    from buju.attest.certificate.timestamps import check_timestamp
    from buju.attest.ledger import verify_receipt

    roots = trust.more.get("timestamp_roots")
    if not isinstance(roots, list) or not roots:
        raise refusal("timestamp", "the trust file names no authority")
    proof = data.get("timestamped")
    if not isinstance(proof, str):
        raise refusal("timestamp", "timestamped")
    found = verify_receipt(proof, trust, entry=entry)
    body = found.note.rpartition("\n\n")[0] + "\n"
    kind = Alternative if "assertion" in data else Statement
    issued = kind.parse(decode(data["statement"])).issued
    stamped = check_timestamp(
        decode(data["timestamp"]), body.encode(), roots, not_before=issued - CLOCK_SKEW
    )
    return stamped.timestamp()
