"""What the threads of a transfer share: connections, and bytes a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from downloads.transfer.wire import Concurrency, Limiter, Stopped
from downloads.transfer.wire import limiter as limiter_module
from tests.media_server import File, MediaServer
from tests.unit.downloads.transfer.wire.conftest import Clients
from tests.unit.downloads.transfer.wire.reading import read

NEVER = threading.Event()


class Clock:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def rest(self, seconds: float, _stop: threading.Event) -> None:
        self.now += seconds


class Crowd:
    """Threads that all want a connection, beside ``held`` ones that have one."""

    def __init__(self, concurrency: Concurrency, size: int) -> None:
        self.concurrency = concurrency
        self.served: list[int] = []
        self.stop = threading.Event()
        for number in range(size):
            threading.Thread(target=self._want, args=(number,), daemon=True).start()
            while len(concurrency._waiting) + len(self.served) <= number:
                pass

    def _want(self, number: int) -> None:
        try:
            self.concurrency.acquire(self.stop)
        except Stopped:
            return
        self.served.append(number)

    def settle(self, count: int) -> list[int]:
        """Who is served, once these are so many."""
        while len(self.served) < count:
            pass
        return self.served


@pytest.fixture
def crowds() -> Iterator[list[Crowd]]:
    crowds: list[Crowd] = []
    yield crowds
    for crowd in crowds:
        crowd.stop.set()
        crowd.concurrency.wake()


@pytest.mark.parametrize(("ceiling", "first"), [(1, 1), (3, 3), (8, 4), (0, 1)])
def test_it_begins_with_a_few(ceiling: int, first: int) -> None:
    assert Concurrency(ceiling).allowed == first


def test_it_grows_to_the_ceiling_at_once_where_it_is_of_use(crowds: list[Crowd]) -> None:
    clock = Clock()
    concurrency = Concurrency(8, clock=clock)
    crowds.append(Crowd(concurrency, 12))
    assert crowds[0].settle(4) == [0, 1, 2, 3]
    clock.now += 0.2
    concurrency.received(1_000)
    assert concurrency.allowed == 8
    assert crowds[0].settle(8) == list(range(8))
    clock.now += 0.2
    concurrency.received(2_000)
    assert concurrency.allowed == 8


def test_it_grows_as_soon_as_each_connection_has_brought_something_whole(
    crowds: list[Crowd],
) -> None:
    clock = Clock()
    concurrency = Concurrency(16, clock=clock)
    crowds.append(Crowd(concurrency, 40))
    crowds[0].settle(4)
    for allowed in (4, 4, 4, 8):
        clock.now += 0.01
        concurrency.received(1_000)
        concurrency.release(is_whole=True)
        assert concurrency.allowed == allowed
    crowds[0].settle(12)
    for allowed in (8, 8, 8, 8, 8, 8, 8, 16):
        clock.now += 0.01
        concurrency.received(1_000)
        concurrency.release(is_whole=True)
        assert concurrency.allowed == allowed
    assert crowds[0].settle(28) == list(range(28))


def test_what_was_not_brought_whole_does_not_let_it_grow_at_once(crowds: list[Crowd]) -> None:
    concurrency = Concurrency(8, clock=Clock())
    crowds.append(Crowd(concurrency, 40))
    for _ in range(12):
        concurrency.release()
    assert concurrency.allowed == 4


def test_after_trouble_it_does_not_grow_at_once(crowds: list[Crowd]) -> None:
    concurrency = Concurrency(8, clock=Clock())
    crowds.append(Crowd(concurrency, 40))
    concurrency.halve()
    for count in range(5, 17):
        concurrency.release(is_whole=True)
        assert concurrency.allowed == 2
        crowds[0].settle(max(count - 3, 4))


def test_it_does_not_grow_where_nobody_waits() -> None:
    clock = Clock()
    concurrency = Concurrency(8, clock=clock)
    for _ in range(50):
        clock.now += 1
        concurrency.acquire(NEVER)
        concurrency.received(1_000)
        concurrency.release(is_whole=True)
    assert concurrency.allowed == 4


def test_what_has_made_it_slower_is_taken_back(crowds: list[Crowd]) -> None:
    clock = Clock()
    concurrency = Concurrency(16, clock=clock)
    crowds.append(Crowd(concurrency, 20))
    clock.now += 1
    concurrency.received(1_000)
    assert concurrency.allowed == 8
    clock.now += 1
    concurrency.received(500)
    assert concurrency.allowed == 4


def test_trouble_halves_it_once_and_it_grows_back_slowly(crowds: list[Crowd]) -> None:
    clock = Clock()
    concurrency = Concurrency(8, clock=clock)
    crowds.append(Crowd(concurrency, 20))
    clock.now += 1
    concurrency.received(1_000)
    for _ in range(5):  # every connection had the same trouble
        concurrency.halve()
    assert concurrency.allowed == 4
    seen = set()
    for _ in range(60):
        clock.now += 1
        concurrency.received(1_000)
        seen.add(concurrency.allowed)
    assert seen == {4, 5, 6, 7, 8}
    for _ in range(9):
        clock.now += 2
        concurrency.halve()
    assert concurrency.allowed == 1


def test_who_came_first_is_served_first(crowds: list[Crowd]) -> None:
    concurrency = Concurrency(1)
    concurrency.acquire(NEVER)
    crowds.append(Crowd(concurrency, 5))
    for count in range(1, 6):
        concurrency.release()
        assert crowds[0].settle(count) == list(range(count))


def test_a_server_that_complains_is_asked_over_fewer(server: MediaServer, clients: Clients) -> None:
    client = clients()
    url = server.url("/film", File(b"film", first=[(429, {})]))
    with client.open(url) as got:
        assert read(got) == b"film"
    assert client.concurrency.allowed == 2


def test_an_answer_that_came_whole_counts_as_that(server: MediaServer, clients: Clients) -> None:
    client = clients()
    told: list[bool] = []
    release = client.concurrency.release

    def note(*, is_whole: bool = False) -> None:
        told.append(is_whole)
        release(is_whole=is_whole)

    client.concurrency.release = note  # type: ignore[method-assign]
    url = server.url("/film", File(b"x" * 3_000_000))
    with client.open(url) as got:
        read(got)
    with client.open(url) as got:
        got.readinto(memoryview(bytearray(10)))
    assert told == [True, False]


@pytest.mark.parametrize("rate", [100_000.0, 3_000_000.0])
def test_bytes_take_their_time(rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(limiter_module, "rest", clock.rest)
    limiter = Limiter(rate, clock=clock)
    began, left = clock.now, 20 * int(rate)
    while left:
        size = limiter.most(min(left, 1 << 20))
        assert size <= max(rate / 8, 16_384)
        left -= size
        limiter.take(size, NEVER)
    assert 19.7 <= clock.now - began <= 20.1


def test_a_pause_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(limiter_module, "rest", clock.rest)
    limiter = Limiter(1_000, clock=clock)
    limiter.take(1_000, NEVER)
    clock.now += 3_600
    began = clock.now
    limiter.take(1_250, NEVER)
    assert clock.now - began == pytest.approx(1.0)


def test_no_limit_is_none() -> None:
    limiter = Limiter()
    assert limiter.most(1 << 20) == 1 << 20
    limiter.take(1 << 50, NEVER)


def test_a_limit_that_is_lifted_lets_go_who_waits() -> None:
    limiter = Limiter(1.0)
    waiting = threading.Thread(target=limiter.take, args=(1 << 30, NEVER), daemon=True)
    waiting.start()
    limiter.rate = 0.0
    waiting.join(20)
    assert not waiting.is_alive()
    assert limiter.rate == 0.0


def test_all_connections_share_the_limit(
    server: MediaServer, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(limiter_module, "rest", clock.rest)
    client = clients(limiter=Limiter(1_000_000, clock=clock))
    url = server.url("/film", File(b"x" * 600_000))
    done: list[bytes] = []

    def fetch() -> None:
        with client.open(url) as got:
            done.append(read(got))

    threads = [threading.Thread(target=fetch, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert done == [b"x" * 600_000] * 2
    assert clock.now > 1_001.19
