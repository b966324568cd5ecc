"""A transfer that ends, and whoever waits in it: nobody is held up by a server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from downloads.transfer.wire import HostPauses, Limiter, MediaClient, Stopped
from providers import pools
from providers.rates import MemoryRateStore
from tests.media_server import Exchange, File, MediaServer
from tests.unit.downloads.transfer.wire.conftest import Clients
from tests.unit.downloads.transfer.wire.reading import read
from tests.unit.downloads.transfer.wire.tls import certificate


def stopped_by(client: MediaClient, work: Callable[[], object], waits: threading.Event) -> None:
    """Stop the client while a thread does ``work``, and see that this ends it."""
    ended: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is looked at below
            ended.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert waits.wait(20)
    client.stop()
    thread.join(20)
    assert [type(error) for error in ended] == [Stopped]


class Silent:
    """Answers so far, and then nothing more.

    Args:
        head: with the answer's head, and a few bytes.
    """

    def __init__(self, *, head: bool, connection: str = "keep-alive") -> None:
        self.came = threading.Event()
        self._head = head
        self._connection = connection

    def __call__(self, exchange: Exchange) -> None:
        if self._head:
            exchange.head(200, {"Content-Length": 900, "Connection": self._connection})
            exchange.send(b"abc")
        self.came.set()
        exchange.wait_until_gone()


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_who_reads_is_let_go(server: MediaServer, clients: Clients, connection: str) -> None:
    silent, client = Silent(head=True, connection=connection), clients(timeout=3_600)
    url, reads = server.url("/film", silent), threading.Event()

    def work() -> None:
        with client.open(url) as got:
            got.readinto(memoryview(bytearray(900)))
            reads.set()
            read(got)

    stopped_by(client, work, reads)


def test_who_waits_for_an_answer_is_let_go(server: MediaServer, clients: Clients) -> None:
    silent, client = Silent(head=False), clients(timeout=3_600)
    url = server.url("/film", silent)
    stopped_by(client, lambda: client.open(url), silent.came)
    assert len(server.asked) == 1


def test_over_tls_too_and_nothing_encrypted_is_given_out(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    monkeypatch.setattr(pools, "where", lambda: str(file))
    with MediaServer(context).running() as server:
        silent, client = Silent(head=True), clients(timeout=3_600)
        assert client.small(server.url("/key", File(b"key")), most=9).data == b"key"
        url, reads = server.url("/film", silent), threading.Event()
        arrived = bytearray()

        def work() -> None:
            piece = memoryview(bytearray(900))
            with client.open(url) as got:
                while size := got.readinto(piece):
                    arrived.extend(piece[:size])
                    reads.set()

        stopped_by(client, work, reads)
        assert arrived == b"abc"


def test_who_waits_for_a_turn_is_let_go(server: MediaServer, clients: Clients) -> None:
    silent, client = Silent(head=True), clients(connections=1)
    url = server.url("/film", silent)
    with client.open(url):
        stopped_by(client, lambda: client.open(url), silent.came)


def test_who_waits_for_a_pause_is_let_go(server: MediaServer, clients: Clients) -> None:
    waits = threading.Event()
    pauses = HostPauses(MemoryRateStore(), on_wait=lambda _left: waits.set())
    client = clients(pauses=pauses)
    url = server.url("/film", File(b"film", first=[(429, {"Retry-After": "900"})]))
    stopped_by(client, lambda: client.open(url), waits)


def test_who_pauses_between_two_tries_is_let_go(server: MediaServer, clients: Clients) -> None:
    client, came = clients(retry_pause=3_600.0), threading.Event()

    def failing(exchange: Exchange) -> None:
        exchange.answer(502, {})
        came.set()

    stopped_by(client, lambda: client.open(server.url("/film", failing)), came)


def test_who_is_slowed_down_is_let_go(server: MediaServer, clients: Clients) -> None:
    client, reads = clients(limiter=Limiter(1.0)), threading.Event()
    url = server.url("/film", File(b"x" * 90_000))

    def work() -> None:
        with client.open(url) as got:
            reads.set()
            read(got)

    stopped_by(client, work, reads)


def test_nothing_is_asked_any_more(server: MediaServer, client: MediaClient) -> None:
    client.close()
    for ask in (client.open, lambda url: client.small(url, most=9)):
        with pytest.raises(Stopped):
            ask(server.url("/film", File(b"film")))
    with pytest.raises(Stopped):
        client.pause(1)
    assert not server.asked
