"""Backups in a browser without script, by keyboard, on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium
from tests.e2e.conftest import PASSWORD
from tests.product import Product

pytestmark = pytest.mark.e2e

SLOW = 90_000  # milliseconds
IS_WIDER = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    data = tmp_path / "data"
    data.mkdir()
    with Product(data) as product:
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        yield product


@pytest.fixture
def page(product: Product) -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 320, "height": 700}, java_script_enabled=False
        )
        page = context.new_page()
        page.set_default_timeout(SLOW)
        log_in(product, page)
        yield page


def log_in(product: Product, page: Page) -> None:
    page.goto(f"{product.address}/login")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(f"{product.address}/")


def test_a_backup_is_made_compared_and_restored(product: Product, page: Page) -> None:
    page.goto(f"{product.address}/system/backups")
    page.get_by_role("button", name="Back up now").press("Enter")
    expect(page.get_by_text("The backup is made and checked.")).to_be_visible()
    assert not page.evaluate(IS_WIDER)
    product.log_in(PASSWORD)
    product.api("POST", "config/section/advanced", {"progress_history": 7}, expect=200)

    page.get_by_role("link", name="Compare").press("Enter")
    expect(page.get_by_role("row", name="Advanced › Finished progress kept 7 50")).to_be_visible()
    assert not page.evaluate(IS_WIDER)
    page.get_by_role("button", name="Yes, restore it").press("Enter")
    page.wait_for_url(f"{product.address}/login*")
    expect(page.get_by_text("Log in with the password of then.")).to_be_visible()
    log_in(product, page)
    page.goto(f"{product.address}/system/backups")
    expect(page.get_by_role("heading", name="Kept before a restore")).to_be_visible()
    product.log_in(PASSWORD)
    settings = product.api("GET", "config/section/advanced", expect=200)
    assert settings["progress_history"] == 50


def test_what_is_no_backup_is_refused_on_the_page(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/system/backups")
    file = {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK and no more"}
    page.get_by_label("Or take in one that was downloaded").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ends too early")
    assert not page.evaluate(IS_WIDER)
