"""What was verified when the log was closed, so that opening it again need not read all of it.

`verified.json` holds size and root, the state of the files as the file system tells it (the
database's inode, size, times of change; the same of every public file, as one digest) and a MAC
under a key derived from the log's own. Any write to the database or to a tile, by whatever
program, changes the state; a copy put in its place does too. A mark that does not fit, or whose
MAC does not hold, is no mark: the log is then checked whole.

What this does not see: someone who can set the times of change of the kernel, or who holds the
log's key. `buju attest audit` always checks the whole log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from buju.attest.stores.files import put

NAME = "verified.json"
DATABASE = "ledger.sqlite"
# Kernels before 6.13 stamp files by the tick of their clock, 10 ms at most: a change within the
# tick of the last one would carry the same time.
_TICK = 0.02


def files_state(folder: Path) -> dict[str, Any] | None:
    """The state of database and public files; None while a write-ahead log holds changes."""
    waiting = folder / f"{DATABASE}-wal"
    if waiting.exists() and waiting.stat().st_size:
        return None
    whole = hashlib.sha256()
    for name, state in sorted(_walk(folder / "public", "")):
        whole.update(f"{name} {state}\n".encode())
    return {"database": _state((folder / DATABASE).stat()), "public": whole.hexdigest()}


def _state(found: os.stat_result) -> list[int]:
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, list[int]]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", _state(entry.stat(follow_symlinks=False))


def keep(folder: Path, signer: str, size: int, root: bytes) -> None:
    """Write the mark of a log that is closed and was verified to `size` entries."""
    changed = (folder / DATABASE).stat().st_ctime
    time.sleep(min(_TICK, max(0.0, changed + _TICK - time.time())))
    state = files_state(folder)
    if state is None:
        return
    record = {"size": size, "root": root.hex(), **state}
    put(folder / NAME, json.dumps(record | {"mac": _mac(signer, record)}).encode())


def read(folder: Path, signer: str) -> tuple[int, bytes] | None:
    """Size and root that were verified, where nothing has changed since; else None."""
    record = _record(folder)
    if record is None or not hmac.compare_digest(str(record.pop("mac", "")), _mac(signer, record)):
        return None
    return int(record["size"]), bytes.fromhex(record["root"])


def unchanged(folder: Path) -> bool:
    """Whether the files are those that were marked, for readers, who hold no key."""
    return _record(folder) is not None


def _record(folder: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((folder / NAME).read_bytes())
        state = files_state(folder)
        same = state is not None and all(record.get(name) == state[name] for name in state)
    except (OSError, ValueError, AttributeError):
        return None
    return record if same else None


def _mac(signer: str, record: dict[str, Any]) -> str:
    key = hashlib.sha256(b"buju/verified/v1\n" + signer.strip().encode()).digest()
    text = json.dumps(record, sort_keys=True).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()
