"""Base64 with one spelling for each value, as RFC 4648, section 4, writes it."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """Standard alphabet, padded, no line breaks.

    >>> encode(b"buju")
    'YnVqdQ=='
    """
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes, or None where the text is not the one canonical spelling of any bytes.

    >>> decode("YnVqdQ=="), decode("YnVqdR=="), decode("YnVqdQ"), decode("Y nVqdQ==")
    (b'buju', None, None, None)
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None


def decode_hash(text: str) -> bytes | None:
    """As `decode`, but only 32 bytes will do.

    >>> decode_hash("YnVqdQ==") is None
    True
    """
    data = decode(text) if len(text) == 44 else None
    return data if data is not None and len(data) == 32 else None
