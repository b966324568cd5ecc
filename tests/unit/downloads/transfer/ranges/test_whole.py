"""One go: files arrive whole, whatever their server can and does."""

from __future__ import annotations

import ctypes
import errno
import os
import threading
from pathlib import Path

import pytest

from downloads.transfer.errors import (
    ConnectionLost,
    DiskFull,
    LinkRefused,
    LiveStream,
    MediaMissing,
    NotMedia,
    TransferError,
)
from downloads.transfer.messages import Reading
from downloads.transfer.ranges import engine, parts
from tests.media_server import Asked, Exchange, File, MediaServer
from tests.unit.downloads.transfer.ranges.conftest import HEAD, Fetches, film

DATA = film(9_000_001)


@pytest.mark.parametrize("size", [13, 4_096, 65_536, 1 << 20, (1 << 20) + 1, 9_000_001])
@pytest.mark.parametrize("connections", [1, 8])
def test_a_file_arrives_in_parts(
    server: MediaServer, fetch: Fetches, size: int, connections: int
) -> None:
    fetch.connections = connections
    data = film(size)
    assert fetch(server.url("/film", File(data))) == data
    assert fetch.announced.size == size
    assert server.sent == size
    assert server.connections <= connections
    asked = server.asked[0]
    assert asked.part == (0, (1 << 20) - 1)
    assert asked.headers["referer"] == "https://hoster.test/"
    assert all(one.headers.get("if-range") == '"one"' for one in server.asked[1:])


def test_large_parts_go_to_several_connections_and_the_last_ones_are_smaller(
    server: MediaServer, fetch: Fetches
) -> None:
    data = film(40_000_000)
    assert fetch(server.url("/film", File(data, rate=30_000_000))) == data
    sizes = [part[1] - part[0] + 1 for part in _parts(server.asked)[1:]]
    assert max(sizes) > 4_000_000
    assert min(sizes) < 2_200_000
    assert server.connections == 4


def _parts(asked: list[Asked]) -> list[tuple[int, int]]:
    return [(one.part[0], one.part[1]) for one in asked if one.part and one.part[1] is not None]


@pytest.mark.parametrize(
    "file",
    [
        File(DATA, has_ranges=False),
        File(DATA, has_ranges=False, etag=""),
        File(DATA, has_ranges=False, is_chunked=True),
        File(DATA, has_ranges=False, lies={"Content-Length": None}),
        File(DATA, is_gzipped=True),
        File(DATA, lies={"Content-Range": None}),
        File(DATA, lies={"Content-Range": "bytes 5-9/100", "Content-Length": "5"}),
    ],
    ids=["no ranges", "nor tag", "chunks", "until it closes", "gzip", "no place", "other part"],
)
def test_a_server_without_ranges_sends_the_whole(
    server: MediaServer, fetch: Fetches, file: File
) -> None:
    url = server.url("/film", file)
    if "Content-Range" in file.lies:  # of a part alone

        def odd(exchange: Exchange) -> None:
            (file if exchange.asked.part else File(DATA))(exchange)

        server.url("/film", odd)
    assert fetch(url) == DATA
    assert len(server.asked) <= 2


def test_a_file_without_a_tag_comes_over_one_connection_seam_by_seam(
    server: MediaServer, fetch: Fetches
) -> None:
    file = File(DATA, etag="", cuts=[2_000_000, 700_000, 3_000_000])
    assert fetch(server.url("/film", file)) == DATA
    begins = [part[0] for part in _parts(server.asked)]
    assert begins == sorted(begins)
    assert len(DATA) < server.sent < len(DATA) * 1.2


def test_cuts_cost_what_was_cut_off_and_no_more(server: MediaServer, fetch: Fetches) -> None:
    cuts = [300_000, 900_000, 0, 50_000, 1_000_000, 100, 100, 600_000]
    assert fetch(server.url("/film", File(DATA, cuts=cuts))) == DATA
    assert server.sent <= len(DATA)


def test_a_stream_that_is_cut_begins_anew(server: MediaServer, fetch: Fetches) -> None:
    file = File(DATA, has_ranges=False, cuts=[4_000_000, 2_000_000])
    assert fetch(server.url("/film", file)) == DATA
    assert server.sent == len(DATA) + 6_000_000


@pytest.mark.parametrize(
    ("file", "most"),
    [
        (File(DATA, cuts=[0] * 99), 0),
        (File(DATA, cuts=[2_000_000, *[9] * 99]), 1_100_000),
        (File(DATA, has_ranges=False, cuts=[5_000_000] * 99), 25_000_000),
    ],
)
def test_cuts_without_an_end_are_told(
    server: MediaServer, fetch: Fetches, file: File, most: int
) -> None:
    fetch.connections = 1
    with pytest.raises(ConnectionLost):
        fetch(server.url("/film", file))
    assert server.sent <= most


