"""A finger on a touch screen, and what it can hit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

PHONE = {"width": 360, "height": 740}
LEAST = 44  # pixels, high and wide

TOO_SMALL = Path(__file__).with_name("too_small.js").read_text()


def too_small(page: Page) -> list[str]:
    """The controls of a page that a finger misses."""
    found: list[str] = page.evaluate(TOO_SMALL, LEAST)
    return found


class Finger:
    """Touches a page as a finger does: the browser decides itself whether that scrolls."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def draws(self, path: Iterable[tuple[float, float]], *, lifts: bool = True) -> None:
        """Goes down at the first point, over the others, and up at the last."""
        points = list(path)
        self._send("touchStart", points[:1])
        for point in points[1:]:
            self._send("touchMove", [point])
            self._page.wait_for_timeout(16)
        if lifts:
            self.lifts()

    def lifts(self) -> None:
        self._send("touchEnd", [])

    def swipes(self, row: Locator, across: float, down: float = 0, *, lifts: bool = True) -> None:
        """From the middle of a row, so many pixels to the side and downwards."""
        row.scroll_into_view_if_needed()
        box = row.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 40) / 2
        steps = 12
        path = ((x + across * n / steps, y + down * n / steps) for n in range(steps + 1))
        self.draws(path, lifts=lifts)

    def pulls(self, down: float) -> None:
        """At the top of the page, so many pixels downwards."""
        self.draws((180, 200 + down * n / 12) for n in range(13))

    def _send(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches: list[dict[str, Any]] = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
