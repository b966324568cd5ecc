"""The series page in a browser: why an episode is as it is, and the series' own numbering."""

from __future__ import annotations

import re
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

    refresh(page)
    expect(row.get_by_role("heading", name="Catalogue")).to_be_visible()
    expect(summary).to_be_focused()
    other = page.locator("[data-episode='1-1']")
    other.locator("summary").click()
    expect(other.get_by_role("heading", name="Catalogue")).to_be_visible()
    assert page.locator(".evidence[open]").count() == 1, "one at a time: it lies over the rows"
    page.keyboard.press("Escape")
    assert page.locator(".evidence[open]").count() == 0
    expect(other.locator("summary")).to_be_focused()


def refresh(page: Page) -> None:
    """As after an event; wait for the region that takes the place of the one before."""
    page.evaluate("document.getElementById('live').dataset.old = 'yes'")
    page.evaluate("document.getElementById('live').refresh()")
    expect(page.locator("#live:not([data-old])")).to_be_attached()


def test_one_episode_is_queued_by_its_row_and_the_grid_leads_to_it(series_page: Page) -> None:
    page = series_page
    page.get_by_role("button", name="Queue S01E02").focus()
    page.keyboard.press("Enter")
    row = page.locator("[data-episode='1-2']")
    expect(row.locator(".episode-state")).to_have_text("Queued")
    expect(page.locator("[data-episode='1-1'] .episode-state")).to_have_text("Missing")
    page.get_by_role("link", name="Grid").click()
    first = page.get_by_role("link", name="S01E01: Missing")
    first.focus()
    page.keyboard.press("ArrowRight")
    queued = page.get_by_role("link", name="S01E02: Queued")
    expect(queued).to_be_focused()
    expect(first).to_have_attribute("tabindex", "-1")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="S02E02: Missing")).to_be_focused()
    refresh(page)
    expect(page.locator("a.cell[tabindex='0']")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(queued).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"open=1#e1-2$"))
    expect(row).to_be_in_viewport()


def test_a_closed_season_stays_closed_and_an_open_one_open(series_page: Page) -> None:
    page = series_page
    page.locator("#season-2 > summary").click()
    refresh(page)
    expect(page.locator("[data-episode='1-1']")).to_be_visible()
    expect(page.locator("[data-episode='2-1']")).to_be_hidden()


def test_a_range_is_added_and_removed_in_place(series_page: Page) -> None:
    page = series_page
    page.locator("#series-menu > summary").click()
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
