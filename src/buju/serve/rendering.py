"""Reports are rendered in a process beside the service, so that their memory goes when it ends.

`python -m buju.serve.rendering` reads one question a line (a JSON list of bundle folder, format,
language and file) and answers each with one line: `null` when the file stands, else the words of
the refusal.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any

from buju.errors import BujuError, MissingExtra
from buju.serve.problems import Problem, of_error
from buju.study import Bundle

LOG = logging.getLogger("buju.serve")
WAITING = 8
"""Renderings that may wait for the one that goes on; more are asked to come again."""
TASKS = 8
"""Renderings of one process."""
IDLE_SECONDS = 20.0
LONGEST_SECONDS = 180.0
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Renderer:
    """One rendering at a time, in a process that ends after some, or when nobody asks."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._places = threading.Semaphore(WAITING + 1)
        self._process: subprocess.Popen[str] | None = None
        self._tasks = 0
        self._rest: threading.Timer | None = None

    def report(self, bundle: Bundle, format: str, language: str) -> Path:
        """The file of a report, made where it is absent or older than the bundle.

        Raises
        ------
        Problem
            The report cannot be made, or too many wait already.
        """
        name = f"report.{format}" if language == "both" else f"report-{language}.{format}"
        file = _folder(bundle) / name
        if _current(bundle, file):
            return file
        if not self._places.acquire(blocking=False):
            raise Problem(
                503,
                "正在生成的报告太多，请一分钟后再下载",
                "too many reports are being made; ask again in a minute",
            )
        try:
            with self._turn:
                if not _current(bundle, file):
                    self._render([str(bundle.path), format, language, str(file)])
        finally:
            self._places.release()
        return file

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _render(self, asked: list[str]) -> None:
        if self._rest is not None:
            self._rest.cancel()
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        watch = threading.Timer(LONGEST_SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        self._tasks += 1
        if not line or self._tasks >= TASKS:
            self._end()
        else:
            self._rest = threading.Timer(IDLE_SECONDS, self.close)
            self._rest.daemon = True
            self._rest.start()
        if not line:
            raise Problem(
                500,
                "生成报告的进程中途退出（可能内存不足）；请关闭其他程序后重试",
                "the process that makes the report ended (perhaps for want of memory); close "
                "other programs and ask again",
            )
        refusal = json.loads(line)
        if refusal is not None:
            raise Problem(refusal["status"], refusal["zh"], refusal["en"])

    def _start(self) -> subprocess.Popen[str]:
        self._tasks = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "buju.serve.rendering"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.kill()
        process.wait()
        process.stdout.close()
        try:
            process.stdin.close()
        except BrokenPipeError:  # what was not taken any more
            return


def _folder(bundle: Bundle) -> Path:
    """The bundle's own folder, or one among temporary files where it may not be written."""
    if os.access(bundle.path, os.W_OK):
        return bundle.path
    digest = hashlib.sha256(str(bundle.path).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"buju-report-{digest}"
    folder.mkdir(exist_ok=True)
    return folder


def _current(bundle: Bundle, file: Path) -> bool:
    manifest = bundle.path / "manifest.json"
    return file.is_file() and file.stat().st_mtime >= manifest.stat().st_mtime


def answered(asked: list[str]) -> dict[str, Any] | None:
    """Render what is asked; None, or the status and words of a refusal."""
    from buju.report import render

    folder, format, language, file = asked
    try:
        render(Bundle.read(folder), format, language, file)
    except BujuError as refusal:
        found = of_error(refusal, 501 if isinstance(refusal, MissingExtra) else 422)
        return {"status": found.status, "zh": found.chinese, "en": found.english}
    except Exception:
        number = uuid.uuid4().hex[:12]
        LOG.exception("report.%s of %s failed, id %s", format, Path(folder).name, number)
        return {
            "status": 500,
            "zh": f"生成报告出错，编号 {number}；请把编号和服务记录交给维护人员",
            "en": f"the report failed, id {number}; hand the id and the service's log to its "
            "keeper",
        }
    return None


def main() -> None:
    """Answer until the service closes the pipe."""
    told, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    for line in sys.stdin:
        told.write(json.dumps(answered(json.loads(line)), ensure_ascii=True) + "\n")
        told.flush()


if __name__ == "__main__":
    main()
