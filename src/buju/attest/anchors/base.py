"""What an anchor promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from buju.attest.ledger.checkpoint import Checkpoint, parse_checkpoint
from buju.attest.ledger.note import split_note


@dataclass(frozen=True)
class AnchorReceipt:
    """Where a checkpoint was put: kind of anchor, size and root, and how to find it again."""

    kind: str
    size: int
    root: bytes
    where: Mapping[str, Any]


class Anchor(Protocol):
    """A place outside the log that keeps heads and lets anyone read them back.

    `publish` takes the signed note of a checkpoint. Publishing the head that stands already
    succeeds; another root for a size that is held, or a smaller size, raises
    `LedgerRefused("anchor-conflict")`; a place that cannot be reached raises
    `LedgerRefused("anchor-down")`, and nothing is known then.

    `check` is True when the place still holds the head and regards it as final, False while it
    is not final yet, and raises `LedgerRefused("anchor-reverted")` when it is gone or another.
    """

    def publish(self, checkpoint: str) -> AnchorReceipt:
        """Keep the head of a signed checkpoint."""
        ...

    def check(self, receipt: AnchorReceipt) -> bool:
        """Whether a head is still there and final."""
        ...


def head_of(note: str) -> Checkpoint:
    """The head that a signed note speaks of. Signatures are the log's business, not checked."""
    return parse_checkpoint(split_note(note)[0])
