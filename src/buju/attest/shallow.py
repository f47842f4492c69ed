"""JSON from outside, refused before it is nested deeper than any of our formats.

Python's own guard is the recursion limit, which other libraries of a process may have raised so far
that a megabyte of brackets overflows the stack.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 64
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def loads(data: bytes | str, **options: Any) -> Any:
    """What `json.loads` gives.

    Raises
    ------
    ValueError
        It is no JSON, or nested deeper than `DEEPEST`.

    Examples
    --------
    >>> loads('{"a": ["[[[["]}')
    {'a': ['[[[[']}
    >>> loads("[" * 100_000)
    Traceback (most recent call last):
    ...
    ValueError: nested deeper than 64
    """
    raw = data.encode() if isinstance(data, str) else data
    if nested(raw, DEEPEST):
        raise ValueError(f"nested deeper than {DEEPEST}")
    return json.loads(data, **options)


def nested(data: bytes, most: int) -> bool:
    """Whether brackets outside strings stand more than `most` deep."""
    depth = 0
    for mark in _BRACKET.finditer(_STRING.sub(b"", data)):
        depth += 1 if mark[0] in (b"[", b"{") else -1
        if depth > most:
            return True
    return False
