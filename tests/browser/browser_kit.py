"""A real service and a real browser; what the page asked for, and what it got wrong, is kept."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from buju import serve

FLAGS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LANGUAGES = ("zh-CN", "en")
PAGES = ("start", "faults", "overview", "map", "measure", "whatif", "report")
READY = "body[data-page={}][data-ready=true]"


def find_chromium() -> str:
    """The browser of the system; a test without one says how to get it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail(
        "The browser tests need Chromium: `apt-get install chromium fonts-noto-cjk` (Debian), "
        "`snap install chromium` (Ubuntu), or leave them out with `--ignore=tests/browser`.",
        pytrace=False,
    )


def require_page() -> None:
    """The page must have been built."""
    if not (Path(serve.__file__).parent / "static/index.html").exists():
        pytest.fail("The page is not built: `python tools/node.py build`.", pytrace=False)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """`buju serve` over a workspace as a process of its own; gives its address."""
    require_page()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import sys; from buju.serve.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "serve", "--workspace", str(folder), "--port", str(port)]
    command += options
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        _answering(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answering(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the service did not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over an empty folder."""
    with serving(tmp_path_factory.mktemp("browser") / "workspace") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a graphics card and without a network."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield found
        found.close()


@dataclass
class Seat:
    """One person at one browser: the page, and a log of requests and mistakes."""

    page: Page
    address: str
    language: str
    asked: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def go(self, page: str, query: str = "", *, search: str = "") -> None:
        """Open a page and wait until it stands."""
        self.page.goto(f"{self.address}{search}#/{page}{query}")
        self.stands(page)

    def stands(self, page: str) -> None:
        self.page.wait_for_selector(READY.format(page), timeout=60_000)

    def leave(self) -> None:
        """Nothing outside this machine was asked for, and the page made no mistake."""
        hosts = {urlsplit(url).hostname for url in self.asked if url.startswith(("http", "ws"))}
        assert hosts == {"127.0.0.1"}, sorted(hosts)
        assert not self.mistakes, self.mistakes

    def accessible(self) -> None:
        """No serious or critical violation that axe knows."""
        found = Axe().run(self.page).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in grave]
        assert not told, told


@contextmanager
def seated(browser: Browser, address: str, language: str) -> Iterator[Seat]:
    """A browser in a language; what it asked and got wrong is checked on leaving."""
    context = browser.new_context(
        locale=language,
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    seat = Seat(page, address, language)
    context.on("request", lambda request: seat.asked.append(request.url))
    page.on("websocket", lambda socket: seat.asked.append(socket.url))
    page.on("pageerror", lambda error: seat.mistakes.append(str(error)))
    page.on(
        "console",
        lambda said: seat.mistakes.append(said.text) if said.type == "error" else None,
    )
    yield seat
    seat.leave()
    context.close()
