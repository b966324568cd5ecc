"""What a page asks for in a real browser, first and again, below a base path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD
from tests.product import Product

pytestmark = pytest.mark.e2e

BASE = "/anime"
FIRST = 10  # requests: the page, theme, sheet, font, logo, htmx, three modules, the socket
SENT = 75_000  # bytes of all static files, as they come; htmx and the icons are two fifths


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    library.mkdir()
    # A shelf of its own, as at the first start after an installation.
    made = {"BASE_PATH": BASE, "STATIC_DIR": ""}
    with Product(data, library, **made) as product:
        product.migrate()
        product.start_web()
        body = {"master_password": PASSWORD, "anime_directory": str(library), "providers": []}
        product.api("POST", "auth/setup", body, expect=201)
        yield product


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Line:
    """What goes over the line: address → bytes of the body; what comes from the cache is apart."""

    def __init__(self, page: Page) -> None:
        self.sent: dict[str, int] = {}
        self.kept: set[str] = set()
        self._names: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._received)
        session.on("Network.requestServedFromCache", self._cached)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def forget(self) -> None:
        self.sent, self.kept = {}, set()

    def _asked(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        self._names[str(event["requestId"])] = urlsplit(request["url"]).path

    def _received(self, event: dict[str, object]) -> None:
        response = event["response"]
        assert isinstance(response, dict)
        if response["fromDiskCache"]:
            self.kept.add(urlsplit(response["url"]).path)

    def _cached(self, event: dict[str, object]) -> None:
        self.kept.add(self._names[str(event["requestId"])])

    def _finished(self, event: dict[str, object]) -> None:
        name = self._names[str(event["requestId"])]
        if name not in self.kept:
            self.sent[name] = int(str(event["encodedDataLength"]))

    def static(self) -> dict[str, int]:
        return {name: size for name, size in self.sent.items() if "/static/" in name}


def test_a_page_takes_few_requests_and_the_next_none_for_what_is_kept(
    product: Product, browser: Browser
) -> None:
    address = f"{product.address}{BASE}"
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    state = context.storage_state()
    context.close()

    page = browser.new_context(storage_state=state).new_page()
    complaints, line = complaints_of(page), Line(page)
    page.goto(f"{address}/", wait_until="networkidle")
    assert all(name.startswith(f"{BASE}/") for name in line.sent)
    assert len(line.sent) <= FIRST, sorted(line.sent)
    assert [name.rpartition(".")[2] for name in line.static()].count("css") == 1
    assert sum(line.static().values()) < SENT, line.static()
    _is_whole(page)

    line.forget()
    page.goto(f"{address}/queue", wait_until="networkidle")
    assert [name.rpartition("/")[2].split(".")[0] for name in line.static()] == ["queue"]
    assert any(name.endswith(".css") for name in line.kept)
    _is_whole(page)
    assert complaints == []


def _is_whole(page: Page) -> None:
    """Sheet, font and modules have come and do what they are for."""
    fonts = page.evaluate("[...document.fonts].map((font) => [font.family, font.status])")
    assert [status for family, status in fonts if "Aniworld Icons" in family] == ["loaded"]
    for name in ("toast-stack", "live-region", "theme-switch", "queue-list", "scan-progress"):
        assert page.evaluate("name => Boolean(customElements.get(name))", name), name
    assert page.evaluate("getComputedStyle(document.body).minHeight") != "0px"
    expect(page.locator("connection-state")).to_be_attached()
