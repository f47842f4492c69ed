"""Is this certificate an officer's, under a CA we trust, at a given time? (RFC 5280, section 6)

Own policy checks, so that each reason for a refusal has its own code. `cryptography` verifies
every signature. Certificates and lists longer than 64 KiB and 4 MiB are refused unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from buju.attest.certificate.authority import moment
from buju.attest.certificate.keys import key_of, whole_bits
from buju.attest.certificate.sm import SM2_WITH_SM3, Sm2Key, sm2_issued
from buju.attest.refusal import refusal

CERTIFICATE_LIMIT = 64 * 1024
CHAIN_LIMIT = 5
_UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
_BROKEN = {"md5", "sha1"}


def read_certificates(sources: Sequence[str | bytes]) -> list[x509.Certificate]:
    """Certificates from PEM or DER, leaf first; refuses what is too long before parsing it.

    Raises
    ------
    Refused
        `cert-missing` for none, `size` above 64 KiB each or 5 in all, `cert-malformed`.
    """
    if not sources:
        raise refusal("cert-missing")
    if len(sources) > CHAIN_LIMIT:
        raise refusal("size", f"{len(sources)} certificates")
    return [_read(one) for one in sources]


def _read(source: str | bytes) -> x509.Certificate:
    if len(source) > CERTIFICATE_LIMIT:
        raise refusal("size", f"certificate of {len(source)} bytes")
    try:
        data = source.encode("ascii") if isinstance(source, str) else source
        if data.lstrip().startswith(b"-----"):
            certificate = x509.load_pem_x509_certificate(data)
        else:
            certificate = x509.load_der_x509_certificate(data)
        # Parsed when first read: here, where that may fail.
        _ = certificate.extensions, certificate.issuer, certificate.subject
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc, certificate.version
    except (
        ValueError,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        UnsupportedAlgorithm,
        CryptographyDeprecationWarning,  # where warnings are errors
    ) as error:
        raise refusal("cert-malformed", type(error).__name__) from None
    if certificate.serial_number <= 0:
        raise refusal("cert-malformed", "serial number")
    der = certificate.public_bytes(serialization.Encoding.DER)
    if not whole_bits(der, certificate.signature):
        raise refusal("cert-malformed", "signature")
    return certificate


def check_chain(
    certificates: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: float,
    *,
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
) -> list[x509.Certificate]:
    """The path from an officer's certificate to a trusted root, checked at one time.

    Parameters
    ----------
    certificates
        Leaf first, then its issuers; the root may be left out.
    roots
        The CAs of the trust file. A root that stands only in `certificates` is never trusted.
    at
        POSIX seconds of the trusted time, not of today.
    purpose
        Extended key usage that the leaf must name.

    Returns
    -------
    list of certificates
        Leaf, issuers, root. Revocation is a question of its own: `check_revocation`.

    Raises
    ------
    Refused
        One code a reason: `cert-expired`, `cert-not-yet-valid`, `cert-eku`, `cert-usage`,
        `cert-ca-leaf`, `cert-not-ca`, `cert-other-ca`, `cert-self-signed`, `cert-path-length`,
        `cert-weak-key`, `cert-hash`, `cert-signature`, `cert-critical`.
    """
    if not certificates:
        raise refusal("cert-missing")
    path = _path(certificates, roots)
    leaf = path[0]
    for certificate in path:
        _check_strength(certificate)
        _check_critical(certificate)
    for below, above in pairwise(path):
        _check_signed(below, above)
    for depth, certificate in enumerate(path[1:]):
        _check_issuer(certificate, depth)
    _check_leaf(leaf, purpose)
    for certificate in path:
        _check_time(certificate, at)
    return path


def _path(
    certificates: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    trusted, path = list(roots), [certificates[0]]
    pool = list(certificates[1:])
    if certificates[0].issuer == certificates[0].subject and certificates[0] not in trusted:
        raise refusal("cert-self-signed", _named(certificates[0]))
    while path[-1] not in trusted:
        found = _issuer_among(path[-1], trusted) or _issuer_among(path[-1], pool)
        if found is None or found in path:
            raise refusal("cert-other-ca", _named(path[-1]))
        path.append(found)
    return path


def _issuer_among(
    certificate: x509.Certificate, candidates: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    named = [one for one in candidates if one.subject == certificate.issuer]
    # Two CAs may share a name; the one whose key signed is meant, else the first, to be refused.
    signed = [one for one in named if _signs(one, certificate)]
    wanted = _key_identifier(certificate)
    if not signed and wanted is not None:
        named = [one for one in named if _own_identifier(one) in (None, wanted)]
    found = signed or named
    return found[0] if found else None


def _signs(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if isinstance(key_of(issuer), Sm2Key):
        return sm2_issued(certificate, issuer)
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.key_identifier


def _own_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.digest


def _named(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()[:120]


def _check_signed(below: x509.Certificate, above: x509.Certificate) -> None:
    if not _signs(above, below):
        raise refusal("cert-signature", _named(below))


def _check_strength(certificate: x509.Certificate) -> None:
    if certificate.signature_algorithm_oid.dotted_string != SM2_WITH_SM3:
        try:
            algorithm = certificate.signature_hash_algorithm
        except UnsupportedAlgorithm:
            raise refusal("cert-hash", certificate.signature_algorithm_oid.dotted_string) from None
        if algorithm is not None and algorithm.name in _BROKEN:
            raise refusal("cert-hash", algorithm.name)
    if not strong(key_of(certificate)):
        raise refusal("cert-weak-key", _named(certificate))


def strong(key: object) -> bool:
    """Whether a public key is of a kind and size that may sign."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= 2048
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1)
    return isinstance(key, ed25519.Ed25519PublicKey | Sm2Key)


def _check_critical(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise refusal("cert-critical", extension.oid.dotted_string)


def _check_issuer(certificate: x509.Certificate, depth: int) -> None:
    """`depth`: how many CA certificates stand between this one and the leaf."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        raise refusal("cert-not-ca", _named(certificate)) from None
    if not constraints.ca:
        raise refusal("cert-not-ca", _named(certificate))
    usage = _usage(certificate)
    if usage is not None and not usage.key_cert_sign:
        raise refusal("cert-not-ca", _named(certificate))
    if constraints.path_length is not None and depth > constraints.path_length:
        raise refusal("cert-path-length", _named(certificate))


def _check_leaf(leaf: x509.Certificate, purpose: x509.ObjectIdentifier) -> None:
    extensions = leaf.extensions
    try:
        if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise refusal("cert-ca-leaf", _named(leaf))
    except x509.ExtensionNotFound:
        pass
    usage = _usage(leaf)
    if usage is None or not usage.digital_signature:
        raise refusal("cert-usage", _named(leaf))
    try:
        purposes = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = []
    if purpose not in purposes:
        raise refusal("cert-eku", _named(leaf))


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _check_time(certificate: x509.Certificate, at: float) -> None:
    now = moment(at)
    if now > certificate.not_valid_after_utc:
        raise refusal("cert-expired", f"{_named(certificate)}, {certificate.not_valid_after_utc}")
    if now < certificate.not_valid_before_utc:
        raise refusal(
            "cert-not-yet-valid", f"{_named(certificate)}, {certificate.not_valid_before_utc}"
        )
