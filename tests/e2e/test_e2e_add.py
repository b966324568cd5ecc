"""Adding a series in a browser: by mouse, by keys alone, by touch on a phone, without script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e
KEY = "kupferfuchs"
NAME = "Kupferfuchs"
TIME_TO_READ = 30_000  # milliseconds: what a page and a cover may take on a busy machine
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def visiting(browser: Browser, stage: Stage, **context: Any) -> Iterator[Page]:
    """A visitor that is logged in, with the search for one series before them."""
    stage.set_up()
    around = browser.new_context(**context)
    page = around.new_page()
    complaints = complaints_of(page)
    page.goto(stage.product.address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{stage.product.address}/add")
    try:
        yield page
        assert complaints == []
    finally:
        around.close()


def is_there_as_wished(stage: Stage) -> None:
    """The first season is queued, and new episodes are followed."""
    series = stage.product.api("GET", f"v1/anime/{KEY}", expect=200)
    assert series["following"]["follow"] == "NEW"
    waiting = stage.product.api("GET", f"queue/items?series={KEY}", expect=200)
    assert {item["season"] for item in waiting["results"]} == {1}


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def test_with_the_mouse(browser: Browser, stage: Stage) -> None:
    with visiting(browser, stage) as page:
        page.get_by_label("Name or link").fill("kupferfuchs")
        page.get_by_role("button", name="Search", exact=True).click()
        card = page.locator(f".hit[data-key={KEY}]")
        expect(card.locator("img")).to_be_visible(timeout=TIME_TO_READ)
        expect(card.locator(".hit-languages .chip").first).to_be_visible()
        expect(card.locator(".hit-more")).to_have_count(0)
        hosts = page.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
        assert all(name.startswith(stage.product.address) for name in hosts)
        card.get_by_role("link", name=f"Add {NAME} with options").click()
        expect(page.get_by_label("From this season on")).to_be_hidden()
        page.get_by_label("Then fetch by itself").select_option("SEASON")
        expect(page.get_by_label("From this season on")).to_be_visible()
        page.get_by_role("button", name="Add to the library").click()
        expect(page.get_by_text("Say from which season on.").first).to_be_visible()
        page.get_by_label("Then fetch by itself").select_option("NEW")
        page.get_by_label("Queue now").select_option("FIRST_SEASON")
        page.get_by_role("button", name="Add to the library").click()
        expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
        is_there_as_wished(stage)
        page.goto(f"{stage.product.address}/add?q=kupferfuchs")
        expect(card.get_by_text("In your library")).to_be_visible()


def test_by_keys_alone(browser: Browser, stage: Stage) -> None:
    with visiting(browser, stage) as page:
        page.keyboard.type("kupferfuchs")
        page.keyboard.press("Enter")
        options = page.get_by_role("link", name=f"Add {NAME} with options")
        expect(options).to_be_visible()
        unread = page.locator(f".hit[data-key={KEY}] .hit-more")
        expect(unread).to_have_count(0, timeout=TIME_TO_READ)
        _tab_to(page, f"a[aria-label='Add {NAME} with options']")
        page.keyboard.press("Enter")
        _tab_to(page, "#id_queue")
        page.keyboard.type("The first")
        _tab_to(page, "#id_follow")
        page.keyboard.type("New")
        _tab_to(page, "#add-it")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
        is_there_as_wished(stage)


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        if page.evaluate("(what) => document.activeElement.matches(what)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {selector}")


def test_by_touch_on_a_phone(browser: Browser, stage: Stage) -> None:
    with visiting(browser, stage, **PHONE) as page:
        page.get_by_label("Name or link").fill("kupferfuchs")
        page.get_by_role("button", name="Search", exact=True).tap()
        add = page.get_by_role("link", name=f"Add {NAME} with options")
        expect(add).to_be_visible()
        fits(page)
        box = add.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        add.tap()
        expect(page.get_by_label("Queue now")).to_be_visible()
        fits(page)
        page.set_viewport_size({"width": 320, "height": 640})
        fits(page)
        page.get_by_label("Queue now").select_option("FIRST_SEASON")
        page.get_by_label("Then fetch by itself").select_option("NEW")
        page.get_by_role("button", name="Add to the library").tap()
        expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
        is_there_as_wished(stage)


def test_without_script(browser: Browser, stage: Stage) -> None:
    with visiting(browser, stage, java_script_enabled=False) as page:
        link = f"{stage.world.catalogue_url}/anime/stream/{KEY}/staffel-1/episode-1"
        page.get_by_label("Name or link").fill("https://elsewhere.example/watch/1")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.get_by_role("heading", name="This link cannot be added")).to_be_visible()
        page.get_by_label("Name or link").fill(link)
        page.get_by_role("button", name="Search", exact=True).click()
        page.get_by_role("button", name="Read more").click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        page.get_by_label("Queue now").select_option("FIRST_SEASON")
        page.get_by_label("Then fetch by itself").select_option("NEW")
        page.get_by_role("button", name="Add to the library").click()
        expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
        is_there_as_wished(stage)


def test_a_card_adds_at_once(browser: Browser, stage: Stage) -> None:
    with visiting(browser, stage) as page:
        page.goto(f"{stage.product.address}/add?q=kupferfuchs")
        page.get_by_role("button", name=f"Add {NAME}", exact=True).click()
        expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
        assert page.url.endswith(f"/series/{KEY}")
        page.go_back()
        expect(page.locator(f".hit[data-key={KEY}]")).to_be_visible()
