"""Aniworld as an app of the device, in a real browser, below a base path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD
from tests.product import Product
from tests.push_service import FakeBrowser, PushService

pytestmark = pytest.mark.e2e

BASE = "/anime"
PATIENCE = 60_000
# What a browser gives a page that subscribes; a push service of its own has none here.
SUBSCRIBED = """
const offer = %s;
const kept = {
  endpoint: offer.endpoint,
  options: {},
  toJSON: () => ({ endpoint: offer.endpoint, keys: { p256dh: offer.p256dh, auth: offer.auth } }),
  unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
};
const isOn = () => sessionStorage.getItem("subscribed") !== null;
PushManager.prototype.getSubscription = async () => (isOn() ? kept : null);
PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  if (applicationServerKey.length !== 65) throw new Error("no key");
  sessionStorage.setItem("subscribed", "yes");
  return kept;
};
Notification.requestPermission = async () => "granted";
Object.defineProperty(Notification, "permission", { get: () => "granted" });
"""
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""

WORKER = """async () => {
  const worker = navigator.serviceWorker;
  const { scope, active } = await worker.ready;
  while (!worker.controller) await new Promise((done) => setTimeout(done, 50));
  return { scope, at: active.scriptURL };
}"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  for (;;) {
    const [first] = await registration.getNotifications();
    if (first) return [first.title, first.body, first.data.page];
    await new Promise((done) => setTimeout(done, 50));
  }
}"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    data, library = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    library.mkdir()
    with Product(data, library, BASE_PATH=BASE) as product:
        product.migrate()
        product.start_web()
        body = {"master_password": PASSWORD, "anime_directory": str(library), "providers": []}
        product.api("POST", "auth/setup", body, expect=201)
        yield product


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def logged_in(product: Product, browser: Browser, script: str = "") -> Page:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.goto(f"{product.address}{BASE}/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=PATIENCE)
    return page


def worker_of(page: Page) -> dict[str, Any]:
    """Its scope and address, once it has taken the page over."""
    found: dict[str, Any] = page.evaluate(WORKER)
    return found


def test_it_can_be_installed_and_says_when_there_is_no_server(
    product: Product, browser: Browser
) -> None:
    address = f"{product.address}{BASE}"
    page = logged_in(product, browser)
    complaints = complaints_of(page)
    assert worker_of(page) == {"scope": f"{address}/", "at": f"{address}/service-worker.js"}
    _is_installable(page, address)
    page.goto(f"{address}/queue", wait_until="load")
    page.evaluate("fetch('/anime/api/queue/status').then((answer) => answer.json())")
    _keeps_nothing_of_anybody(page)
    assert complaints == []

    product.stop("web")
    page.goto(f"{address}/queue")
    expect(page.get_by_role("heading", name="The server cannot be reached")).to_be_visible()
    assert page.url == f"{address}/queue"
    assert page.evaluate("getComputedStyle(document.body).minHeight") != "0px"  # the sheet is there
    assert page.evaluate("fetch('/anime/api/queue/status').then(() => 'told', () => 'gone')") == (
        "gone"
    )
    product.start_web()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible(timeout=PATIENCE)

    page.evaluate("document.querySelector('form[action$=\"/logout\"]').requestSubmit()")
    expect(page.get_by_label("Password")).to_be_visible(timeout=PATIENCE)
    _keeps_nothing_of_anybody(page)


def _is_installable(page: Page, address: str) -> None:
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"] == f"{address}/manifest.webmanifest"
    assert found["errors"] == []
    told = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in told if one["errorId"] != "in-incognito"] == []


def _keeps_nothing_of_anybody(page: Page) -> None:
    kept: dict[str, str] = page.evaluate(KEPT)
    names = {name for name in kept if not name.startswith(f"{BASE}/static/")}
    assert names == {f"{BASE}/offline"}
    assert "csrf" not in kept[f"{BASE}/offline"]
    assert "admin" not in kept[f"{BASE}/offline"]
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1


def test_a_browser_is_told_until_it_logs_out(product: Product, browser: Browser) -> None:
    with PushService() as service:
        phone = service.browser()
        page = logged_in(product, browser, SUBSCRIBED % _as_json(phone))
        complaints = complaints_of(page)
        page.goto(f"{product.address}{BASE}/notifications/browsers")
        page.get_by_role("button", name="Tell me in this browser").click()
        expect(page.get_by_text("this login")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("It is told what stands below.")).to_be_visible()
        page.get_by_role("button", name="Tell me nothing here any more").click()
        expect(page.get_by_text("No browser of yours is told")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Tell me in this browser").click()
        expect(page.get_by_text("this login")).to_be_visible(timeout=PATIENCE)
        assert complaints == []
        page.evaluate("document.querySelector('form[action$=\"/logout\"]').requestSubmit()")
        expect(page.get_by_label("Password")).to_be_visible(timeout=PATIENCE)
        again = logged_in(product, browser, SUBSCRIBED % _as_json(phone))
        again.goto(f"{product.address}{BASE}/notifications/browsers")
        expect(again.get_by_text("No browser of yours is told")).to_be_visible(timeout=PATIENCE)


def test_what_comes_is_shown_and_leads_to_its_page(product: Product, browser: Browser) -> None:
    page = logged_in(product, browser)
    page.context.grant_permissions(["notifications"])
    worker_of(page)
    session = page.context.new_cdp_session(page)
    registered: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    message = {"origin": product.address, "registrationId": registered[0]}
    data = '{"title": "Downloaded", "body": "Moon S01E04", "page": "queue", "id": "m-1"}'
    session.send("ServiceWorker.deliverPushMessage", {**message, "data": data})
    shown = page.evaluate(SHOWN)
    assert shown == ["Downloaded", "Moon S01E04", "queue"]


def test_the_page_says_why_not(product: Product, browser: Browser) -> None:
    """Playwright's windows are private ones, in which the browser refuses."""
    page = logged_in(product, browser)
    page.goto(f"{product.address}{BASE}/notifications/browsers")
    shown = page.locator("#push-state [data-state]:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("It cannot be told")
    expect(page.locator("#push-on")).to_be_hidden()


def _as_json(phone: FakeBrowser) -> str:
    return str(phone.offer).replace("'", '"')
