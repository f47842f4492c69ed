"""Pages over results: what a run found, circles through time, any table by county."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from browser_kit import LANGUAGES, seated
from playwright.sync_api import expect

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def ran(server: str) -> str:
    """The small example, run once: its address after `#/page`."""
    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        found = client.post("/api/v1/examples/strip").json()
        run = client.post("/api/v1/runs", json={"study": found["study"]}).json()["run"]
        for _ in range(600):
            state = client.get(f"/api/v1/runs/{run}").json()["state"]
            if state not in ("queued", "running"):
                break
            time.sleep(0.2)
    assert state == "done", state
    return f"?region={found['region']}&study={found['study']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_shows_elements_and_findings(browser, server, ran, language):
    with seated(browser, server, language) as seat:
        seat.go("overview", ran)
        page = seat.page
        expect(page.locator(".figures-row .card")).to_have_count(4)
        assert page.locator(".figures-row .large").first.inner_text() == "10"
        expect(page.locator(".findings li").first).to_be_visible()
        assert page.locator("tbody tr").count() == 3
        if language == "en":
            assert not CHINESE.search(page.locator(".findings").inner_text())
        seat.accessible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_circles_move_with_the_date_and_tables_are_mapped(browser, server, ran, language):
    with seated(browser, server, language) as seat:
        seat.go("measure", ran)
        page = seat.page
        slider = page.locator("input[type=range]")
        if slider.count():
            first = slider.get_attribute("aria-valuetext")
            slider.focus()
            page.keyboard.press("End")
            last = int(slider.get_attribute("max") or 0)
            assert (slider.get_attribute("aria-valuetext") != first) == (last > 0)
        held = page.locator(".key").last.locator(".held").all_inner_texts()
        assert sum(map(int, held)) == 10
        seat.accessible()
