"""A threaded HTTP/1.1 server with keep-alive that can also misbehave as a rule tells it to."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.site.control import PREFIX, Control
from tests.site.state import World
from tests.site.traffic import Request, Response, Seen, Side, Subject

_CHUNK = 64 * 1024
_IDLE_SECONDS = 60
# What is held back comes so slowly that the client neither gives it up nor gets far.
_HELD_RATE = 1_500  # bytes a second
_LOOK_SECONDS = 0.05  # until it is asked again whether there is still to be waited
_LONGEST_HOLD_SECONDS = 100.0


class Answerer(Protocol):
    """One site: what a request is about, and its answer when nothing goes wrong."""

    def subject(self, request: Request) -> Subject: ...

    def answer(self, request: Request) -> Response: ...


class SiteServer(ThreadingHTTPServer):
    """One of the two servers of a world."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, side: Side, world: World, answerer: Answerer) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.side = side
        self.world = world
        self.answerer = answerer
        self.control = Control(world)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are usual; anything else is a fault of the world itself."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def respond(self, request: Request) -> Response:
        """The answer as the site and the rules in force want it."""
        subject = self.answerer.subject(request)
        response = self.answerer.answer(request)
        return self.world.rules.apply(request, subject, response).for_request(request)


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the world keeps a log of its own."""

    def _handle(self) -> None:
        request = self._read()
        if self.server.side == Side.CATALOGUE and request.path.startswith(PREFIX):
            self._send(self.server.control.answer(request), None)
            return
        entry = self.server.world.log.begin(request)
        try:
            response = self.server.respond(request)
            entry.status = response.status
            self._send(response, entry)
        finally:
            self.server.world.log.end(entry)

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            side=self.server.side,
            method="GET" if self.command == "HEAD" else self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _send(self, response: Response, entry: Seen | None) -> None:
        began = time.monotonic()
        while response.is_to_wait() and (left := began + response.delay - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
        content = response.content()
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", response.content_type)
        if response.status != 304:
            self.send_header("Content-Length", str(max(0, len(content) + response.length_error)))
        breaks = response.cut_after is not None or response.length_error != 0
        if breaks:
            self.close_connection = (
                True  # after an untrue length nobody knows where the next starts
            )
        share = 1.0 if response.cut_after is None else response.cut_after
        body = b"" if self.command == "HEAD" else content[: int(len(content) * share)]
        if entry and not body:
            self.server.world.log.end(entry)
        self.end_headers()
        if response.held_from is not None and response.held_from < len(body):
            body = self._write_held(body, response.held_from, response.is_to_wait, entry)
        self._write(body, response.bytes_per_second, entry)

    def _write_held(
        self, content: bytes, at: int, is_to_wait: Callable[[], bool], entry: Seen | None
    ) -> bytes:
        """Send what comes before the hold, then hardly anything while it lasts; what is left."""
        sent = at
        self._write_piece(content[:sent], entry)
        began = time.monotonic()
        while is_to_wait() and (past := time.monotonic() - began) < _LONGEST_HOLD_SECONDS:
            until = min(at + int(past * _HELD_RATE), len(content) - 1)  # never the last one
            if until > sent:
                self._write_piece(content[sent:until], entry)
                sent = until
            time.sleep(_LOOK_SECONDS)
        return content[sent:]

    def _write_piece(self, piece: bytes, entry: Seen | None) -> None:
        self.wfile.write(piece)
        if entry:
            entry.sent += len(piece)

    def _write(self, content: bytes, bytes_per_second: int, entry: Seen | None) -> None:
        """Send the body, no faster than the rule allows."""
        chunk = max(1, min(_CHUNK, bytes_per_second // 10)) if bytes_per_second else _CHUNK
        for start in range(0, len(content), chunk):
            piece = content[start : start + chunk]
            if entry and start + chunk >= len(content):
                # Before the client has it all: its next request must not count as a second one.
                self.server.world.log.end(entry)
            self._write_piece(piece, entry)
            if bytes_per_second:
                time.sleep(len(piece) / bytes_per_second)
