"""What is missing and all files, in a browser: rows open, filters act at once, ticks are queued."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """A browser that is logged in, where the sample library was scanned."""
    stage.set_up()
    stage.product.manage("rescan", "--json")
    with chromium() as browser:
        found = browser.new_page()
        complaints = complaints_of(found)
        found.goto(stage.product.address)
        found.get_by_label("Password").fill(PASSWORD)
        found.get_by_role("button", name="Log in").click()
        expect(found.get_by_role("heading", name="Library")).to_be_visible()
        yield found
        assert complaints == []


def test_a_row_opens_and_what_is_ticked_in_it_is_queued(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.address}/missing")
    row = page.locator(".missing-series", has_text="Die Klinge von Hörnum")
    expect(row.locator(".missing-episode")).to_have_count(0)
    expect(page.locator("#missing-queue")).to_be_hidden()
    row.locator("summary").click()
    row.locator(".missing-episode input").first.check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.locator("#missing-queue").click()
    expect(page.locator(".toast").first).to_contain_text("1 episode queued.")
    expect(row.locator(".chip--queued").first).to_have_text("1 queued")
    assert page.url.endswith("/missing")


def test_filters_of_files_act_at_once_and_stand_in_the_address(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.address}/files")
    expect(page.locator(".file-row").first).to_be_visible()
    page.get_by_label("Path or series").fill("hörnum")
    expect(page.locator("#files-count")).not_to_contain_text("210")
    expect(page.locator(".file-row").first).to_contain_text("Hörnum")
    page.get_by_label("Show", exact=True).select_option("unmatched")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    assert page.url.endswith("/files?q=h%C3%B6rnum&show=unmatched")
    page.get_by_role("link", name="Clear the filters").click()
    page.locator(".file-row input").first.check()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("heading", name="Delete files")).to_be_visible()
