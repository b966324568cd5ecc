"""The queue page while much goes on: it changes only what differs, and nothing lies over a control.

Page and answers are the product's own; the events come from the test's hand, as many as it likes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, Request, WebSocketRoute, expect

from tests.e2e.browser import chromium, complaints_of
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e

SIZES = ((320, 640), (360, 740), (768, 1024), (1024, 600), (1280, 900), (1920, 1080))
FILLED = """
from django.utils import timezone
from downloads.choices import Status
from tests.factories import make_item, make_series
names = ("Mushishi", "Frieren", "Kino")
for place, show in enumerate([make_series(name, missing=30) for name in names]):
    for number in range(1, 19):
        make_item(show, number, position=100 * place + number)
make_item(show, 19, status=Status.FAILED, completed_at=timezone.now())
make_item(show, 20, position=0, status=Status.DOWNLOADING, stage="DOWNLOADING", progress_percent=1)
"""


@dataclass
class Server:
    """The other end of the page's live connection."""

    sockets: list[WebSocketRoute] = field(default_factory=list)
    newest: int = 100_000

    def connected(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda _text: None)
        self._send(socket, "connected", None, last_event_id=self.newest)

    def say(self, kind: str, **data: Any) -> None:
        self.newest += 1
        self._send(self.sockets[-1], kind, self.newest, **data)

    def stir(self) -> None:
        """Something of the queue has changed."""
        counts = {"pending_count": 54, "active_count": 1}
        self.say("queue_status", action="item_started", queue_status={"statistics": counts})

    def arrives(self, number: int) -> None:
        names = {"key": "kino", "serie_folder": "Kino", "serie_name": "Kino"}
        self.say("download_complete", download_id="9", season=1, episode=number, **names)

    def _send(self, socket: WebSocketRoute, kind: str, id: int | None, **data: Any) -> None:
        stamp = "2026-01-01T00:00:00.000Z"
        socket.send(json.dumps({"id": id, "type": kind, "timestamp": stamp, "data": data}))


@dataclass
class Queue:
    """The page, who sends its events, and what it has asked for since."""

    page: Page
    server: Server
    address: str
    stage: Stage
    asked: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        if "/queue" in request.url and request.headers.get("hx-request"):
            self.asked.append(request.url)

    def stir_for(self, seconds: float) -> None:
        """Twenty events a second."""
        for _ in range(int(seconds * 20)):
            self.server.stir()
            self.page.wait_for_timeout(50)

    def calm(self) -> None:
        """Wait for what the page has asked for last."""
        self.page.wait_for_timeout(600)
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def queue(stage: Stage) -> Iterator[Queue]:
    stage.set_up()
    done = stage.product.manage("shell", "-c", FILLED)
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
        queue = Queue(page, server, f"{stage.product.address}/queue", stage)
        page.goto(queue.address)
        page.on("request", queue.note)
        expect(page.locator("connection-state")).to_have_attribute("data-state", "online")
        yield queue
        assert complaints == []


RUN = "details[data-open]"


def test_twenty_events_a_second_take_nothing_from_the_visitor(queue: Queue) -> None:
    page = queue.page
    run = page.locator(RUN).nth(1)
    run.locator("summary").first.click()
    rows = run.locator("[data-item]")
    expect(rows).to_have_count(18)
    rows.nth(2).get_by_role("checkbox").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    title = rows.nth(4).locator(".queue-code")
    title.evaluate("node => getSelection().selectAllChildren(node)")
    focused = rows.nth(3).locator("summary")
    focused.focus()
    page.evaluate("document.activeElement.mark = 'the same'")
    run.evaluate("node => { node.mark = 'the same'; }")
    page.evaluate("scrollTo(0, 500)")
    place = rows.nth(3).evaluate("node => node.getBoundingClientRect().top")
    first = rows.first.get_attribute("data-item")
    queue.asked.clear()

    queue.stir_for(1.5)
    queue.stage.product.api("POST", "queue/remove", {"item_ids": [first]}, expect=204)
    queue.stir_for(2.5)
    queue.calm()

    expect(rows).to_have_count(17)  # it has been redrawn all the same, and while they went on
    assert 3 <= len(queue.asked) <= 12
    assert page.evaluate("document.activeElement.mark") == "the same"
    assert run.evaluate("node => node.open && node.mark") == "the same"
    assert rows.nth(1).get_by_role("checkbox").is_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert page.evaluate("String(getSelection())") == "S01E05"
    moved = rows.nth(2).evaluate("node => node.getBoundingClientRect().top") - place
    assert abs(moved) < 2
    other = page.locator(RUN).first
    assert not other.evaluate("node => node.open")


