"""Pages under twenty events a second: they are redrawn, and nothing is taken from the visitor.

Page and answers are the product's own; the events come from the test's hand. The queue has tests
of its own, in ``test_e2e_queue``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage
from tests.e2e.test_e2e_queue import Server

pytestmark = pytest.mark.e2e

FILLED = """
from tests.factories import make_root, make_series, make_unmatched
for number in range(70):
    make_series(f"Show {number:02}", key=f"show-{number:02}", present=2, missing=8)
make_unmatched("Some folder", root=make_root("ROOT"))
"""
SLOW = 30_000  # milliseconds
MARK = "node => { node.mark = 'the same'; }"
MARKED = "node => node.mark === 'the same'"


@dataclass
class Stirred:
    """A page, who sends its events, and how often it has asked for itself anew."""

    page: Page
    server: Server
    stage: Stage
    asked: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(f"{self.stage.product.address}{address}")
        expect(self.page.locator("connection-state")).to_have_attribute("data-state", "online")

    def note(self, request: Request) -> None:
        if request.headers.get("hx-request"):
            self.asked.append(request.url)

    def stir(self, kind: str, seconds: float = 2, **data: Any) -> None:
        """Twenty events a second; then wait for what the page has asked for last."""
        self.asked.clear()
        for _ in range(int(seconds * 20)):
            self.server.say(kind, **(data or {"series": []}))
            self.page.wait_for_timeout(50)
        self.page.wait_for_timeout(600)
        self.page.wait_for_load_state("networkidle")
        assert self.asked

    def change(self, statement: str) -> None:
        """Something that the next answer tells of."""
        path = self.stage.product.data_dir / "aniworld.db"
        with closing(sqlite3.connect(path, timeout=20)) as database, database:
            database.execute(statement)

    def has_focus(self) -> bool:
        found: bool = self.page.evaluate("document.activeElement.mark === 'the same'")
        return found


@pytest.fixture
def stirred(stage: Stage) -> Iterator[Stirred]:
    stage.set_up()
    done = stage.product.manage("shell", "-c", FILLED.replace("ROOT", str(stage.truth.root)))
    assert done.returncode == 0, done.stderr
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        complaints = complaints_of(page)
        server = Server()
        page.route_web_socket(re.compile("/ws/connect$"), server.connected)
        page.goto(stage.product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        stirred = Stirred(page, server, stage)
        page.on("request", stirred.note)
        yield stirred
        assert complaints == []


def _focus(locator: Locator) -> None:
    locator.focus()
    locator.evaluate(MARK)


def _top(locator: Locator) -> float:
    top: float = locator.evaluate("node => node.getBoundingClientRect().top")
    return top


def test_the_library_keeps_ticks_focus_selection_and_place(stirred: Stirred) -> None:
    stirred.open("/")
    page = stirred.page
    cards = page.locator(".poster-card")
    cards.nth(20).scroll_into_view_if_needed()
    cards.nth(20).get_by_role("checkbox").check(force=True)
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    cards.nth(21).locator(".poster-name").evaluate("node => getSelection().selectAllChildren(node)")
    _focus(cards.nth(22).get_by_role("link"))
    place = _top(cards.nth(22))

    stirred.change("UPDATE library_animeseries SET missing_count = 7 WHERE key = 'show-22'")
    stirred.stir("bin_changed")

    expect(cards.nth(22)).to_contain_text("7 missing")
    assert stirred.has_focus()
    assert cards.nth(20).get_by_role("checkbox").is_checked()
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    assert page.evaluate("String(getSelection())") == "Show 21"
    assert abs(_top(cards.nth(22)) - place) < 2

    stirred.change("UPDATE library_animeseries SET sort_name = 'a', name = 'A' WHERE id = 1")
    stirred.stir("bin_changed", 0.5)
    expect(cards.first).to_have_id("letter-a")  # what had that place is where it was
    assert stirred.has_focus()


def test_the_way_to_the_actions_stays_when_the_library_is_redrawn(stirred: Stirred) -> None:
    stirred.open("/")
    page = stirred.page
    box = page.locator(".poster-card").nth(1).get_by_role("checkbox")
    box.click(force=True)
    _focus(page.get_by_role("button", name="To the actions (1 selected)"))
    stirred.change("UPDATE library_animeseries SET missing_count = 7 WHERE key = 'show-01'")
    stirred.stir("bin_changed", 0.5)
    expect(page.locator(".poster-card").nth(1)).to_contain_text("7 missing")
    assert stirred.has_focus()
    page.get_by_role("button", name="Stop monitoring").click()
    expect(box).not_to_be_checked(timeout=SLOW)  # what was sent is done with


def test_a_series_keeps_what_is_open_and_ticked_in_it(stirred: Stirred) -> None:
    stirred.open("/series/show-05")
    page = stirred.page
    season = page.locator("details.season").first
    if not season.evaluate("node => node.open"):
        season.locator("summary").first.click()
    rows = page.locator("[data-episode]")
    expect(rows).to_have_count(10)
    rows.nth(6).get_by_role("checkbox").check()
    rows.nth(6).evaluate(MARK)
    why = rows.nth(3).locator("details.evidence")
    why.locator("summary").click()
    expect(why.locator("[data-late] > *").first).to_be_visible()
    _focus(why.locator("summary"))

    stirred.change("UPDATE library_episode SET title = 'Quite new' WHERE episode_number = 5")
    stirred.stir("bin_changed")

    expect(rows.nth(4)).to_contain_text("Quite new")
    assert stirred.has_focus()
    assert why.evaluate("node => node.open")
    assert rows.nth(6).evaluate(MARKED)
    assert rows.nth(6).get_by_role("checkbox").is_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()


def test_what_is_half_typed_stays(stirred: Stirred) -> None:
    stirred.open("/unmatched")
    page = stirred.page
    words = page.locator("#live input[name=q]").first
    words.fill("half a wo")
    _focus(words)
    words.evaluate("node => node.setSelectionRange(2, 4)")
    stirred.change("UPDATE library_unmatchedfolder SET reason = 'NOT_ASKED'")
    stirred.stir("scan_complete", 1, result={"unmatched": 1})
    expect(page.get_by_text("No site has been asked yet")).to_be_visible()
    expect(words).to_have_value("half a wo")
    assert stirred.has_focus()
    assert words.evaluate("node => [node.selectionStart, node.selectionEnd]") == [2, 4]


def test_an_open_row_of_what_is_missing_is_renewed_in_place(stirred: Stirred) -> None:
    stirred.open("/missing")
    page = stirred.page
    row = page.locator(".missing-series", has_text="Show 03")
    row.locator("summary").click()
    episodes = row.locator(".missing-episode")
    expect(episodes).to_have_count(8)
    episodes.nth(1).get_by_role("checkbox").check()
    episodes.nth(1).evaluate(MARK)
    _focus(row.locator("summary"))

    stirred.change("UPDATE library_episode SET title = 'Quite new' WHERE episode_number = 5")
    stirred.stir("bin_changed", 1)

    expect(episodes.nth(2)).to_contain_text("Quite new")
    assert row.locator("details").evaluate("node => node.open")
    assert episodes.nth(1).evaluate(MARKED)
    assert episodes.nth(1).get_by_role("checkbox").is_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert stirred.has_focus()
