"""Audit lines: one JSON object a line, appended and flushed to disk, never rewritten."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Audit:
    """A file of audit lines.

    `line` returns only when the line would survive a power cut. Callers pass public data alone:
    codes, sizes, hashes, names; never keys, PINs, templates, images or scores.
    """

    def __init__(self, path: str | Path, clock: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self.clock = clock

    def line(self, code: str, **public: Any) -> None:
        """Append one line with time (POSIX s), code and the public values."""
        record = {"time": int(self.clock()), "code": code, **public}
        data = json.dumps(record, ensure_ascii=False, default=str) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, data.encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def lines(self) -> list[dict[str, Any]]:
        """All lines; one cut short by a crash is given as {"code": "cut-short"}."""
        if not self.path.exists():
            return []
        found: list[dict[str, Any]] = []
        for line in self.path.read_text("utf-8", errors="replace").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"code": "cut-short"})
        return found
