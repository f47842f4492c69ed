"""Every page in both languages: accessible, one language, silent outwards, usable by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser_kit import LANGUAGES, PAGES, Seat, require_page, seated, serving
from playwright.sync_api import expect

from buju import serve
from buju.serve.tokens import Tokens

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LARGEST = 3_000_000
"""Bytes of the built page, as they lie: the bar of the issue."""
CHROME_OF_PAGE = """() => {
  const data = "td, .brand, .language, .chosen, option, .notes, code";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const { parentElement, textContent } = walk.currentNode;
    if (!parentElement.closest(data)) found.push(textContent);
  }
  for (const e of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const name of ["aria-label", "title", "placeholder"])
      if (e.hasAttribute(name)) found.push(e.getAttribute(name));
  return found;
}"""
"""Words of the page itself: text outside cells and lists that hold the user's data."""


@pytest.fixture(scope="module")
def opened(server: str) -> str:
    """A service in which the small example is open: its address after `#/page`."""
    import httpx

    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        found = client.post("/api/v1/examples/strip").json()
    return f"?region={found['region']}&study={found['study']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_accessible_and_in_one_language(browser, server, opened, language):
    with seated(browser, server, language) as seat:
        for page in PAGES:
            seat.go(page, opened)
            assert seat.page.locator("html").get_attribute("lang") == language
            seat.accessible()
            own = seat.page.evaluate(CHROME_OF_PAGE)
            chinese = [text for text in own if CHINESE.search(text)]
            if language == "en":
                assert not chinese, (page, chinese)
            else:
                assert len(chinese) > 5, page


def test_the_language_is_changed_in_place_and_kept(browser, server, opened):
    with seated(browser, server, "zh-CN") as seat:
        seat.go("map", opened)
        seat.page.get_by_role("button", name="English").click()
        expect(seat.page.locator("h1")).to_have_text("Map")
        seat.stands("map")
        seat.page.reload()
        expect(seat.page.locator("h1")).to_have_text("Map")
        seat.stands("map")


def test_without_webgl_the_map_is_a_drawing(browser, server, opened):
    with seated(browser, server, "en") as seat:
        seat.go("map", opened, search="?svg")
        shapes = seat.page.locator("svg.svg-map path[fill^='#'] title")
        assert shapes.count() == 10
        assert "persons" in (shapes.first.text_content() or "")
        expect(seat.page.locator(".map .hint")).to_contain_text("no WebGL")
        seat.accessible()


def test_paper_shows_the_map_as_a_drawing(browser, server, opened):
    with seated(browser, server, "zh-CN") as seat:
        seat.go("map", opened)
        seat.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        seat.page.emulate_media(media="print")
        expect(seat.page.locator("svg.on-paper")).to_be_visible()
        expect(seat.page.locator(".map-frame")).to_be_hidden()
        expect(seat.page.locator(".key")).to_be_visible()


def test_the_keyboard_reaches_what_the_mouse_does(browser, server, opened):
    with seated(browser, server, "en") as seat:
        seat.go("whatif", opened)
        page = seat.page
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the content")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_attribute("id", re.compile("^choice"))
        reached = set()
        for _ in range(14):
            reached.add(page.evaluate("document.activeElement.tagName"))
            page.keyboard.press("Tab")
        assert {"SELECT", "INPUT", "BUTTON"} <= reached


def test_errors_and_empty_pages_say_what_to_do(browser, server, opened, tmp_path: Path):
    wrong = tmp_path / "not-excel.xlsx"
    wrong.write_bytes(b"this is no workbook")
    with seated(browser, server, "en") as seat:
        seat.go("start")
        seat.page.get_by_label("Choose a file").set_input_files(wrong)
        failure = seat.page.locator(".failure")
        expect(failure).to_be_visible()
        assert len(failure.inner_text()) > 40
        # The browser itself reports the refused upload; it is no mistake of the page.
        seat.mistakes = [m for m in seat.mistakes if "status of 4" not in m]


def test_a_service_that_is_gone_is_said(browser, server, opened):
    with seated(browser, server, "en") as seat:
        seat.go("start")
        seat.page.route("**/api/**", lambda route: route.abort())
        seat.page.evaluate("location.hash = '#/map'")
        expect(seat.page.locator(".failure")).to_contain_text("buju serve")
        seat.mistakes = [m for m in seat.mistakes if "ERR_FAILED" not in m]


def test_a_later_place_in_the_queue_can_be_cancelled(browser, server, opened):
    with seated(browser, server, "en") as seat:
        run_and_cancel(seat, opened)


def run_and_cancel(seat: Seat, opened: str) -> None:
    seat.go("report", opened)
    seat.page.get_by_role("button", name="Run the study").click()
    seat.page.get_by_role("button", name="Cancel").click()
    expect(seat.page.locator("main")).to_contain_text(
        re.compile("Cancelled|Download the report"), timeout=60_000
    )


def test_an_office_service_asks_for_a_token(browser, tmp_path: Path):
    secret = Tokens(tmp_path / "tokens.json").add("甲", "planner")
    options = ["--host", "0.0.0.0", "--allow-host", "127.0.0.1"]
    options += ["--token-file", str(tmp_path / "tokens.json")]
    with (
        serving(tmp_path / "workspace", *options) as address,
        seated(browser, address, "en") as seat,
    ):
        page = seat.page
        seat.go("start")
        seat.accessible()
        page.get_by_label("Token").fill("wrong")
        page.get_by_role("button", name="Enter").click()
        expect(page.locator(".failure")).to_be_visible()
        page.get_by_label("Token").fill(secret)
        page.get_by_role("button", name="Enter").click()
        expect(page.get_by_role("heading", name="Upload a region")).to_be_visible()
        seat.mistakes = [m for m in seat.mistakes if "status of 401" not in m]


def test_the_built_page_is_small():
    require_page()
    folder = Path(serve.__file__).parent / "static"
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert size <= LARGEST, size
