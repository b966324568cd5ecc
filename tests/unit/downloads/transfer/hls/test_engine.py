"""HLS from a playlist to a file, over real sockets, whole and broken in the ways of hosters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from downloads.transfer.errors import (
    FragmentMissing,
    LinkRefused,
    LiveStream,
    NotMedia,
    Protected,
    TransferError,
)
from downloads.transfer.hls import piece
from downloads.transfer.messages import Reading
from downloads.transfer.streams import fault_of
from providers.errors import AddressRefused
from tests import streams
from tests.media_server import File
from tests.streams import SECONDS
from tests.unit.downloads.transfer.hls.conftest import Stage
from tests.unit.downloads.transfer.hls.looking import pictures

PIECES = SECONDS // streams.PIECE


@pytest.mark.parametrize("packing", ["a", "a-fmp4"])
def test_a_stream_becomes_one_file(stage: Stage, films: Path, packing: str) -> None:
    stage.serve(films / packing)
    muxed = stage.fetch()
    assert len(pictures(muxed.path)) == 25 * SECONDS
    assert muxed.announced.seconds == pytest.approx(SECONDS, abs=0.1)
    assert len(stage.pieces_asked()) == PIECES
    assert stage.readings[-1].percent == 100


def test_pieces_are_looked_at_as_they_come_and_not_read_again(
    stage: Stage, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_again: list[Path] = []

    def look(path: Path, container: str) -> str:
        read_again.append(path)
        return fault_of(path, container)

    monkeypatch.setattr(piece, "fault_of", look)
    served = stage.serve(films / "a")
    served["seg-002.ts"].cuts = [len(served["seg-002.ts"].data) // 2]
    stage.fetch()
    assert [path.name for path in read_again] == ["000002.part"]  # it came in two parts


def test_libav_is_loaded_while_pieces_are_on_their_way() -> None:
    program = "import downloads.transfer.hls.engine, sys; print('av' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "False\n"


def test_what_is_there_is_not_fetched_again(stage: Stage, films: Path) -> None:
    stage.serve(films / "a")
    stage.fetch()
    before = stage.server.sent
    stage.fetch()
    assert len(stage.pieces_asked()) == PIECES + 2  # the begin of two, to see that it is the same
    assert stage.server.sent - before < 40_000


def test_pieces_are_bound_to_what_they_hold(stage: Stage, films: Path) -> None:
    """A fresh link leads to other pixels under the same names and lengths."""
    served = stage.serve(films / "a")
    served["seg-004.ts"].refused = 403
    with pytest.raises(LinkRefused):
        stage.fetch()
    stage.serve(films / "small")
    muxed = stage.fetch()
    assert pictures(muxed.path) == [(160, 90)] * 25 * SECONDS


def test_a_changed_piece_on_disk_is_fetched_again(stage: Stage, films: Path) -> None:
    stage.serve(films / "a")
    stage.fetch()
    [stream] = [entry for entry in stage.folder.iterdir() if entry.is_dir()]
    damaged = stream / "000003"
    data = bytearray(damaged.read_bytes())
    data[1000:1100] = bytes(100)
    damaged.write_bytes(data)
    with (stream / "journal.jsonl").open("a") as journal:
        journal.write('{"number": 4, "len')  # a crash in the middle
    before = len(stage.pieces_asked())
    muxed = stage.fetch()
    assert "/seg-003.ts" in stage.pieces_asked()[before:]
    assert len(pictures(muxed.path)) == 25 * SECONDS


def test_a_piece_is_gone_on_with_where_its_connection_ended(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    large = served["seg-002.ts"]
    large.cuts = [len(large.data) // 2]
    muxed = stage.fetch()
    assert len(pictures(muxed.path)) == 25 * SECONDS
    parts = [one.part for one in stage.server.asked if one.path == "/seg-002.ts"]
    assert len(parts) == 2
    assert parts[1] is not None
    assert parts[1][0] > 0


def test_a_piece_that_changes_meanwhile_is_fetched_anew(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    piece = served["seg-002.ts"]
    piece.cuts = [len(piece.data) // 2]
    other = (films / "b" / "seg-002.ts").read_bytes()
    real = piece.data

    def answer(exchange: object) -> None:
        File.__call__(piece, exchange)  # type: ignore[arg-type]
        piece.data, piece.etag = other, '"other"'

    stage.server.routes["/seg-002.ts"] = answer
    piece.data = real
    muxed = stage.fetch()
    [stream] = [entry for entry in stage.folder.iterdir() if entry.is_dir()]
    assert (stream / "000002").read_bytes() == other
    assert muxed.tracks[0].packets == 25 * SECONDS


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"<!doctype html><html>" + bytes(5000), "disguised"),
        (b"", "disguised"),
        (b"\x89PNG\r\n\x1a\n" + bytes(70_000), "disguised"),
    ],
)
def test_what_is_no_piece_is_refused(stage: Stage, films: Path, broken: bytes, why: str) -> None:
    served = stage.serve(films / "a")
    served["seg-003.ts"].data = broken
    with pytest.raises(FragmentMissing) as raised:
        stage.fetch()
    assert raised.value.params["why"] == why


def test_a_stream_disguised_as_pictures_is_read(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    for name, file in served.items():
        if name.startswith("seg-"):
            file.data = b"\x89PNG\r\n\x1a\n" + bytes(120) + b"IEND\xaeB`\x82" + file.data
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS


def test_half_a_piece_is_noticed(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    piece = served["seg-003.ts"]
    piece.data = piece.data[: len(piece.data) // 376 * 188]
    with pytest.raises(TransferError):
        stage.fetch()
    assert not list(stage.folder.glob("finished*"))


def test_half_a_piece_of_mp4_is_noticed(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a-fmp4")
    piece = served["seg-003.m4s"]
    piece.data = piece.data[: len(piece.data) // 2]
    with pytest.raises(FragmentMissing):
        stage.fetch()


def test_a_refused_piece_is_asked_once(stage: Stage, films: Path) -> None:
    """The link has run out: the next one is for the caller to get, and what is there stays."""
    served = stage.serve(films / "a")
    served["seg-004.ts"].refused = 403
    with pytest.raises(LinkRefused):
        stage.fetch()
    assert stage.pieces_asked().count("/seg-004.ts") == 1
    served["seg-004.ts"].refused = 0
    before = len(stage.server.asked)
    stage.fetch()
    [first] = [one for one in stage.server.asked[before:] if one.path == "/seg-000.ts"]
    assert first.part is not None  # its begin, to see that it is the same


@pytest.mark.parametrize("iv", [None, bytes(range(16))])
def test_encrypted_pieces_are_opened(
    stage: Stage, films: Path, tmp_path: Path, iv: bytes | None
) -> None:
    stage.serve(streams.encrypted(films / "a", tmp_path / "aes", b"k" * 16, iv))
    assert len(pictures(stage.fetch().path)) == 25 * SECONDS
    assert stage.server.paths().count("/key") <= 2
    stage.fetch()  # what is there is seen to be the same, though it was encrypted
    assert len(stage.pieces_asked()) == PIECES + 2


@pytest.mark.parametrize(
    ("iv", "first"), [(None, 0), (None, 7), (None, 1 << 40), (bytes(16), 7), (bytes(range(16)), 7)]
)
def test_encrypted_pieces_are_opened_to_the_byte(
    stage: Stage, films: Path, tmp_path: Path, iv: bytes | None, first: int
) -> None:
    """A wrong vector spoils but the first 16 bytes of each, which a demuxer may pass over."""
    clear = films / "a"
    folder = streams.encrypted(clear, tmp_path / "aes", b"k" * 16, iv, first=first)
    playlist = folder / "index.m3u8"
    playlist.write_text(playlist.read_text().replace("SEQUENCE:0", f"SEQUENCE:{first}"))
    stage.serve(folder)
    stage.fetch()
    [stream] = [entry for entry in stage.folder.iterdir() if entry.is_dir()]
    opened = [piece.read_bytes() for piece in sorted(stream.glob("0*"))]
    assert opened == [piece.read_bytes() for piece in sorted(clear.glob("seg-*"))]


def test_a_key_that_does_not_fit_is_said(stage: Stage, films: Path, tmp_path: Path) -> None:
    served = stage.serve(streams.encrypted(films / "a", tmp_path / "aes", b"k" * 16))
    served["key"].data = b"x" * 16
    with pytest.raises(FragmentMissing):
        stage.fetch()


def test_a_protected_stream_is_refused_before_a_piece(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    line = (
        b'#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key",KEYFORMAT="com.apple.streamingkeydelivery"'
    )
    index = served["index.m3u8"]
    index.data = index.data.replace(b"#EXTINF", line + b"\n#EXTINF", 1)
    with pytest.raises(Protected):
        stage.fetch()
    assert stage.pieces_asked() == []


def test_a_live_stream_is_refused(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    index = served["index.m3u8"]
    index.data = index.data.replace(b"#EXT-X-ENDLIST", b"").replace(b"VOD", b"EVENT")
    with pytest.raises(LiveStream):
        stage.fetch()


def test_lengths_in_whole_seconds_are_no_fault(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    index = served["index.m3u8"]
    lines = index.data.decode().splitlines()
    index.data = "\n".join(
        "#EXTINF:3," if line.startswith("#EXTINF") else line for line in lines
    ).encode()
    muxed = stage.fetch()
    assert muxed.announced.seconds == 3 * PIECES
    assert muxed.announced.rounding >= PIECES


def test_byte_ranges_of_one_file(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    whole, lines = b"", []
    for line in served["index.m3u8"].data.decode().splitlines():
        if line.startswith("seg-"):
            data = served[line].data
            lines.append(f"#EXT-X-BYTERANGE:{len(data)}" + ("@0" if not whole else ""))
            whole += data
        lines.append("whole.ts" if line.startswith("seg-") else line)
    stage.server.routes["/whole.ts"] = File(whole)
    served["index.m3u8"].data = "\n".join(lines).encode()
    muxed = stage.fetch()
    assert len(pictures(muxed.path)) == 25 * SECONDS
    assert stage.server.sent < 1.5 * len(whole)


def test_a_server_that_gives_all_for_a_part_is_refused(stage: Stage, films: Path) -> None:
    served = stage.serve(films / "a")
    index = served["index.m3u8"]
    index.data = index.data.replace(b"seg-001.ts", b"#EXT-X-BYTERANGE:1880@188\nseg-001.ts")
    served["seg-001.ts"].has_ranges = False
    with pytest.raises(FragmentMissing):
        stage.fetch()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "data:text/plain,x", "concat:a|b"])
@pytest.mark.parametrize("place", ["piece", "key", "map"])
def test_no_playlist_leads_elsewhere(stage: Stage, films: Path, address: str, place: str) -> None:
    served = stage.serve(films / "a-fmp4" if place == "map" else films / "a")
    index = served["index.m3u8"]
    named = address.encode()
    if place == "piece":
        index.data = index.data.replace(b"seg-002.ts", named)
    elif place == "key":
        key = b'#EXT-X-KEY:METHOD=AES-128,URI="' + named + b'"\n#EXTINF'
        index.data = index.data.replace(b"#EXTINF", key, 1)
    else:
        index.data = index.data.replace(b"init.mp4", named)
    with pytest.raises((AddressRefused, NotMedia)):
        stage.fetch()


@pytest.mark.parametrize("place", ["piece", "key"])
def test_private_addresses_are_refused(stage: Stage, films: Path, place: str) -> None:
    served = stage.serve(films / "a")
    index = served["index.m3u8"]
    if place == "piece":
        index.data = index.data.replace(b"seg-002.ts", b"http://127.0.0.2:9/x.ts")
    else:
        key = b'#EXT-X-KEY:METHOD=AES-128,URI="http://10.0.0.1/key"\n#EXTINF'
        index.data = index.data.replace(b"#EXTINF", key, 1)
    with pytest.raises(AddressRefused):
        stage.fetch()


def test_what_the_listener_raises_ends_it(stage: Stage, films: Path) -> None:
    stage.serve(films / "a")

    def full(_reading: Reading) -> None:
        raise TransferError(errno="ENOSPC")

    stage.tell = full
    with pytest.raises(TransferError):
        stage.fetch()


def test_discontinuities_of_the_same_encoding_go_on(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    """Two films one after the other, each with a clock that begins anew."""
    stage.serve(films / "a", "/a")
    stage.serve(films / "b", "/b")
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2"]
    for name in ("a", "b"):
        index = (films / name / "index.m3u8").read_text().splitlines()
        lines += [
            f"{name}/{line}" if line.startswith("seg-") else line
            for line in index
            if line.startswith(("#EXTINF", "seg-"))
        ]
        lines.append("#EXT-X-DISCONTINUITY")
    stage.server.routes["/index.m3u8"] = File("\n".join([*lines[:-1], "#EXT-X-ENDLIST"]).encode())
    muxed = stage.fetch()
    assert len(pictures(muxed.path)) == 2 * 25 * SECONDS
    assert muxed.tracks[0].end == pytest.approx(2 * SECONDS, abs=0.2)


def test_a_discontinuity_to_another_size_is_refused(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    stage.serve(films / "a", "/a")
    stage.serve(films / "small", "/b")
    lines = ["#EXTM3U", "#EXTINF:2,", "a/seg-000.ts", "#EXT-X-DISCONTINUITY", "#EXTINF:2,"]
    text = "\n".join([*lines, "b/seg-000.ts", "#EXT-X-ENDLIST"])
    stage.server.routes["/index.m3u8"] = File(text.encode())
    with pytest.raises(TransferError) as raised:
        stage.fetch()
    assert raised.value.code == "parameters_changed"
