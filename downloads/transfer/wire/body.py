"""The bytes of a body, out of the framing they come in.

The libraries' own ways to read fill a whole buffer before they return, or copy; here a call
returns with what one look at the connection has brought, in the caller's own memory. So each call
takes no longer than the connection's time-out, and whoever reads can see how fast it goes.
"""

from __future__ import annotations

import zlib
from enum import Enum, auto
from io import BufferedReader
from typing import Protocol

_LONGEST_LINE = 1_024  # of a chunk's size, or of a line behind the last one
_MOST_TRAILERS = 64
_PIECE = 65_536
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
_GZIP = b"\x1f\x8b"


class BadFraming(Exception):
    """The bytes do not come as the answer said they would."""


class Source:
    """What a connection brings. Never waits while it has something.

    Reading through the library's buffer would: it gives out what it holds together with what it
    waits for. So it is emptied first, and what comes then is read from below it.
    """

    def __init__(self, buffered: BufferedReader) -> None:
        self._buffered = buffered
        self._may_hold = True  # bytes that came together with the headers

    def fileno(self) -> int:
        return self._buffered.fileno()

    def readinto(self, view: memoryview) -> int:
        """At most ``len(view)`` bytes; 0 where the connection has ended."""
        if not self._may_hold:
            return self._buffered.raw.readinto(view) or 0
        there = len(self._buffered.peek(1))
        got = self._buffered.readinto1(view[:there]) if there else 0
        self._may_hold = got < there
        return got

    def line(self) -> bytes:
        """A line as far as it is there; empty where the connection has ended."""
        there = self._buffered.peek(1)
        end = there.find(b"\n") + 1 or len(there)
        self._may_hold = end < len(there)
        return self._buffered.read(end)


class Body(Protocol):
    """``is_whole``: all of it has come, as far as that can be known; ``missing``: how many bytes
    have not, 0 where that cannot be known."""

    @property
    def is_whole(self) -> bool: ...

    @property
    def missing(self) -> int: ...

    def readinto(self, view: memoryview) -> int | None:
        """What is there, at most ``len(view)`` bytes, waiting once. None where that brought
        nothing for the reader; 0 where nothing more comes, be it the end or not.

        Raises:
            OSError: of the connection.
            BadFraming: the bytes make no sense.
        """
        ...


class PlainBody:
    """A body of a known length, or one that ends with its connection."""

    def __init__(self, connection: Source, length: int | None) -> None:
        self._connection = connection
        self._left = length

    @property
    def is_whole(self) -> bool:
        return self._left == 0

    @property
    def missing(self) -> int:
        return self._left or 0

    def readinto(self, view: memoryview) -> int | None:
        got = self._connection.readinto(view[: self._left])
        if self._left is not None:
            self._left -= got
        elif not got and len(view):
            self._left = 0
        return got


class _Next(Enum):
    """What comes next of a body in chunks."""

    LENGTH = auto()
    BYTES = auto()
    LINE_END = auto()
    TRAILER = auto()
    NOTHING = auto()


class ChunkedBody:
    """A body in chunks, each with its length before it."""

    missing = 0

    def __init__(self, connection: Source) -> None:
        self._connection = connection
        self._next = _Next.LENGTH
        self._line = bytearray()
        self._left = 0  # bytes of the chunk
        self._trailers = 0

    @property
    def is_whole(self) -> bool:
        return self._next is _Next.NOTHING

    def readinto(self, view: memoryview) -> int | None:
        if self.is_whole:
            return 0
        if self._next is not _Next.BYTES:
            return self._read_line()
        got = self._connection.readinto(view[: self._left])
        self._left -= got
        if not self._left:
            self._next = _Next.LINE_END
        return got

    def _read_line(self) -> int | None:
        """A part of a line; 0 where the connection has ended in it."""
        came = self._connection.line()
        self._line += came
        if len(self._line) > _LONGEST_LINE:
            raise BadFraming("a line without an end")
        if came.endswith(b"\n"):
            self._take_line(bytes(self._line).strip())
            self._line.clear()
        return None if came else 0

    def _take_line(self, line: bytes) -> None:
        if self._next is _Next.LENGTH:
            self._left = _chunk_length(line)
            self._next = _Next.BYTES if self._left else _Next.TRAILER
        elif self._next is _Next.LINE_END:
            if line:
                raise BadFraming("a chunk longer than it said")
            self._next = _Next.LENGTH
        elif not line:
            self._next = _Next.NOTHING
        else:
            self._trailers += 1
            if self._trailers > _MOST_TRAILERS:
                raise BadFraming("too many lines behind the last chunk")


class DecodedBody:
    """A body that was compressed on its way, as it was before."""

    missing = 0

    def __init__(self, body: Body) -> None:
        self._body = body
        self._raw = memoryview(bytearray(_PIECE))
        self._decoder = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._pending = b""
        self._has_begun = False

    @property
    def is_whole(self) -> bool:
        return self._body.is_whole and self._decoder.eof

    def readinto(self, view: memoryview) -> int | None:
        if not self._pending:
            got = self._body.readinto(self._raw)
            if got is None:
                return None
            self._pending = bytes(self._raw[:got])
        has_ended = not self._pending
        data = self._decode(len(view))
        view[: len(data)] = data
        return len(data) or (0 if has_ended else None)

    def _decode(self, most: int) -> bytes:
        decoder = self._decoder
        if decoder.eof:
            if not self._pending.startswith(_GZIP):  # some servers fill up with zeros
                self._pending = b""
                return b""
            decoder = self._decoder = zlib.decompressobj(_ZLIB_OR_GZIP)
        try:
            data = decoder.decompress(self._pending, most)
        except zlib.error as error:
            if self._has_begun:
                raise BadFraming(str(error)) from error
            data = self._decode_bare(most)
        self._has_begun = True
        self._pending = self._decoder.unused_data or self._decoder.unconsumed_tail
        return data

    def _decode_bare(self, most: int) -> bytes:
        """Some servers understand "deflate" as the bare stream, without what zlib puts around."""
        self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._decoder.decompress(self._pending, most)
        except zlib.error as error:
            raise BadFraming(str(error)) from error


def _chunk_length(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 15 or not digits.isalnum():
        raise BadFraming("a chunk without a length")
    try:
        return int(digits, 16)
    except ValueError as error:
        raise BadFraming("a chunk without a length") from error
