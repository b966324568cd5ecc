"""What lasts is measured by a clock that nobody sets: whatever the machine's own one is set to."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory
from twisted.internet import testing

from aniworld.server.limits import Limits
from aniworld.server.websocket import WebSocket

DAY = 86_400.0
PING, CLOSE = b"\x89", b"\x88"  # the first byte of such a frame
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_Transport: Any = testing.StringTransport  # Twisted gives it no types


async def _application(_scope: Any, _receive: Any, _send: Any) -> None:
    """Says nothing."""


@pytest.fixture
def opened() -> WebSocket:
    """An open connection whose client says nothing; what it was sent is in its transport."""
    server = Server(_application, endpoints=["tcp:0"])  # it is not run, so it listens nowhere
    server.connections = {}
    server.create_application = lambda *_arguments: asyncio.Queue()
    factory = WebSocketFactory(server)
    factory.setProtocolOptions(autoPingTimeout=0)  # no reactor runs that could wait for the answer
    socket = WebSocket(Limits())
    socket.factory, socket._raw_query_string = factory, b""
    socket.makeConnection(_Transport())
    socket.dataReceived(HANDSHAKE)
    socket.serverAccept()
    assert socket.state == socket.STATE_OPEN
    socket.transport.clear()
    return socket


@pytest.mark.parametrize("jump", [DAY + 1, -DAY])
def test_a_clock_that_jumps_changes_nothing(
    opened: WebSocket, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = time.time() + jump
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: wrong)
        opened.check_timeouts()
    assert opened.transport.value() == b""


@pytest.mark.parametrize("jump", [0.0, -DAY])
def test_who_is_silent_is_pinged(
    opened: WebSocket, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, wrong = time.monotonic() + opened.server.ping_interval + 1, time.time() + jump
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: wrong)
        patch.setattr(time, "monotonic", lambda: later)
        opened.check_timeouts()
        opened.check_timeouts()  # it has just been asked
    sent = opened.transport.value()
    assert sent[:1] == PING
    assert len(sent) == 2 + sent[1]  # one frame alone; what is in it is at random


def test_what_is_older_than_the_server_allows_is_closed(
    opened: WebSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.monotonic() + opened.server.websocket_timeout + 1
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: later)
        opened.check_timeouts()
    assert opened.transport.value()[:1] == CLOSE
