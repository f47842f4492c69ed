"""WebAuthn as an alternative second factor: always labelled so, never as the vein factor.

User verification means a PIN or some biometric of the device; it proves no vein. The challenge is
the payload's SHA-256, so an assertion covers one payload. Checking needs `cryptography` alone, as
an offline reader does; registering a credential needs the extra `[webauthn]`.

References
----------
W3C, Web Authentication Level 2, sections 5.8.1, 6.1, 7.1 and 7.2.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from buju.attest import shallow
from buju.attest.certificate.keys import verify_signature
from buju.attest.refusal import refusal
from buju.errors import missing_extra

ANSWER_LIMIT = 16 * 1024
_PRESENT, _VERIFIED, _HEAD = 0x01, 0x04, 37  # flags; SHA-256 of the site, flags, counter


@dataclass(frozen=True)
class Credential:
    """A registered authenticator, as the trust file keeps it under the credential's id.

    `key` is PEM; `certificate_sha256` names the officer's certificate it belongs to; `site` is the
    relying party's id and `origin` the address of the page that asked.
    """

    key: str
    certificate_sha256: str
    site: str
    origin: str

    def fields(self) -> dict[str, str]:
        """Plain values for the trust file."""
        return asdict(self)


@dataclass(frozen=True)
class Assertion:
    """What held: the authenticator's counter, and SHA-256 (hexadecimal) of the bytes it signed."""

    counter: int
    signed_sha256: str


def credential_of(more: Mapping[str, Any], name: str) -> Credential:
    """The credential `name` of a trust file's `more`; keys inside a receipt are never used.

    Raises
    ------
    Refused
        `webauthn-unknown`.
    """
    rows = more.get("webauthn")
    row = rows.get(name) if isinstance(rows, dict) else None
    if not isinstance(row, dict) or set(row) != set(Credential.__dataclass_fields__):
        raise refusal("webauthn-unknown", name[:24])
    return Credential(**{field: str(value) for field, value in row.items()})


def check_assertion(response: str, challenge: bytes, credential: Credential) -> Assertion:
    """Check an assertion (JSON of the browser's answer) over one challenge.

    The counter is returned, not compared: only a server that remembers can do that.

    Raises
    ------
    Refused
        `webauthn-payload` for another challenge, `webauthn-unverified` without user verification,
        `webauthn` for another site or origin, a wrong signature, or an answer out of form.
    """
    answer = _answer(response)
    client, data, signature = (
        _bytes(answer.get(name)) for name in ("clientDataJSON", "authenticatorData", "signature")
    )
    said = _object(client)
    if said.get("type") != "webauthn.get" or said.get("crossOrigin", False) is not False:
        raise refusal("webauthn", "type")
    if said.get("challenge") != base64.urlsafe_b64encode(challenge).decode().rstrip("="):
        raise refusal("webauthn-payload")
    if said.get("origin") != credential.origin:
        raise refusal("webauthn", "origin")
    site = hashlib.sha256(credential.site.encode()).digest()
    if len(data) < _HEAD or data[:32] != site:
        raise refusal("webauthn", "site")
    if data[32] & (_PRESENT | _VERIFIED) != _PRESENT | _VERIFIED:
        raise refusal("webauthn-unverified")
    signed = data + hashlib.sha256(client).digest()
    try:
        key = serialization.load_pem_public_key(credential.key.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise refusal("webauthn", "key in the trust file") from None
    if not verify_signature(key, signature, signed):
        raise refusal("webauthn", "signature")
    return Assertion(int.from_bytes(data[33:37], "big"), hashlib.sha256(signed).hexdigest())


def creation_options(name: str, challenge: bytes, site: str) -> str:
    """JSON for `navigator.credentials.create`, asking for user verification and no attestation."""
    webauthn = _library()
    needed = webauthn.helpers.structs.UserVerificationRequirement.REQUIRED
    selection = webauthn.helpers.structs.AuthenticatorSelectionCriteria(user_verification=needed)
    options = webauthn.generate_registration_options(
        rp_id=site,
        rp_name=site,
        user_name=name,
        user_id=hashlib.sha256(name.encode()).digest(),
        challenge=challenge,
        authenticator_selection=selection,
        supported_pub_key_algs=_algorithms(webauthn),
    )
    text: str = webauthn.options_to_json(options)
    return text


def request_options(challenge: bytes, site: str, credential: str) -> str:
    """JSON for `navigator.credentials.get` over one payload hash."""
    return json.dumps(
        {
            "challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "rpId": site,
            "allowCredentials": [
                {
                    "type": "public-key",
                    "id": base64.urlsafe_b64encode(bytes.fromhex(credential)).decode().rstrip("="),
                }
            ],
            "userVerification": "required",
        },
        indent=1,
    )


def registered(
    response: str, challenge: bytes, *, site: str, origin: str, certificate_sha256: str
) -> tuple[str, Credential]:
    """Id and credential of a registration answer (JSON); who made the device is not asked.

    Raises
    ------
    Refused
        `webauthn` when the answer does not hold for this challenge, site and origin.
    MissingExtra
        The extra `[webauthn]` is not installed.
    """
    webauthn = _library()
    _answer(response)
    try:
        found = webauthn.verify_registration_response(
            credential=shallow.loads(response),
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
            require_user_verification=True,
            supported_pub_key_algs=_algorithms(webauthn),
        )
        decoded = webauthn.helpers.decode_credential_public_key(found.credential_public_key)
        key = webauthn.helpers.decoded_public_key_to_cryptography(decoded)
    except (
        webauthn.helpers.exceptions.WebAuthnException,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise refusal("webauthn", type(error).__name__) from None
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    return found.credential_id.hex(), Credential(pem, certificate_sha256, site, origin)


def _library() -> Any:
    try:
        import webauthn
        import webauthn.helpers.exceptions
    except ImportError:
        raise missing_extra("webauthn", "registering a WebAuthn credential") from None
    return webauthn


def _algorithms(webauthn: Any) -> list[Any]:
    kinds = webauthn.helpers.cose.COSEAlgorithmIdentifier
    return [kinds.ECDSA_SHA_256, kinds.EDDSA]


def _answer(response: str) -> dict[str, Any]:
    if len(response) > ANSWER_LIMIT:
        raise refusal("size", "WebAuthn answer")
    found = _object(response.encode("utf-8", "replace")).get("response")
    if not isinstance(found, dict):
        raise refusal("webauthn", "response")
    return found


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = shallow.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise refusal("webauthn", "JSON")
    return found


def _bytes(text: object) -> bytes:
    """Base64url without padding, in its one spelling."""
    if not isinstance(text, str):
        raise refusal("webauthn", "base64url")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refusal("webauthn", "base64url") from None
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise refusal("webauthn", "base64url")
    return data
