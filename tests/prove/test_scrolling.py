"""Lists of ten thousand in a browser: while they are scrolled to their end nothing takes so long
that the page stands still."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import chromium
from tests.product import Product
from tests.prove.walk import PASSWORD

Prove = Callable[[str], None]
SERIES, WAITING, FINISHED = 10_000, 10_000, 100_000
MOST_MS = 200
SLOW = 120_000  # milliseconds
TOO_LONG = "{ let sum = 0; for (let n = 0; n < 5e8; n += 1) sum += n % 7; window.sum = sum; }"
FILL = f"""
from django.utils import timezone
from library.models import AnimeSeries, LibraryRoot
from tests.unit.downloads.pages.test_runs import fill_at_scale
root = LibraryRoot.objects.create(path="ROOT", last_scanned_at=timezone.now())
rows = [
    AnimeSeries(key=f"show-{{n}}", site="aniworld", site_key=f"show-{{n}}", root=root,
                name=f"Show number {{n:05}}", folder=f"Show {{n}}", total_episodes=12,
                downloaded_count=n % 13, missing_count=12 - n % 13, refreshed_at=timezone.now())
    for n in range({SERIES})
]
for one in rows:
    one.index_words()
shows = AnimeSeries.objects.bulk_create(rows, batch_size=500)
fill_at_scale(shows[:300], {WAITING}, {FINISHED})
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    data, shelf = tmp_path / "data", tmp_path / "library"
    data.mkdir()
    shelf.mkdir()
    with Product(data, shelf) as product:
        product.migrate()
        filled = product.manage("shell", "-c", FILL.replace("ROOT", str(shelf)))
        assert filled.returncode == 0, filled.stderr
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        yield product


@pytest.mark.timeout(1800)
def test_long_lists_scroll_to_their_end(product: Product, proved: Prove) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=SLOW)

        # What is measured is seen: a task that is too long.
        assert _longest(browser, page, lambda: page.evaluate(TOO_LONG)) > MOST_MS
        library = _longest(browser, page, lambda: _to_the_end(page))
        assert page.locator(".poster-card").count() == SERIES

        page.goto(f"{product.address}/queue?page=9")
        queue = _longest(browser, page, lambda: _to_the_bottom(page))
        page.goto(f"{product.address}/queue/history")
        history = _longest(browser, page, lambda: _to_the_bottom(page))
    proved(
        f"scrolled to the end, the longest task of the page took {library:.0f} ms in a library of "
        f"{SERIES}, {queue:.0f} in a queue of {WAITING}, {history:.0f} in a history of {FINISHED}"
    )
    assert max(library, queue, history) <= MOST_MS


def _longest(browser: Browser, page: Page, scroll: Callable[[], None]) -> float:
    """Milliseconds of the processor that the longest task of the page's main thread took: by the
    clock it would be as long as other programs let it wait."""
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    scroll()
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    pages = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        one.get("tdur", 0) / 1000
        for one in events
        if (one["pid"], one["tid"]) in pages and "RunTask" in one["name"]
    ]
    assert tasks
    return max(tasks)


def _to_the_end(page: Page) -> None:
    """Until nothing more comes."""
    page.mouse.move(600, 500)
    more = page.locator("#more")
    while more.count():
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(30)


def _to_the_bottom(page: Page) -> None:
    page.mouse.move(600, 500)
    for _ in range(60):
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(30)
