"""One page of each kind, ours and those that others have written: in the frame, in the theme that
was chosen, clean to axe, within the narrowest screen, and nothing inline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD
from tests.product import Product
from tests.prove.looks import faults_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PAGES = (
    *("/", "/account", "/nowhere"),
    *("/api/docs", "/api/v1/anime", "/admin/", "/admin/auth/user/", "/admin/auth/user/1/change/"),
)
GROUND = "getComputedStyle(document.body).backgroundColor"
GROUNDS = {"light": "rgb(244, 245, 247)", "dark": "rgb(24, 25, 27)"}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    library.mkdir()
    with Product(data, library) as product, chromium() as browser:
        product.migrate()
        product.start_web()
        body = {"master_password": PASSWORD, "anime_directory": str(library), "providers": []}
        product.api("POST", "auth/setup", body, expect=201)
        yield _logged_in(browser, product)


def test_every_kind_of_page_is_in_the_frame_and_the_theme(page: Page) -> None:
    complaints = complaints_of(page)
    faults: list[str] = []
    for theme, ground in GROUNDS.items():
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        for address in PAGES:
            page.goto(address)
            assert page.evaluate(GROUND) == ground, address
            expect(
                page.locator("header.shell-header").get_by_role("link", name="Queue")
            ).to_be_visible()
            if address == "/api/docs":
                page.locator(".opblock-summary-control").nth(1).click()
                expect(page.locator(".opblock-body").first).to_be_visible()
            # Axe itself styles inline, and is told so.
            faults += [one for one in complaints if address != "/nowhere"]
            faults += faults_of(page, f"{theme}: {address}", is_narrow=True)
            complaints.clear()
    assert not faults, "\n".join(faults)


def test_the_api_is_sent_to_and_shows_its_answer_in_the_page(page: Page) -> None:
    page.goto("/api/auth/keys")
    page.get_by_label("Content").fill('{"name": "script", "scope": "read"}')
    page.get_by_role("button", name="POST").click()
    answer = page.locator(".api-answer")
    expect(answer).to_contain_text("HTTP 201")
    expect(answer).to_contain_text('"name": "script"')
    page.get_by_role("button", name="OPTIONS").click()
    expect(page.locator(".api-asked")).to_contain_text("OPTIONS")
    page.get_by_role("link", name="API", exact=True).first.click()
    expect(page.get_by_role("heading", name="Addresses")).to_be_visible()


def _logged_in(browser: Browser, product: Product) -> Page:
    context = browser.new_context(
        base_url=product.address,
        viewport={"width": 320, "height": 700},
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    return page
