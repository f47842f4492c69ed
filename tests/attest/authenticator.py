"""A small software authenticator: one P-256 key, a counter, no attestation."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """Answers `create` and `get` as a browser would; `flags` and `step` make it misbehave."""

    def __init__(self, site: str = "example.com", origin: str = "https://example.com") -> None:
        self.site, self.origin = site, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.identity = b"credential-000001"
        self.counter, self.step, self.flags = 0, 1, PRESENT | VERIFIED

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        head = hashlib.sha256(self.site.encode()).digest() + bytes([flags])
        return head + self.counter.to_bytes(4, "big") + more

    def _client(self, kind: str, challenge: str, **more: Any) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | more).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        name = url64(self.identity)
        parts = {key: url64(data) for key, data in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})

    def create(self, options: str) -> str:
        wanted = json.loads(options)
        assert wanted["rp"]["id"] == self.site
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1}
        cose |= {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        more = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity
        data = self._data(self.flags | ATTESTED, more + cbor2.dumps(cose))
        whole = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", wanted["challenge"])
        return self._answer({"attestationObject": whole, "clientDataJSON": client})

    def get(self, challenge: bytes | str, **said: Any) -> str:
        self.counter += self.step
        text = challenge if isinstance(challenge, str) else url64(challenge)
        data, client = self._data(self.flags), self._client("webauthn.get", text, **said)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"authenticatorData": data, "clientDataJSON": client, "signature": signature}
        )
