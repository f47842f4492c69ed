"""WebAuthn as an alternative second factor: always labelled so, never as the vein factor.

User verification means a PIN or some biometric of the device; it proves no vein. The challenge is
the payload hash, so an assertion covers one payload. Extra `[webauthn]`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from buju.attest.refusal import refusal
from buju.errors import missing_extra

LABEL = "webauthn (alternative second factor; not a vein)"


@dataclass(frozen=True)
class Credential:
    """A registered authenticator: public key (COSE) and the last counter seen."""

    public_key: bytes
    counter: int
    site: str
    origin: str


@dataclass(frozen=True)
class Assertion:
    """What held: the label that goes on every record, and the counter to store."""

    label: str
    counter: int


def check_assertion(response: str, payload_sha256: bytes, credential: Credential) -> Assertion:
    """Check an assertion (JSON of the browser's answer) over one payload hash.

    Raises
    ------
    Refused
        `webauthn`: another payload, a replayed counter, no user verification, a wrong signature.
    """
    try:
        import webauthn
        from webauthn.helpers.exceptions import WebAuthnException
    except ImportError:
        raise missing_extra("webauthn", "WebAuthn") from None
    if len(response) > 64 * 1024:
        raise refusal("size", "WebAuthn answer")
    try:
        found = webauthn.verify_authentication_response(
            credential=json.loads(response),
            expected_challenge=payload_sha256,
            expected_rp_id=credential.site,
            expected_origin=credential.origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=credential.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refusal("webauthn", type(error).__name__) from None
    return Assertion(LABEL, found.new_sign_count)
