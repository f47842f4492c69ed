"""Heads in a folder that another agency owns: one file a size, never rewritten."""

from __future__ import annotations

from pathlib import Path

from buju.attest.anchors.base import AnchorReceipt, head_of
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.stores.files import make_folder, put


class MirrorAnchor:
    """An `Anchor` in a folder, such as a share or a write-once disk of another agency."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def publish(self, checkpoint: str) -> AnchorReceipt:
        """Keep a head; see `Anchor`."""
        head = head_of(checkpoint)
        path = self.folder / f"{head.size}.checkpoint"
        try:
            make_folder(self.folder)
            sizes = [int(one.stem) for one in self.folder.glob("*.checkpoint")]
            if path.exists():
                held = head_of(path.read_text("utf-8"))
                if (held.origin, held.root) != (head.origin, head.root):
                    raise _conflict(head.size, "another root")
            elif max(sizes, default=-1) > head.size:
                raise _conflict(head.size, f"size {max(sizes)} already")
            else:
                put(path, checkpoint.encode())
        except OSError as wrong:
            raise LedgerRefused("anchor-down", f"{self.folder}: {wrong.strerror}") from wrong
        return AnchorReceipt("mirror", head.size, head.root, {"file": path.name})

    def check(self, receipt: AnchorReceipt) -> bool:
        """Whether the head still stands there; see `Anchor`."""
        path = self.folder / str(receipt.where["file"])
        if not path.exists() or head_of(path.read_text("utf-8")).root != receipt.root:
            raise LedgerRefused("anchor-reverted", f"{path}: the head is gone or another")
        return True


def _conflict(size: int, what: str) -> LedgerRefused:
    return LedgerRefused("anchor-conflict", f"size {size}: the anchor holds {what}")
