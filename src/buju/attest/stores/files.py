"""Files that are whole or absent after a power cut, and a lock for one writer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from buju.attest.ledger.refusals import LedgerRefused


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable. An error of fsync or of close is raised, never lost."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """A folder with durable parents."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def put(path: Path, data: bytes) -> None:
    """Replace a file. Returns only when the new bytes would survive a power cut.

    Written aside, flushed, renamed, and the folder flushed; a reader sees the old bytes or the
    new, never a mixture.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    aside.replace(path)
    sync_folder(path.parent)


class Lock:
    """One writer for a folder. The kernel lets go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            os.close(self._handle)
            raise LedgerRefused(
                "locked",
                f"another process writes to {path.parent}; wait for it or stop it",
                f"另一进程正在写入 {path.parent}；请等待或先停止它。",
            ) from taken

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._handle)
