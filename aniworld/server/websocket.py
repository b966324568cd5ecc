"""One WebSocket, bounded: Daphne takes every message at once, however few have been answered."""

from __future__ import annotations

import logging
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
    """

    application_queue: Any

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._sizes: deque[int] = deque()  # of the messages that wait for the application
        self._bytes = 0
        self._is_ended = False

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 (Autobahn's)
        if self._is_ended:
            return
        super().onMessage(payload, isBinary)
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
