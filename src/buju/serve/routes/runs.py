"""Runs of studies and what-if questions: queued, watched, cancelled."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from buju.serve.jobs import ENDED, Job
from buju.serve.state import Service, run_record, service
from buju.serve.worker import study_hash
from buju.study.model import ScenarioSpec

router = APIRouter(prefix="/api/v1", tags=["runs"])
Served = Annotated[Service, Depends(service)]
Wait = Annotated[float, Query(ge=0, le=30)]


class NewRun(BaseModel):
    """A study to run; `again` runs it although the same inputs were run."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"study": "shanxi-1a2b3c"}]})
    study: str
    again: bool = False


class Question(BaseModel):
    """What would be different under a scenario; `draws` gives intervals."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"study": "shanxi-1a2b3c", "scenario": {"projects": ["P01"]}, "draws": 0}]
        }
    )
    study: str
    scenario: ScenarioSpec
    draws: int = Field(0, ge=0, le=1000)


@router.post("/runs", status_code=202)
def start(asked: NewRun, response: Response, served: Served) -> dict[str, Any]:
    """Queue a study; the earlier run is given where the same inputs were run or wait."""
    region = served.workspace.study_region(_study(served, asked.study))
    served.region(region)
    digest = study_hash(served.workspace, asked.study, kind="run")
    same = None if asked.again else served.queue.same(digest)
    if same is not None and (same.state != "done" or _there(served, same)):
        response.status_code = 200
        return run_record(same)
    return run_record(served.queue.add("run", asked.study, region, digest, {}))


def _study(served: Service, name: str) -> str:
    served.workspace.folder("studies", name)
    return name


def _there(served: Service, job: Job) -> bool:
    return (served.workspace.path / "runs" / job.id / "manifest.json").is_file()


@router.get("/runs")
def all_runs(served: Served, study: str = "", kind: str = "run") -> dict[str, Any]:
    """Runs, the newest first; `kind=whatif` gives questions, `kind=` both."""
    return {"runs": [run_record(job) for job in served.queue.listed(kind=kind, study=study)]}


@router.get("/runs/{run}")
def one(run: str, served: Served) -> dict[str, Any]:
    """A run; a question's `result` is there from its point answer on."""
    return _with_result(served, served.job(run))


@router.delete("/runs/{run}")
def cancel(run: str, served: Served) -> dict[str, Any]:
    """Cancel a run; a finished one stays as it is."""
    served.job(run)
    return run_record(served.queue.cancel(run))


@router.post("/whatif", status_code=202)
def ask(asked: Question, response: Response, served: Served, wait: Wait = 0.0) -> dict[str, Any]:
    """Ask a what-if; with `wait`, 200 and the point answer where it comes within so many seconds.

    Otherwise 202 and the run to watch. Intervals come later, in the same run.
    """
    region = served.workspace.study_region(_study(served, asked.study))
    served.region(region)
    scenario = asked.scenario.model_dump(mode="json", exclude_unset=True)
    question = {"scenario": scenario, "draws": asked.draws}
    digest = study_hash(served.workspace, asked.study, kind="whatif", **question)
    same = served.queue.same(digest)
    job = same or served.queue.add("whatif", asked.study, region, digest, question)
    found = _waited(served, job.id, wait, "none")
    if found["result"] is not None:
        response.status_code = 200
    return found


@router.get("/whatif/{run}")
def watch(run: str, served: Served, wait: Wait = 0.0, have: str = "none") -> dict[str, Any]:
    """A question's run, after waiting until it has more than `have` (none, point, full)."""
    return _waited(served, run, wait, have)


def _waited(served: Service, run: str, wait: float, have: str) -> dict[str, Any]:
    end = time.monotonic() + wait
    while True:
        found = _with_result(served, served.job(run))
        if found["state"] in ENDED or found["stage"] not in ("none", have):
            return found
        if time.monotonic() >= end:
            return found
        time.sleep(0.03)


def _with_result(served: Service, job: Job) -> dict[str, Any]:
    record = run_record(job) | {"stage": "none", "result": None}
    if job.kind == "whatif":
        file = served.workspace.path / "runs" / job.id / "whatif.json"
        if file.is_file():
            record["result"] = json.loads(file.read_text(encoding="utf-8"))
            record["stage"] = record["result"]["stage"]
    return record
