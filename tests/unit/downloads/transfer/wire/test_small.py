"""What is read whole: playlists, keys, maps."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from functools import partial

import pytest

from downloads.transfer.errors import ConnectionLost, NotMedia
from downloads.transfer.wire import ByteRange, MediaClient
from tests.media_server import File, MediaServer
from tests.product import wait_until
from tests.unit.downloads.transfer.wire.conftest import Clients

DATA = bytes(range(256)) * 400


def test_it_comes_with_where_it_came_from(server: MediaServer, client: MediaClient) -> None:
    server.url("/b/list", File(DATA, lies={"Content-Type": "Text/Plain; charset=x"}))
    url = server.url("/a", File(b"", first=[(302, {"Location": "/b/list"})]))
    got = client.small(url, most=len(DATA))
    assert (got.url, got.data, got.content_type) == (
        f"{server.address}/b/list",
        DATA,
        "text/plain",
    )


@pytest.mark.parametrize(
    "file",
    [File(DATA), File(DATA, is_chunked=True), File(DATA, lies={"Content-Length": None})],
    ids=["length", "chunks", "until it closes"],
)
def test_what_is_too_large_is_refused(server: MediaServer, client: MediaClient, file: File) -> None:
    with pytest.raises(NotMedia) as caught:
        client.small(server.url("/list", file), most=len(DATA) - 1)
    assert caught.value.params == {"why": "too_large", "bytes": len(DATA) - 1}
    assert len(server.asked) == 1


def test_what_unpacks_to_very_much_is_refused_early(
    server: MediaServer, client: MediaClient
) -> None:
    packed = gzip.compress(b"\0" * 200_000_000)
    url = server.url("/list", File(packed, lies={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    with pytest.raises(NotMedia):
        client.small(url, most=500_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_text_may_be_packed(server: MediaServer, client: MediaClient) -> None:
    assert client.small(server.url("/list", File(DATA, is_gzipped=True)), most=200_000).data == DATA
    assert "gzip" in server.asked[0].headers["accept-encoding"]


@pytest.mark.parametrize("has_ranges", [True, False])
@pytest.mark.parametrize("part", [ByteRange(100, 16), ByteRange(102_300), ByteRange(0, 9)])
def test_a_part_is_that_part_also_where_the_whole_comes(
    server: MediaServer, client: MediaClient, has_ranges: bool, part: ByteRange
) -> None:
    url = server.url("/map", File(DATA, has_ranges=has_ranges))
    end = None if part.length is None else part.first + part.length
    assert client.small(url, most=100, byte_range=part).data == DATA[part.first : end]


def test_a_part_that_is_too_large_is_refused(server: MediaServer, client: MediaClient) -> None:
    with pytest.raises(NotMedia):
        client.small(server.url("/map", File(DATA)), most=10, byte_range=ByteRange(5, 11))


def test_a_part_that_is_not_all_there_is_refused(server: MediaServer, client: MediaClient) -> None:
    with pytest.raises(ConnectionLost) as caught:
        client.small(server.url("/map", File(DATA)), most=900, byte_range=ByteRange(102_390, 20))
    assert caught.value.params == {"why": "cut", "bytes": 10}


def test_a_cut_is_asked_for_again(server: MediaServer, client: MediaClient) -> None:
    file = File(DATA, cuts=[0, 9, 50_000, 90_000])
    assert client.small(server.url("/list", file), most=len(DATA)).data == DATA
    assert len(server.asked) == 5


def test_cuts_without_an_end_are_told(server: MediaServer, client: MediaClient) -> None:
    file = File(DATA, cuts=[10] * 90)
    with pytest.raises(ConnectionLost):
        client.small(server.url("/list", file), most=len(DATA))
    assert len(server.asked) == 5


def test_it_waits_for_a_turn_and_comes_before_what_is_large(
    server: MediaServer, clients: Clients
) -> None:
    """A host is never asked over more connections at once than are allowed."""
    client, order = clients(connections=1), list[str]()
    url = server.url("/film", File(DATA))

    def large() -> None:
        client.open(url).close()
        order.append("large")

    def small() -> None:
        assert client.small(server.url("/key", File(b"key")), most=9).data == b"key"
        order.append("small")

    def are_queued(number: int) -> bool:
        return len(client.concurrency._waiting) == number

    threads = [threading.Thread(target=one) for one in (large, small)]
    with client.open(url):
        for number, thread in enumerate(threads, 1):
            thread.start()
            wait_until(partial(are_queued, number), seconds=20, what="a queue")
        assert len(server.asked) == 1
    for thread in threads:
        thread.join(20)
    assert order == ["small", "large"]
