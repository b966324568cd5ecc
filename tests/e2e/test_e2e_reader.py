"""What only a browser shows: moments in its zone, passwords that stay, the place in a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.integration.sites_stage import PASSWORD, Stage, stage
from tests.product import Product

pytestmark = [pytest.mark.e2e]

HERE = "America/New_York"
TOP = "card => card.getBoundingClientRect().top"  # where in the window an element is


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("reader")) as running:
        running.choose_site()
        running.api("POST", "v1/anime", {"site": "aniworld", "key": "mondlaterne"})
        for number in range(150):
            folder = running.library / f"Adopted {number:03}"
            folder.mkdir()
            (folder / "key").write_text(f"adopted-{number:03}")
            (folder / "S01E01.mkv").write_bytes(b"x" * 1000)
        done = running.product.manage("rescan", "--no-provider")
        assert done.returncode == 0, done.stderr
        yield running


def logged_in(browser: Browser, stage: Stage, **context: object) -> Page:
    """By the cookie that there is: so many logins would have to wait."""
    inside = browser.new_context(timezone_id=HERE, locale="en-US", **context)  # type: ignore[arg-type]
    cookies = stage.product.session.cookies
    inside.add_cookies(
        [{"name": c.name, "value": c.value or "", "url": stage.product.address} for c in cookies]
    )
    page = inside.new_page()
    page.goto(f"{stage.product.address}/")
    return page


def test_moments_are_told_in_the_zone_of_who_reads(browser: Browser, running: Stage) -> None:
    page = logged_in(browser, running)
    complaints = complaints_of(page)
    page.goto(f"{running.product.address}/series/mondlaterne?tab=preferences")
    time = page.locator("#series-details time").first
    expect(time).to_have_attribute("title", re.compile("Time|EST|EDT|GMT"))
    told = datetime.fromisoformat(str(time.get_attribute("datetime")))
    here = told.astimezone(ZoneInfo(HERE))
    assert f"{here:%-I:%M}" in time.inner_text()
    assert complaints == []
    plain = logged_in(browser, running, java_script_enabled=False)
    plain.goto(f"{running.product.address}/series/mondlaterne?tab=preferences")
    assert plain.locator("#series-details time").first.inner_text().endswith("UTC")


@pytest.mark.parametrize("width", [390, 1280])
def test_back_finds_the_card_in_a_long_library(
    browser: Browser, running: Stage, width: int
) -> None:
    page = logged_in(browser, running, viewport={"width": width, "height": 844})
    page.goto(f"{running.product.address}/?view=grid")
    while page.locator("#more").count():
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(100)
    card = page.locator(".poster-card[data-key=adopted-120]")
    card.evaluate("card => card.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(100)
    before = card.evaluate(TOP)
    assert 0 < before < 844
    card.locator(".poster-link").evaluate("link => link.click()")
    page.wait_for_selector("h1:has-text('Adopted 120')")
    page.go_back()
    expect(page.locator(".poster-name").last).to_have_text("Mondlaterne")
    page.wait_for_function(
        f"top => Math.abs(({TOP})(document.querySelector('[data-key=adopted-120]')) - top) < 2",
        arg=before,
    )


def test_back_from_another_filter_finds_the_card_too(browser: Browser, running: Stage) -> None:
    page = logged_in(browser, running, viewport={"width": 1280, "height": 844})
    page.goto(f"{running.product.address}/?view=grid")
    while page.locator("#more").count():
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(100)
    card = page.locator(".poster-card[data-key=adopted-120]")
    card.evaluate("card => card.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(100)
    before = card.evaluate(TOP)
    page.locator("#filters [name=sort]").evaluate(
        "one => { one.value = 'added'; one.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    page.wait_for_url("**sort=added**")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_url("**pages=3")
    page.wait_for_function(
        f"top => {{ const card = document.querySelector('[data-key=adopted-120]');"
        f" return card && Math.abs(({TOP})(card) - top) < 2; }}",
        arg=before,
    )


def test_the_actions_are_one_tab_after_a_tick(browser: Browser, running: Stage) -> None:
    page = logged_in(browser, running, viewport={"width": 1280, "height": 844})
    page.goto(f"{running.product.address}/?view=grid")
    box = page.locator("input[name=keys]").nth(20)
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="To the actions (1 selected)")).to_be_focused()
    page.keyboard.press("Enter")
    every = page.locator("input[name=every]")
    expect(every).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("151 selected", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    expect(every).not_to_be_checked()
    expect(page.get_by_text("59 selected", exact=True)).to_be_visible()


def test_on_a_telephone_a_long_press_ticks_and_the_first_poster_is_in_sight(
    browser: Browser, running: Stage
) -> None:
    page = logged_in(browser, running, viewport={"width": 360, "height": 640}, has_touch=True)
    page.goto(f"{running.product.address}/?view=grid")
    poster = page.locator(".poster-link").first
    place = poster.bounding_box()
    assert place
    assert place["y"] < 400
    status = page.locator("#filters [name=status]")
    expect(status).to_be_hidden()
    page.locator("#filters-fold summary").click()
    expect(status).to_be_visible()
    address = page.url
    finger = page.context.new_cdp_session(page)
    here = poster.bounding_box()
    assert here
    at = {"x": here["x"] + here["width"] / 2, "y": here["y"] + 30}
    touch = "Input.dispatchTouchEvent"
    finger.send(touch, {"type": "touchStart", "touchPoints": [at]})
    expect(page.locator("input[name=keys]").first).to_be_checked()
    finger.send(touch, {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    assert page.url == address


@pytest.mark.parametrize("width", [390, 1280])
def test_a_message_does_not_cover_the_bar_of_actions(
    browser: Browser, running: Stage, width: int
) -> None:
    page = logged_in(browser, running, viewport={"width": width, "height": 844})
    page.locator("input[name=keys]").first.check()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('toast',"
        " {detail: {text: 'A message', level: 'success'}}))"
    )
    toast = page.locator(".toast").last.bounding_box()
    bar = page.locator(".selection-bar").bounding_box()
    assert toast
    assert bar
    assert toast["y"] + toast["height"] <= bar["y"]


def test_a_refused_setup_keeps_what_was_typed(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        page = browser.new_context().new_page()
        page.goto(f"{product.address}/setup")
        page.fill("input[name=master_password]", PASSWORD)
        page.fill("input[name=repeated_password]", PASSWORD)
        page.fill("input[name=anime_directory]", "/does/not/exist")
        page.get_by_role("button", name="Finish setup").click()
        expect(page.locator(".field-error")).to_contain_text("/does/not/exist does not exist")
        assert PASSWORD not in page.content()
        assert page.input_value("input[name=master_password]") == PASSWORD
        assert page.input_value("input[name=repeated_password]") == PASSWORD
        page.fill("input[name=anime_directory]", str(tmp_path))
        page.get_by_role("button", name="Finish setup").click()
        page.wait_for_url(f"{product.address}/")
        expect(page.get_by_text("Aniworld is set up")).to_be_visible()
