"""A server of media files on loopback that misbehaves in every way a hoster may."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_SLICE = 16_384
_PATIENCE = 20.0  # seconds that a thread of the server waits for its client


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; names of headers in lower case. ``at``: when, in seconds."""

    path: str
    headers: Mapping[str, str]
    at: float

    @property
    def part(self) -> tuple[int, int | None] | None:
        """First and last byte that are asked for."""
        found = _RANGE.fullmatch(self.headers.get("range", ""))
        return (int(found[1]), int(found[2]) if found[2] else None) if found else None


class Exchange:
    """One request and the connection it came over."""

    def __init__(self, handler: _Handler, asked: Asked) -> None:
        self._handler = handler
        self.asked = asked

    def answer(self, status: int, headers: Mapping[str, object], body: bytes = b"") -> None:
        """A whole answer."""
        self.head(status, {"Content-Length": len(body), **headers})
        self.send(body)

    def head(self, status: int, headers: Mapping[str, object]) -> None:
        """These headers and no others."""
        lines = [f"HTTP/1.1 {status} Such"] + [f"{name}: {headers[name]}" for name in headers]
        self.raw("\r\n".join([*lines, "", ""]).encode())

    def send(self, data: bytes) -> None:
        """Bytes of a body; they are counted."""
        self._handler.media.count(len(data))
        self.raw(data)

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)

    def end(self) -> None:
        """End the connection after this answer."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """End the connection at once and hard."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.connection.close()
        self.end()

    def wait_until_gone(self) -> bool:
        """Wait for the client to end the connection; False if it does not."""
        return self.is_gone_within(_PATIENCE)

    def is_gone_within(self, seconds: float) -> bool:
        """Whether the client ends the connection while that time passes."""
        self._handler.connection.settimeout(seconds)
        try:
            return not self._handler.connection.recv(1)
        except TimeoutError:
            return False
        except OSError:
            return True
        finally:
            self._handler.connection.settimeout(_PATIENCE)
            self.end()


Route = Callable[[Exchange], None]


@dataclass
class File:
    """A file, and how its server fails at it. Fields may be changed while it is served.

    Attributes:
        first: answered before anything else, one after the other: status and headers.
        refused: a status for all from now on; 0 for none.
        cuts: after so many bytes of a body its connection ends, once for each entry.
        rate: bytes a second of each connection; 0 for all it takes.
        lies: headers that replace the true ones; where None, they are left out.
    """

    data: bytes
    etag: str = '"one"'
    has_ranges: bool = True
    is_chunked: bool = False
    is_gzipped: bool = False
    first: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    refused: int = 0
    cuts: list[int] = field(default_factory=list)
    rate: float = 0.0
    lies: dict[str, str | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, exchange: Exchange) -> None:
        with self.lock:
            failing = self.first.pop(0) if self.first else (self.refused, {})
            cut = self.cuts.pop(0) if self.cuts and not failing[0] else None
        if failing[0]:
            exchange.answer(failing[0], failing[1], b"no")
            return
        status, headers, body = self._made(exchange.asked)
        framing: dict[str, Any] = {"Transfer-Encoding": "chunked"} if self.is_chunked else {}
        headers |= framing or {"Content-Length": len(body)}
        headers |= self.lies
        exchange.head(status, {name: value for name, value in headers.items() if value is not None})
        if headers.get("Content-Length") is None and not self.is_chunked:
            exchange.end()
        self._send(exchange, body, cut)

    def _made(self, asked: Asked) -> tuple[int, dict[str, Any], bytes]:
        headers: dict[str, Any] = {"Content-Type": "video/mp4"}
        if self.etag:
            headers["ETag"] = self.etag
        if self.is_gzipped:
            return 200, {**headers, "Content-Encoding": "gzip"}, gzip.compress(self.data)
        condition = asked.headers.get("if-range")
        if asked.part is None or not self.has_ranges or condition not in {None, self.etag}:
            return 200, headers, self.data
        first, last = asked.part
        total = len(self.data)
        if first >= total:
            return 416, {"Content-Range": f"bytes */{total}"}, b""
        last = total - 1 if last is None else min(last, total - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{total}"
        return 206, headers, self.data[first : last + 1]

    def _send(self, exchange: Exchange, body: bytes, cut: int | None) -> None:
        began = time.monotonic()
        end = len(body) if cut is None else min(cut, len(body))
        for at in range(0, end, _SLICE):
            piece = body[at : min(at + _SLICE, end)]
            exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece) if self.is_chunked else piece)
            if self.rate:
                time.sleep(max(0.0, began + (at + len(piece)) / self.rate - time.monotonic()))
        if end < len(body):
            exchange.end()
        elif self.is_chunked:
            exchange.raw(b"0\r\n\r\n")


class MediaServer:
    """Serves ``routes`` on a free port of loopback, a thread for each connection.

    Attributes:
        routes: what answers, by path.
        asked: the requests so far.
        sent: bytes of bodies so far.
        connections: that were opened so far.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.sent = 0
        self.connections = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if tls else "http"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str, route: Route | None = None) -> str:
        """The address of ``path``, answered by ``route`` from now on."""
        if route is not None:
            self.routes[path] = route
        return self.address + path

    def paths(self) -> list[str]:
        """What was asked for so far, in that order."""
        return [one.path for one in self.asked]

    def count(self, size: int) -> None:
        with self._lock:
            self.sent += size

    def note(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)

    def connected(self) -> None:
        with self._lock:
            self.connections += 1

    @contextlib.contextmanager
    def running(self) -> Iterator[MediaServer]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go in the middle are what these tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 0
    media: MediaServer

    def setup(self) -> None:
        super().setup()
        self.media.connected()

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        asked = Asked(path, headers, time.monotonic())
        self.media.note(asked)
        exchange = Exchange(self, asked)
        route = self.media.routes.get(path)
        if route is None:
            exchange.answer(404, {})
        else:
            route(exchange)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def _handler_of(server: MediaServer) -> type[_Handler]:
    class Handler(_Handler):
        media = server

    return Handler
