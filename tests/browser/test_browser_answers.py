"""An answer belongs to the form that asked it; another language or page loses neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browser_kit import Seat, seated
from playwright.sync_api import expect

WORDS = Path(__file__).parents[2] / "web/src/pages/whatif"


def say(language: str = "en") -> dict[str, str]:
    return json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def opened(server: str) -> dict[str, str]:
    """The small example, opened once for this file."""
    import httpx

    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        return client.post("/api/v1/examples/strip").json()


def where(opened: dict[str, str]) -> str:
    return f"?region={opened['region']}&study={opened['study']}"


def solve(seat: Seat, amount: str, kind: str = "productivity") -> None:
    words = say(seat.language)
    seat.page.get_by_label(words["whatif.kind"]).select_option(kind)
    seat.page.locator("form input[type=number]").fill(amount)
    seat.page.get_by_label(words["whatif.draws"]).select_option("0")
    seat.page.get_by_role("button", name=words["whatif.run"]).click()
    expect(seat.page.locator("form .good")).to_be_visible(timeout=60_000)


def test_an_answer_is_marked_once_the_form_moved_on_and_saved_as_asked(browser, server, opened):
    with seated(browser, server, "en") as seat:
        seat.go("whatif", where(opened))
        page, words = seat.page, say()
        save = page.get_by_role("button", name=words["whatif.save"])
        expect(save).to_be_disabled()
        solve(seat, "3")
        expect(page.locator(".belongs")).to_contain_text("productivity +3%")
        expect(save).to_be_enabled()
        amount = page.locator("form input[type=number]")
        amount.fill("7")
        expect(page.locator(".result.stale .belongs.failure")).to_contain_text("+3%")
        expect(page.locator(".drawing.stale .old")).to_be_visible()
        expect(save).to_be_disabled()
        seat.accessible()
        page.get_by_role("button", name=words["whatif.back"]).click()
        expect(page.locator("form input[type=number]")).to_have_value("3")
        expect(page.locator(".stale")).to_have_count(0)
        page.get_by_label(words["whatif.name"]).fill("three")
        save.click()
        expect(page.locator("form .good")).to_contain_text("three")
        # A name in use is not taken over unasked.
        save.click()
        expect(page.locator("dialog")).to_contain_text("three")
        seat.accessible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    # What was asked is what is stored, to the last digit.
    (change,) = scenario(server, opened, "three")["zones"].values()
    assert change["productivity"] == 1.03


def scenario(
    server: str, opened: dict[str, str], name: str
) -> dict[str, dict[str, dict[str, float]]]:
    import httpx

    found = httpx.get(f"{server}api/v1/studies/{opened['study']}", timeout=30).json()
    return found["specs"][name]


def test_another_language_keeps_form_and_answer(browser, server, opened):
    with seated(browser, server, "zh-CN") as seat:
        seat.go("whatif", where(opened))
        solve(seat, "-4.5")
        welfare = seat.page.locator(".verdict strong")
        before = welfare.inner_text()
        seat.page.get_by_role("button", name="English").click()
        expect(seat.page.locator("h1")).to_have_text("What if")
        seat.stands("whatif")
        page = seat.page
        expect(page.locator("form input[type=number]")).to_have_value("-4.5")
        expect(page.locator(".belongs")).to_contain_text("productivity -4.5%")
        assert welfare.inner_text() == before
        expect(page.get_by_role("button", name=say()["whatif.save"])).to_be_enabled()
        expect(page.locator(".language")).to_be_focused()
        # A look at another page loses nothing either.
        page.get_by_role("link", name="Map", exact=True).click()
        seat.stands("map")
        page.get_by_role("link", name="What if").click()
        seat.stands("whatif")
        expect(page.locator(".belongs")).to_contain_text("productivity -4.5%")


def test_a_question_under_way_is_followed_in_the_other_language(browser, server, opened):
    import httpx

    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        region = client.post("/api/v1/examples/strip").json()["region"]
        ranged = client.post("/api/v1/studies", json={"region": region}).json()
    with seated(browser, server, "en") as seat:
        seat.go("whatif", where(ranged))
        page, words = seat.page, say()
        page.get_by_label(words["whatif.kind"]).select_option("productivity")
        page.locator("form input[type=number]").fill("6.5")
        page.get_by_label(words["whatif.draws"]).select_option("50")
        page.get_by_role("button", name=words["whatif.run"]).click()
        page.get_by_role("button", name="中文").click()
        expect(page.locator("h1")).to_have_text("如果……会怎样")
        expect(page.locator("form .good")).to_be_visible(timeout=60_000)
        expect(page.locator(".belongs")).to_contain_text("+6.5%")


def test_the_map_keeps_what_was_chosen(browser, server, opened):
    with seated(browser, server, "en") as seat:
        seat.go("map", where(opened))
        seat.page.get_by_label("Figure").select_option("area_km2")
        seat.page.get_by_role("button", name="中文").click()
        expect(seat.page.locator("h1")).to_have_text("地图")
        seat.stands("map")
        expect(seat.page.get_by_label("数值")).to_have_value("area_km2")
        # Counties of one name stand in several prefectures.
        assert seat.page.locator("thead th").all_inner_texts()[2] == "市"


@pytest.mark.parametrize(
    ("page", "query", "says"),
    [
        ("map", "?region=nosuch", "nosuch"),
        ("faults", "?region=nosuch", "nosuch"),
        ("whatif", "REGION&study=nosuch", "nosuch"),
        ("report", "STUDY&bundle=nosuch", "nosuch"),
        ("nosuch", "", "nosuch"),
    ],
)
def test_what_is_not_there_is_said_with_the_way_back(browser, server, opened, page, query, says):
    query = query.replace("REGION", f"?region={opened['region']}").replace("STUDY", where(opened))
    with seated(browser, server, "en") as seat:
        seat.page.goto(f"{server}#/{page}{query}")
        expect(seat.page.locator(".failure")).to_contain_text(says)
        seat.accessible()
        seat.page.get_by_role("link", name="Go to Start").click()
        seat.stands("start")


def test_a_line_is_found_by_search_and_a_year_says_what_it_does(browser, server):
    import httpx

    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        shanxi = client.post("/api/v1/examples/shanxi").json()
    with seated(browser, server, "en") as seat:
        seat.go("whatif", where(shanxi))
        page, words = seat.page, say()
        groups = page.locator("select.list optgroup")
        assert groups.first.get_attribute("label") == "Projects" and groups.count() > 4
        page.get_by_label("Search: Line or project").fill("xiong'an xinzhou")
        expect(page.locator("select.list option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator(".now")).to_contain_text("Xiong'an-Xinzhou")
        year = page.get_by_label(words["whatif.new_year"])
        described = year.get_attribute("aria-describedby")
        expect(page.locator(f"[id='{described}']")).to_contain_text("base date stays")
        year.fill("2020")
        expect(page.locator("form")).to_contain_text("what building it would mean")
        year.fill("2027")
        expect(page.locator("form")).to_contain_text("this year changes nothing")
        # Minutes alone open no line: that is asked for.
        page.get_by_label(words["whatif.kind"]).select_option("minutes")
        page.get_by_role("button", name=words["whatif.run"]).click()
        expect(page.locator("form .empty")).to_contain_text("Tick")
        page.get_by_label("also add the line").check()
        page.get_by_label(words["whatif.draws"]).select_option("0")
        page.get_by_role("button", name=words["whatif.run"]).click()
        expect(page.locator(".belongs")).to_contain_text("built,", timeout=60_000)


def test_a_region_is_renamed_and_deleted(browser, server):
    import httpx

    with httpx.Client(base_url=server, headers={"X-Buju": "1"}, timeout=60) as client:
        region = client.post("/api/v1/examples/strip").json()["region"]
        client.patch(f"/api/v1/regions/{region}", json={"title_zh": "旧", "title_en": "Old one"})
    with seated(browser, server, "en") as seat:
        seat.go("start")
        page = seat.page
        page.get_by_role("button", name="Rename: Old one").click()
        page.get_by_label("English name").fill("New one")
        seat.accessible()
        page.get_by_role("button", name="Rename", exact=True).click()
        page.get_by_role("button", name="Delete: New one").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("link", name="New one")).to_have_count(0)
        seat.stands("start")


def test_the_menu_folds_on_a_phone(browser, server, opened):
    with seated(browser, server, "zh-CN") as seat:
        seat.page.set_viewport_size({"width": 375, "height": 740})
        seat.go("whatif", where(opened))
        page = seat.page
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.locator(".top").bounding_box()["height"] < 80
        fold = page.get_by_role("button", name="菜单")
        fold.click()
        expect(fold).to_have_attribute("aria-expanded", "true")
        seat.accessible()
        page.get_by_role("link", name="报告", exact=True).click()
        seat.stands("report")
