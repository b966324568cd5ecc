"""The browser's live connection where it does not go smoothly: nothing is passed over.

The page is the product's own; the other end of its WebSocket is in the test's hand, which says what
the server says in such a case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.browser import chromium
from tests.e2e.conftest import PASSWORD, Stage

pytestmark = pytest.mark.e2e

AT_START, LATER = 1_000, 5_000


@dataclass
class Server:
    """``resumes`` is what each connection said it has; ``answer`` is what it is told to that."""

    answer: Callable[[WebSocketRoute, int], None]
    resumes: list[int] = field(default_factory=list)
    open: set[WebSocketRoute] = field(default_factory=set)
    connections: int = 0

    def connected(self, socket: WebSocketRoute) -> None:
        self.connections += 1
        self.open.add(socket)
        socket.on_message(lambda text: self._take(socket, json.loads(text)))
        socket.on_close(lambda _code, _reason: self._end(socket))
        newest = AT_START if self.connections == 1 else LATER
        say(socket, "connected", last_event_id=newest)

    def _end(self, socket: WebSocketRoute) -> None:
        self.open.discard(socket)
        socket.close()

    def _take(self, socket: WebSocketRoute, message: dict[str, Any]) -> None:
        if message["action"] == "resume":
            self.resumes.append(message["last_event_id"])
            self.answer(socket, len(self.resumes))


def say(socket: WebSocketRoute, kind: str, *, id: int | None = None, **data: Any) -> None:
    stamp = "2026-01-01T00:00:00.000Z"
    socket.send(json.dumps({"id": id, "type": kind, "timestamp": stamp, "data": data}))


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    stage.set_up()
    with chromium() as browser:
        page = browser.new_page()
        page.goto(stage.product.address)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        yield page


def visit(page: Page, stage: Stage, server: Server) -> None:
    page.route_web_socket(re.compile("/ws/connect$"), server.connected)
    page.goto(f"{stage.product.address}/queue")
    wait_for(page, lambda: server.resumes)


def wait_for(page: Page, condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def test_a_page_that_began_anew_resumes_from_there(stage: Stage, page: Page) -> None:
    """It has what it asked for then; what came between that and the next connection it has not."""

    def answer(socket: WebSocketRoute, turn: int) -> None:
        if turn == 1:
            say(socket, "snapshot_required", last_event_id=2_000)
            socket.close(code=1012)

    server = Server(answer)
    visit(page, stage, server)
    wait_for(page, lambda: len(server.resumes) > 1)
    assert server.resumes[1] == 2_000


def test_a_page_whose_events_could_not_be_read_asks_for_them_again(
    stage: Stage, page: Page
) -> None:
    def answer(socket: WebSocketRoute, turn: int) -> None:
        if turn == 1:
            say(socket, "error", code="resume_failed", message="The events cannot be read.")
            say(socket, "queue_status", id=3_000)

    server = Server(answer)
    visit(page, stage, server)
    wait_for(page, lambda: len(server.resumes) > 1)
    assert server.resumes[1] == server.resumes[0]


def test_a_page_that_is_in_a_hurry_has_one_connection(stage: Stage, page: Page) -> None:
    server = Server(lambda _socket, _turn: None)
    visit(page, stage, server)
    page.evaluate("window.dispatchEvent(new Event('online'))")  # it is online: nothing to do
    for socket in list(server.open):
        socket.close(code=1012)
        server.open.discard(socket)
    wait_for(page, lambda: page.evaluate("document.querySelector('connection-state') !== null"))
    page.evaluate("for (let n = 0; n < 3; n++) window.dispatchEvent(new Event('online'))")
    wait_for(page, lambda: len(server.resumes) > 1)
    page.wait_for_timeout(1_500)  # longer than the first pause before coming back
    assert len(server.open) == 1
    assert len(server.resumes) == 2
