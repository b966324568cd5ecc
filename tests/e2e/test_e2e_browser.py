"""The main job in a real browser, by clicking only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage
from tests.e2e.media import assert_playable

pytestmark = pytest.mark.e2e

SERIES = "Mondlaterne"
SLOW = 60_000  # milliseconds: what takes as long as a scan or a download


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_by_clicking_from_setup_to_a_finished_download(stage: Stage, browser: Browser) -> None:
    page = browser.new_page()
    complaints = complaints_of(page)
    _set_up_and_log_in(page, stage)
    stage.product.log_in(PASSWORD)
    stage.point_to_world()
    stage.product.start_worker()

    page.get_by_role("button", name="Scan now").click()
    card = page.get_by_role("link", name=re.compile(SERIES)).first
    expect(card).to_be_visible(timeout=SLOW)
    missing = sum(len(numbers) for numbers in stage.truth.missing("mondlaterne").values())
    card.click()
    expect(page.get_by_role("heading", name=SERIES)).to_be_visible()
    expect(page.get_by_role("button", name=f"Queue all {missing} missing")).to_be_visible()

    page.get_by_label("Select S02E05").check()
    page.get_by_role("button", name="Add to queue").click()
    expect(page.get_by_text("Queued", exact=True)).to_be_visible()
    page.goto(f"{stage.product.address}/queue")
    expect(page.get_by_text("S02E05")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    # Nothing is reloaded from here on: what changes came over the WebSocket.
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Stopped")).to_be_visible()
    page.get_by_role("link", name="Show what has arrived").click()
    expect(page.locator("#live")).to_contain_text("S02E05")

    page.goto(f"{stage.product.address}/series/mondlaterne")
    expect(page.get_by_role("button", name=f"Queue all {missing - 1} missing")).to_be_visible()
    assert_playable(_only_file(stage.truth.root, "*S02E05*.mp4"), at_least=20)
    assert complaints == []


def _set_up_and_log_in(page: Page, stage: Stage) -> None:
    page.goto(stage.product.address)
    expect(page).to_have_url(re.compile("/setup"))
    page.get_by_label("Master password", exact=True).fill(PASSWORD)
    page.get_by_label("Master password again").fill(PASSWORD)
    page.get_by_label("Library folder").fill(str(stage.truth.root))
    page.get_by_label(re.compile("AniWorld")).check()
    page.get_by_role("button", name="Finish setup").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def _only_file(root: Path, pattern: str) -> Path:
    (found,) = root.rglob(pattern)
    return found
