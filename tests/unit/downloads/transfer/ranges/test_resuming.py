"""Going on with what an earlier try has left: with the same file, and never with another one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from downloads.transfer.errors import DiskFull, LinkRefused, TransferError
from downloads.transfer.messages import Reading
from tests.media_server import Exchange, File, MediaServer
from tests.unit.downloads.transfer.ranges.conftest import Fetches, film

SIZE = 12_000_001
DATA = film(SIZE)
SAMPLES = 2 * 16_384


def interrupted(fetch: Fetches, server: MediaServer, file: File, *, after: int) -> int:
    """Fetch until so many bytes are there; returns how many are kept."""

    def end(reading: Reading) -> None:
        if reading.downloaded >= after:
            raise DiskFull

    fetch.tell = end
    with pytest.raises(DiskFull):
        fetch(server.url("/film", file))
    fetch.tell = None
    return kept(fetch)


def asked_for(server: MediaServer, path: str) -> int:
    """Bytes that were asked for at a path; what the server still sends to nobody does not count."""
    parts = [one.part for one in server.asked if one.path == path]
    return sum(part[1] - part[0] + 1 for part in parts if part and part[1] is not None)


def kept(fetch: Fetches) -> int:
    lines = (fetch.folder / "media.jsonl").read_text().splitlines()
    return sum(json.loads(line).get("length", 0) for line in lines)


@pytest.mark.parametrize("etag", ['"one"', ""])
@pytest.mark.parametrize("connections", [1, 4])
def test_only_what_is_missing_is_fetched(
    server: MediaServer, fetch: Fetches, etag: str, connections: int
) -> None:
    fetch.connections = connections
    file = File(DATA, etag=etag, rate=8_000_000)
    there = interrupted(fetch, server, file, after=5_000_000)
    assert there >= 4_000_000
    assert fetch(server.url("/fresh", file)) == DATA
    assert SIZE - there <= asked_for(server, "/fresh") <= SIZE - there + 4 * SAMPLES
    assert fetch.readings[-1].downloaded == SIZE


def test_many_ends_cost_little(server: MediaServer, fetch: Fetches) -> None:
    file = File(DATA, rate=20_000_000)
    for after in range(1, 12):
        interrupted(fetch, server, file, after=after * 1_000_000)
    assert fetch(server.url("/fresh", file)) == DATA
    assert asked_for(server, "/fresh") < SIZE / 2


def test_a_link_that_ends_in_the_middle_is_followed_by_a_fresh_one(
    server: MediaServer, fetch: Fetches
) -> None:
    fetch.connections = 2
    old = File(DATA)

    def ends(exchange: Exchange) -> None:
        old.refused = 403 if len(server.asked) > 3 else 0
        old(exchange)

    with pytest.raises(LinkRefused) as caught:
        fetch(server.url("/old", ends))
    assert caught.value.params == {"status": 403}
    there = kept(fetch)
    assert there > 1_000_000
    assert fetch(server.url("/fresh", File(DATA))) == DATA
    assert asked_for(server, "/fresh") <= SIZE - there + SAMPLES


def test_a_file_that_is_gone_in_the_middle_is_a_link_that_has_ended(
    server: MediaServer, fetch: Fetches
) -> None:
    file = File(DATA)

    def ends(exchange: Exchange) -> None:
        file.refused = 404 if len(server.asked) > 2 else 0
        file(exchange)

    with pytest.raises(LinkRefused) as caught:
        fetch(server.url("/film", ends))
    assert caught.value.params == {"status": 404}


OTHER = film(SIZE, seed=2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (File(DATA), File(OTHER, etag='"two"')),
        (File(DATA), File(OTHER)),  # it says it were the same
        (File(DATA), File(DATA[:4_000_000] + OTHER[4_000_000:], etag='"two"')),
        (File(DATA), File(DATA + b"more")),
        (File(DATA), File(DATA[:-4])),
        (File(DATA), File(DATA[:1_500_000])),
        (File(DATA, etag=""), File(OTHER, etag="")),
        (File(DATA, etag=""), File(DATA + b"more", etag="")),
        (File(DATA, etag=""), File(DATA, etag='"two"')),
        (File(DATA), File(DATA, etag="")),
        (File(DATA), File(OTHER, has_ranges=False)),
        (File(DATA, has_ranges=False), File(OTHER, has_ranges=False)),
        (File(DATA, has_ranges=False), File(OTHER)),
    ],
)
def test_another_file_is_fetched_from_its_begin(
    server: MediaServer, fetch: Fetches, old: File, new: File
) -> None:
    old.rate = 8_000_000
    interrupted(fetch, server, old, after=3_000_000)
    assert fetch(server.url("/fresh", new)) == new.data


def test_a_link_that_is_refused_costs_nothing_of_what_is_there(
    server: MediaServer, fetch: Fetches
) -> None:
    file = File(DATA, rate=8_000_000)
    there = interrupted(fetch, server, file, after=3_000_000)
    file.refused = 403
    with pytest.raises(LinkRefused):
        fetch(server.url("/film"))
    assert kept(fetch) == there
    file.refused = 0
    assert fetch(server.url("/fresh", file)) == DATA
    assert asked_for(server, "/fresh") <= SIZE - there + SAMPLES


def test_a_file_that_is_whole_is_not_asked_for(server: MediaServer, fetch: Fetches) -> None:
    url = server.url("/film", File(DATA))
    fetch(url)
    server.asked.clear()
    assert fetch(url) == DATA
    assert not server.asked
    assert fetch.announced.size == SIZE
    assert (fetch.readings[-1].percent, fetch.readings[-1].downloaded) == (100.0, SIZE)


@pytest.mark.parametrize(
    "file", [File(DATA, has_ranges=False), File(DATA, has_ranges=False, is_chunked=True)]
)
def test_one_that_came_as_a_whole_is_not_either(
    server: MediaServer, fetch: Fetches, file: File
) -> None:
    url = server.url("/film", file)
    fetch(url)
    server.asked.clear()
    assert fetch(url) == DATA
    assert not server.asked


def _flip(fetch: Fetches) -> None:
    with (fetch.folder / "media").open("r+b") as file:
        file.seek(2_500_000)
        byte = file.read(1)
        file.seek(2_500_000)
        file.write(bytes([byte[0] ^ 1]))


def _shorten(fetch: Fetches) -> None:
    with (fetch.folder / "media").open("r+b") as file:
        file.truncate(SIZE - 1_000)


def test_bytes_that_the_disk_has_lost_are_fetched_again(
    server: MediaServer, fetch: Fetches
) -> None:
    fetch(server.url("/film", File(DATA)))
    for lose in (_flip, _shorten):
        lose(fetch)
        path = f"/{lose.__name__}"
        assert fetch(server.url(path, File(DATA))) == DATA
        assert 0 < asked_for(server, path) <= (2 << 20) + SAMPLES


def _gone(journal: Path) -> None:
    journal.unlink()


def _torn(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-9])


def _torn_at_once(journal: Path) -> None:
    journal.write_bytes(b'{"total":12000')


def _garbage(journal: Path) -> None:
    lines = journal.read_bytes()
    odd = [b"", b"[]", b"7", b"null", b"\xff\xfe", b'{"at":"x","length":1,"crc":1}', b'{"at":1}']
    odd += [b'{"at":-5,"length":9,"crc":1}', b'{"at":1e9999,"length":1,"crc":1}', b"[" * 50_000]
    odd += [b'{"at":%d,"length":9,"crc":1}' % (1 << 80), b'{"end":null}']
    journal.write_bytes(b"\n".join(odd) + b"\n" + lines + b"\n".join(odd))


@pytest.mark.parametrize("change", [_gone, _torn, _torn_at_once, _garbage])
def test_a_journal_may_be_in_any_state(
    server: MediaServer, fetch: Fetches, change: Callable[[Path], None]
) -> None:
    file = File(DATA, rate=8_000_000)
    interrupted(fetch, server, file, after=5_000_000)
    change(fetch.folder / "media.jsonl")
    assert fetch(server.url("/film", file)) == DATA


def test_a_journal_stands_for_no_file_but_its_own(server: MediaServer, fetch: Fetches) -> None:
    file = File(DATA, rate=8_000_000)
    interrupted(fetch, server, file, after=5_000_000)
    (fetch.folder / "media").unlink()
    assert fetch(server.url("/fresh", file)) == DATA
    assert asked_for(server, "/fresh") >= SIZE


def test_a_folder_that_cannot_be_written_is_told(server: MediaServer, fetch: Fetches) -> None:
    fetch.folder = fetch.folder / "that went" / "with its disk"
    with pytest.raises(TransferError) as caught:
        fetch(server.url("/film", File(DATA)))
    assert caught.value.params["errno"] == "ENOENT"
    assert not server.asked


@pytest.mark.parametrize("name", ["media", "media.jsonl", "media.new"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_what_is_no_file_in_its_place_is_put_aside(
    server: MediaServer, fetch: Fetches, tmp_path: Path, name: str, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    fetch.folder.mkdir()
    place = fetch.folder / name
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        (place / "inner").mkdir(parents=True)
    else:
        place.symlink_to(elsewhere)
    assert fetch(server.url("/film", File(DATA))) == DATA
    assert elsewhere.read_text() == "somebody's"


def test_what_is_behind_the_end_of_a_whole_file_is_cut_off(
    server: MediaServer, fetch: Fetches
) -> None:
    fetch(server.url("/film", File(DATA)))
    with (fetch.folder / "media").open("ab") as file:
        file.write(b"more")
    assert fetch(server.url("/film")) == DATA
