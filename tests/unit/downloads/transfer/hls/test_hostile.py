"""What a hoster may write, send or leave out to hold, crash or fill a transfer."""

from __future__ import annotations

import json
import os
import re
import shutil
import tracemalloc
from pathlib import Path

import pytest

from downloads.transfer.errors import FragmentMissing, NotMedia
from downloads.transfer.gate import Expected, examine
from downloads.transfer.hls.feeds import MOST_KEPT, Maps
from downloads.transfer.hls.keys import Keyring
from downloads.transfer.hls.playlist import MediaPlaylist, Resource, read
from downloads.transfer.hls.subtitles import MOST_TEXT
from providers.base import Media, MediaKind
from tests import streams
from tests.media_server import Exchange, File
from tests.streams import SECONDS
from tests.unit.downloads.transfer.hls.conftest import Stage
from tests.unit.downloads.transfer.hls.looking import pictures

SOUND = 'TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",LANGUAGE="de",URI="a-a/index.m3u8"'
PIECE = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n{}#EXTINF:2,\nx.ts\n#EXT-X-ENDLIST\n"


def change(file: File, pattern: str, by: str, count: int = 0) -> None:
    text, changes = re.subn(pattern, by, file.data.decode(), count=count)
    assert changes
    file.data = text.encode()


def test_pieces_of_no_length_hold_nobody_up(stage: Stage, films: Path, tmp_path: Path) -> None:
    streams.master(tmp_path, ['BANDWIDTH=1000000,AUDIO="a" a-v/index.m3u8'], [SOUND])
    stage.serve(tmp_path)
    picture = stage.serve(films / "a-v", "/a-v")
    stage.serve(films / "a-a", "/a-a")
    change(picture["index.m3u8"], r"#EXTINF:[\d.]+", "#EXTINF:0", count=2)
    stage.connections = 1
    assert len(pictures(stage.fetch("/master.m3u8").path)) == 25 * SECONDS


@pytest.mark.parametrize("number", ["-5", "9" * 60])
def test_a_sequence_number_beyond_all_bounds_is_refused(number: str) -> None:
    text = PIECE.format(f'#EXT-X-MEDIA-SEQUENCE:{number}\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n')
    with pytest.raises(NotMedia):
        read(text, "http://hoster.example/")


def test_a_range_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(NotMedia):
        read(PIECE.format(f"#EXT-X-BYTERANGE:{'9' * 4_300}@1\n"), "http://hoster.example/")


@pytest.mark.parametrize(
    "line",
    [
        "#EXTINF:1,\nx\n",
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nx\n",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="c"\n',
        "#EXT-X-KEY:METHOD=NONE\n",
    ],
)
def test_a_playlist_of_millions_of_lines_costs_no_memory(line: str) -> None:
    text = "#EXTM3U\n" + line * (9_000_000 // len(line))
    tracemalloc.start()
    try:
        with pytest.raises(NotMedia):
            read(text, "http://hoster.example/")
        assert tracemalloc.get_traced_memory()[1] < 80_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [" 2.0,", "2.0 ,title", "\t2.0\t, a, b", "2.0;", "2.0"])
def test_blanks_around_a_length_do_not_hide_it(length: str) -> None:
    found = read(f"#EXTM3U\n#EXTINF:{length}\nx.ts\n#EXT-X-ENDLIST\n", "http://hoster.example/")
    assert isinstance(found, MediaPlaylist)
    assert found.seconds == 2


def test_a_playlist_that_tells_no_lengths_announces_none(stage: Stage, films: Path) -> None:
    change(stage.serve(films / "a")["index.m3u8"], r"#EXTINF:[\d.]+", "#EXTINF:")
    muxed = stage.fetch()
    examine(muxed, Expected())
    assert len(pictures(muxed.path)) == 25 * SECONDS


def test_of_many_headers_the_last_are_kept(stage: Stage) -> None:
    stage.server.routes["/map"] = File(bytes(4_000_000))
    client = stage.connect(Media(stage.server.url("/"), MediaKind.HLS))
    maps = Maps(client, Keyring(client))
    tracemalloc.start()
    try:
        for number in range(10):
            maps.get(Resource(stage.server.url(f"/map?{number}")))
        assert tracemalloc.get_traced_memory()[0] < MOST_KEPT + 8_000_000
    finally:
        tracemalloc.stop()
        client.close()
    assert len(stage.server.asked) == 10


