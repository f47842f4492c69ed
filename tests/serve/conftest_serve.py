"""A service over an empty workspace, inside this process or as a real one with its workers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from buju.serve.app import create_app
from buju.serve.workspace import Workspace

with warnings.catch_warnings():
    # The client warns that a successor of httpx is coming; nothing here depends on which it is.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

HEADERS = {"X-Buju": "1"}


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def client(space: Path) -> Iterator[TestClient]:
    """The application without workers."""
    app = create_app(space, work=False)
    with TestClient(app, base_url="http://127.0.0.1", headers=HEADERS) as found:
        yield found


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    client: httpx.Client
    space: Workspace
    port: int

    def wait(self, run: str, *states: str, seconds: float = 60) -> dict[str, object]:
        """The run once it is in one of these states (ended, where none is named)."""
        wanted = states or ("done", "failed", "cancelled")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.client.get(f"/api/v1/runs/{run}").json()
            if found["state"] in wanted:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{run} is still {found['state']}")


def start_server(folder: Path, *options: str) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import sys; from buju.serve.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "serve", "--workspace", str(folder)]
    command += ["--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {})
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS, timeout=60)
    for _ in range(600):
        try:
            if client.get("/api/v1").json()["worker"]["alive"]:
                return Server(process, client, Workspace.open(folder), port)
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the service did not start")


def stop_server(server: Server) -> None:
    server.client.close()
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`buju serve` as a process of its own, with worker processes."""
    found = start_server(tmp_path_factory.mktemp("serve") / "workspace")
    yield found
    stop_server(found)
