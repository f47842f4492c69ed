"""An own certification authority, for tests and small sites without another one.

Keys are ECDSA P-256. The authority's own key stays in memory or in an encrypted PKCS#8 file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OFFICER = ExtendedKeyUsageOID.CLIENT_AUTH


def moment(seconds: float) -> datetime:
    """POSIX seconds as an aware UTC time, whole seconds.

    >>> moment(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(int(seconds), UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


_USAGE = dict.fromkeys(
    [
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    ],
    False,
)


@dataclass
class Authority:
    """A CA that issues officers' certificates, revocation lists and OCSP answers."""

    key: Any
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()
    revoked: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)
    number: int = 0

    @classmethod
    def create(
        cls, name: str, at: float, *, days: int = 3650, path: int | None = None
    ) -> Authority:
        """A new root that is valid from `at` (POSIX seconds) for `days`."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _build(
            _name(name), _name(name), key.public_key(), key, moment(at), days, ca=True, path=path
        )
        return cls(key, certificate)

    def subordinate(
        self, name: str, at: float, *, days: int = 1825, path: int | None = 0
    ) -> Authority:
        """A CA below this one."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.issue(name, key.public_key(), at, days=days, ca=True, path=path)
        return Authority(key, certificate, (self.certificate, *self.above))

    def issue(
        self,
        name: str,
        public_key: Any,
        at: float,
        *,
        days: float = 730,
        ca: bool = False,
        path: int | None = None,
        purposes: Sequence[x509.ObjectIdentifier] = (OFFICER,),
        hash_algorithm: Any = None,
    ) -> x509.Certificate:
        """A certificate for a public key; for officers unless `ca` or `purposes` say otherwise."""
        return _build(
            _name(name),
            self.certificate.subject,
            public_key,
            self.key,
            moment(at),
            days,
            ca=ca,
            path=path,
            purposes=() if ca else purposes,
            hash_algorithm=hash_algorithm,
            issuer_public_key=self.key.public_key(),
        )

    def revoke(self, serial: int, at: float, *, invalid_since: float | None = None) -> None:
        """Enter a certificate in the next list; `invalid_since` dates a key's compromise."""
        since = moment(invalid_since) if invalid_since is not None else None
        self.revoked[serial] = (moment(at), since)

    def crl(self, at: float, *, days: float = 7, number: int | None = None) -> bytes:
        """The revocation list as of `at`, DER; its number grows by one each time."""
        self.number = self.number + 1 if number is None else number
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(moment(at))
            .next_update(moment(at) + timedelta(days=days))
            .add_extension(x509.CRLNumber(self.number), critical=False)
        )
        for serial, (when, since) in self.revoked.items():
            row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
            if since is not None:
                compromise = x509.CRLReason(x509.ReasonFlags.key_compromise)
                row = row.add_extension(compromise, critical=False)
                invalid = x509.InvalidityDate(since.replace(tzinfo=None))
                row = row.add_extension(invalid, critical=False)
            builder = builder.add_revoked_certificate(row.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def ocsp(self, certificate: x509.Certificate, at: float, *, hours: float = 24) -> bytes:
        """An OCSP answer about one certificate, DER, signed by the authority itself."""
        when, _ = self.revoked.get(certificate.serial_number, (None, None))
        status = ocsp.OCSPCertStatus.GOOD if when is None else ocsp.OCSPCertStatus.REVOKED
        answer = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=self.certificate,
                algorithm=hashes.SHA256(),
                cert_status=status,
                this_update=moment(at),
                next_update=moment(at) + timedelta(hours=hours),
                revocation_time=when,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
            .sign(self.key, hashes.SHA256())
        )
        return answer.public_bytes(serialization.Encoding.DER)

    def stored(self, secret: bytes) -> dict[str, Any]:
        """What a file needs to bring this authority back; the key is encrypted with `secret`."""
        pem = serialization.Encoding.PEM
        locked = self.key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(secret),
        )
        revoked = {
            str(serial): [when.timestamp(), since.timestamp() if since else None]
            for serial, (when, since) in self.revoked.items()
        }
        return {
            "key": locked.decode(),
            "certificate": self.certificate.public_bytes(pem).decode(),
            "above": [one.public_bytes(pem).decode() for one in self.above],
            "revoked": revoked,
            "number": self.number,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any], secret: bytes) -> Authority:
        """The inverse of `stored`."""
        revoked = {
            int(serial): (moment(when), moment(since) if since is not None else None)
            for serial, (when, since) in stored["revoked"].items()
        }
        return cls(
            serialization.load_pem_private_key(stored["key"].encode(), secret),
            x509.load_pem_x509_certificate(stored["certificate"].encode()),
            tuple(x509.load_pem_x509_certificate(one.encode()) for one in stored["above"]),
            revoked,
            stored["number"],
        )


def _build(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: Any,
    signing_key: Any,
    start: datetime,
    days: float,
    *,
    ca: bool,
    path: int | None = None,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    hash_algorithm: Any = None,
    issuer_public_key: Any = None,
) -> x509.Certificate:
    usage = x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **_USAGE)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public_key or public_key),
            critical=False,
        )
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(signing_key, hash_algorithm or hashes.SHA256())
