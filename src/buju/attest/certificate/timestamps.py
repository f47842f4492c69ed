"""Trusted time from an authority outside: RFC 3161 tokens over a checkpoint."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from buju.attest.refusal import refusal
from buju.errors import missing_extra

TOKEN_LIMIT = 64 * 1024


def request(message: bytes) -> bytes:
    """A time-stamp query for SHA-256 of `message`, DER, to send to an authority."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError:
        raise missing_extra("attest", "RFC 3161 time stamps") from None
    builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).build().as_bytes()


def ask(url: str, message: bytes, timeout: float = 5.0) -> bytes:
    """The answer (DER) of an authority at an http or https address (RFC 3161, section 3.4).

    Raises
    ------
    Refused
        `timestamp` when the authority is not reached or answers anything but a time stamp.
    """
    if not url.startswith(("http://", "https://")):
        raise refusal("timestamp", "the authority's address is http:// or https://")
    kind = "application/timestamp-query"
    asked = urllib.request.Request(url, request(message), {"Content-Type": kind})
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            found: bytes = answer.read(TOKEN_LIMIT + 1)
    except (OSError, http.client.HTTPException) as wrong:
        raise refusal("timestamp", type(wrong).__name__) from None
    if len(found) > TOKEN_LIMIT:
        raise refusal("size", "time stamp")
    return found


def check_timestamp(
    response: bytes, message: bytes, roots: Sequence[str], *, not_before: float | None = None
) -> datetime:
    """The time at which an authority saw `message`.

    Parameters
    ----------
    response
        The authority's answer (DER of a TimeStampResp).
    roots
        PEM of the authorities the trust file names.
    not_before
        POSIX seconds of what is stamped: a token older than that is refused.

    Raises
    ------
    Refused
        `timestamp`, `timestamp-old`, `size`.
    """
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise missing_extra("attest", "RFC 3161 time stamps") from None
    if len(response) > TOKEN_LIMIT:
        raise refusal("size", "time stamp")
    builder = VerifierBuilder()
    for pem in roots:
        builder = builder.add_root_certificate(x509.load_pem_x509_certificate(pem.encode()))
    try:
        decoded = decode_timestamp_response(response)
        builder.build().verify_message(decoded, message)
    except (VerificationError, ValueError) as error:
        raise refusal("timestamp", type(error).__name__) from None
    stamped: datetime = decoded.tst_info.gen_time
    if not_before is not None and stamped.timestamp() < int(not_before):
        raise refusal("timestamp-old", stamped.isoformat())
    return stamped
