"""One WebSocket, bounded: Daphne takes every message at once, however few have been answered."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from aniworld.server.limits import Limits

logger = logging.getLogger(__name__)

POLICY = 1008
TOO_MANY = "Too many messages wait for an answer."


class WebSocket(WebSocketProtocol):
    """Closes on whoever asks much faster than it is answered.

    Nothing is read from a client that does not read: ``aniworld.events.socket.flow`` sees to that.

    What lasts is measured by a clock that nobody sets. By the machine's own, as Daphne does it, one
    that jumps ahead would close every socket as too old, and one that jumps back would end the
    pings by which a client that has gone is noticed.
    """

    application_queue: Any
    server: Any

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._sizes: deque[int] = deque()  # of the messages that wait for the application
        self._bytes = 0
        self._is_ended = False
        self._opened = self._heard = time.monotonic()

    def duration(self) -> float:
        """Seconds since the connection came."""
        return time.monotonic() - self._opened

    def check_timeouts(self) -> None:
        """Called every few seconds: close what is too old, and ping what is silent."""
        server = self.server
        if 0 <= server.websocket_timeout < self.duration():
            self.serverClose()
        if self.state == self.STATE_CONNECTING:
            if self.duration() > server.websocket_connect_timeout:
                self.serverReject()
        elif self.state == self.STATE_OPEN:
            now = time.monotonic()
            if now - self._heard > server.ping_interval:
                self._sendAutoPing()
                self._heard = now

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 (Autobahn's)
        if self._is_ended:
            return
        super().onMessage(payload, isBinary)
        self._heard = time.monotonic()
        self._sizes.append(len(payload))
        self._bytes += len(payload)
        while len(self._sizes) > self.application_queue.qsize():
            self._bytes -= self._sizes.popleft()
        most, most_bytes = self._limits.waiting_messages, self._limits.waiting_bytes
        if len(self._sizes) > most or self._bytes > most_bytes:
            self._end()

    def _end(self) -> None:
        """Close, and forget what waits: nobody is there for its answers."""
        self._is_ended = True
        logger.warning(
            "websocket closed reason=too_many_messages client=%s waiting=%s bytes=%s",
            self.client_addr,
            len(self._sizes),
            self._bytes,
        )
        while not self.application_queue.empty():
            self.application_queue.get_nowait()
        self._sizes.clear()
        self._bytes = 0
        self.sendCloseFrame(code=POLICY, reasonUtf8=TOO_MANY.encode())
