"""What the routes of one running service share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request

from buju.region import Examination, Region, examine_region
from buju.serve.guard import Entry
from buju.serve.jobs import Job, Jobs
from buju.serve.problems import Problem, without_paths
from buju.serve.progress import STAGES
from buju.serve.rendering import Renderer
from buju.serve.supervisor import Supervisor
from buju.serve.workspace import Workspace
from buju.study import Bundle

_KEPT = 4


@dataclass
class Service:
    """The workspace, its queue, and regions read lately; `shown` is a single bundle's folder."""

    space: Workspace | None
    entry: Entry
    jobs: Jobs | None = None
    supervisor: Supervisor | None = None
    shown: Path | None = None
    renderer: Renderer = field(default_factory=Renderer)
    _seen: OrderedDict[str, Examination] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def workspace(self) -> Workspace:
        """The workspace; refused where a single bundle is shown."""
        if self.space is None:
            raise Problem(
                404,
                "这里只展示一个结果；请用 `buju serve --workspace 文件夹`",
                "one bundle is shown here; `buju serve --workspace DIR` opens a workspace",
            )
        return self.space

    @property
    def queue(self) -> Jobs:
        """The queue of the workspace."""
        if self.jobs is None:
            self.jobs = Jobs(self.workspace.path / "jobs.sqlite")
        return self.jobs

    def examined(self, name: str) -> Examination:
        """A region's tables, read once for each state of its files."""
        updated = str(self.workspace.region_state(name)["updated"])
        key = f"{name} {updated}"
        with self._lock:
            if key not in self._seen:
                self._seen[key] = examine_region(self.workspace.region_data(name))
            self._seen.move_to_end(key)
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
            return self._seen[key]

    def region(self, name: str) -> Region:
        """A region to map or compute with; refused while it has faults."""
        seen = self.examined(name)
        if seen.faults:
            raise Problem(
                409,
                f"区域“{name}”还有 {len(seen.faults)} 处错误，请先上传改正后的文件",
                f"the region '{name}' still has {len(seen.faults)} faults; upload it corrected",
                faults=seen.faults,
            )
        return seen.region()

    def bundle(self, name: str) -> Bundle:
        """A finished bundle."""
        if self.shown is not None and name == "bundle":
            return Bundle.read(self.shown)
        folder = self.workspace.folder("runs", name)
        if not (folder / "manifest.json").is_file():
            raise Problem(404, f"没有这个结果：{name}", f"there is no bundle '{name}'")
        return Bundle.read(folder)

    def job(self, name: str) -> Job:
        """A job of the queue."""
        try:
            return self.queue.get(name)
        except KeyError:
            raise Problem(404, f"没有这次运行：{name}", f"there is no run '{name}'") from None

    def refuse_while_running(self, region: str) -> None:
        """Refuse to change a region that a job works with."""
        active = self.queue.active(region)
        if active:
            job = active[0]
            raise Problem(
                409,
                f"区域“{region}”的运行 {job.id} 尚未结束，不能替换数据；请等它结束或先取消它",
                f"the run {job.id} of the region '{region}' has not ended, so its data cannot be "
                "replaced; wait for its end or cancel it first",
            )


def service(request: Request) -> Service:
    """The service that answers a request."""
    return request.app.state.service


def run_record(job: Job) -> dict[str, Any]:
    """A job as the API gives it."""
    words = STAGES.get(job.what, job.what)
    zh, _, en = words.partition(" ")
    error = None
    if job.error:
        error = {
            "title_zh": "运行失败",
            "title_en": "The run failed",
            "status": 422,
            "detail_zh": without_paths(job.error["zh"]),
            "detail_en": without_paths(job.error["en"]),
        }
    share = 1.0 if job.state == "done" else round(job.share, 3)
    done = job.state == "done" and job.kind == "run"
    return {
        "run": job.id,
        "kind": job.kind,
        "study": job.study,
        "region": job.region,
        "state": job.state,
        "progress": {"what": job.what, "what_zh": zh, "what_en": en or zh, "share": share},
        "attempts": job.attempts,
        "error": error,
        "bundle": job.result if done else None,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
    }
