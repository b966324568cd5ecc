"""What is read of a body, in each of the ways one may come, and where it does not come."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from downloads.transfer.errors import ConnectionLost, NotMedia
from downloads.transfer.wire import ByteRange, MediaClient, answer
from tests.media_server import Exchange, File, MediaServer
from tests.unit.downloads.transfer.wire.conftest import Clients
from tests.unit.downloads.transfer.wire.reading import read, read_to

DATA = random.Random(1).randbytes(3_000_001)


@pytest.mark.parametrize("buffer", [1_000, 65_536, 1 << 20, 1 << 22])
@pytest.mark.parametrize(
    "file",
    [
        File(DATA),
        File(DATA, is_chunked=True),
        File(DATA, lies={"Content-Length": None}),
        File(DATA, is_gzipped=True),
        File(DATA, is_gzipped=True, is_chunked=True),
        File(b""),
        File(b"", is_chunked=True),
    ],
    ids=["length", "chunks", "until it closes", "gzip", "gzip in chunks", "empty", "no chunk"],
)
def test_every_framing_brings_the_same_bytes(
    server: MediaServer, client: MediaClient, file: File, buffer: int
) -> None:
    with client.open(server.url("/film", file)) as got:
        assert read(got, buffer) == file.data
        assert got.readinto(memoryview(bytearray(9))) == 0


def test_nothing_behind_the_body_is_written(server: MediaServer, client: MediaClient) -> None:
    memory = bytearray(b"x" * 20)
    with client.open(server.url("/film", File(b"12345"))) as got:
        assert got.readinto(memoryview(memory)) == 5
    assert memory == b"12345" + b"x" * 15


def test_an_answer_says_what_it_is(server: MediaServer, client: MediaClient) -> None:
    url = server.url("/film", File(DATA))
    with client.open(url) as got:
        assert (got.url, got.status, got.first) == (url, 200, 0)
        assert (got.length, got.total, got.validator) == (len(DATA), len(DATA), '"one"')
        assert got.content_type == "video/mp4"
    with client.open(url, byte_range=ByteRange(100, 50), if_range='"one"') as got:
        assert (got.status, got.first, got.length, got.total) == (206, 100, 50, len(DATA))
        assert read(got) == DATA[100:150]
    with client.open(url, byte_range=ByteRange(100, 50), if_range='"two"') as got:
        assert (got.status, got.first, got.length, got.total) == (200, 0, len(DATA), len(DATA))


@pytest.mark.parametrize(
    ("lies", "validator"),
    [
        ({"ETag": 'W/"weak"'}, ""),
        ({"ETag": 'W/"weak"', "Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT"}, "Tue, 01"),
        ({"ETag": '"' + "x" * 9_000 + '"'}, ""),
        ({"ETag": None}, ""),
    ],
)
def test_only_what_stands_for_the_bytes_is_a_validator(
    server: MediaServer, client: MediaClient, lies: dict[str, str | None], validator: str
) -> None:
    with client.open(server.url("/film", File(DATA, lies=lies))) as got:
        assert got.validator[:7] == validator


def test_connections_are_used_again_however_the_body_came(
    server: MediaServer, client: MediaClient
) -> None:
    for file in (File(DATA), File(DATA, is_chunked=True), File(b""), File(DATA, is_gzipped=True)):
        with client.open(server.url("/film", file)) as got:
            read(got)
    assert client.small(server.url("/film"), most=len(DATA)).data == DATA
    assert server.connections == 1


def test_a_body_that_is_left_is_not_taken_for_the_next_ones(
    server: MediaServer, client: MediaClient
) -> None:
    with client.open(server.url("/film", File(DATA))) as got:
        got.readinto(memoryview(bytearray(10)))
    with client.open(server.url("/next", File(b"next"))) as got:
        assert read(got) == b"next"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_all_that_came_before_a_cut_is_given_out(
    server: MediaServer, client: MediaClient, is_chunked: bool
) -> None:
    def cut(exchange: Exchange) -> None:
        framing = {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": 900_000}
        exchange.head(200, framing)
        exchange.send(b"dbba0\r\n" + DATA[:500_000] if is_chunked else DATA[:500_000])
        exchange.end()

    arrived = bytearray()
    with client.open(server.url("/film", cut)) as got:
        with pytest.raises(ConnectionLost) as caught:
            read_to(arrived, got)
        with pytest.raises(ConnectionLost):
            read_to(arrived, got)
    assert arrived == DATA[:500_000]
    assert caught.value.params == {"why": "cut", "bytes": 0 if is_chunked else 400_000}


def test_a_reset_is_a_lost_connection(server: MediaServer, client: MediaClient) -> None:
    def reset(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": 900})
        exchange.reset()

    with client.open(server.url("/film", reset)) as got, pytest.raises(ConnectionLost) as caught:
        read(got)
    assert caught.value.params == {"why": "errno", "errno": "ECONNRESET"}


@pytest.mark.parametrize(
    "body",
    [
        b"xyz\r\nabc\r\n0\r\n\r\n",
        b"\r\n",
        b"-3\r\nabc\r\n",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"f" * 16 + b"\r\n",
        b"3;" + b"x" * 5_000,
        b"0\r\n" + b"a: b\r\n" * 1_000 + b"\r\n",
    ],
)
def test_broken_chunks_are_refused(server: MediaServer, client: MediaClient, body: bytes) -> None:
    def broken(exchange: Exchange) -> None:
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        exchange.send(body)
        exchange.end()

    with client.open(server.url("/film", broken)) as got, pytest.raises(ConnectionLost):
        read(got)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(DATA[:900_000]) + gzip.compress(DATA[900_000:]),
        gzip.compress(DATA) + b"\0" * 90,
        zlib.compress(DATA),
        zlib.compress(DATA)[2:-4],
        gzip.compress(b"\0" * 40_000_000),
    ],
    ids=["two members", "filled up", "zlib", "bare", "zeros"],
)
def test_what_was_packed_on_its_way_is_unpacked(
    server: MediaServer, client: MediaClient, packed: bytes
) -> None:
    file = File(packed, lies={"Content-Encoding": "gzip" if packed[:1] == b"\x1f" else "deflate"})
    with client.open(server.url("/film", file)) as got:
        assert (got.length, got.total, got.validator) == (None, None, "")
        found = read(got, 10_000)
    assert found == (b"\0" * 40_000_000 if len(packed) < 100_000 else DATA)


@pytest.mark.parametrize("packed", [gzip.compress(DATA)[:90_000], b"no gzip", b"\x1f\x8bbut no"])
def test_what_cannot_be_unpacked_whole_is_no_body(
    server: MediaServer, client: MediaClient, packed: bytes
) -> None:
    file = File(packed, lies={"Content-Encoding": "gzip"})
    with client.open(server.url("/film", file)) as got, pytest.raises(ConnectionLost):
        read(got)


def test_a_packing_that_nobody_asked_for_is_named(server: MediaServer, client: MediaClient) -> None:
    file = File(DATA, lies={"Content-Encoding": "br"})
    with pytest.raises(NotMedia) as caught:
        client.open(server.url("/film", file))
    assert caught.value.params == {"why": "unreadable", "reason": "Content-Encoding: br"}
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "lies",
    [
        {"Content-Range": None},
        {"Content-Range": "bytes 0-9/100"},
        {"Content-Range": "bytes 10-29/100"},
        {"Content-Range": "bytes 10-9/100"},
        {"Content-Range": "bytes 10-19/15"},
        {"Content-Range": "bytes 10-19/100", "Content-Length": "11"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_another_part_than_was_asked_for_is_refused(
    server: MediaServer, client: MediaClient, lies: dict[str, str | None]
) -> None:
    url = server.url("/film", File(DATA, lies=lies))
    with pytest.raises(ConnectionLost) as caught:
        client.open(url, byte_range=ByteRange(10, 10))
    assert caught.value.params == {"why": "other_part"}
    assert len(server.asked) == 1


def test_a_part_that_nobody_asked_for_is_refused(server: MediaServer, client: MediaClient) -> None:
    def part(exchange: Exchange) -> None:
        exchange.answer(206, {"Content-Range": "bytes 0-2/9"}, b"abc")

    with pytest.raises(ConnectionLost) as caught:
        client.open(server.url("/film", part))
    assert caught.value.params == {"why": "other_part"}


def test_a_part_in_chunks_ends_where_it_said(server: MediaServer, client: MediaClient) -> None:
    def longer(exchange: Exchange) -> None:
        headers = {"Content-Range": "bytes 0-4/100", "Transfer-Encoding": "chunked"}
        exchange.head(206, headers)
        exchange.send(b"a\r\n0123456789\r\n0\r\n\r\n")

    with client.open(server.url("/film", longer), byte_range=ByteRange(0, 5)) as got:
        assert read(got) == b"01234"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("framing", [{"Content-Length": 900_000}, {"Transfer-Encoding": "chunked"}])
def test_who_has_something_is_not_kept_waiting(
    server: MediaServer, clients: Clients, framing: dict[str, object], together: bool
) -> None:
    """Also where it came together with the head."""

    def some(exchange: Exchange) -> None:
        body = b"3e8\r\n" + DATA[:1_000] if "Transfer-Encoding" in framing else DATA[:1_000]
        if together:
            lines = [f"{name}: {value}" for name, value in framing.items()]
            exchange.raw("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode() + body)
        else:
            exchange.head(200, framing)
            exchange.send(body)
        exchange.wait_until_gone()

    piece = memoryview(bytearray(1 << 20))
    with clients(timeout=3_600).open(server.url("/film", some)) as got:
        assert got.readinto(piece[:600]) == 600
        assert got.readinto(piece[600:]) == 400
    assert piece[:1_000] == DATA[:1_000]


def test_silence_is_given_up(server: MediaServer, clients: Clients) -> None:
    def silent(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": 900})
        exchange.send(b"abc")
        exchange.wait_until_gone()

    client = clients(timeout=0.2)
    with client.open(server.url("/film", silent)) as got:
        assert got.readinto(memoryview(bytearray(900))) == 3
        with pytest.raises(ConnectionLost) as caught:
            read(got)
    assert caught.value.params["why"] == "stalled"


@pytest.mark.parametrize("framing", [{"Content-Length": 900}, {"Transfer-Encoding": "chunked"}])
def test_a_trickle_is_given_up(
    server: MediaServer,
    client: MediaClient,
    framing: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer, "FLOOR_SECONDS", 0.3)

    def trickle(exchange: Exchange) -> None:
        """In chunks, a line of a chunk's length that goes on and on."""
        exchange.head(200, framing)
        for _ in range(900):
            exchange.send(b"0")
            if exchange.is_gone_within(0.01):
                return

    with client.open(server.url("/film", trickle)) as got, pytest.raises(ConnectionLost) as caught:
        read(got)
    assert caught.value.params["why"] == "stalled"


def test_headers_that_drip_are_given_up(server: MediaServer, clients: Clients) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not exchange.is_gone_within(0.02):
            exchange.raw(b"x")

    client = clients(timeout=0.2)
    with pytest.raises(ConnectionLost) as caught:
        client.open(server.url("/film", drip))
    assert caught.value.params["why"] == "stalled"
    assert len(server.asked) == 5
