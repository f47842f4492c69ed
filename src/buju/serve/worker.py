"""The worker process: claims jobs, runs them, keeps prepared studies warm."""

from __future__ import annotations

import _thread
import argparse
import hashlib
import json
import logging
import os
import shutil
import signal
import threading
import time
import uuid
from collections import OrderedDict
from importlib.metadata import version
from typing import Any

from buju.errors import BujuError
from buju.serve.jobs import Job, Jobs
from buju.serve.whatif import result
from buju.serve.workspace import Workspace, write_json

LOG = logging.getLogger("buju.worker")
_WARM = 3  # prepared studies kept, the last used last
_BEAT = 1.0
_ASK = 0.05
# Jobs of one process; what its libraries have kept of memory goes with it.
_MOST = {"run": 8, "whatif": 400}


def study_hash(space: Workspace, study: str, **asked: Any) -> str:
    """A digest of all that decides a result: study file, tables, release, and the question."""
    text = space.study_file(study).read_text(encoding="utf-8")
    files = space.region_state(space.study_region(study))["files"]
    whole = json.dumps([version("buju"), text, files, asked], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


class Worker:
    """One process's work. `beat` runs in a thread beside it and interrupts what was cancelled."""

    def __init__(self, space: Workspace, kinds: list[str], name: str, parent: int) -> None:
        self.space, self.kinds, self.name = space, kinds, name
        self.jobs = Jobs(space.path / "jobs.sqlite")
        self.current: Job | None = None
        self.lock = threading.Lock()
        self.stopping = False
        self.warm: OrderedDict[str, Any] = OrderedDict()
        self.parent = parent

    def work(self) -> None:
        """Claim and run until told to stop."""
        if os.getppid() != self.parent:  # ended while this process was being made
            return
        threading.Thread(target=self._beats, daemon=True).start()
        left = min(_MOST[kind] for kind in self.kinds)
        while not self.stopping and left:
            try:
                job = self.jobs.claim(self.name, self.kinds)
                if job is None:
                    time.sleep(_ASK)
                    continue
                left -= 1
                self._one(job)
            except KeyboardInterrupt:  # a cancellation that came just after its job's end
                continue

    def _one(self, job: Job) -> None:
        LOG.info("%s: attempt %d", job.id, job.attempts)
        with self.lock:
            self.current = job
        try:
            end = self._run(job) if job.kind == "run" else self._what_if(job)
            state, result_, error = "done", end, None
        except KeyboardInterrupt:
            state, result_, error = "cancelled", None, None
        except BujuError as refusal:
            words = {"zh": refusal.chinese or refusal.english, "en": refusal.english}
            state, result_, error = "failed", None, words
        except Exception:
            number = uuid.uuid4().hex[:12]
            LOG.exception("%s failed, id %s", job.id, number)
            state, result_, error = (
                "failed",
                None,
                {
                    "zh": f"计算出错，编号 {number}；请把编号和服务记录交给维护人员",
                    "en": f"the computation failed, id {number}; hand the id and the service's "
                    "log to its keeper",
                },
            )
        with self.lock:
            self.current = None
        if state == "cancelled" and self.stopping:
            self.jobs.release(job, self.name)  # the service stops: its next start goes on
        else:
            self.jobs.finish(job, self.name, state, result=result_, error=error)

    def _run(self, job: Job) -> str:
        from buju.report import render
        from buju.study import run_study
        from buju.study.signing import NotSigned

        out = self.space.path / "runs" / job.id
        study = self.space.study_file(job.study)
        try:
            bundle = run_study(study, out=out, progress=self._progress(job, 0.98))
        except NotSigned as unsigned:  # the bundle stands; the job says why it is not signed
            render(unsigned.bundle)
            raise
        self.jobs.tell(job, self.name, "report", 0.98)
        render(bundle)
        return job.id

    def _what_if(self, job: Job) -> str:
        began = time.perf_counter()
        warm = self._prepared(job)
        scenario, draws = job.asked["scenario"], int(job.asked["draws"])
        folder = self.space.path / "runs" / job.id
        folder.mkdir(exist_ok=True)
        for count in (0, draws) if draws else (0,):
            span = self._progress(job, 1.0) if count else self._progress(job, 0.2)
            answer = warm.what_if(scenario, draws=count, progress=span)
            record = result(warm, answer, draws, final=count == draws)
            record["seconds"] = round(time.perf_counter() - began, 3)
            write_json(folder / "whatif.json", record)
        return job.id

    def _prepared(self, job: Job) -> Any:
        """The study read, routed and calibrated, from the last time where nothing changed."""
        from buju.study import prepare_study

        key = study_hash(self.space, job.study)
        if key not in self.warm:
            self.jobs.tell(job, self.name, "read", 0.0)
            self.warm[key] = prepare_study(self.space.study_file(job.study))
        self.warm.move_to_end(key)
        while len(self.warm) > _WARM:
            self.warm.popitem(last=False)
        return self.warm[key]

    def _progress(self, job: Job, whole: float) -> Any:
        said: list[Any] = [0.0, ""]

        def tell(what: str, share: float) -> None:
            if what != said[1] or time.monotonic() - float(said[0]) > 0.2:
                said[:] = [time.monotonic(), what]
                self.jobs.tell(job, self.name, what, min(1.0, share) * whole)

        return tell

    def _beats(self) -> None:
        while True:
            if os.getppid() != self.parent:  # the service is gone; its next start queues again
                os._exit(1)
            with self.lock:
                job = self.current
                if job is not None and not self.jobs.beat(job, self.name):
                    self.current = None  # interrupted once
                    _thread.interrupt_main()
            time.sleep(_BEAT)


def main() -> None:
    """Entry point of the process: `python -m buju.serve.worker WORKSPACE --kinds run`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace")
    parser.add_argument("--kinds", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--parent", type=int, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    worker = Worker(
        Workspace.open(given.workspace), given.kinds.split(","), given.name, given.parent
    )

    def stop(_signal: int, _frame: object) -> None:
        worker.stopping = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        worker.work()
    except KeyboardInterrupt:
        return


def sweep(space: Workspace, job: Job) -> None:
    """Remove what a killed worker left half written for a job."""
    for path in (space.path / "runs").glob(f".{job.id}-*"):
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main()
