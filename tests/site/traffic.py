"""Requests and responses of the sample world, and the log that proves how polite a client is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any


class Side(StrEnum):
    """The two servers of the world."""

    CATALOGUE = "catalogue"
    HOSTER = "hoster"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request is about, for rules that name a series, an episode or a hoster."""

    series: str | None = None
    season: int | None = None
    episode: int | None = None
    hoster: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    side: Side
    method: str
    path: str  # decoded, without the query
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer before it is sent; rules change copies of it.

    ``body`` is the whole representation: the server cuts the range out of it, compares the ETag
    and, where a rule says so, lies about its length or breaks off.
    """

    status: int = 200
    body: bytes | Path = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    ranges: bool = False
    etag: bool = False
    server: str = ""  # its ETags are of its own, for the same bytes
    delay: float = 0.0  # seconds before the first byte
    bytes_per_second: int = 0  # 0 = as fast as it goes
    cut_after: float | None = None  # share of the body after which the connection is closed
    length_error: int = 0  # added to the true Content-Length
    held_from: int | None = None  # offset in the body at which it is held back
    # Whether the rule that delays it, or holds it back, is still in force.
    is_to_wait: Callable[[], bool] = lambda: True

    def content(self) -> bytes:
        return self.body.read_bytes() if isinstance(self.body, Path) else self.body

    def for_request(self, request: Request) -> Response:
        """Apply the conditions of the request: If-None-Match, If-Range and Range."""
        if self.status != 200:
            return self
        tag = self._tag() if self.etag else ""
        response = replace(self, headers=(*self.headers, ("ETag", tag))) if tag else self
        if tag and request.headers.get("if-none-match") == tag:
            return replace(response, status=304, body=b"")
        if not self.ranges:
            return response
        # Of what has changed meanwhile, or cannot be told to be the same, the whole is sent.
        is_same = request.headers.get("if-range", tag) == tag
        return response._ranged(request.headers.get("range", "") if is_same else "")

    def _tag(self) -> str:
        return f'"{self.server}{hashlib.sha256(self.content()).hexdigest()[:20]}"'

    def _ranged(self, wanted: str) -> Response:
        whole = replace(self, headers=(*self.headers, ("Accept-Ranges", "bytes")))
        if not wanted:
            return whole
        content = self.content()
        span = _span(wanted, len(content))
        if span is None:
            note = ("Content-Range", f"bytes */{len(content)}")
            return replace(whole, status=416, body=b"", headers=(*whole.headers, note))
        note = ("Content-Range", f"bytes {span.start}-{span.stop - 1}/{len(content)}")
        part = content[span.start : span.stop]
        held_from = self.held_from and max(0, self.held_from - span.start)
        headers = (*whole.headers, note)
        return replace(whole, status=206, body=part, headers=headers, held_from=held_from)


def _span(header: str, size: int) -> range | None:
    """The bytes that ``bytes=first-last`` means, or None if there are none."""
    unit, _, text = header.partition("=")
    first, _, last = text.partition("-")
    if unit != "bytes" or not (first or last):
        return None
    if not first:
        return range(max(0, size - int(last)), size)
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return range(start, stop) if start < stop else None


@dataclass(slots=True)
class Seen:
    """One request that arrived."""

    at: float  # seconds on a steady clock
    side: str
    method: str
    path: str
    query: dict[str, str]
    in_flight: int  # requests of this side being answered, this one included
    user_agent: str
    referer: str
    range: str
    conditional: bool
    status: int = 0
    sent: int = 0  # bytes of the body
    answered: bool = False

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass
class Log:
    """Everything the two servers were asked, control requests left out."""

    _seen: list[Seen] = field(default_factory=list)
    _in_flight: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, request: Request) -> Seen:
        with self._lock:
            self._in_flight[request.side] += 1
            entry = Seen(
                at=monotonic(),
                side=request.side,
                method=request.method,
                path=request.path,
                query=dict(request.query),
                in_flight=self._in_flight[request.side],
                user_agent=request.headers.get("user-agent", ""),
                referer=request.headers.get("referer", ""),
                range=request.headers.get("range", ""),
                conditional="if-none-match" in request.headers,
            )
            self._seen.append(entry)
        return entry

    def end(self, entry: Seen) -> None:
        """The request is answered; saying so again changes nothing."""
        with self._lock:
            if not entry.answered:
                entry.answered = True
                self._in_flight[entry.side] -= 1

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [entry.to_json() for entry in self._seen]

    def counts(self) -> dict[str, int]:
        """Requests per path, paths of the hoster server prefixed with ``hoster:``."""
        with self._lock:
            return dict(Counter(_label(entry) for entry in self._seen))


def _label(entry: Seen) -> str:
    return entry.path if entry.side == Side.CATALOGUE else f"hoster:{entry.path}"
