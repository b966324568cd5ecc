"""A web server that takes messages, in every mood one may be in. It runs in threads of the test."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

OK, HANGS, FAILS, FLOODED, DRIPS, LEADS_ELSEWHERE = (
    *("ok", "hangs", "fails", "flooded", "drips", "leads elsewhere"),
)


@dataclass(frozen=True)
class Taken:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return self.headers["X-Aniworld-Id"]


@dataclass
class Receiver:
    """``mood`` may be changed while it runs. ``taken`` are those it has said yes to, ``asked``
    counts all."""

    mood: str = OK
    retry_after: str = "1"
    taken: list[Taken] = field(default_factory=list)
    asked: int = 0

    def __enter__(self) -> Self:
        self._released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def do_GET(self) -> None:
                receiver.taken.append(Taken(self.path, dict(self.headers), b"GET"))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def apprise(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    def ids(self) -> list[str]:
        return [one.id for one in self.taken]

    def items(self) -> list[dict[str, Any]]:
        """What was told, whichever message it came with; of twins once."""
        once = {one.id: one.json for one in self.taken}
        return [item for told in once.values() for item in told["items"]]

    def episodes(self, event: str) -> list[tuple[str, int, int]]:
        """The episodes that were told of as that."""
        return [
            (item["params"]["key"], one["season"], one["episode"])
            for item in self.items()
            if item["event"] == event
            for one in item["params"]["episodes"]
        ]

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length)
        self.asked += 1
        mood = self.mood
        if mood == HANGS:
            self._released.wait(60)
            return
        if mood == DRIPS:
            self._drip(handler)
            return
        status = {OK: 204, FAILS: 500, FLOODED: 429, LEADS_ELSEWHERE: 302}[mood]
        if mood == OK:
            self.taken.append(Taken(handler.path, dict(handler.headers), body))
        handler.send_response(status)
        if mood == FLOODED:
            handler.send_header("Retry-After", self.retry_after)
        if mood == LEADS_ELSEWHERE:
            handler.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        """A letter of the headers at a time, for as long as anybody listens."""
        until = time.monotonic() + 60
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while time.monotonic() < until and not self._released.wait(0.2):
                handler.wfile.write(b"a")
                handler.wfile.flush()
        except OSError:
            return  # it was ended, as it should be
