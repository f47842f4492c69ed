"""Worker processes for long runs."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def worker_processes(count: int) -> Iterator[ProcessPoolExecutor | None]:
    """So many processes, one a core for 0; none at all for 1.

    They start when first used and are ended at once when the run is interrupted.
    """
    count = count or cores()
    if count == 1:
        yield None
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _deaf_to_interrupts) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_thread_each() -> Iterator[None]:
    """One thread in this process and its workers, where numerical libraries are loaded inside.

    Sums then come in one order, so that the number of workers changes no digit.
    """
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _deaf_to_interrupts() -> None:
    """The process that started the workers hears Ctrl-C and ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