def test_other_content_in_the_middle_is_never_joined(server: MediaServer, fetch: Fetches) -> None:
    """Same length, another tag: from the third request on it is another file."""
    old, new = File(DATA), File(film(9_000_001, seed=2), etag='"two"')

    def turns(exchange: Exchange) -> None:
        (old if len(server.asked) < 3 else new)(exchange)

    assert fetch(server.url("/film", turns)) == new.data


def test_other_content_without_a_tag_is_seen_by_its_bytes(
    server: MediaServer, fetch: Fetches
) -> None:
    old = File(DATA, etag="", cuts=[1 << 20, 3_000_000])
    new = File(film(9_000_001, seed=2), etag="")

    def turns(exchange: Exchange) -> None:
        (old if len(server.asked) < 3 else new)(exchange)

    assert fetch(server.url("/film", turns)) == new.data


def test_another_length_without_a_tag_is_another_file(server: MediaServer, fetch: Fetches) -> None:
    old = File(DATA, etag="", cuts=[1 << 20, 3_000_000])
    new = File(DATA + b"more", etag="")

    def turns(exchange: Exchange) -> None:
        (old if len(server.asked) < 3 else new)(exchange)

    assert fetch(server.url("/film", turns)) == new.data


def test_a_tag_that_is_another_each_time_ends_in_one_stream(
    server: MediaServer, fetch: Fetches
) -> None:
    def turns(exchange: Exchange) -> None:
        File(DATA, etag=f'"{len(server.asked)}"')(exchange)

    assert fetch(server.url("/film", turns)) == DATA
    assert server.asked[-1].part is None


def test_ranges_that_are_gone_in_the_middle_end_in_one_stream(
    server: MediaServer, fetch: Fetches
) -> None:
    def turns(exchange: Exchange) -> None:
        File(DATA, has_ranges=len(server.asked) in {1, 3})(exchange)

    assert fetch(server.url("/film", turns)) == DATA


def test_a_server_that_never_has_the_same_file_is_given_up(
    server: MediaServer, fetch: Fetches
) -> None:
    def turns(exchange: Exchange) -> None:
        if exchange.asked.part is None:
            File(DATA, cuts=[9])(exchange)
        else:
            File(DATA, etag=f'"{len(server.asked)}"')(exchange)

    with pytest.raises(ConnectionLost):
        fetch(server.url("/film", turns))
    assert len(server.asked) < 20


@pytest.mark.parametrize(
    ("body", "params"),
    [
        (b"<!DOCTYPE html><html>" + b"x" * 5_000_000, "<!DOCTYPE html><"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_000, "PNG"),
        (b"{}", "{}"),
        (b"#EXTM3U\n", "#EXTM3U"),
    ],
)
@pytest.mark.parametrize("has_ranges", [True, False])
def test_what_is_no_film_is_seen_by_its_first_bytes(
    server: MediaServer, fetch: Fetches, body: bytes, params: str, has_ranges: bool
) -> None:
    with pytest.raises(NotMedia) as caught:
        fetch(server.url("/film", File(body, has_ranges=has_ranges, rate=2_000_000)))
    assert caught.value.params["why"] == "unknown"
    assert params in caught.value.params["head"]
    assert len(server.asked) == 1
    assert server.sent <= 1_500_000


@pytest.mark.parametrize("has_ranges", [True, False])
def test_nothing_is_no_film(server: MediaServer, fetch: Fetches, has_ranges: bool) -> None:
    with pytest.raises(NotMedia) as caught:
        fetch(server.url("/film", File(b"", has_ranges=has_ranges)))
    assert caught.value.params == {"why": "nothing"}


@pytest.mark.parametrize("has_ranges", [True, False])
def test_a_file_that_cannot_be_an_episode_is_refused_before_it_is_fetched(
    server: MediaServer, fetch: Fetches, has_ranges: bool
) -> None:
    def huge(exchange: Exchange) -> None:
        status, length = (206, 1 << 20) if has_ranges else (200, 1 << 45)
        where = {"Content-Range": f"bytes 0-{(1 << 20) - 1}/{1 << 45}"} if has_ranges else {}
        exchange.head(status, {"Content-Length": length, **where})
        exchange.send(DATA[:8_000])
        exchange.wait_until_gone()

    with pytest.raises(NotMedia) as caught:
        fetch(server.url("/film", huge))
    assert caught.value.params["why"] == "too_large"


