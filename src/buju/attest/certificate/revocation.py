"""Revocation at a trusted time, by list (RFC 5280) or OCSP answer (RFC 6960); fails closed.

A certificate counts as revoked when its revocation date is not after the time in question. A key
compromise whose invalidity date lies before that time, while the revocation came later, leaves an
old entry valid and is flagged, so that a person looks at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from buju.attest.certificate.authority import moment
from buju.attest.certificate.keys import key_of, whole_bits
from buju.attest.certificate.sm import Sm2Key, sm2_listed
from buju.attest.refusal import refusal

LIST_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Revocation:
    """Flags for people, and which of the lists and OCSP answers (DER) spoke of the path."""

    flags: tuple[str, ...] = ()
    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


def check_revocation(
    path: Sequence[x509.Certificate],
    at: float,
    *,
    crls: Sequence[bytes] = (),
    ocsp_answers: Sequence[bytes] = (),
    seen: MutableMapping[str, int] | None = None,
    now: float | None = None,
) -> Revocation:
    """Was any certificate of a checked path revoked at `at`?

    Parameters
    ----------
    path
        Leaf to root, as `check_chain` returns it.
    at
        Trusted time, POSIX seconds.
    crls, ocsp_answers
        DER. Each certificate below the root needs one valid list of its issuer; a leaf may have
        an OCSP answer instead. Where both exist, both must agree that it stands.
    seen
        Highest CRLNumber by issuer (hex of the subject key identifier); read and raised. Pass
        something durable: it is what stops an old list from being handed in again.
    now
        When the lists are read. For an old entry a list issued later than `at` is the better
        witness, so a list must be current at `at` or at `now`.

    Raises
    ------
    Refused
        `cert-revoked`, `crl-missing`, `crl-stale`, `crl-signature`, `crl-rollback`,
        `crl-malformed`, `ocsp-stale`, `ocsp-signature`, `ocsp-unknown`.
    """
    flags: list[str] = []
    lists = [_read_list(one) for one in crls]
    answers = [_read_answer(one) for one in ocsp_answers]
    moments = [at] if now is None else [at, now]
    used: set[bytes] = set()
    for depth, (certificate, issuer) in enumerate(pairwise(path)):
        answered = False
        for data, answer in zip(ocsp_answers, answers, strict=True):
            if depth == 0 and _check_answer(answer, certificate, issuer, at, moments):
                answered = True
                used.add(data)
        own = [pair for pair in zip(crls, lists, strict=True) if pair[1].issuer == issuer.subject]
        if not own and not answered:
            raise refusal("crl-missing", issuer.subject.rfc4514_string()[:120])
        for data, one in own:
            _check_list(one, issuer, moments, seen)
            flags += _revoked_in(one, certificate, at)
            used.add(data)
    return Revocation(
        tuple(flags),
        tuple(one for one in crls if one in used),
        tuple(one for one in ocsp_answers if one in used),
    )


def _read_list(data: bytes) -> x509.CertificateRevocationList:
    if len(data) > LIST_LIMIT:
        raise refusal("size", f"revocation list of {len(data)} bytes")
    try:
        # Names, times and rows are parsed when they are first read: here, where that may fail.
        found = x509.load_der_x509_crl(data)
        _ = found.issuer, found.extensions, found.last_update_utc, found.next_update_utc
        _ = len(found), found.signature_algorithm_oid
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        raise refusal("crl-malformed") from None
    if not whole_bits(data, found.signature):
        raise refusal("crl-malformed", "signature")
    return found


def _check_list(
    one: x509.CertificateRevocationList,
    issuer: x509.Certificate,
    moments: Sequence[float],
    seen: MutableMapping[str, int] | None,
) -> None:
    try:
        key = key_of(issuer)
        sm2 = isinstance(key, Sm2Key)
        holds = sm2_listed(one, issuer) if sm2 else one.is_signature_valid(key)
        number = one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        raise refusal("crl-malformed", "CRLNumber") from None
    except (TypeError, UnsupportedAlgorithm, ValueError):
        holds, number = False, -1
    if not holds:
        raise refusal("crl-signature", issuer.subject.rfc4514_string()[:120])
    end = one.next_update_utc
    if end is None or not any(one.last_update_utc <= moment(at) <= end for at in moments):
        raise refusal("crl-stale", f"{one.last_update_utc} - {end}")
    if seen is not None:
        name = _identifier(key)
        if number < seen.get(name, -1):
            raise refusal("crl-rollback", f"{number} < {seen[name]}")
        seen[name] = number


def _identifier(key: Any) -> str:
    """SHA-1 of the public key's bits (RFC 5280, 4.2.1.2): a name for the issuer, no protection."""
    if isinstance(key, Sm2Key):
        return hashlib.sha1(key.point, usedforsecurity=False).hexdigest()
    return x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()


