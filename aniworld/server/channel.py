"""One connection, bounded before anybody has asked who it is.

Twisted holds the body of a request until all of it has come, and Daphne asks nobody before that: a
body is therefore refused here, by the length it announces and while it is counted. What never
becomes a request (slow headers, slow bodies, silence) ends at a deadline, and where there are too
many of such connections the oldest makes room for the newest: whoever sends a request at once is
always served. Answers that nobody takes are bounded in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import daphne.server  # noqa: F401 (installs the reactor that is taken from Twisted below)
from twisted.internet import reactor
from twisted.internet.protocol import connectionDone
from twisted.web import http
from twisted.web.http_headers import Headers

from aniworld.server.crowds import Crowds
from aniworld.server.limits import Limits, body_limit, takes_file
from aniworld.server.refusal import Request, refusal

_clock: Any = reactor
_REASONS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    413: b"Content Too Large",
    429: b"Too Many Requests",
}
# For Daphne alone: it takes a base path from whoever sends the one, and stumbles over others.
_DAPHNES = b"daphne-root-path"
_ASCII_ONLY = frozenset({b"sec-websocket-protocol"})
_LONGEST_LENGTH = 18  # digits of a Content-Length


# Whether headers carry a token that we have signed; whether that is still worth anything, the
# application says.
IsKnown = Callable[[Headers], bool]


class Channel(http.HTTPChannel):
    """An HTTP connection with deadlines and a bound on each body."""

    transport: Any
    length: int | None
    _path: Any
    maxHeaders = 100
    abortTimeout = 5

    def __init__(self, limits: Limits, crowds: Crowds, is_known: IsKnown) -> None:
        super().__init__()
        self._limits = limits
        self._is_known = is_known
        self._crowds = crowds
        self._asks: str | None = None  # its address, while it waits for an answer
        self._deadline: Any = None
        self._most = 0  # bytes of the body that is coming
        self._came = 0
        self._is_refused = False

    def connectionMade(self) -> None:
        self.requestFactory = Request  # the factory has given us Daphne's
        super().connectionMade()
        self._await_request()

    def dataReceived(self, data: bytes) -> None:
        if self._is_refused:
            return
        if self._deadline is None and not self._handlingRequest:
            self._await_request()
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        if not self._is_refused:  # more of them may have come with the one that was
            super().lineReceived(line)

    def lineLengthExceeded(self, _line: bytes) -> None:
        self._refuse(400)

    def headerReceived(self, line: bytes) -> bool:
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if name == _DAPHNES:
            return True
        is_long = name == b"content-length" and len(value) > _LONGEST_LENGTH
        if is_long or (name in _ASCII_ONLY and not value.isascii()):
            self._respondToBadRequestAndDisconnect()
            return False
        return bool(super().headerReceived(line))

    def allHeadersReceived(self) -> None:
        self._most, self._came = body_limit(self._limits, self._path), 0
        seconds = self._limits.body_seconds
        if takes_file(self._path) and self._is_known(self.requests[-1].requestHeaders):
            self._most, seconds = self._limits.file, self._limits.file_seconds
        if self.length is not None and self.length > self._most:
            self._refuse(413)
            return
        if self.length != 0:
            self._set_deadline(seconds, self._too_slow)
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        if self._is_refused:
            return
        if not self._handlingRequest:
            self._came += len(data)
            # Chunks announce no length, and their own marks count: nobody sends that many.
            if self.length is None and self._came > self._most:
                self._refuse(413)
                return
        super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        if self._is_refused:
            return
        self._clear_deadline()
        self._crowds.waiting.remove(self)
        if not self._may_ask():
            self._refuse(429)
            return
        super().allContentReceived()
        if self.transport.protocol is not self:  # a WebSocket now
            self._has_asked()

    def requestDone(self, request: Any) -> None:
        self._has_asked()
        super().requestDone(request)
        if not self.persistent:
            self._set_deadline(self._limits.answer_seconds, self.end)
        elif not self._handlingRequest and self._deadline is None:
            self._crowds.waiting.add(self, self._address())

    def pauseProducing(self) -> None:
        """More of an answer waits than the system takes for the client."""
        super().pauseProducing()
        self._crowds.unread.add(self, self._address())

    def resumeProducing(self) -> None:
        super().resumeProducing()
        self._crowds.unread.remove(self)

    def end(self) -> None:
        """End at once, whatever is still to be sent."""
        self.forceAbortClient()

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._clear_deadline()
        self._has_asked()
        self._crowds.waiting.remove(self)
        self._crowds.unread.remove(self)
        super().connectionLost(reason)

    def _may_ask(self) -> bool:
        address = self._address()
        if self._crowds.may_ask(address):
            self._asks = address
        return self._asks is not None

    def _has_asked(self) -> None:
        if self._asks is not None:
            self._crowds.answered(self._asks)
            self._asks = None

    def _await_request(self) -> None:
        self._crowds.waiting.add(self, self._address())
        self._set_deadline(self._limits.header_seconds, self._too_slow)

    def _address(self) -> str:
        return str(getattr(self.transport.getPeer(), "host", ""))

    def _set_deadline(self, seconds: float, end: Callable[[], None]) -> None:
        self._clear_deadline()
        self._deadline = _clock.callLater(seconds, end)

    def _clear_deadline(self) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None

    def _respondToBadRequestAndDisconnect(self) -> None:
        """What Twisted calls where a request is none; its own answer has no body."""
        self._refuse(400)

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answer, and throw away for a moment what still comes: who is still sending would never
        read the answer of a connection that is closed at once."""
        if self._is_refused:
            return
        self._is_refused = True
        self._clear_deadline()
        self._crowds.waiting.remove(self)
        body = refusal(status)
        head = (
            f"HTTP/1.1 {status} ".encode() + _REASONS[status] + b"\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nCache-Control: no-store\r\n"
            + (b"Retry-After: 1\r\n" if status == 429 else b"")
            + b"Content-Length: %d\r\n\r\n" % len(body)
        )
        self.transport.write(head + body)
        self.setTimeout(None)
        self._networkProducer.unregisterProducer()
        self.transport.loseWriteConnection()
        _clock.callLater(self._limits.linger_seconds, self.end)
