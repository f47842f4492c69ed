"""Names and keys of signers, in the spelling of signed notes.

A verifier key is `<name>+<key id>+<base64>`, where the base64 holds one byte for the kind of
signature and the public key; a signer key is `PRIVATE+KEY+<name>+<key id>+<base64>` with the seed
in place of the public key. The key id is the start of SHA-256(name, newline, kind, public key).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519

from buju.attest.ledger import base64
from buju.attest.ledger.refusals import LedgerRefused, malformed

ED25519, COSIGNATURE, COSIGNATURE_ML_DSA = 0x01, 0x04, 0x06
KINDS = {"log": ED25519, "witness": COSIGNATURE, "witness-ml-dsa-44": COSIGNATURE_ML_DSA}
_PUBLIC_BYTES = {ED25519: 32, COSIGNATURE: 32, COSIGNATURE_ML_DSA: 1312}


def _ml_dsa() -> Any:
    """The ML-DSA part of `cryptography`, which is there from version 46 or so on."""
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa
    except ImportError as missing:
        raise LedgerRefused(
            "key-kind",
            "ML-DSA-44 cosignatures need a newer `cryptography`; use kind 'witness' (Ed25519)",
            "ML-DSA-44 需要更新版本的 cryptography；请改用 kind='witness'（Ed25519）。",
        ) from missing
    return mldsa


@dataclass(frozen=True)
class Verifier:
    """Whose signatures are known: `name`, `kind` (one byte), public key bytes `public`."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that stand before every signature of this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.encode(bytes([self.kind]) + self.public)}"

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Whether the raw signature is this key's over the message."""
        try:
            if self.kind == COSIGNATURE_ML_DSA:
                _ml_dsa().MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key. Its `repr` shows the name alone."""

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @property
    def _private(self) -> Any:
        if self.kind == COSIGNATURE_ML_DSA:
            return _ml_dsa().MLDSA44PrivateKey.from_seed_bytes(self.seed)
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Raw signature over the message."""
        return bytes(self._private.sign(message))


@dataclass(frozen=True)
class KeyPair:
    """Both halves as text: `signer` is secret, `verifier` goes into trust files."""

    name: str
    signer: str = field(repr=False)
    verifier: str


def valid_name(name: str) -> bool:
    """Key names are not empty and hold no space, no plus and no control character."""
    return (
        0 < len(name) <= 255
        and name.isprintable()
        and not any(sign.isspace() or sign == "+" for sign in name)
    )


def generate_key(name: str, kind: str = "log", seed: bytes | None = None) -> KeyPair:
    """A new key pair; `kind` is log, witness or witness-ml-dsa-44.

    `seed` (32 bytes) fixes the key, for tests; leave it out otherwise.

    Raises
    ------
    LedgerRefused
        `key-malformed` for a name that cannot stand in a note, `key-kind` for an unknown kind.

    Examples
    --------
    >>> pair = generate_key("example.com/log", seed=bytes(32))
    >>> pair.verifier.split("+")[0], pair.signer.startswith("PRIVATE+KEY+example.com/log+")
    ('example.com/log', True)
    """
    if not valid_name(name):
        raise malformed("key", f"a name may hold no space and no plus: {name[:80]!r}")
    if kind not in KINDS:
        raise LedgerRefused("key-kind", f"no kind of key {kind!r}; there are {', '.join(KINDS)}")
    signer = Signer(name, KINDS[kind], os.urandom(32) if seed is None else seed)
    verifier = signer.verifier
    secret = base64.encode(bytes([signer.kind]) + signer.seed)
    return KeyPair(name, f"PRIVATE+KEY+{name}+{verifier.id.hex()}+{secret}", str(verifier))


def _parts(text: str, what: str) -> tuple[str, str, int, bytes]:
    # The message repeats nothing of the text: it may be a private key.
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    data = base64.decode(encoded) if len(encoded) < 4096 else None
    if not valid_name(name) or len(key_id) != 8 or not data:
        raise malformed("key", f"a {what} reads <name>+<8 hex digits>+<base64>")
    if data[0] not in _PUBLIC_BYTES:
        raise LedgerRefused("key-kind", f"{what} of {name}: kind 0x{data[0]:02x} is not known here")
    return name, key_id, data[0], data[1:]


def parse_verifier(text: str) -> Verifier:
    """The key in a verifier line; its id is recomputed and must agree.

    >>> str(parse_verifier(generate_key("a").verifier)).startswith("a+")
    True
    """
    name, key_id, kind, public = _parts(text, "verifier key")
    found = Verifier(name, kind, public)
    if len(public) != _PUBLIC_BYTES[kind] or found.id.hex() != key_id:
        raise malformed("key", f"verifier key of {name}: length or key id do not agree")
    return found


def parse_signer(text: str) -> Signer:
    """The key in a signer line; its id is recomputed and must agree."""
    if not text.startswith("PRIVATE+KEY+"):
        raise malformed("key", "a signer key begins with PRIVATE+KEY+")
    name, key_id, kind, seed = _parts(text.removeprefix("PRIVATE+KEY+").strip("\n"), "signer key")
    if len(seed) != 32:
        raise malformed("key", f"signer key of {name}: the seed is not 32 bytes")
    found = Signer(name, kind, seed)
    if found.verifier.id.hex() != key_id:
        raise malformed("key", f"signer key of {name}: the key id does not agree with the seed")
    return found


def verifier_of(signer: str) -> str:
    """The verifier line that belongs to a signer line.

    >>> pair = generate_key("a")
    >>> verifier_of(pair.signer) == pair.verifier
    True
    """
    return str(parse_signer(signer).verifier)