def _revoked_in(
    one: x509.CertificateRevocationList, certificate: x509.Certificate, at: float
) -> list[str]:
    try:
        row = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
    except ValueError:
        raise refusal("crl-malformed") from None
    if row is None:
        return []
    if row.revocation_date_utc <= moment(at):
        raise refusal("cert-revoked", str(row.revocation_date_utc))
    try:
        since = row.extensions.get_extension_for_class(x509.InvalidityDate).value
    except x509.ExtensionNotFound:
        return []
    return ["key-compromise-backdated"] if since.invalidity_date_utc <= moment(at) else []


def _read_answer(data: bytes) -> ocsp.OCSPResponse:
    if len(data) > LIST_LIMIT:
        raise refusal("size", f"OCSP answer of {len(data)} bytes")
    try:
        answer = ocsp.load_der_ocsp_response(data)
        if answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            _ = answer.this_update_utc, answer.next_update_utc, answer.certificate_status
            _ = answer.serial_number, answer.issuer_key_hash, answer.issuer_name_hash
            _ = answer.certificates, answer.signature_hash_algorithm, answer.hash_algorithm
            _ = answer.revocation_time_utc
    except (ValueError, UnsupportedAlgorithm):
        raise refusal("ocsp-unknown", "malformed") from None
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise refusal("ocsp-unknown", answer.response_status.name)
    if not whole_bits(data, answer.signature):
        raise refusal("ocsp-unknown", "signature")
    return answer


def _check_answer(
    answer: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: float,
    moments: Sequence[float],
) -> bool:
    """Whether the answer is about this certificate; refuses when it is and does not clear it."""
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, answer.hash_algorithm)
    asked = request.build()
    same = (answer.serial_number, answer.issuer_key_hash, answer.issuer_name_hash) == (
        asked.serial_number,
        asked.issuer_key_hash,
        asked.issuer_name_hash,
    )
    if not same:
        return False
    if not _responder_signed(answer, issuer, at):
        raise refusal("ocsp-signature")
    end = answer.next_update_utc
    if end is None or not any(answer.this_update_utc <= moment(t) <= end for t in moments):
        raise refusal("ocsp-stale", f"{answer.this_update_utc} - {end}")
    if answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise refusal("ocsp-unknown")
    when = answer.revocation_time_utc
    if answer.certificate_status is ocsp.OCSPCertStatus.REVOKED and (
        when is None or when <= moment(at)
    ):
        raise refusal("cert-revoked", str(when))
    return True


def _responder_signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate, at: float) -> bool:
    signers = [issuer]
    for one in answer.certificates:
        try:
            one.verify_directly_issued_by(issuer)
            purposes = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            continue
        in_time = one.not_valid_before_utc <= moment(at) <= one.not_valid_after_utc
        if ExtendedKeyUsageOID.OCSP_SIGNING in purposes and in_time:
            signers.append(one)
    return any(_signed_by(answer, one) for one in signers)


def _signed_by(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return algorithm.name not in {"md5", "sha1"}


def der(certificate: x509.Certificate) -> bytes:
    """The certificate's bytes, whose SHA-256 names it everywhere."""
    return certificate.public_bytes(serialization.Encoding.DER)
