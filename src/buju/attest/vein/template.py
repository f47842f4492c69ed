"""The protected template: keyed bits instead of an image, sealed and bound to a certificate.

Form (version 1): `buju-vein-template/1\\n`, template id (16 bytes), certificate SHA-256 (32), nonce
(12), AES-256-GCM box. All before the box is authenticated with it. Inside: for each enrolled burst
1024 bits. The bits are signs of a random projection of the softened pattern; the projection is
drawn from the terminal's key and the template id, so a new enrolment gives unrelated bits
(BioHashing: Teoh, Ngo and Goh (2004), Pattern Recognition 37(11), 2245-2255).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from buju.attest.vein.matching import ALONG, AROUND
from buju.attest.vein.pattern import Pattern
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.vessels import Array
from buju.errors import ParameterError, missing_extra

MAGIC = b"buju-vein-template/1\n"
BITS = 1024
MOST_ENROLLED = 8
CELL = (4, 5)  # rows and columns of the pattern that make one feature
ROW_STEP, COLUMN_STEP = 2, 3
_HEAD = len(MAGIC) + 16 + 32 + 12


@dataclass(frozen=True, repr=False)
class ProtectedTemplate:
    """A sealed template; `id` (hex, random) names it for revocation, `data` is what is kept."""

    id: str
    data: bytes

    def __bytes__(self) -> bytes:
        return self.data

    @classmethod
    def parse(cls, data: bytes) -> ProtectedTemplate:
        """Reads the form's outside; the box is opened only with the key."""
        box = len(data) - _HEAD - 16
        if not data.startswith(MAGIC) or box <= 0 or box % (BITS // 8) or box > BITS:
            raise VeinRefused(
                "template-broken", "not a vein template of version 1; enrol again", "模板损坏"
            )
        return cls(data[len(MAGIC) : len(MAGIC) + 16].hex(), bytes(data))

    @property
    def certificate_sha256(self) -> bytes:
        """The certificate it is bound to (authenticated once the box opens)."""
        return self.data[len(MAGIC) + 16 : len(MAGIC) + 48]


def subkey(key: bytes, label: bytes, salt: bytes) -> bytes:
    """A 32-byte key for one purpose: HMAC-SHA-256 over a label and a salt."""
    if len(key) != 32:
        raise ParameterError("terminal key: 32 random bytes are needed", "终端密钥须为 32 字节")
    return hmac.digest(key, b"buju/vein/v1/" + label + b"\n" + salt, "sha256")


@lru_cache(maxsize=8)
def _projection(seed: bytes, features: int) -> NDArray[np.float32]:
    """Random directions, (features, BITS); drawn from a key, so they are a secret too."""
    raw = hashlib.shake_256(seed).digest(2 * features * BITS)
    levels = np.frombuffer(raw, dtype="<u2").astype(np.float32)
    return ((levels - 32767.5) / 32768).astype(np.float32).reshape(features, BITS)


def _cells(field: Array, around: int, along: int) -> Array:
    """Cell means of a field moved by every searched shift, (shifts, features); zero outside."""
    height, width = field.shape
    padded = np.pad(field, ((around + 1, around), (along + 1, along)))
    sums = padded.cumsum(axis=0).cumsum(axis=1)
    tall, wide = CELL
    means = (
        sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
    ) / (tall * wide)
    rows = np.arange(0, height, tall)[None] + np.arange(0, 2 * around + 1, ROW_STEP)[:, None]
    columns = np.arange(0, width, wide)[None] + np.arange(0, 2 * along + 1, COLUMN_STEP)[:, None]
    picked = means[rows[:, None, :, None], columns[None, :, None, :]]
    return picked.reshape(rows.shape[0] * columns.shape[0], -1)


def _moved(pattern: Pattern, around: int, along: int) -> Array:
    """Features of the pattern at every searched shift, (shifts, features): mean removed."""
    soft = gaussian_filter(pattern.lines.astype(float), (2.0, 2.2)) * pattern.mask
    values = _cells(soft, around, along)
    weight = _cells(pattern.mask.astype(float), around, along)
    mean = values.sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    return values - weight * mean[:, None]


def hash_bits(pattern: Pattern, key: bytes, salt: bytes) -> NDArray[np.bool_]:
    """The keyed bits of a pattern as it lies, (1024,)."""
    features = _moved(pattern, 0, 0)
    return (features @ _projection(subkey(key, b"projection", salt), features.shape[1]) > 0)[0]


def likeness(pattern: Pattern, bits: NDArray[np.bool_], key: bytes, salt: bytes) -> float:
    """Largest share of agreeing bits over all searched shifts, 0 to 1; `bits` (enrolled, 1024)."""
    features = _moved(pattern, AROUND - 1, ALONG - 1).astype(np.float32)
    signs = features @ _projection(subkey(key, b"projection", salt), features.shape[1]) > 0
    return float(max((signs == one).mean(axis=1).max() for one in np.atleast_2d(bits)))


def seal(patterns: Sequence[Pattern], key: bytes, certificate_sha256: bytes) -> ProtectedTemplate:
    """A new template of 1 to 8 patterns under a fresh random id."""
    if not 1 <= len(patterns) <= MOST_ENROLLED or len(certificate_sha256) != 32:
        raise ParameterError("enrolment: 1 to 8 captures and a SHA-256 of 32 bytes are needed")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    bits = np.stack([hash_bits(pattern, key, salt) for pattern in patterns])
    head = MAGIC + salt + certificate_sha256
    box = _cipher(key, salt).encrypt(nonce, np.packbits(bits).tobytes(), head)
    return ProtectedTemplate(salt.hex(), head + nonce + box)


def unseal(
    template: ProtectedTemplate, key: bytes, certificate_sha256: bytes
) -> tuple[NDArray[np.bool_], bytes]:
    """The bits (enrolled, 1024) and the salt, or `template-binding` / `template-broken`."""
    from cryptography.exceptions import InvalidTag

    data = ProtectedTemplate.parse(template.data).data
    salt, head, nonce = (
        data[len(MAGIC) : len(MAGIC) + 16],
        data[: _HEAD - 12],
        data[_HEAD - 12 : _HEAD],
    )
    try:
        plain = _cipher(key, salt).decrypt(nonce, data[_HEAD:], head)
    except InvalidTag:
        raise VeinRefused(
            "template-broken",
            "altered, or sealed by another terminal key; enrol again at this terminal",
            "模板被改动或属于其他终端，请重新登记",
        ) from None
    if not hmac.compare_digest(template.certificate_sha256, certificate_sha256):
        raise VeinRefused(
            "template-binding", "the template belongs to another certificate", "模板属于另一证书"
        )
    return np.unpackbits(np.frombuffer(plain, np.uint8)).astype(bool).reshape(-1, BITS), salt


def _cipher(key: bytes, salt: bytes):  # type: ignore[no-untyped-def]
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:  # pragma: no cover
        raise missing_extra("attest", "sealing templates") from error
    return AESGCM(subkey(key, b"box", salt))
