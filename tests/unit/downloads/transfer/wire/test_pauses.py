"""Pauses that hosts ask for: who waits, how long, and who is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from downloads.transfer.errors import ConnectionLost
from downloads.transfer.wire import HostPauses, MediaClient, Stopped
from downloads.transfer.wire import client as client_module
from downloads.transfer.wire import pauses as pauses_module
from providers.rates import MemoryRateStore
from tests.media_server import Exchange, File, MediaServer
from tests.unit.downloads.transfer.wire.conftest import Clients
from tests.unit.downloads.transfer.wire.reading import read

_NOW = datetime.now(UTC)


class Noted:
    """Pauses that are written down and not waited for."""

    def __init__(self) -> None:
        self.holds: list[float] = []

    def hold(self, _url: str, /, seconds: float) -> None:
        self.holds.append(seconds)

    def wait(self, _url: str, _stop: threading.Event, /) -> None:
        return


class Clock:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Store(MemoryRateStore):
    """Counts what it is asked; holds may be lifted, as the owner lifts them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock=clock)
        self.asked: list[str] = []

    def reserve(self, site: str, *, interval: float) -> float:
        self.asked.append(site)
        return super().reserve(site, interval=interval)

    def lift(self) -> None:
        self._next_free.clear()


@pytest.mark.parametrize("status", [429, 503])
def test_what_is_asked_for_costs_no_retry(
    server: MediaServer, clients: Clients, status: int
) -> None:
    pauses = Noted()
    file = File(b"film", first=[(status, {"Retry-After": "30"})] * 12)
    with clients(pauses=pauses).open(server.url("/film", file)) as got:
        assert read(got) == b"film"
    assert pauses.holds == [30.0] * 12


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("7200", [3_600.0]),
        pytest.param(format_datetime(_NOW + timedelta(hours=9)), [3_600.0], id="in 9 hours"),
        pytest.param(format_datetime(_NOW - timedelta(hours=9)), [], id="9 hours ago"),
        ("0", []),
        ("-5", []),
        ("soon", []),
        ("9" * 400, [3_600.0]),
        ("", []),
    ],
)
def test_an_hour_is_the_most_and_a_second_the_least(
    server: MediaServer, clients: Clients, asked: str, held: list[float]
) -> None:
    pauses = Noted()
    file = File(b"film", first=[(429, {"Retry-After": asked})])
    with clients(pauses=pauses).open(server.url("/film", file)) as got:
        assert read(got) == b"film"
    assert pauses.holds == held


def test_who_asks_for_pauses_for_an_hour_is_given_up(
    server: MediaServer, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "LONGEST_HOLD", 20.0)
    pauses = Noted()
    file = File(b"film", first=[(429, {"Retry-After": "2"})] * 900)
    with pytest.raises(ConnectionLost) as caught:
        clients(pauses=pauses).open(server.url("/film", file))
    assert caught.value.params == {"why": "busy", "status": 429}
    assert len(pauses.holds) == 22


def test_who_asks_for_pauses_in_a_row_is_left_where_there_are_others(
    server: MediaServer, clients: Clients
) -> None:
    """The first of them is waited for, however long it is."""
    pauses = Noted()
    file = File(b"film", first=[(429, {"Retry-After": "900"})] * 9)
    with pytest.raises(ConnectionLost) as caught:
        clients(pauses=pauses, patience=2.5).open(server.url("/film", file))
    assert caught.value.params == {"why": "busy", "status": 429}
    assert len(pauses.holds) == 4


def test_who_answers_in_between_is_waited_for(server: MediaServer, clients: Clients) -> None:
    """Of a host that lets few requests through, one may be unlucky for long."""
    client = clients(pauses=Noted(), patience=0.5)
    other = server.url("/other", File(b"other"))
    file = File(b"film", first=[(429, {"Retry-After": "1"})] * 9)

    def film(exchange: Exchange) -> None:
        client.small(other, most=9)
        file(exchange)

    with client.open(server.url("/film", film)) as got:
        assert read(got) == b"film"


def test_a_host_is_not_asked_sooner_than_it_said(server: MediaServer, clients: Clients) -> None:
    file = File(b"film", first=[(429, {"Retry-After": "1"})])
    with clients().open(server.url("/film", file)) as got:
        assert read(got) == b"film"
    first, second = server.asked
    assert second.at - first.at >= 1.0


def test_a_hold_is_for_all_threads_until_the_owner_lifts_it(
    server: MediaServer, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses_module, "POLL_SECONDS", 0.02)
    store, waiting = Store(), threading.Event()
    seconds: list[float] = []

    def note(left: float) -> None:
        seconds.append(left)
        waiting.set()

    client = clients(pauses=HostPauses(store, on_wait=note))
    url = server.url("/film", File(b"film", first=[(429, {"Retry-After": "600"})]))
    found: list[bytes] = []
    threads = [threading.Thread(target=_fetch, args=(client, url, found)) for _ in range(4)]
    threads[0].start()
    assert waiting.wait(20)
    for thread in threads[1:]:
        thread.start()
    while len(seconds) < 5:
        waiting.clear()
        assert waiting.wait(20)
    assert len(server.asked) == 1
    store.lift()
    for thread in threads:
        thread.join(20)
    assert found == [b"film"] * 4
    assert 590 < seconds[0] <= 600
    assert seconds[-1] == 0
    assert sorted(seconds, reverse=True) == seconds


def _fetch(client: MediaClient, url: str, found: list[bytes]) -> None:
    with client.open(url) as got:
        found.append(read(got))


def test_the_store_is_asked_once_for_a_host_and_while_that_is_held() -> None:
    clock = Clock()
    store = Store(clock)
    pauses, told = HostPauses(store, clock=clock), "https://cdn.test:8443/film"
    for _ in range(9):
        assert pauses.left(told) == 0
    assert store.asked == ["media cdn.test:8443"]
    assert pauses.left("https://other.test/x") == 0
    assert store.asked[1:] == ["media other.test"]
    pauses.hold(told, 30)
    for seconds in range(30):
        assert pauses.left(told) == 30 - seconds
        clock.now += 1
    assert pauses.left(told) == 0
    asked = len(store.asked)
    clock.now += 100
    assert pauses.left(told) == 0
    assert len(store.asked) == asked


def test_a_hold_from_before_is_kept() -> None:
    clock = Clock()
    store = Store(clock)
    store.hold("media cdn.test", seconds=9_000)
    seconds: list[float] = []
    pauses = HostPauses(store, on_wait=seconds.append, clock=clock)
    assert pauses.left("https://cdn.test/film") == 3_600
    store.lift()
    clock.now += 1
    assert pauses.left("https://cdn.test/film") == 0
    assert seconds == [3_600, 0]


def test_a_shorter_hold_does_not_shorten_a_longer_one() -> None:
    clock = Clock()
    pauses = HostPauses(Store(clock), clock=clock)
    pauses.hold("https://cdn.test/film", 90)
    pauses.hold("https://cdn.test/film", 5)
    assert pauses.left("https://cdn.test/film") == 90


def test_waiting_ends_with_the_transfer() -> None:
    pauses, stop = HostPauses(MemoryRateStore()), threading.Event()
    pauses.hold("https://cdn.test/film", 3_600)
    stop.set()
    with pytest.raises(Stopped):
        pauses.wait("https://cdn.test/film", stop)
