"""A made-up catalogue on loopback, with the film that its links lead to."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.catalogues import ALL, Said

FILM = "/film.mp4"


@dataclass
class Running:
    """A catalogue that is being served, and the film on a host of its own. ``paths`` are those that
    the catalogue was asked for."""

    address: str = ""
    media: str = ""
    paths: list[str] = field(default_factory=list)


@contextmanager
def served(name: str, film: bytes = b"") -> Iterator[Running]:
    """Serve a catalogue until the end of the block."""
    running = Running()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.path.startswith(FILM):
                self._film()
                return
            running.paths.append(self.path)
            said = ALL[name](self.command, self.path, body, running.media)
            self._send(said)

        do_POST = do_GET  # noqa: N815 - http.server's name

        def _send(self, said: Said) -> None:
            data = said.body.encode()
            self.send_response(said.status)
            self.send_header("Content-Type", said.content_type)
            self.send_header("Content-Length", str(len(data)))
            if said.location:
                self.send_header("Location", said.location)
            self.end_headers()
            self.wfile.write(data)

        def _film(self) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            begin = int(asked[1]) if asked else 0
            end = int(asked[2]) + 1 if asked and asked[2] else len(film)
            part = film[begin:end]
            self.send_response(206 if asked else 200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(part)))
            if asked:
                last = begin + len(part) - 1
                self.send_header("Content-Range", f"bytes {begin}-{last}/{len(film)}")
            self.end_headers()
            self.wfile.write(part)

        def log_message(self, *_: Any) -> None:
            """No news."""

    with _running(Handler) as running.address, _running(Handler) as media:
        running.media = media + FILM
        yield running


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
