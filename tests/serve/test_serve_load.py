"""Many at once, and whatever a machine can think of to send."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import httpx
import pytest

READERS, SECONDS, P95 = 50, 60, 0.3
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "serve.json"


@pytest.mark.long
def test_fifty_readers_for_a_minute(server):
    study = server.client.post("/api/v1/examples/strip").json()["study"]
    run = server.client.post("/api/v1/runs", json={"study": study}).json()["run"]
    bundle = server.wait(run)["bundle"]
    base = f"http://127.0.0.1:{server.port}/api/v1/bundles/{bundle}"
    paths = ("tables/effects", "tables/counties?limit=50", "values/effects.json", "tables")
    took: list[float] = []
    wrong: list[int] = []
    end = time.monotonic() + SECONDS

    def read() -> None:
        with httpx.Client(timeout=30) as client:
            for turn in range(10**9):
                if time.monotonic() > end:
                    return
                start = time.perf_counter()
                status = client.get(f"{base}/{paths[turn % len(paths)]}").status_code
                took.append(time.perf_counter() - start)
                if status != 200:
                    wrong.append(status)
                time.sleep(0.5)  # a reader reads

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    took.sort()
    found = {
        name: round(took[int(len(took) * at)], 4) for name, at in (("p50", 0.5), ("p95", 0.95))
    }
    found |= {"readers": READERS, "requests": len(took), "errors": len(wrong)}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    assert not wrong
    assert found["p95"] <= P95


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_nothing_a_machine_sends_breaks_the_service(space):
    import schemathesis
    from schemathesis.checks import not_a_server_error

    from buju.serve.app import create_app

    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json",
        create_app(space, work=False),
        headers={"X-Buju": "1", "Host": "127.0.0.1"},
    )
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        strategy = operation.as_strategy()
        tried += 1

        from hypothesis import HealthCheck, Phase, given, settings

        @settings(
            max_examples=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            database=None,
        )
        @given(case=strategy)
        def check(case):
            answer = case.call(headers={"X-Buju": "1", "Host": "127.0.0.1"})
            case.validate_response(answer, checks=[not_a_server_error])

        check()
    assert tried > 20
