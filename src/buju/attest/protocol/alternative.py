"""The WebAuthn factor as server and offline reader check it alike. Needs `cryptography` alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from buju.attest.certificate.webauthn import Assertion, check_assertion, credential_of
from buju.attest.protocol.messages import Alternative
from buju.attest.refusal import refusal


def check_alternative(
    statement: Alternative, assertion: str, p: bytes, more: Mapping[str, Any]
) -> Assertion:
    """What an assertion shows for a payload with SHA-256 `p`; its counter is not compared.

    `more` is the trust file's: the credential's key comes from there alone, and it must belong to
    the certificate that the statement names.
    """
    credential = credential_of(more, statement.credential)
    if credential.certificate_sha256 != statement.certificate_sha256:
        raise refusal("identity-mismatch", "WebAuthn credential")
    if hashlib.sha256(assertion.encode()).hexdigest() != statement.assertion_sha256:
        raise refusal("webauthn", "the statement names another assertion")
    return check_assertion(assertion, p, credential)
