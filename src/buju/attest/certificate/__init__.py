"""Certificates: who may sign, checked at a trusted time. Needs `cryptography` alone.

`sm` (extra `[sm]`), `tokens` (extra `[pkcs11]`), `webauthn` and `timestamps` load when used.
"""

from buju.attest.certificate.authority import Authority
from buju.attest.certificate.chain import check_chain, read_certificates
from buju.attest.certificate.keys import (
    FileKey,
    Signer,
    certificate_name,
    key_of,
    verify_signature,
)
from buju.attest.certificate.revocation import Revocation, check_revocation

__all__ = [
    "Authority",
    "FileKey",
    "Revocation",
    "Signer",
    "certificate_name",
    "check_chain",
    "check_revocation",
    "key_of",
    "read_certificates",
    "verify_signature",
]