def test_a_menu_stays_open_while_the_page_is_redrawn(queue: Queue) -> None:
    page = queue.page
    menu = page.locator("[data-run] > .queue-menu").first
    menu.locator("summary").click()
    queue.asked.clear()
    queue.stir_for(1)
    queue.calm()
    assert queue.asked
    expect(menu.get_by_role("button", name="All to the top")).to_be_visible()


def test_what_is_done_to_the_ticked_is_done_without_leaving_the_page(queue: Queue) -> None:
    page = queue.page
    runs = page.locator("[data-run]")
    runs.nth(1).get_by_role("checkbox").first.check()
    expect(page.get_by_text("18 selected")).to_be_visible()
    page.locator("#waiting-bar").get_by_role("button", name="To the top").click()
    expect(runs.first).to_contain_text("Frieren")
    expect(page.get_by_text("18 episodes are next now.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(runs.first).to_contain_text("Mushishi")


def test_a_row_is_dragged_to_where_it_is_let_go(queue: Queue) -> None:
    page = queue.page
    run = page.locator(RUN).first
    run.locator("summary").first.click()
    rows = run.locator("[data-item]")
    expect(rows).to_have_count(18)
    handle, target = rows.nth(4).locator("[data-handle]"), rows.nth(1)
    handle.scroll_into_view_if_needed()
    box, over = handle.bounding_box(), target.bounding_box()
    assert box
    assert over
    with page.expect_response("**/api/queue/reorder") as moved:
        page.mouse.move(box["x"] + 4, box["y"] + 4)
        page.mouse.down()
        page.mouse.move(over["x"] + 200, over["y"] + 8, steps=6)
        page.mouse.up()
    assert moved.value.ok
    queue.server.stir()
    expect(rows.nth(1)).to_contain_text("S01E05")
    expect(rows.nth(2)).to_contain_text("S01E02")


# The controls of which nothing is hidden, by a mark that is set on them.
REACHED = """() => {
  let count = 0;
  const header = document.querySelector(".shell-header");
  for (const one of document.querySelectorAll("a[href], button, input, select, summary")) {
    if (one.closest("toast-stack")) continue;
    const { left, top, width, height } = one.getBoundingClientRect();
    const at = width && document.elementFromPoint(left + width / 2, top + height / 2);
    const isBelow = header.contains(one) || left >= header.getBoundingClientRect().right
      || top >= header.getBoundingClientRect().bottom;
    if (isBelow && at && (one === at || one.contains(at))) { one.dataset.reached = ""; count += 1; }
  }
  return count;
}"""
# Of those, the ones that a toast lies over now.
COVERED = """() => [...document.querySelectorAll("[data-reached]")].filter((one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  return [...document.querySelectorAll(".toast")].some((toast) => {
    const lies = toast.getBoundingClientRect();
    return left < lies.right && right > lies.left && top < lies.bottom && bottom > lies.top;
  });
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_arrivals_are_one_message_that_lies_over_no_control(
    queue: Queue, width: int, height: int
) -> None:
    page = queue.page
    page.set_viewport_size({"width": width, "height": height})
    for down in (0, 400):
        page.goto(queue.address)
        expect(page.locator("connection-state")).to_have_attribute("data-state", "online")
        page.evaluate(f"scrollTo(0, {down})")
        assert page.evaluate(REACHED) > 5
        for number in range(1, 13):
            queue.server.arrives(number)
        toast = page.locator("toast-stack .toast")
        expect(toast).to_have_count(1)
        expect(toast).to_contain_text("12 arrived")
        expect(toast).to_be_in_viewport(ratio=0.9)
        assert page.evaluate(COVERED) == []
    toast.get_by_role("link", name="Show").click()
    expect(page).to_have_url(f"{queue.address}/history")


def test_the_tab_says_how_far_it_is(queue: Queue) -> None:
    page = queue.page
    item = page.locator(".queue-active").get_attribute("data-item")
    progress = {"percent": 37.9, "downloaded_mb": 37.9, "total_mb": 100, "speed_mbps": 2.5}
    said = {"download_id": item, "stage": "DOWNLOADING", "status": "in_progress"}
    queue.server.say("download_progress", **said, progress=progress)
    expect(page).to_have_title("37 % · Aniworld")
    expect(page.locator("[data-part=percent]")).to_have_text("37 %")
    page.goto(f"{queue.address}/screen")
    expect(page).to_have_title("1 % · Aniworld")
    queue.server.say("download_progress", **said, progress=progress)
    expect(page).to_have_title("37 % · Aniworld")
    queue.stage.product.api("DELETE", f"queue/{item}", expect=204)
    queue.server.stir()
    expect(page.locator(".screen-rest")).to_have_text("Stopped")
    expect(page).to_have_title("The queue on a big screen · Aniworld")
