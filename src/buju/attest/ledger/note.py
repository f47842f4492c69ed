"""Signed notes: a text, an empty line, and lines of signatures over the text.

Signatures of kinds 0x04 and 0x06 are cosignatures: they carry a time and sign it with the text.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from buju.attest.ledger import base64
from buju.attest.ledger.keys import (
    COSIGNATURE_ML_DSA,
    ED25519,
    Verifier,
    parse_signer,
    parse_verifier,
    valid_name,
)
from buju.attest.ledger.refusals import LedgerRefused, malformed

LARGEST_NOTE = 1_000_000  # bytes
MOST_SIGNATURES = 100
MOST_SECONDS = 2**63 - 1
DASH = "— "


@dataclass(frozen=True)
class Signature:
    """One verified line: `name`, `verifier` (key line), `time` (POSIX s, or None), `line`."""

    name: str
    verifier: str
    time: int | None
    line: str


@dataclass(frozen=True)
class Note:
    """A text with the signatures on it that were verified, in the order of the note."""

    text: str
    signatures: tuple[Signature, ...]


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, str]]]:
    """Text and signature lines (name, bytes, line) of a note, nothing verified yet.

    Raises
    ------
    LedgerRefused
        `note-malformed`: too large, control characters, no signature, a line out of form.
    """
    if not isinstance(note, str) or len(note) > LARGEST_NOTE:
        raise malformed("note", f"not text, or longer than {LARGEST_NOTE} characters")
    if any(sign < " " and sign != "\n" for sign in note):
        raise malformed("note", "control characters other than newline (perhaps CRLF line ends)")
    try:
        note.encode()
    except UnicodeEncodeError as wrong:
        raise malformed("note", "not valid UTF-8") from wrong
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise malformed("note", "no empty line before the signatures, or no newline at the end")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise malformed("note", f"{len(lines)} signatures; at most {MOST_SIGNATURES} are read")
    return text + "\n", [_signature_line(line) for line in lines]


def _signature_line(line: str) -> tuple[str, bytes, str]:
    name, gap, encoded = line.removeprefix(DASH).partition(" ")
    data = base64.decode(encoded) if gap else None
    if not line.startswith(DASH) or not valid_name(name) or data is None or len(data) < 5:
        raise malformed("note", f"not a signature line: {line[:80]!r}")
    return name, data, line + "\n"


def signed_message(verifier: Verifier, text: str, seconds: int) -> bytes:
    """The bytes that a key of this kind signs for a note's text at a time."""
    if verifier.kind == ED25519:
        return text.encode()
    if verifier.kind != COSIGNATURE_ML_DSA:
        return f"cosignature/v1\ntime {seconds}\n{text}".encode()
    from buju.attest.ledger.checkpoint import parse_checkpoint

    point = parse_checkpoint(text)
    name, origin = verifier.name.encode(), point.origin.encode()
    if len(name) > 255 or len(origin) > 255:
        raise malformed("note", "ML-DSA-44 cosignatures take names and origins up to 255 bytes")
    return b"".join(
        (b"subtree/v1\n\0", bytes([len(name)]), name, seconds.to_bytes(8, "big"),
         bytes([len(origin)]), origin, bytes(8), point.size.to_bytes(8, "big"), point.root)
    )  # fmt: skip


def _verified(verifier: Verifier, text: str, data: bytes) -> int | None:
    """The signature's time (None for a plain one); raises when it is not this key's."""
    raw, seconds = data[4:], None
    if verifier.kind != ED25519:
        seconds, raw = int.from_bytes(raw[:8], "big"), raw[8:]
    try:
        good = (seconds or 0) <= MOST_SECONDS and verifier.accepts(
            raw, signed_message(verifier, text, seconds or 0)
        )
    except LedgerRefused:
        good = False
    if not good:
        raise LedgerRefused(
            "note-signature",
            f"the signature of the known key {verifier.name}+{verifier.id.hex()} does not verify: "
            "the note was altered or is forged; fetch it again",
            f"已知密钥 {verifier.name} 的签名校验失败：文本被改动或系伪造，请重新获取。",
        )
    return seconds


def open_note(note: str, verifier_keys: Sequence[str]) -> Note:
    """The text of a note, once a known key's signature on it has been verified.

    Signatures of unknown keys are passed over, also when they share a name or an id with a known
    one. Where a known key has signed twice, both must verify and the first is returned.

    Parameters
    ----------
    note
        The whole note as text.
    verifier_keys
        Lines `<name>+<id>+<base64>`: log keys (0x01) and cosigners (0x04, 0x06).

    Raises
    ------
    LedgerRefused
        `note-malformed`; `note-signature` when a known key's signature fails; `note-unsigned`
        when no known key has signed; `key-malformed`, `key-kind` for a key that is none.

    References
    ----------
    C2SP signed-note; C2SP tlog-cosignature.

    Examples
    --------
    >>> from buju.attest.ledger.keys import generate_key
    >>> pair = generate_key("example.com/log")
    >>> open_note(sign_note("hello\\n", [pair.signer]), [pair.verifier]).text
    'hello\\n'
    """
    known = {(key.name, key.id): key for key in map(parse_verifier, verifier_keys)}
    text, lines = split_note(note)
    found: dict[tuple[str, bytes], Signature] = {}
    for name, data, line in lines:
        key = known.get((name, data[:4]))
        if key is not None:
            seconds = _verified(key, text, data)
            found.setdefault((name, data[:4]), Signature(name, str(key), seconds, line))
    if not found:
        raise LedgerRefused(
            "note-unsigned",
            f"no known key has signed; signed by {', '.join(n for n, _, _ in lines)[:200]}",
            "没有任何受信密钥签署过此文本。",
        )
    return Note(text, tuple(found.values()))


def signature_line(text: str, signer_key: str, *, now: float | None = None) -> str:
    """One signature line over a text; `now` (POSIX s) is the time of a cosignature."""
    signer = parse_signer(signer_key)
    verifier = signer.verifier
    seconds = int(time.time() if now is None else now)
    stamp = b"" if signer.kind == ED25519 else seconds.to_bytes(8, "big")
    raw = signer.sign(signed_message(verifier, text, seconds))
    return f"{DASH}{signer.name} {base64.encode(verifier.id + stamp + raw)}\n"


def sign_note(text: str, signer_keys: Sequence[str], *, now: float | None = None) -> str:
    """A signed note over the text, one line for each key.

    Raises
    ------
    LedgerRefused
        `note-malformed` when the text does not end in a newline or holds control characters.

    Examples
    --------
    >>> from buju.attest.ledger.keys import generate_key
    >>> sign_note("no newline", [generate_key("a").signer])
    Traceback (most recent call last):
    buju.attest.ledger.refusals.LedgerRefused: [note-malformed] note：格式不正确，已拒收。
    note: the text must end in a newline
    """
    if not text.endswith("\n"):
        raise malformed("note", "the text must end in a newline")
    if not signer_keys:
        raise malformed("note", "a note needs at least one signer key")
    note = text + "\n" + "".join(signature_line(text, key, now=now) for key in signer_keys)
    split_note(note)
    return note