def test_a_body_without_an_end_is_ended(
    server: MediaServer, fetch: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LARGEST_FILE", 10_000_000)

    def endless(exchange: Exchange) -> None:
        exchange.head(200, {"Connection": "close"})
        exchange.end()
        exchange.send(HEAD)
        while True:
            exchange.send(b"x" * 65_536)

    with pytest.raises(LiveStream):
        fetch(server.url("/film", endless))
    assert server.sent < 40_000_000


def test_a_link_that_is_refused_or_gone_is_told(server: MediaServer, fetch: Fetches) -> None:
    with pytest.raises(LinkRefused):
        fetch(server.url("/film", File(DATA, refused=403)))
    with pytest.raises(MediaMissing):
        fetch(server.url("/other"))


def test_parts_are_asked_for_where_the_file_is_in_the_end(
    server: MediaServer, fetch: Fetches
) -> None:
    server.url("/cdn/film", File(DATA))

    def redirect(exchange: Exchange) -> None:
        exchange.answer(302, {"Location": "/cdn/film"})

    assert fetch(server.url("/film", redirect)) == DATA
    assert server.paths().count("/film") == 1


def test_progress_goes_to_the_end(server: MediaServer, fetch: Fetches) -> None:
    assert fetch(server.url("/film", File(DATA, rate=2_000_000))) == DATA
    assert {reading.total for reading in fetch.readings} == {len(DATA)}
    counts = [reading.downloaded for reading in fetch.readings]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    assert (fetch.readings[-1].percent, counts[-1]) == (100.0, len(DATA))
    assert fetch.readings[-1].speed
    assert fetch.readings[-1].eta == 0


@pytest.mark.parametrize("has_ranges", [True, False])
def test_whoever_is_told_may_end_it(server: MediaServer, fetch: Fetches, has_ranges: bool) -> None:
    def full(reading: Reading) -> None:
        if reading.downloaded > 2_000_000:
            raise DiskFull(why="floor")

    fetch.tell = full
    with pytest.raises(DiskFull):
        fetch(server.url("/film", File(DATA, rate=4_000_000, has_ranges=has_ranges)))
    assert server.sent < len(DATA)


def test_what_is_to_be_kept_free_is_not_taken(server: MediaServer, fetch: Fetches) -> None:
    disk = os.statvfs(fetch.folder.parent)
    fetch.keep_free = disk.f_blocks * disk.f_frsize
    with pytest.raises(DiskFull) as caught:
        fetch(server.url("/film", File(DATA)))
    assert caught.value.params == {"why": "floor"}
    assert len(server.asked) == 1
    assert sum(file.stat().st_blocks for file in fetch.folder.iterdir()) == 0


def test_a_size_that_no_episode_has_does_not_make_a_disk_full(
    server: MediaServer, fetch: Fetches
) -> None:
    disk = os.statvfs(fetch.folder.parent)
    fetch.keep_free = disk.f_blocks * disk.f_frsize
    lie: dict[str, str | None] = {"Content-Range": f"bytes 0-{(1 << 20) - 1}/{59 * 10**9}"}
    with pytest.raises(NotMedia) as caught:
        fetch(server.url("/film", File(DATA, lies=lie)))
    assert caught.value.params["why"] == "too_large"


class FullDisk:
    """A system whose disk takes a part of the room and then has no more."""

    class Call:
        argtypes: object = None

        def __call__(self, file: int, _mode: int, _at: int, size: int) -> int:
            os.ftruncate(file, size // 2)
            ctypes.set_errno(errno.ENOSPC)
            return -1

    fallocate64 = Call()


def test_room_that_was_taken_in_vain_is_given_back(
    server: MediaServer, fetch: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: FullDisk())
    with pytest.raises(DiskFull):
        fetch(server.url("/film", File(DATA)))
    assert (fetch.folder / "media").stat().st_size == 0


def test_a_disk_that_cannot_take_room_at_once_is_written_all_the_same(
    server: MediaServer, fetch: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_args, **_options: object())
    assert fetch(server.url("/film", File(DATA))) == DATA


def test_a_folder_that_is_not_there_is_no_fault_of_the_source(
    server: MediaServer, tmp_path: Path
) -> None:
    fetch = Fetches(tmp_path / "away" / "source")
    with pytest.raises(TransferError):
        fetch(server.url("/film", File(DATA)))
    assert not server.asked


def test_a_connection_that_hangs_is_helped_out_by_the_others(
    server: MediaServer, fetch: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody waits for it at the end."""
    monkeypatch.setattr(parts, "SHARED_AFTER", 0.2)
    fetch.timeout = 3_600
    hangs = threading.Lock()

    def one_hangs(exchange: Exchange) -> None:
        part = exchange.asked.part
        if part and part[0] and hangs.acquire(blocking=False):
            last = part[1] or 0
            where = {"Content-Range": f"bytes {part[0]}-{last}/{len(DATA)}", "ETag": '"one"'}
            exchange.head(206, {"Content-Length": last - part[0] + 1, **where})
            exchange.send(DATA[part[0] : part[0] + 200_000])
            exchange.wait_until_gone()
        else:
            File(DATA)(exchange)

    assert fetch(server.url("/film", one_hangs)) == DATA


def test_who_only_asks_to_wait_is_not_asked_again_for_its_part(
    server: MediaServer, fetch: Fetches
) -> None:
    file = File(film(3 << 20))

    def route(exchange: Exchange) -> None:
        if exchange.asked.part and exchange.asked.part[0]:
            exchange.answer(429, {"Retry-After": "1"})
        else:
            file(exchange)

    fetch.connections, fetch.patience = 1, 0.5
    with pytest.raises(ConnectionLost) as caught:
        fetch(server.url("/film", route))
    assert caught.value.is_busy
    assert len(server.asked) == 3
