"""Checkpoints on their way to an anchor: none is lost while the anchor is down."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from buju.attest.anchors.base import Anchor, AnchorReceipt, head_of
from buju.attest.ledger.refusals import LedgerRefused

SCHEMA = """CREATE TABLE IF NOT EXISTS waiting(size INTEGER PRIMARY KEY, note TEXT NOT NULL,
  receipt TEXT, final INTEGER NOT NULL DEFAULT 0);"""


class AnchorQueue:
    """A durable queue in SQLite. Call `drain` from time to time; it may be repeated freely."""

    def __init__(self, path: str | Path, anchor: Anchor) -> None:
        self.anchor = anchor
        self._rows = sqlite3.connect(path, isolation_level=None)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("PRAGMA synchronous=FULL")
        self._rows.executescript(SCHEMA)

    def add(self, checkpoint: str) -> None:
        """Put a signed checkpoint into the queue; durable when this returns."""
        size = head_of(checkpoint).size
        self._rows.execute("INSERT OR IGNORE INTO waiting(size, note) VALUES(?,?)",
                           (size, checkpoint))  # fmt: skip

    def drain(self) -> list[LedgerRefused]:
        """Publish what waits and confirm what is published; what went wrong, in order.

        A head that the place has lost again goes back into the queue. Conflicts are returned
        every time, until someone looks.
        """
        wrongs: list[LedgerRefused] = []
        for size, note, kept in self._rows.execute(
            "SELECT size, note, receipt FROM waiting WHERE final=0 ORDER BY size"
        ).fetchall():
            try:
                if kept is None:
                    receipt = self.anchor.publish(note)
                    self._keep(size, receipt)
                elif self.anchor.check(_read(kept)):
                    self._rows.execute("UPDATE waiting SET final=1 WHERE size=?", (size,))
            except LedgerRefused as wrong:
                wrongs.append(wrong)
                if wrong.code == "anchor-reverted":
                    self._rows.execute("UPDATE waiting SET receipt=NULL WHERE size=?", (size,))
                if wrong.code == "anchor-down":
                    break
        return wrongs

    def _keep(self, size: int, receipt: AnchorReceipt) -> None:
        record = {"kind": receipt.kind, "size": receipt.size, "root": receipt.root.hex(),
                  "where": dict(receipt.where)}  # fmt: skip
        self._rows.execute("UPDATE waiting SET receipt=? WHERE size=?", (json.dumps(record), size))

    def states(self) -> dict[int, str]:
        """ "waiting", "published" or "final" by size."""
        query = "SELECT size, receipt, final FROM waiting ORDER BY size"
        return {
            size: "final" if final else "published" if receipt else "waiting"
            for size, receipt, final in self._rows.execute(query)
        }

    def close(self) -> None:
        """Close the queue."""
        self._rows.close()


def _read(text: str) -> AnchorReceipt:
    record = json.loads(text)
    return AnchorReceipt(
        record["kind"], record["size"], bytes.fromhex(record["root"]), record["where"]
    )
