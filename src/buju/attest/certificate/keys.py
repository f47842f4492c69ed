"""Where an officer's private key lives: a PKCS#12 file, or a token (`tokens`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from buju.attest.refusal import refusal
from buju.errors import BujuError

FILE_LIMIT = 256 * 1024


class Signer(Protocol):
    """A private key that signs and never shows itself."""

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The officer's certificate, then its issuers."""
        ...

    def sign(self, message: bytes) -> bytes:
        """A detached signature: ECDSA with SHA-256 (DER) or Ed25519."""
        ...


class FileKey:
    """A key in a PKCS#12 file (RFC 7292), opened with its PIN."""

    def __init__(self, data: bytes, pin: str) -> None:
        if len(data) > FILE_LIMIT:
            raise refusal("size", f"PKCS#12 of {len(data)} bytes")
        try:
            key, leaf, above = pkcs12.load_key_and_certificates(data, pin.encode())
        except ValueError:
            raise refusal("pin") from None
        if key is None or leaf is None:
            raise refusal("key-missing")
        self._key: Any = key
        self._certificates = [leaf, *above]

    @classmethod
    def read(cls, path: Path, pin: str) -> FileKey:
        """Open the file at `path`."""
        return cls(path.read_bytes(), pin)

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The officer's certificate, then its issuers."""
        return list(self._certificates)

    def sign(self, message: bytes) -> bytes:
        """Sign with what the key's kind prescribes."""
        return sign_with(self._key, message)

    def __repr__(self) -> str:
        return "FileKey(…)"


def key_of(certificate: x509.Certificate) -> Any:
    """A certificate's public key; an `sm.Sm2Key` where it is one.

    Raises
    ------
    Refused
        `cert-weak-key` for a kind that nobody here can check.
    """
    try:
        return certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        pass
    from buju.attest.certificate.sm import Sm2Key, sm2_public_key

    try:
        return Sm2Key(sm2_public_key(certificate))
    except (BujuError, IndexError):
        raise refusal("cert-weak-key", certificate.subject.rfc4514_string()[:120]) from None


def whole_bits(data: bytes, signature: bytes) -> bool:
    """Whether the signature's bit string says 'no unused bits', the one spelling of whole bytes."""
    at = data.rfind(signature)
    return at > 0 and data[at - 1] == 0


def certificate_name(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate's DER, as hexadecimal text."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def pack_key(
    key: Any, certificate: x509.Certificate, above: list[x509.Certificate], pin: str
) -> bytes:
    """A PKCS#12 file of a key and its certificates, locked with a PIN."""
    lock = serialization.BestAvailableEncryption(pin.encode())
    return pkcs12.serialize_key_and_certificates(b"buju", key, certificate, above, lock)


def sign_with(key: Any, message: bytes) -> bytes:
    """ECDSA with SHA-256, Ed25519, or RSA PKCS #1 v1.5 with SHA-256, by the key's kind."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def verify_signature(public_key: Any, signature: bytes, message: bytes) -> bool:
    """Whether a detached signature holds; False for whatever cannot be one.

    Raises
    ------
    MissingExtra
        The key is an SM2 key and the extra `[sm]` is not installed.
    """
    from buju.attest.certificate.sm import Sm2Key, sm2_verify

    if isinstance(public_key, Sm2Key):
        return sm2_verify(public_key.point, signature, message)
    try:
        if isinstance(public_key, ed25519.Ed25519PublicKey):
            public_key.verify(signature, message)
        elif isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True
