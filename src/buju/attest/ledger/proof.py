"""`.tlog-proof` files: index, inclusion proof and checkpoint of one entry, as text."""

from __future__ import annotations

from dataclasses import dataclass

from buju.attest.ledger import base64
from buju.attest.ledger.checkpoint import parse_size
from buju.attest.ledger.merkle import LONGEST_PROOF
from buju.attest.ledger.note import LARGEST_NOTE, split_note
from buju.attest.ledger.refusals import malformed

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    """What a proof file says; nothing in it is verified, and `extra` never is by itself.

    Attributes
    ----------
    index
        Place of the entry in the log, from 0.
    path
        Inclusion proof, sibling of the leaf first.
    note
        The checkpoint as signed note.
    extra
        Opaque bytes, or None. This library puts the entry itself there: hashed as the leaf it
        is covered by the inclusion proof, and used in no other way.
    """

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes | None = None


def parse_proof(text: str) -> Proof:
    """The parts of a proof file.

    Raises
    ------
    LedgerRefused
        `receipt-malformed`, for anything that `format_proof` would not write.

    References
    ----------
    C2SP tlog-proof.
    """
    if not isinstance(text, str) or len(text) > 2 * LARGEST_NOTE:
        raise malformed("receipt", f"not text, or longer than {2 * LARGEST_NOTE} characters")
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n", LONGEST_PROOF + 4)
    if not gap or lines[0] != HEADER:
        raise malformed(
            "receipt", f"this is no receipt: neither JSON nor {HEADER} with a checkpoint"
        )
    extra, rest = None, lines[1:]
    if rest and rest[0].startswith("extra "):
        extra = base64.decode(rest[0].removeprefix("extra "))
        rest = rest[1:]
        if extra is None:
            raise malformed("receipt", "the extra line is not canonical base64")
    index = parse_size(rest[0].removeprefix("index ")) if rest else None
    if index is None or not rest[0].startswith("index "):
        raise malformed("receipt", "no line 'index' with a decimal")
    path = [base64.decode_hash(line) for line in rest[1:]]
    if len(path) > LONGEST_PROOF or None in path:
        raise malformed("receipt", "the proof is not a list of up to 63 hashes of 32 bytes")
    split_note(note)
    return Proof(index, tuple(one for one in path if one is not None), note, extra)


def format_proof(proof: Proof) -> str:
    """The file's text; `parse_proof` gives the parts back.

    >>> from buju.attest.ledger import format_checkpoint, generate_key, leaf_hash, sign_note
    >>> text = format_checkpoint("example.com/log", 1, leaf_hash(b"one"))
    >>> proof = Proof(0, (), sign_note(text, [generate_key("example.com/log").signer]), b"one")
    >>> parse_proof(format_proof(proof)) == proof
    True
    """
    extra = "" if proof.extra is None else f"extra {base64.encode(proof.extra)}\n"
    path = "".join(base64.encode(one) + "\n" for one in proof.path)
    return f"{HEADER}\n{extra}index {proof.index}\n{path}\n{proof.note}"
