"""The pictures of the README, taken from a demo that has just been started.

    make demo                                      # prints address and password
    make pictures ADDRESS=http://127.0.0.1:8000 PASSWORD=…

Titles in Japanese need a font that has them (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.browser import chromium

FOLDER = Path(__file__).parent
WIDE, PHONE = (1280, 800), (390, 844)
GAP = 24  # pixels between two phones
SLOW = 120_000  # milliseconds
SETTLED = 400  # milliseconds that a poster takes to lie down again
# Downloaded in this order: some are done, one is under way, the others wait.
QUEUED = {"papierdrachen": 2, "uhrwerk-2199": 2, "sternwarte-nord": 5, "mondlaterne": 5}
SHOWN = "uhrwerk-2199"  # it lacks the first episodes, which are in sight


class Studio:
    """A browser that is logged in to the demo."""

    def __init__(self, browser: Browser, address: str, password: str) -> None:
        self._browser = browser
        self._address = address.rstrip("/")
        self._state: StorageState | None = None
        with self.page("") as page:
            page.get_by_label("Password").fill(password)
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", name="Library")).to_be_visible()
            self._state = page.context.storage_state()

    @contextmanager
    def page(
        self, path: str, *, size: tuple[int, int] = WIDE, theme: str = "light"
    ) -> Iterator[Page]:
        """A page of the demo, with its pictures loaded."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            storage_state=self._state,
        )
        page = context.new_page()
        page.goto(f"{self._address}/{path}")
        page.wait_for_load_state("networkidle")
        yield page
        context.close()

    def shot(self, path: str, *, size: tuple[int, int] = WIDE, theme: str = "light") -> Image.Image:
        with self.page(path, size=size, theme=theme) as page:
            return picture_of(page)


def picture_of(page: Page) -> Image.Image:
    while page.locator(".toast").count():
        page.locator(".toast [data-close]").first.click()
    page.mouse.move(0, 0)  # what lies under the message would look as if it were pointed at
    page.wait_for_timeout(SETTLED)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("password")
    wanted = parser.parse_args()
    with chromium() as browser:
        studio = Studio(browser, wanted.address, wanted.password)
        _scan(studio)
        _queue(studio)
        with studio.page("queue") as queue:
            queue.get_by_role("button", name="Start", exact=True).click()
            _take(studio, queue)


def _scan(studio: Studio) -> None:
    with studio.page("") as page:
        page.get_by_role("button", name="Scan").first.click()
        expect(page.get_by_text("Scanned just now")).to_be_visible(timeout=SLOW)


def _queue(studio: Studio) -> None:
    for key, count in QUEUED.items():
        with studio.page(f"series/{key}") as page:
            for box in page.locator("input[name=episodes]").all()[:count]:
                box.check()
            page.get_by_role("button", name="Add to queue").click()
            expect(page.get_by_text(f"{count} episodes queued")).to_be_visible()


def _take(studio: Studio, queue: Page) -> None:
    with studio.page(f"series/{SHOWN}", theme="dark") as series:
        _wait_until_under_way(queue, completed=2)
        _save("series-dark", picture_of(series))
    _wait_until_under_way(queue, completed=4)
    _save("library-dark", studio.shot("", theme="dark"))
    _save("library-light", studio.shot(""))
    _wait_until_under_way(queue, completed=6)
    _save("queue-light", picture_of(queue))
    queue.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    queue.emulate_media(color_scheme="dark")
    phones = [studio.shot("", size=PHONE, theme="dark"), picture_of(queue)]
    _save("phone", _side_by_side(phones))


def _wait_until_under_way(queue: Page, *, completed: int) -> None:
    """So many are done, or more where taking the last picture took long, and the next one has come
    a good part of its way."""
    count = queue.locator("[data-figure=completed_count]")
    enough = "|".join(str(number) for number in range(completed, sum(QUEUED.values())))
    expect(count).to_have_text(re.compile(rf"^({enough})$"), timeout=SLOW)
    percent = queue.locator("[data-part=percent]")
    expect(percent).to_have_text(re.compile(r"^[2-8]\d "), timeout=SLOW)


def _side_by_side(shots: list[Image.Image]) -> Image.Image:
    width = sum(shot.width for shot in shots) + GAP * (len(shots) - 1)
    both = Image.new("RGB", (width, shots[0].height), "white")
    left = 0
    for shot in shots:
        both.paste(shot, (left, 0))
        left += shot.width + GAP
    return both


def _save(name: str, picture: Image.Image) -> None:
    """256 colours, mixed where one is missing: half the size, and nobody sees it."""
    palette = picture.quantize(256, kmeans=1)
    few = picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
