"""Take the pictures of README from a running demo.

Start ``make demo``, then: ``.venv/bin/python -m docs.pictures.make ADDRESS PASSWORD``. Scans,
queues a few episodes and starts the queue, all by clicking.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.browser import chromium

HERE = Path(__file__).parent
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 800}
SLOW = 90_000  # milliseconds


def main(address: str, password: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport=WIDE, color_scheme="dark")
        _log_in(page, address, password)
        page.get_by_role("button", name=re.compile("Scan")).first.click()
        expect(page.get_by_role("link", name=re.compile("Mondlaterne")).first).to_be_visible(
            timeout=SLOW
        )
        page.goto(f"{address}/?view=grid")
        _take(page, "library-dark")
        page.goto(f"{address}/series/mondlaterne")
        for number in (1, 2, 3, 4, 5):
            page.get_by_label(f"Select S03E{number:02}").check()
        page.get_by_role("button", name="Add to queue").click()
        expect(page.get_by_text("Queued", exact=True).first).to_be_visible()
        page.goto(f"{address}/series/mondlaterne")
        _take(page, "series-dark")
        page.emulate_media(color_scheme="light")
        page.goto(f"{address}/queue")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.get_by_role("region", name="Completed")).to_contain_text("S03E01", timeout=SLOW)
        expect(page.get_by_text("Downloading", exact=True).nth(1)).to_be_visible(timeout=SLOW)
        _take(page, "queue-light")
        page.set_viewport_size(PHONE)
        page.goto(f"{address}/")
        _take(page, "phone-light")


def _log_in(page: Page, address: str, password: str) -> None:
    page.goto(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(256).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
