"""One meaning, one byte string: RFC 8785 JSON, and the refusals that make it so.

Two payloads with one hash would be a hole, two hashes for one payload a nuisance. So what RFC 8785
leaves open is refused here: duplicate keys, NaN and infinity, integers beyond 2^53 - 1, decimals
that a double would round, text that is not in Unicode normal form C, and deep nesting.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from decimal import Decimal
from typing import Any

from buju.attest.refusal import refusal
from buju.attest.shallow import nested
from buju.errors import missing_extra

PAYLOAD_LIMIT = 32 * 1024
DEPTH_LIMIT = 16
_LARGEST = 2**53 - 1


def canonical(data: bytes) -> bytes:
    """The canonical bytes of a JSON object that stands in `data`.

    Raises
    ------
    Refused
        `size` above 32 KiB; `malformed` for what is no JSON object in UTF-8 or nests deeper than
        16; `canonical` for what has no single meaning.

    References
    ----------
    RFC 8785 (JSON Canonicalization Scheme); RFC 7493 (I-JSON).

    Examples
    --------
    >>> canonical('{"b": 1.0, "a": "太"}'.encode()).decode()
    '{"a":"太","b":1}'
    """
    try:
        import rfc8785
    except ImportError:
        raise missing_extra("attest", "canonical payloads") from None
    if len(data) > PAYLOAD_LIMIT:
        raise refusal("size", f"payload of {len(data)} bytes")
    content = parse_strict(data)
    try:
        return rfc8785.dumps(content)
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise refusal("canonical", type(error).__name__) from None


def parse_strict(data: bytes) -> dict[str, Any]:
    """A JSON object read without mercy; see `canonical` for what is refused."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal("malformed", "UTF-8") from None
    if nested(data, DEPTH_LIMIT):
        raise refusal("malformed", f"nested deeper than {DEPTH_LIMIT}")
    try:
        content = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as wrong:
        raise refusal("malformed", f"JSON, line {wrong.lineno}, column {wrong.colno}") from None
    except (ValueError, RecursionError):
        raise refusal("malformed", "JSON") from None
    if not isinstance(content, dict):
        raise refusal("malformed", "a JSON object is expected")
    _check_text(content)
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise refusal("canonical", "duplicate key")
    return content


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _LARGEST:
        raise refusal("canonical", f"integer of {len(text)} characters")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if abs(value) > _LARGEST or Decimal(repr(value)) != Decimal(text):
        raise refusal("canonical", f"number {text[:40]}")
    return value


def _constant(text: str) -> float:
    raise refusal("canonical", text)


def _check_text(content: Any) -> None:
    if isinstance(content, str):
        if any("\ud800" <= letter <= "\udfff" for letter in content):
            raise refusal("canonical", "lone surrogate")
        if not unicodedata.is_normalized("NFC", content):
            raise refusal("canonical", f"text not in NFC: {content[:40]!a}")
    elif isinstance(content, dict):
        for key, value in content.items():
            _check_text(key)
            _check_text(value)
    elif isinstance(content, list):
        for value in content:
            _check_text(value)


def payload_hash(payload: bytes) -> bytes:
    """SHA-256 of canonical bytes, (32,) bytes."""
    return hashlib.sha256(payload).digest()
