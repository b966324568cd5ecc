"""One connection, bounded before anybody has asked who it is.

Twisted holds the body of a request until all of it has come, and Daphne asks nobody before that: a
body is therefore refused here, by the length it announces and while it is counted. What never
becomes a request (slow headers, slow bodies, silence) ends at a deadline, and where there are too
many of such connections the oldest makes room for the newest: whoever sends a request at once is
always served.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import connectionDone
from twisted.web import http

from aniworld.server.limits import Limits, body_limit
from aniworld.server.refusal import Request, refusal

_clock: Any = reactor
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 413: b"Content Too Large"}

# Many may come in one turn of the loop, before anything is read: whoever has sent its request
# already must not be taken for silent.
GRACE_SECONDS = 0.05
MOST_IN_GRACE = 4  # times the limits; beyond it the oldest end at once


class Waiting:
    """The connections that have not yet sent a whole request, by address, oldest first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._is_crowded = False
        self._all: OrderedDict[Channel, str] = OrderedDict()
        self._by_address: dict[str, OrderedDict[Channel, None]] = {}

    def add(self, channel: Channel, address: str) -> None:
        """Take one in; the oldest of its address, or of all, end soon where there are too many."""
        self.remove(channel)
        self._all[channel] = address
        self._by_address.setdefault(address, OrderedDict())[channel] = None
        self._make_room(address, times=MOST_IN_GRACE)
        if not self._is_crowded and self._is_too_many(address):
            self._is_crowded = True
            _clock.callLater(GRACE_SECONDS, self._after_reading)

    def _after_reading(self) -> None:
        """Make room in the next turn of the loop: in this one nothing has been read yet."""
        _clock.callLater(0, self._end_crowd)

    def _end_crowd(self) -> None:
        self._is_crowded = False
        for address in list(self._by_address):
            self._make_room(address, times=1)

    def _is_too_many(self, address: str) -> bool:
        own, limits = self._by_address.get(address, ()), self._limits
        return len(own) > limits.waiting_per_address or len(self._all) > limits.waiting

    def _make_room(self, address: str, *, times: int) -> None:
        most = times * self._limits.waiting_per_address
        while len(own := self._by_address.get(address, OrderedDict())) > most:
            self._end(next(iter(own)))
        while len(self._all) > times * self._limits.waiting:
            self._end(next(iter(self._all)))

    def remove(self, channel: Channel) -> None:
        address = self._all.pop(channel, None)
        if address is None:
            return
        own = self._by_address[address]
        del own[channel]
        if not own:
            del self._by_address[address]

    def _end(self, channel: Channel) -> None:
        self.remove(channel)
        channel.forceAbortClient()


class Channel(http.HTTPChannel):
    """An HTTP connection with deadlines and a bound on each body."""

    transport: Any
    length: int | None
    _path: Any
    maxHeaders = 100
    abortTimeout = 5

    def __init__(self, limits: Limits, waiting: Waiting) -> None:
        super().__init__()
        self._limits = limits
        self._waiting = waiting
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

    def allHeadersReceived(self) -> None:
        self._most, self._came = body_limit(self._limits, self._path), 0
        if self.length is not None and self.length > self._most:
            self._refuse(413)
            return
        if self.length != 0:
            self._set_deadline(self._limits.body_seconds)
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
        self._waiting.remove(self)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        super().requestDone(request)
        if self.persistent and not self._handlingRequest and self._deadline is None:
            self._waiting.add(self, self._address())

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._clear_deadline()
        self._waiting.remove(self)
        super().connectionLost(reason)

    def _await_request(self) -> None:
        self._waiting.add(self, self._address())
        self._set_deadline(self._limits.header_seconds)

    def _address(self) -> str:
        return str(getattr(self.transport.getPeer(), "host", ""))

    def _set_deadline(self, seconds: float) -> None:
        self._clear_deadline()
        self._deadline = _clock.callLater(seconds, self._too_slow)

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
        self._waiting.remove(self)
        body = refusal(status)
        head = (
            f"HTTP/1.1 {status} ".encode() + _REASONS[status] + b"\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nCache-Control: no-store\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n"
        )
        self.transport.write(head + body)
        self.setTimeout(None)
        self._networkProducer.unregisterProducer()
        self.transport.loseWriteConnection()
        _clock.callLater(self._limits.linger_seconds, self.forceAbortClient)
