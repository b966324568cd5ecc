"""An answer whose body is read piece by piece into the caller's memory."""

from __future__ import annotations

import contextlib
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from urllib3 import HTTPResponse

from downloads.transfer.errors import ConnectionLost, TransferError
from downloads.transfer.wire.asking import Told
from downloads.transfer.wire.body import (
    BadFraming,
    Body,
    ChunkedBody,
    DecodedBody,
    PlainBody,
    Source,
)
from downloads.transfer.wire.concurrency import Concurrency
from downloads.transfer.wire.limiter import Limiter
from downloads.transfer.wire.stopping import Stopped
from downloads.transfer.wire.verdict import meaning

LONGEST_READ = 0.05  # seconds after which a call returns what it has: a crash would lose it
FLOOR_SECONDS = 30.0
FLOOR_RATE = 1_000  # bytes a second, over so long, below which a connection is given up


@dataclass(slots=True)
class Session:
    """What the answers of one client have in common.

    ``timeout``: seconds a connection may be silent. ``stop`` ends them all.
    """

    limiter: Limiter
    concurrency: Concurrency
    timeout: float
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic


class Answer:
    """An open answer, 200 or 206. Not for several threads, but for :meth:`abort`.

    Attributes:
        url: where it came from in the end, after redirects.
        status: 206 where the body is the part that was asked for, 200 where it is the whole.
        first: offset in the resource at which the body begins.
        length: bytes of the body; None where that is not known.
        total: bytes of the whole resource; None where that is not known.
        validator: strong ETag or Last-Modified; empty where there is none.
        content_type: without its parameters, in lower case; empty where there is none.
    """

    def __init__(
        self,
        response: HTTPResponse,
        url: str,
        told: Told,
        session: Session,
        on_close: Callable[[Answer], None],
    ) -> None:
        self.url = url
        self.status = response.status
        self.first = told.first
        self.length = told.length
        self.total = told.total
        self.validator = told.validator
        self.content_type = told.content_type
        self._response = response
        self._session = session
        self._on_close = on_close
        connection = _source_of(response)
        self._body = _body_of(response, connection, told)
        # Only of a plain body is nothing kept back that the connection does not know of.
        self._patience = LONGEST_READ if isinstance(self._body, PlainBody) else 0.0
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._came = 0
        self._is_closed = False
        self._failure: TransferError | None = None
        self._window_bytes = 0
        self._window_seconds = 0.0  # spent on waiting for the connection, and on nothing else

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come, as far as that can be known."""
        return self._is_complete()

    def readinto(self, buffer: memoryview) -> int:
        """Read what comes next, waiting for the first of it; 0 at the end.

        A large buffer (1 MiB) is the fast way. It is filled, except where that would take long.

        Raises:
            ConnectionLost: it ended before its end (``cut``), fell silent or below the floor
                (``stalled``), or broke. Everything before that has been returned.
            Stopped: the transfer ended meanwhile.
        """
        view = buffer[: self._session.limiter.most(len(buffer))]
        filled = self._fill(view) if self._failure is None else 0
        if self._failure is not None and not filled:
            raise self._failure
        self._session.concurrency.received(filled)
        self._session.limiter.take(filled, self._session.stop)
        return filled

    def close(self) -> None:
        """Give the connection back where all was read, else end it."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            original = self._response._original_response
            if self._body.is_whole and original is not None:
                original.close()  # for the library, which did not see what was read
                self._response.release_conn()
            else:
                self._response.close()
        finally:
            self._on_close(self)

    def abort(self) -> None:
        """Wake whoever reads, once the session was told to stop. From any thread."""
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # it has ended by itself
            self._response.shutdown()

    def _fill(self, view: memoryview) -> int:
        clock, filled = self._session.clock, 0
        begun = before = clock()
        while filled < len(view) and not self._body.is_whole:
            if filled and not self._is_ready(begun + self._patience - before):
                break
            got = self._read(view[filled:])
            now = clock()
            self._watch(got or 0, now - before)
            if got == 0 or self._failure is not None:
                break
            filled += got or 0
            before = now
        return filled

    def _is_ready(self, seconds: float) -> bool:
        """Whether more comes while that time passes: who has something is not kept waiting."""
        return bool(self._poll.poll(max(seconds, 0.0) * 1_000))

    def _read(self, view: memoryview) -> int | None:
        """As the body reads; what goes wrong is kept until all before it is with the caller."""
        if self.length is not None:
            view = view[: self.length - self._came]
        try:
            got = self._body.readinto(view) if view else 0
        except (OSError, ValueError, BadFraming) as error:
            self._end_if_stopped()
            self._failure = self._meaning(error)
            return 0
        self._end_if_stopped()
        self._came += got or 0
        if got == 0 and not self._is_complete():
            self._failure = ConnectionLost(why="cut", bytes=self._missing())
        return got

    def _end_if_stopped(self) -> None:
        """Raises Stopped once the transfer has ended: :meth:`abort` ends a connection below its
        encryption, so what is read of it after that may be the encrypted bytes."""
        if self._session.stop.is_set():
            raise Stopped

    def _is_complete(self) -> bool:
        return self._body.is_whole if self.length is None else self._came == self.length

    def _missing(self) -> int:
        return self._body.missing if self.length is None else self.length - self._came

    def _watch(self, size: int, seconds: float) -> None:
        self._window_bytes += size
        self._window_seconds += seconds
        if self._window_seconds < FLOOR_SECONDS:
            return
        if self._window_bytes < FLOOR_RATE * self._window_seconds and self._failure is None:
            self._failure = self._stalled(self._window_seconds)
        self._window_bytes, self._window_seconds = 0, 0.0

    def _meaning(self, error: Exception) -> TransferError:
        if isinstance(error, TimeoutError):
            return self._stalled(self._session.timeout)
        self._session.concurrency.halve()
        return meaning(error)

    def _stalled(self, seconds: float) -> ConnectionLost:
        return ConnectionLost(why="stalled", bytes=self._window_bytes, seconds=round(seconds))


def _source_of(response: HTTPResponse) -> Source:
    """What the library reads from: its own ways to read fill the whole buffer, or copy."""
    original = response._original_response
    if original is None or original.fp is None:
        raise ConnectionLost(why="cut", bytes=0)
    return Source(original.fp)


def _body_of(response: HTTPResponse, connection: Source, told: Told) -> Body:
    original = response._original_response
    if original is not None and original.chunked:
        body: Body = ChunkedBody(connection)
    else:
        body = PlainBody(connection, original.length if original is not None else None)
    return DecodedBody(body) if told.encoding else body


def discard(response: HTTPResponse) -> None:
    """Let go of a body that nobody wants; the connection is kept where all of it is there."""
    original, length = response._original_response, response.length_remaining
    if original is None or original.fp is None or length is None or response.chunked:
        response.close()
        return
    try:
        is_there = length <= len(original.fp.peek(1) if length else b"")
        if is_there:
            original.fp.read(length)
    except OSError:
        is_there = False
    if is_there:
        original.close()
        response.release_conn()
    else:
        response.close()
