"""The settings in a browser: by keyboard alone, by dragging, and on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD
from tests.product import Product

pytestmark = pytest.mark.e2e

SLOW = 60_000  # milliseconds
PAGES = ("library", "library/folders", "providers", "languages", "naming", "downloads", "backup")
ORDER = "[value=languages] ~ ordered-list [name=order]"
VALUES = "inputs => inputs.map(input => input.value)"
# Pixels between each control and the next one in its row.
GAPS = """controls => controls.flatMap((one, at) => {
  const [left, right] = [one, controls[at + 1]].map(each => each?.getBoundingClientRect())
  return right && right.top === left.top ? [right.left - left.right] : []
})"""
IS_WIDER = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "shelf" / "anime").mkdir(parents=True)
    with Product(data) as product:
        product.migrate()
        product.start_web()
        yield product


@pytest.fixture
def page(product: Product, tmp_path: Path) -> Iterator[Page]:
    """A phone's browser, whose owner sets the product up and picks the folder on the way."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 320, "height": 700})
        page.set_default_timeout(SLOW)
        complaints = complaints_of(page)
        page.goto(f"{product.address}/setup")
        page.get_by_label("Master password", exact=True).fill(PASSWORD)
        page.get_by_label("Master password again").fill(PASSWORD)
        page.get_by_label("Library folder").fill(str(tmp_path / "shelf"))
        page.get_by_role("button", name="Look for a folder").press("Enter")
        page.get_by_role("button", name="anime").press("Enter")
        expect(page.get_by_label("Library folder")).to_have_value(str(tmp_path / "shelf/anime"))
        page.get_by_label("Master password", exact=True).press("Enter")
        page.wait_for_url(f"{product.address}/")
        yield page
        assert complaints == []


def order_of(page: Page) -> list[str]:
    found: list[str] = page.locator(ORDER).evaluate_all(VALUES)
    return found


def test_settings_are_changed_by_keyboard_and_by_dragging(product: Product, page: Page) -> None:
    for name in PAGES:
        page.goto(f"{product.address}/settings/{name}")
        assert not page.evaluate(IS_WIDER), f"{name} is wider than the screen"

    page.goto(f"{product.address}/settings/downloads")
    page.get_by_label("Retries").fill("7")
    page.get_by_label("Retries").press("Enter")
    toast = page.locator("toast-stack")
    expect(toast).to_contain_text("Retries: 3 → 7")
    toast.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_label("Retries")).to_have_value("3")

    page.goto(f"{product.address}/settings/naming")
    page.get_by_label("File names").fill("{name}/{nothing}")
    expect(page.locator("#naming-preview")).to_contain_text("Knows no {nothing}")
    page.get_by_label("File names").fill("{name}/{name} {season}x{episode:02}")
    expect(page.locator("#naming-preview")).to_contain_text("Mushishi/Mushishi 1x04.mp4")

    page.goto(f"{product.address}/settings/languages")
    first, second, third, *others = order_of(page)
    down = page.get_by_role("button", name=f"Move {first} down")
    down.press("Enter")
    expect(down).to_be_focused()
    assert order_of(page)[:3] == [second, first, third]
    page.set_viewport_size({"width": 320, "height": 1200})
    handles = page.locator("ordered-list").first.locator("[data-handle]")
    start, end = handles.nth(0).bounding_box(), handles.nth(2).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + end["height"] - 2, steps=8)
    page.mouse.up()
    assert order_of(page) == [first, third, second, *others]
    page.get_by_role("button", name="Save").first.press("Enter")
    expect(toast).to_contain_text("Saved.")
    product.log_in(PASSWORD)
    chosen = product.api("GET", "config", expect=200)["providers"]["languages"]
    assert chosen[:3] == [first, third, second]


def test_the_fields_of_the_journals_filter_keep_apart(product: Product, page: Page) -> None:
    for width in (1280, 1024, 768):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{product.address}/journal")
        gaps = page.locator(".journal-filter :is(select, input)").evaluate_all(GAPS)
        assert gaps
        assert min(gaps) >= 8, width
