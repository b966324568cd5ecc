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
