"""The catalogue in a browser: what is seen is read, one after another, and filters act at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e
READ = "from library.services.catalogue import keep_list; keep_list('aniworld')"


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    """A browser that is logged in, where the list was read and no page of a series."""
    stage.set_up()
    stage.product.manage("shell", "-c", READ)
    with chromium() as browser:
        found = browser.new_page()
        complaints = complaints_of(found)
        found.goto(stage.product.address)
        found.get_by_label("Password").fill(PASSWORD)
        found.get_by_role("button", name="Log in").click()
        expect(found.get_by_role("heading", name="Library")).to_be_visible()
        yield found
        assert complaints == []


def test_what_is_seen_is_read_one_after_another(page: Page, stage: Stage) -> None:
    asked: list[Request] = []
    page.on(
        "requestfinished",
        lambda request: asked.append(request) if request.url.endswith("/details") else None,
    )
    page.goto(f"{stage.product.address}/catalogue?q=glasgarten")
    expect(page.locator(".hit img")).to_have_count(2)
    expect(page.locator(".hit form.hit-more")).to_have_count(0)
    expect(page.locator(".hit").first).to_contain_text("2008")
    first, second = (request.timing for request in asked)
    assert second["startTime"] >= first["startTime"] + first["responseStart"]
    page.reload()
    expect(page.locator(".hit img")).to_have_count(2)
    assert len(asked) == 2  # nothing is left to be read


def test_filters_act_at_once_and_stand_in_the_address(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.address}/catalogue")
    expect(page.get_by_label("New or gone: since when")).to_be_hidden()
    page.get_by_label("Search the catalogue").fill("hoernum")
    expect(page.locator(".hit h3")).to_have_text(["Die Klinge von Hörnum"])
    page.get_by_label("Show").select_option("new")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    expect(page.get_by_label("New or gone: since when")).to_be_visible()
    assert "show=new" in page.url
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator(".hit")).not_to_have_count(0)


def test_a_series_is_added_from_the_catalogue(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.product.address}/catalogue?q=kupferfuchs")
    page.get_by_role("button", name="Add Kupferfuchs").click()
    expect(page.get_by_role("heading", name="Kupferfuchs", level=1)).to_be_visible()
    page.goto(f"{stage.product.address}/catalogue?show=owned")
    expect(page.locator(".hit h3")).to_have_text(["Kupferfuchs"])
    expect(page.locator(".hit img")).to_be_visible()
