"""Proof of misbehaviour: signed checkpoints of one log that cannot both be honest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from buju.attest import shallow
from buju.attest.ledger import base64
from buju.attest.ledger.checkpoint import parse_checkpoint
from buju.attest.ledger.merkle import verify_consistency
from buju.attest.ledger.note import open_note
from buju.attest.ledger.refusals import LedgerRefused, malformed


@dataclass(frozen=True)
class Evidence:
    """Two checkpoints that one log key has signed.

    Attributes
    ----------
    kind
        "split-view": one size, two roots, which no honest log can sign. "inconsistent": two
        sizes, where the log was asked for a proof and the one it gave (`proof`) does not verify.
        The first kind convicts by itself; the second until the log shows a proof that verifies.
    origin
        The log.
    notes
        Both signed notes, smaller size first.
    proof
        The consistency proof that fails, for "inconsistent".
    """

    kind: str
    origin: str
    notes: tuple[str, str]
    proof: tuple[bytes, ...] = ()

    def text(self) -> str:
        """The evidence as JSON, for another agency to check."""
        record = {
            "format": "buju-evidence/1",
            "kind": self.kind,
            "origin": self.origin,
            "notes": list(self.notes),
            "proof": [base64.encode(one) for one in self.proof],
        }
        return json.dumps(record, ensure_ascii=False, indent=2) + "\n"

    def write(self, folder: str | Path) -> Path:
        """Keep the evidence in a folder under a name made of its content."""
        from buju.attest.stores.files import put

        data = self.text().encode()
        path = Path(folder) / f"{self.kind}-{sha256(data).hexdigest()[:16]}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, data)
        return path

    def holds(self, log_keys: Sequence[str]) -> bool:
        """Whether both notes are signed by one of the log keys and contradict one another."""
        try:
            first, second = (parse_checkpoint(open_note(n, log_keys).text) for n in self.notes)
        except LedgerRefused:
            return False
        if first.origin != second.origin or self.origin != first.origin:
            return False
        if first.size == second.size:
            return first.root != second.root
        return self.kind == "inconsistent" and not verify_consistency(
            first.size, second.size, list(self.proof), first.root, second.root
        )

    def describe(self) -> str:
        """The contradiction in words, with both signed texts."""
        what = {
            "split-view": "同一规模、两个根 / one size, two roots, both signed",
            "inconsistent": "后者不是前者的延伸 / the later does not extend the earlier",
        }[self.kind]
        both = "\n".join(self.notes)
        return f"账本 {self.origin} 作弊的证据 / proof that this log misbehaved: {what}\n\n{both}"


def parse_evidence(text: str) -> Evidence:
    """The evidence in a file; whether it holds is for `Evidence.holds`."""
    try:
        record = shallow.loads(text)
        first, second = record["notes"]
        proof = tuple(base64.decode_hash(one) or b"" for one in record["proof"])
        return Evidence(record["kind"], record["origin"], (first, second), proof)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise malformed("evidence", f"not a file of evidence: {wrong}") from wrong


def find_split(notes: Iterable[str], log_keys: Sequence[str]) -> list[Evidence]:
    """Split views among signed checkpoints collected from witnesses, readers and receipts.

    Notes that no log key has signed prove nothing and are passed over.

    Examples
    --------
    >>> from buju.attest.ledger import format_checkpoint, generate_key, sign_note
    >>> key = generate_key("example.com/log")
    >>> two = [sign_note(format_checkpoint("example.com/log", 5, bytes([i] * 32)), [key.signer])
    ...        for i in (1, 2)]
    >>> [one.kind for one in find_split(two, [key.verifier])]
    ['split-view']
    """
    seen: dict[tuple[str, int], dict[bytes, str]] = {}
    for note in notes:
        try:
            point = parse_checkpoint(open_note(note, log_keys).text)
        except LedgerRefused:
            continue
        seen.setdefault((point.origin, point.size), {}).setdefault(point.root, note)
    found = []
    for (origin, _), roots in sorted(seen.items()):
        first, *others = roots.values()
        found += [Evidence("split-view", origin, (first, other)) for other in others]
    return found
