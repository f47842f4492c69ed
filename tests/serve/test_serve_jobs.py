"""The queue: every job once, whoever dies."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest_serve import start_server, stop_server

from buju.serve.jobs import ATTEMPTS, Jobs


def test_many_workers_claim_each_job_once(tmp_path):
    jobs = Jobs(tmp_path / "jobs.sqlite")
    ids = {jobs.add("run", "s", "r", str(k), {}).id for k in range(40)}

    def work(name):
        taken = []
        while (job := jobs.claim(name, ["run"])) is not None:
            taken.append(job.id)
            assert jobs.finish(job, name, "done")
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job for part in pool.map(work, "abcd") for job in part]
    assert sorted(taken) == sorted(ids)


def test_a_dead_workers_job_is_queued_again_a_limited_number_of_times(tmp_path):
    jobs = Jobs(tmp_path / "jobs.sqlite")
    name = jobs.add("run", "s", "r", "h", {}).id
    for attempt in range(1, ATTEMPTS + 1):
        job = jobs.claim("w", ["run"])
        assert job is not None and job.attempts == attempt
        assert jobs.recover("other") == []
        jobs.recover("w")
        assert not jobs.finish(job, "w", "done")  # it is no longer this worker's
    assert jobs.get(name).state == "failed"
    assert "中途退出" in jobs.get(name).error["zh"]


def test_a_stopped_service_costs_no_attempt_and_a_cancelled_job_is_not_queued_again(tmp_path):
    jobs = Jobs(tmp_path / "jobs.sqlite")
    name = jobs.add("run", "s", "r", "h", {}).id
    jobs.release(jobs.claim("w", ["run"]), "w")
    assert (jobs.get(name).state, jobs.get(name).attempts) == ("queued", 0)
    job = jobs.claim("w", ["run"])
    assert jobs.beat(job, "w")
    jobs.cancel(name)
    assert not jobs.beat(job, "w")
    jobs.recover("w")
    assert jobs.get(name).state == "cancelled"


def begin(server, example="strip"):
    return server.client.post(f"/api/v1/examples/{example}").json()


def test_twenty_queued_runs_end_each_once(server):
    study = begin(server)["study"]
    asked = {"study": study, "again": True}
    runs = [server.client.post("/api/v1/runs", json=asked).json()["run"] for _ in range(20)]
    assert len(set(runs)) == 20
    ended = [server.wait(run, seconds=200) for run in runs]
    assert {run["state"] for run in ended} == {"done"}
    assert {run["attempts"] for run in ended} == {1}
    same = server.client.post("/api/v1/runs", json={"study": study})
    assert same.status_code == 200 and same.json()["run"] in runs
    assert not list((server.space.path / "runs").glob(".*"))


def worker_of(server, run):
    """The process id of the worker that has a run."""
    name = Jobs(server.space.path / "jobs.sqlite").get(run).worker
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if name and f"--name\0{name}" in command:
            return int(entry.name)
    raise AssertionError("no such worker")


def test_a_killed_worker_leaves_no_half_bundle_and_the_run_ends(server):
    study = begin(server, "shanxi")["study"]
    run = server.client.post("/api/v1/runs", json={"study": study}).json()["run"]
    server.wait(run, "running")
    os.kill(worker_of(server, run), signal.SIGKILL)
    end = time.monotonic() + 30
    while (found := server.client.get(f"/api/v1/runs/{run}").json())["attempts"] < 2:
        assert time.monotonic() < end, found
        time.sleep(0.1)
    assert not (server.space.path / "runs" / run).exists()
    server.client.delete(f"/api/v1/runs/{run}")
    assert server.wait(run, seconds=20)["state"] == "cancelled"
    assert not list((server.space.path / "runs").glob(f"*{run}*"))


def test_the_queue_survives_a_restart(tmp_path):
    first = start_server(tmp_path / "w")
    study = begin(first)["study"]
    asked = {"study": study, "again": True}
    runs = [first.client.post("/api/v1/runs", json=asked).json()["run"] for _ in range(2)]
    first.client.close()
    first.process.kill()  # without a word to its workers
    first.process.wait()
    second = start_server(tmp_path / "w")
    try:
        assert {second.wait(run)["state"] for run in runs} == {"done"}
    finally:
        stop_server(second)


def test_a_what_if_answers_with_a_verdict_and_intervals_follow(server):
    opened = begin(server, "shanxi")
    asked = {"study": opened["study"], "scenario": {"projects": ["P01"]}, "draws": 5}
    answer = server.client.post("/api/v1/whatif?wait=25", json=asked)
    body = answer.json()
    assert answer.status_code == 200, body
    point = body["result"]
    assert point["certificate"]["verdict"] == "certified"
    assert "方程" in point["certificate"]["words_zh"]
    whole = server.client.get(f"/api/v1/whatif/{body['run']}?wait=30&have=point").json()
    assert whole["stage"] == "full"
    low, high = (whole["result"][k]["residents"] for k in ("low", "high"))
    assert all(a <= b for a, b in zip(low, high, strict=True))
    assert whole["result"]["change"] == point["change"]


def test_a_question_that_makes_no_sense_fails_with_words(server):
    study = begin(server)["study"]
    asked = {"study": study, "scenario": {"projects": ["P99"]}}
    run = server.client.post("/api/v1/whatif", json=asked).json()["run"]
    ended = server.wait(run)
    assert ended["state"] == "failed" and "P99" in ended["error"]["detail_en"]
