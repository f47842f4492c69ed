"""Worker processes of a running service: started, watched, started again when they die."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from buju.errors import WrongUse
from buju.serve.jobs import Jobs
from buju.serve.worker import sweep
from buju.serve.workspace import Workspace

LOG = logging.getLogger("buju.serve")
LANES = (("whatif",), ("run",))  # a question need not wait for a long run
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Lane:
    kinds: tuple[str, ...]
    name: str = ""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0


class Supervisor:
    """Keeps one process a lane alive; jobs of a dead one are queued again at once."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.jobs = Jobs(space.path / "jobs.sqlite")
        self.lanes = [_Lane(kinds) for kinds in LANES]
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._lock: IO[str] | None = None

    @property
    def alive(self) -> bool:
        """Whether every lane has its process."""
        return all(lane.process and lane.process.poll() is None for lane in self.lanes)

    def take(self) -> None:
        """Take the workspace for this service.

        Raises
        ------
        WrongUse
            Another service has it.
        """
        if self._lock is None:
            self._lock = lock(self.space.path / "serve.lock")

    def start(self) -> None:
        """Take the workspace, queue again what an earlier service left, start the processes."""
        self.take()
        for job in self.jobs.recover(everything=True):
            sweep(self.space, job)
        for lane in self.lanes:
            self._launch(lane)
        self._thread.start()

    def stop(self) -> None:
        """End the processes; what they were doing waits in the queue."""
        self._end.set()
        for lane in self.lanes:
            if lane.process is not None:
                lane.process.terminate()
        for lane in self.lanes:
            if lane.process is not None:
                try:
                    lane.process.wait(10)
                except subprocess.TimeoutExpired:
                    lane.process.kill()
                    lane.process.wait()
                self._recover(lane)
        if self._thread.is_alive():
            self._thread.join(5)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _launch(self, lane: _Lane) -> None:
        lane.name, lane.started = f"{lane.kinds[0]}-{secrets.token_hex(4)}", time.monotonic()
        command = [sys.executable, "-m", "buju.serve.worker", str(self.space.path)]
        command += ["--kinds", ",".join(lane.kinds), "--name", lane.name]
        command += ["--parent", str(os.getpid())]
        environment = os.environ | dict.fromkeys(_THREADS, "1")
        lane.process = subprocess.Popen(command, env=environment, start_new_session=True)

    def _recover(self, lane: _Lane) -> None:
        for job in self.jobs.recover(lane.name):
            LOG.warning("%s: its worker ended; now %s", job.id, job.state)
            sweep(self.space, job)

    def _watch(self) -> None:
        while not self._end.wait(0.25):
            for lane in self.lanes:
                if lane.process is not None and lane.process.poll() is not None:
                    self._recover(lane)
                    if not self._end.wait(max(0.0, 1 - (time.monotonic() - lane.started))):
                        self._launch(lane)


def lock(path: Path) -> IO[str]:
    """Hold a file so that no second service works in the same workspace."""
    file = path.open("a+")
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise WrongUse(
            f"another `buju serve` uses the workspace {path.parent}; stop it or name another "
            "with --workspace",
            f"另一个 `buju serve` 正在使用工作文件夹 {path.parent}；请先停止它，"
            "或用 --workspace 指定其他文件夹",
        ) from None
    return file
