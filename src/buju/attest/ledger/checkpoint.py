"""Checkpoints: the text that a log signs about its tree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buju.attest.ledger import base64
from buju.attest.ledger.merkle import MOST_LEAVES
from buju.attest.ledger.refusals import malformed

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: `origin` of the log, `size` in leaves, `root` (32 bytes), further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def parse_size(text: str) -> int | None:
    """A decimal below 2^63 without a leading zero, or None.

    >>> parse_size("0"), parse_size("17"), parse_size("017"), parse_size("9223372036854775808")
    (0, 17, None, None)
    """
    if not _SIZE.fullmatch(text):
        return None
    size = int(text)
    return size if size <= MOST_LEAVES else None


def parse_checkpoint(text: str) -> Checkpoint:
    """The tree head in the text of a checkpoint (not the whole signed note).

    Raises
    ------
    LedgerRefused
        `checkpoint-malformed`: fewer than three lines, an empty line, a size with leading zero
        or of 2^63 and more, a root that is not 32 bytes in canonical base64.

    References
    ----------
    C2SP tlog-checkpoint.

    Examples
    --------
    >>> parse_checkpoint(format_checkpoint("example.com/log", 7, bytes(32))).size
    7
    """
    if not isinstance(text, str) or len(text) > 100_000 or not text.endswith("\n"):
        raise malformed("checkpoint", "not text, too long, or without newline at the end")
    if any(sign < " " and sign != "\n" for sign in text):
        raise malformed("checkpoint", "control characters (perhaps CRLF line ends)")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines:
        raise malformed(
            "checkpoint",
            "needs origin, size and root, each on a line, and no empty line; "
            "of a signed note pass open_note(...).text",
        )
    size, root = parse_size(lines[1]), base64.decode_hash(lines[2])
    if size is None:
        raise malformed("checkpoint", f"not a tree size: {lines[1][:40]!r}")
    if root is None:
        raise malformed("checkpoint", f"not a root of 32 bytes in base64: {lines[2][:60]!r}")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def format_checkpoint(origin: str, size: int, root: bytes) -> str:
    """The text to sign; `parse_checkpoint` gives it back.

    >>> format_checkpoint("example.com/log", 7, bytes(32)).splitlines()[:2]
    ['example.com/log', '7']
    """
    text = f"{origin}\n{size}\n{base64.encode(root)}\n"
    parse_checkpoint(text)
    return text
