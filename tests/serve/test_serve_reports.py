"""Reports are made beside the service, one at a time, and carry a name to keep."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from buju.serve.problems import Problem
from buju.serve.rendering import Renderer
from buju.study import Bundle, run_study

STRIP = Path(__file__).parents[2] / "examples" / "strip"
ROOM = 60
"""Megabytes that the service may grow by while its renderer uses hundreds; measured: below 10."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    return run_study(STRIP, out=tmp_path_factory.mktemp("reports") / "strip")


def resident(pid: int) -> float:
    """Megabytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def test_the_service_does_not_grow_by_its_reports(server):
    study = server.client.post("/api/v1/examples/strip").json()["study"]
    run = server.client.post("/api/v1/runs", json={"study": study}).json()["run"]
    found = server.wait(run)["bundle"]
    address = f"/api/v1/bundles/{found}"
    server.client.get(f"{address}/tables")
    before = resident(server.process.pid)
    for format in ("html", "docx", "xlsx", "pdf"):
        for language in ("zh", "en"):
            answer = server.client.get(f"{address}/report.{format}?language={language}")
            assert answer.status_code == 200, answer.text
    assert resident(server.process.pid) - before < ROOM


def test_a_report_is_named_by_study_language_and_day(server):
    study = server.client.post("/api/v1/examples/strip").json()["study"]
    run = server.client.post("/api/v1/runs", json={"study": study}).json()["run"]
    found = server.wait(run)["bundle"]
    answer = server.client.get(f"/api/v1/bundles/{found}/report.docx?language=zh")
    day = time.strftime("%Y-%m-%d")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="strip-report-zh-{day}.docx"'
    )


def test_many_who_ask_for_one_report_get_the_same(bundle):
    renderer = Renderer()
    files: list[Path] = []

    def ask() -> None:
        files.append(renderer.report(bundle, "html", "en"))

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(set(files)) == 1 and len(files) == 6
    assert renderer._tasks == 1
    renderer.close()


def test_too_many_are_asked_to_come_again(bundle, monkeypatch):
    renderer, gate = Renderer(), threading.Event()
    monkeypatch.setattr(renderer, "_render", lambda asked: gate.wait(20))
    askers = [
        threading.Thread(target=renderer.report, args=(bundle, "xlsx", "zh")) for _ in range(9)
    ]
    for asker in askers:
        asker.start()
    time.sleep(0.2)
    with pytest.raises(Problem, match="too many reports") as refused:
        renderer.report(bundle, "xlsx", "en")
    assert refused.value.status == 503
    gate.set()
    for asker in askers:
        asker.join()


def test_a_renderer_that_is_killed_says_so_and_is_started_again(bundle):
    renderer = Renderer()
    renderer._start().kill()
    with pytest.raises(Problem, match="ask again") as refused:
        renderer.report(bundle, "xlsx", "both")
    assert refused.value.status == 500 and "内存" in refused.value.chinese
    assert renderer.report(bundle, "xlsx", "both").is_file()
    renderer.close()


def test_a_refusal_of_the_report_keeps_its_words(bundle, monkeypatch):
    renderer = Renderer()
    broken = Bundle(bundle.path, bundle.manifest)
    with pytest.raises(Problem, match="language"):
        renderer._render([str(broken.path), "html", "la", str(bundle.path / "x.html")])
    renderer.close()
