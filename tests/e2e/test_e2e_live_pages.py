"""What pages show by themselves, without a reload: workers that come and go, a scan under way."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e

SLOW = 60_000  # milliseconds


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """A browser that is logged in; it must have no complaints at the end."""
    stage.set_up()
    with chromium() as browser:
        page = browser.new_page()
        complaints = complaints_of(page)
        page.goto(stage.product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        yield page
        assert complaints == []


def test_the_queue_page_sees_workers_come_go_and_die(stage: Stage, page: Page) -> None:
    series = {"site": "aniworld", "key": "mondlaterne"}
    added = stage.product.api("POST", "v1/anime", series, expect=201)
    stage.product.api("POST", f"v1/anime/{added['key']}/download", {"episodes": "missing"})
    page.goto(f"{stage.product.address}/queue")
    note = page.get_by_role("heading", name="No worker is running")
    expect(note).to_be_visible()

    stage.product.start_worker()
    expect(note).to_be_hidden(timeout=SLOW)
    stage.product.stop("worker")
    expect(note).to_be_visible()

    stage.product.start_worker()
    expect(note).to_be_hidden(timeout=SLOW)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=SLOW)
    stage.product.stop("worker", by=signal.SIGKILL)  # says nothing any more
    expect(note).to_be_visible(timeout=SLOW)


def test_the_library_fills_while_the_first_scan_is_under_way(stage: Stage, page: Page) -> None:
    slow = {"requests_per_second": 3}
    stage.product.api("PATCH", "providers/aniworld", slow, expect=200)
    page.get_by_role("button", name="Scan now").click()
    scanning = page.get_by_text("Scanning the library")
    cards = page.locator(".poster-card")
    expect(cards.first).to_be_visible(timeout=SLOW)
    expect(scanning).to_be_visible()

    first = cards.first.get_by_role("link")
    first.focus()
    shown = cards.count()
    expect(cards.nth(shown)).to_be_attached(timeout=SLOW)
    expect(scanning).to_be_visible()
    expect(first).to_be_focused()

    first.hover()
    cards.first.get_by_role("checkbox").check()
    stage.product.api("PATCH", "providers/aniworld", {"requests_per_second": 100}, expect=200)
    expect(scanning).to_be_hidden(timeout=SLOW)
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    page.get_by_role("button", name="Clear selection").click()
    everything = len(stage.truth.matched)
    expect(cards).to_have_count(everything, timeout=SLOW)