def test_subtitles_without_end_are_left_out(stage: Stage, films: Path, tmp_path: Path) -> None:
    media = ['TYPE=SUBTITLES,GROUP-ID="s",NAME="x",LANGUAGE="fr",URI="s.m3u8"']
    streams.master(tmp_path, ['BANDWIDTH=1000000,SUBTITLES="s" index.m3u8'], media)
    listed = "".join(f"#EXTINF:2,\nv.vtt?{number}\n" for number in range(100))
    (tmp_path / "s.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{listed}#EXT-X-ENDLIST\n")
    head = b"WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n\nNOTE "
    (tmp_path / "v.vtt").write_bytes(head + b"x" * (MOST_TEXT // 10))
    stage.serve(films / "a")
    stage.serve(tmp_path)
    muxed = stage.fetch("/master.m3u8")
    assert [track.kind for track in muxed.tracks] == ["video", "audio"]
    assert stage.server.paths().count("/v.vtt") < 50


def test_a_piece_without_end_is_given_up_at_once(stage: Stage, films: Path) -> None:
    stage.serve(films / "a")

    def endless(exchange: Exchange) -> None:
        exchange.head(200, {})
        exchange.end()
        while True:  # until the client has gone
            exchange.send((b"G" + bytes(187)) * 5_000)

    stage.server.routes["/seg-000.ts"] = endless
    with pytest.raises(FragmentMissing) as caught:
        stage.fetch()
    assert caught.value.params["why"] == "large"
    assert stage.server.paths().count("/seg-000.ts") == 1
    assert stage.server.sent < 300_000_000


def test_pieces_that_are_too_much_together_are_given_up(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    """Each might be a large one; a film of a twentieth of a second has not so many bytes."""
    folder = shutil.copytree(films / "a", tmp_path / "a")
    nothing = b"G\x1f\xff\x10" + b"\xff" * 184  # a packet that players pass over
    for piece in folder.glob("seg-*"):
        piece.write_bytes(piece.read_bytes() + nothing * 160_000)
    playlist = folder / "index.m3u8"
    playlist.write_text(re.sub(r"#EXTINF:[\d.]+", "#EXTINF:0.01", playlist.read_text()))
    stage.connections = 1
    stage.serve(folder)
    with pytest.raises(NotMedia) as caught:
        stage.fetch()
    assert caught.value.params["why"] == "too_much"
    assert caught.value.permanent
    assert len(stage.pieces_asked()) == 2


def test_a_server_that_sends_less_of_a_part_is_asked_for_the_rest(
    stage: Stage, films: Path
) -> None:
    pieces = sorted((films / "a").glob("seg-*"))
    data = b"".join(piece.read_bytes() for piece in pieces)
    text, at = (films / "a" / "index.m3u8").read_text(), 0
    for piece in pieces:
        size = piece.stat().st_size
        text = text.replace(piece.name, f"#EXT-X-BYTERANGE:{size}@{at}\nall.ts")
        at += size
    stage.server.routes["/index.m3u8"] = File(text.encode())
    least = min(piece.stat().st_size for piece in pieces)

    def some(exchange: Exchange) -> None:
        first, last = exchange.asked.part or (0, None)
        end = min((last or 0) + 1, first + least // 2)
        told = {"Content-Range": f"bytes {first}-{end - 1}/{len(data)}", "ETag": '"one"'}
        exchange.answer(206, told, data[first:end])

    stage.server.routes["/all.ts"] = some
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS


def test_a_single_byte_proves_nothing(stage: Stage, films: Path) -> None:
    for file in stage.serve(films / "a").values():
        file.etag, file.lies = "", {"Content-Length": None}
    stage.fetch()

    def short(exchange: Exchange) -> None:
        """Of a part one byte, which begins as every piece does; the whole otherwise."""
        data = (films / "b" / exchange.asked.path[1:]).read_bytes()
        exchange.head(200, {})
        exchange.send(data[:1] if exchange.asked.part else data)
        exchange.end()

    for piece in (films / "b").glob("seg-*"):
        stage.server.routes[f"/{piece.name}"] = short
    before = len(stage.server.asked)
    stage.fetch()
    whole = [one for one in stage.server.asked[before:] if "seg" in one.path and not one.part]
    assert len(whole) == SECONDS // streams.PIECE


def test_where_a_quality_is_a_page_the_next_one_is_taken(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    variants = ["BANDWIDTH=9000000,RESOLUTION=1920x1080 gone.html", "BANDWIDTH=1000 index.m3u8"]
    streams.master(tmp_path, variants)
    (tmp_path / "gone.html").write_text("<html>gone</html>")
    stage.serve(films / "a")
    stage.serve(tmp_path)
    assert len(pictures(stage.fetch("/master.m3u8").path)) == 25 * SECONDS


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"number": "x", "length": 1, "crc": 0}),
        json.dumps({"number": 0, "length": 1, "crc": 0, "cut": 10**13}),
        json.dumps({"number": 10**30, "length": 1, "crc": 0}),
        json.dumps({"begun": 0, "total": "5", "tag": ""}),
        json.dumps({"begun": 0, "total": 10**9, "tag": 5}),
        "[" * 200_000,
        "[1]",
        "5",
    ],
)
def test_a_journal_that_says_anything_costs_no_more_than_its_piece(
    stage: Stage, films: Path, line: str
) -> None:
    stage.serve(films / "a")
    stage.fetch()
    (journal,) = stage.folder.glob("stream-*/journal.jsonl")
    with journal.open("a") as file:
        file.write(line + "\n")
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS


def test_a_link_in_the_place_of_a_streams_folder_leads_nowhere(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "000003").write_text("somebody's")
    stage.serve(films / "a")
    stage.fetch()
    (folder,) = stage.folder.glob("stream-*")
    shutil.rmtree(folder)
    folder.symlink_to(tmp_path / "elsewhere")
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["000003"]


@pytest.mark.parametrize("name", ["journal.jsonl", "000003", "000003.part"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_what_is_no_file_among_the_pieces_is_put_aside(
    stage: Stage, films: Path, tmp_path: Path, name: str, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    stage.serve(films / "a")
    stage.fetch()
    (folder,) = stage.folder.glob("stream-*")
    (folder / "000003").unlink()  # so that it is fetched anew
    place = folder / name
    place.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        (place / "inner").mkdir(parents=True)
    else:
        place.symlink_to(elsewhere)
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS
    assert elsewhere.read_text() == "somebody's"
