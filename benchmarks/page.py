"""What a planner waits for: first map, what-if to new map, another figure; bytes of the page.

Writes `results/page.json`. The real service over a workspace with the Shanxi example, Chromium with
software WebGL; every first map is seen by a new browser context with an empty cache. Seconds are
medians of warm runs and depend on the machine and what else runs on it.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests/browser"))

from browser_kit import FLAGS, READY, find_chromium, serving  # noqa: E402

STATIC = HERE.parent / "src/buju/serve/static"
RUNS = 5
YEARS = (2012, 2013, 2014, 2015, 2016, 2017)


def first_map(browser: Browser, address: str, where: str) -> float:
    """From an empty browser to the first complete picture of the counties."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(f"{address}#/map{where}")
    page.wait_for_selector(READY.format("map"))
    page.wait_for_selector("[data-painted]")
    spent = time.perf_counter() - begun
    context.close()
    return spent


def painted(page: Page) -> int:
    """How many looks the map has drawn to the end."""
    return int(page.locator(".map-frame").get_attribute("data-painted") or 0)


def until_painted(page: Page, ask: Callable[[], object]) -> float:
    """From a user's action until the map that answers it stands."""
    before = painted(page)
    begun = time.perf_counter()
    ask()
    page.wait_for_function(
        "n => Number(document.querySelector('.map-frame').dataset.painted ?? 0) > n", arg=before
    )
    return time.perf_counter() - begun


def what_ifs(page: Page, address: str, where: str) -> Iterator[float]:
    """Edit a line's opening year, solve, see the new map; each year is a new question."""
    page.goto(f"{address}#/whatif{where}")
    page.wait_for_selector(READY.format("whatif"))
    page.locator("form select").nth(1).select_option("P01")
    page.locator("form select").nth(2).select_option("0")
    year = page.locator("form input[type=number]")
    for opened in YEARS:
        year.fill(str(opened))
        page.wait_for_timeout(500)
        yield until_painted(page, lambda: year.press("Enter"))
        page.wait_for_selector("form .good")


def other_figures(page: Page, address: str, where: str) -> Iterator[float]:
    """Another column of the same table: colours change, shapes stay."""
    page.goto(f"{address}#/map{where}")
    page.wait_for_selector(READY.format("map"))
    figure = page.locator(".side select").nth(1)
    for column in ("gdp", "residents", "area_km2", "gdp", "residents"):
        page.wait_for_timeout(300)
        yield until_painted(page, lambda column=column: figure.select_option(column))


def sizes() -> dict[str, int]:
    """Bytes of the built page, as they lie and compressed."""
    files = [path.read_bytes() for path in STATIC.rglob("*") if path.is_file()]
    return {
        "raw_bytes": sum(map(len, files)),
        "gzip_bytes": sum(len(gzip.compress(data, 6)) for data in files),
    }


def opened(address: str) -> str:
    """Open the example; what the address says of it."""
    import httpx

    with httpx.Client(base_url=address, headers={"X-Buju": "1"}, timeout=120) as client:
        found = client.post("/api/v1/examples/shanxi").json()
    return f"?region={found['region']}&study={found['study']}"


def summary(seconds: list[float]) -> dict[str, float]:
    return {
        "median_s": round(statistics.median(seconds), 2),
        "least_s": round(min(seconds), 2),
        "most_s": round(max(seconds), 2),
    }


def main() -> None:
    found: dict[str, object] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "load_before": round(os.getloadavg()[0], 2),
        "page": sizes(),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "workspace") as address,
        sync_playwright() as play,
    ):
        where = opened(address)
        browser = play.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        cold, *warm = [first_map(browser, address, where) for _ in range(RUNS + 1)]
        page = browser.new_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
        found["first_map_117"] = summary(warm) | {"first_ever_s": round(cold, 2)}
        first, *asked = list(what_ifs(page, address, where))
        found["what_if_to_map"] = summary(asked) | {"first_ever_s": round(first, 2)}
        found["other_figure"] = summary(list(other_figures(page, address, where)))
        browser.close()
    found["load_after"] = round(os.getloadavg()[0], 2)
    (HERE / "results/page.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
