"""A real HTTP server on loopback, clients that reach it, and time that passes when told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from providers.cache import MemoryCache, PageCache
from providers.guard import AddressGuard
from providers.http import HttpClient, PageCheck
from providers.rates import MemoryRateStore
from providers.sites.aniworld import AniworldSite
from providers.sites.aniworld.other_pages import refuse_other_pages
from providers.wire import Limits

PAGES = Path(__file__).parent / "pages"
KEY = "kranich-shne"
SERIES = f"/anime/stream/{KEY}"
EPISODE = f"{SERIES}/staffel-1/episode-1"


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@dataclass
class Reply:
    """One answer; ``declared_length`` lies about its size."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    declared_length: int | None = None

    @property
    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: str


Answer = Reply | Callable[[Seen], Reply]


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what some tests are about."""


class WebServer:
    """Answers by path; a list of answers is used up one by one, the last one stays."""

    def __init__(self) -> None:
        self.routes: dict[str, list[Answer]] = {}
        self.seen: list[Seen] = []
        self.sends_date = True  # its own
        self._http = _QuietServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *answers: Answer | str) -> None:
        self.routes[path] = [Reply(a) if isinstance(a, str) else a for a in answers]

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: Seen) -> Reply:
        self.seen.append(request)
        answers = self.routes.get(request.path)
        if not answers:
            return Reply("nothing here", 404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(request) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                reply = server.answer(
                    Seen(self.command, self.path, dict(self.headers.items()), body)
                )
                (self.send_response if server.sends_date else self.send_response_only)(reply.status)
                headers = {"Content-Type": "text/html; charset=utf-8", **reply.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                declared = reply.declared_length
                self.send_header(
                    "Content-Length", str(len(reply.data) if declared is None else declared)
                )
                self.end_headers()
                self.wfile.write(reply.data)
                if declared is not None:
                    self.close_connection = True

            do_POST = do_GET  # noqa: N815 - the name the server looks for

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def elsewhere() -> Iterator[WebServer]:
    """A second server: a hoster, or a mirror."""
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def guard() -> AddressGuard:
    return AddressGuard(["127.0.0.0/8"])


@dataclass
class ClientMaker:
    guard: AddressGuard
    time: FakeTime
    made: list[HttpClient] = field(default_factory=list)

    def __call__(
        self,
        *,
        limits: Limits | None = None,
        cache: PageCache | None = None,
        page_check: PageCheck | None = None,
        rate_store: MemoryRateStore | None = None,
        interval: float = 1.0,
        guard: AddressGuard | None = None,
        jitter: Callable[[], float] = lambda: 1.0,
    ) -> HttpClient:
        client = HttpClient(
            "site",
            guard=guard or self.guard,
            rate_store=rate_store or MemoryRateStore(clock=self.time.clock),
            interval=interval,
            cache=cache,
            page_check=page_check,
            limits=limits,
            sleep=self.time.sleep,
            clock=self.time.clock,
            wall_clock=self.time.clock,
            jitter=jitter,
        )
        self.made.append(client)
        return client


@pytest.fixture
def make_client(guard: AddressGuard, fake_time: FakeTime) -> Iterator[ClientMaker]:
    maker = ClientMaker(guard, fake_time)
    yield maker
    for client in maker.made:
        client.close()


@pytest.fixture
def client(make_client: ClientMaker) -> HttpClient:
    return make_client()


def build_site(
    web: WebServer, make_client: ClientMaker, time: FakeTime, *mirrors: str
) -> AniworldSite:
    client = make_client(
        cache=MemoryCache(clock=time.clock),
        page_check=refuse_other_pages,
        limits=Limits(retries=0),
        interval=0.0,
    )
    return AniworldSite(
        client,
        base_url=f"{web.url}/",
        mirrors=mirrors,
        known_hosters=("voe", "vidmoly"),
    )


@pytest.fixture
def site(web: WebServer, make_client: ClientMaker, fake_time: FakeTime) -> AniworldSite:
    """The aniworld site, as it is on its recorded pages."""
    web.on("/animes-alphabet", page("alphabet.html"))
    web.on(SERIES, page("series.html"))
    web.on(f"{SERIES}/staffel-3", page("season3.html"))
    web.on(f"{SERIES}/filme", page("films.html"))
    web.on(EPISODE, page("episode.html"))
    return build_site(web, make_client, fake_time)
