"""SM2 signatures with SM3 (GB/T 32918, RFC 8998's identifier), as the extra `[sm]`.

`cryptography` reads such certificates and lists but not their keys, so key and signature are taken
out of the DER here. The ledger, statements and payload hashes stay SHA-256 with an SM2 officer. No
claim is made that this satisfies any rule on commercial cryptography.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from buju.attest.refusal import refusal
from buju.errors import missing_extra

SM2_WITH_SM3 = "1.2.156.10197.1.501"
IDENTIFIER = b"1234567812345678"
_CURVE = bytes.fromhex("06082a811ccf5501822d")  # OBJECT IDENTIFIER 1.2.156.10197.1.301
_HALF = 32


@dataclass(frozen=True)
class Sm2Key:
    """An SM2 public key: the point as 65 bytes, uncompressed."""

    point: bytes


class Sm2Signer:
    """An officer's SM2 key in memory, with its certificates; a `keys.Signer`."""

    def __init__(self, private_key: bytes, certificates: Sequence[x509.Certificate]) -> None:
        self._private_key, self._certificates = private_key, list(certificates)

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The officer's certificate, then its issuers."""
        return list(self._certificates)

    def sign(self, message: bytes) -> bytes:
        """SM2 with SM3, DER."""
        return sm2_sign(self._private_key, message)

    def __repr__(self) -> str:
        return "Sm2Signer(…)"


def sm2_sign(private_key: bytes, message: bytes) -> bytes:
    """A DER signature over `message`; `private_key` is 32 bytes.

    Raises
    ------
    MissingExtra
        The extra `[sm]` is not installed.
    """
    raw = _sm2()(private_key, uid=IDENTIFIER).sign(message)
    return encode_dss_signature(
        int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
    )


def sm2_verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a DER signature holds; `public_key` is 65 bytes, uncompressed."""
    maker = _sm2()
    try:
        r, s = decode_dss_signature(signature)
        raw = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
        return bool(maker(pk=public_key, uid=IDENTIFIER).verify(message, raw))
    except (ValueError, OverflowError):
        return False


def sm2_public_key(certificate: x509.Certificate) -> bytes:
    """The SM2 point of a certificate, 65 bytes.

    Raises
    ------
    Refused
        `cert-malformed` when the key is no SM2 key.
    """
    tbs = next(_parts(certificate.tbs_certificate_bytes))[1]
    # version [0], serial, signature, issuer, validity, subject, then the key
    fields = [body for tag, body in _parts(tbs) if tag != 0xA0]
    algorithm, key = list(_parts(fields[5]))
    if _CURVE not in algorithm[1] or key[1][:2] != b"\x00\x04" or len(key[1]) != 66:
        raise refusal("cert-malformed", "no SM2 key")
    return key[1][1:]


def sm2_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether an SM2 issuer's signature on a certificate holds (names are compared too)."""
    if certificate.issuer != issuer.subject:
        return False
    return _signed(certificate, certificate.tbs_certificate_bytes, issuer)


def sm2_listed(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether an SM2 issuer's signature on a revocation list holds."""
    return _signed(one, one.tbs_certlist_bytes, issuer)


def _signed(
    one: x509.Certificate | x509.CertificateRevocationList, body: bytes, issuer: x509.Certificate
) -> bool:
    if one.signature_algorithm_oid.dotted_string != SM2_WITH_SM3:
        return False
    return sm2_verify(sm2_public_key(issuer), one.signature, body)


def _sm2() -> Any:
    try:
        from gmalglib.sm2 import SM2  # type: ignore[import-untyped]
    except ImportError:
        raise missing_extra("sm", "SM2 signatures") from None
    return SM2


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each DER element in `data`, one after another."""
    place = 0
    while place < len(data):
        tag, length, start = data[place], data[place + 1], place + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[start : start + count], "big")
            start += count
        if start + length > len(data):
            raise refusal("cert-malformed", "DER length")
        yield tag, data[start : start + length]
        place = start + length
