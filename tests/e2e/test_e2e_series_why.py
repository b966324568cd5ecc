"""The series page in a browser: why an episode is as it is, and the series' own numbering."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e


@pytest.fixture
def series_page(stage: Stage) -> Iterator[Page]:
    """The page of a series without files; its console must have no complaints at the end."""
    stage.set_up()
    series = {"site": "aniworld", "key": "mondlaterne"}
    key = stage.product.api("POST", "v1/anime", series, expect=201)["key"]
    with chromium() as browser:
        page = browser.new_page()
        complaints = complaints_of(page)
        page.goto(stage.product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        page.goto(f"{stage.product.address}/series/{key}")
        yield page
        assert [text for text in complaints if "status of 422" not in text] == []


def test_why_is_asked_when_it_is_opened_and_stays_open(series_page: Page) -> None:
    page = series_page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/why" in request.url else None)
    row = page.locator("[data-episode='1-2']")
    expect(row).to_be_visible()
    summary = row.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(row.get_by_role("heading", name="Catalogue")).to_be_visible()
    expect(summary).to_be_focused()
    assert len(asked) == 1

    other = page.locator("[data-episode='1-1']")
    other.locator("summary").click()
    expect(other.get_by_role("heading", name="Catalogue")).to_be_visible()
    page.evaluate("document.getElementById('live').dataset.old = 'yes'")
    page.evaluate("document.getElementById('live').refresh()")
    expect(page.locator("#live:not([data-old])")).to_be_attached()
    assert page.locator(".evidence[open] .why").count() == 2
    row.scroll_into_view_if_needed()
    expect(row.get_by_role("heading", name="Catalogue")).to_be_visible()


def test_a_range_is_added_and_removed_in_place(series_page: Page) -> None:
    page = series_page
    page.get_by_role("link", name="Numbering").click()
    for name, value in {
        "First episode in the file names": "9",
        "Last episode in the file names": "3",
        "Season in the catalogue": "1",
        "First episode in the catalogue": "1",
    }.items():
        page.get_by_label(name).fill(value)
    add = page.get_by_role("button", name="Save the ranges")
    add.click()
    expect(page.get_by_text("The last episode comes before the first")).to_be_visible()
    expect(add).to_be_focused()
    last = page.get_by_label("Last episode in the file names").first
    last.fill("11")
    expect(page.get_by_text("No file would be another episode.")).to_be_visible()
    expect(last).to_be_focused()  # what is typed stays while the preview comes
    add.click()
    expect(page.get_by_text("The numbering is saved")).to_be_visible()
    expect(page.get_by_label("Last episode in the file names").first).to_have_value("11")
    expect(page.get_by_label("Last episode in the file names").last).to_have_value("")
    page.get_by_label("Or paste the JSON here").fill('{"mapping": [{}]}')
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Range 1 must have exactly")).to_be_visible()
    page.get_by_role("button", name="Remove absolute 9 to 11").click()
    expect(page.get_by_text("The numbers in the names count as they are")).to_be_visible()
