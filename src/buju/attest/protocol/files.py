"""Private files: readable by their owner alone, whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Write with mode 0600; after a power cut the file is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class DurableCounts(MutableMapping[str, int]):
    """Counts by name in a JSON file, written at each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts: dict[str, int] = {}
        if path.exists():
            self._counts = json.loads(path.read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def __setitem__(self, name: str, count: int) -> None:
        self._counts[name] = count
        self._keep()

    def __delitem__(self, name: str) -> None:
        del self._counts[name]
        self._keep()

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def _keep(self) -> None:
        write_private(self._path, json.dumps(self._counts).encode())
