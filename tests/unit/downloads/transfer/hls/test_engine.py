"""HLS from a playlist to a file, over real sockets, whole and broken in the ways of hosters."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import av
import pytest

from downloads.transfer.errors import (
    FragmentMissing,
    LinkRefused,
    LiveStream,
    NotMedia,
    Protected,
    TransferError,
    WrongLanguage,
)
from downloads.transfer.messages import Reading
from providers.base import Caption
from providers.errors import AddressRefused
from tests import streams
from tests.media_server import File
from tests.streams import SECONDS
from tests.unit.downloads.transfer.hls.conftest import Stage

PIECES = SECONDS // streams.PIECE


def pictures(path: Path) -> list[tuple[int, int]]:
    """The size of each picture that decodes."""
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


def tracks(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as container:
        return [(stream.type, stream.metadata.get("language", "")) for stream in container.streams]


@pytest.mark.parametrize("packing", ["a", "a-fmp4"])
def test_a_stream_becomes_one_file(stage: Stage, films: Path, packing: str) -> None:
    stage.serve(films / packing)
    muxed = stage.fetch()
    assert len(pictures(muxed.path)) == 25 * SECONDS
    assert muxed.announced.seconds == pytest.approx(SECONDS, abs=0.1)
    assert len(stage.pieces_asked()) == PIECES
    assert stage.readings[-1].percent == 100


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


def split(stage: Stage, films: Path, tmp_path: Path, *media: str) -> None:
    """A master with the picture of ``a``, the sound of ``a`` (Japanese) and of ``b`` (German)."""
    stage.serve(films / "a-v", "/v")
    stage.serve(films / "a-a", "/ja")
    stage.serve(films / "b-a", "/de")
    folder = tmp_path / "master"
    folder.mkdir(exist_ok=True)
    named = media or (
        'TYPE=AUDIO,GROUP-ID="s",NAME="Japanese",LANGUAGE="ja",DEFAULT=YES,URI="ja/index.m3u8"',
        'TYPE=AUDIO,GROUP-ID="s",NAME="Deutsch",LANGUAGE="de",URI="de/index.m3u8"',
    )
    streams.master(folder, ['BANDWIDTH=900000,RESOLUTION=320x180,AUDIO="s" v/index.m3u8'], named)
    stage.serve(folder)


def test_the_sound_is_that_of_the_source(stage: Stage, films: Path, tmp_path: Path) -> None:
    split(stage, films, tmp_path)
    muxed = stage.fetch("/master.m3u8", "German Dub")
    assert tracks(muxed.path)[1:] == [("audio", "deu")]
    muxed = stage.fetch("/master.m3u8", "German Dub", ("German Dub", "German Sub"))
    assert tracks(muxed.path)[1:] == [("audio", "deu"), ("audio", "jpn")]
    muxed = stage.fetch("/master.m3u8", "German Sub")
    assert tracks(muxed.path)[1:2] == [("audio", "jpn")]


def test_sound_that_is_not_the_sources_is_refused(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    split(stage, films, tmp_path)
    with pytest.raises(WrongLanguage):
        stage.fetch("/master.m3u8", "English Dub")
    assert stage.pieces_asked() == []


def packed(films: Path, folder: Path) -> Path:
    """The sound of ``a`` as bare AAC, each piece behind a tag with its time."""
    folder.mkdir()
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2"]
    for number in range(PIECES):
        name = f"seg-{number:03}.aac"
        piece = folder / name
        source = films / "a-a" / f"seg-{number:03}.ts"
        streams.ffmpeg("-i", source, "-c", "copy", "-f", "adts", piece)
        with av.open(str(source)) as container:
            stream = container.streams.audio[0]
            ticks = stream.start_time or 0  # of MPEG-TS: 90,000 a second
        owner = b"com.apple.streaming.transportStreamTimestamp\0"
        frame = owner + ticks.to_bytes(8, "big")
        body = b"PRIV" + len(frame).to_bytes(4, "big") + b"\0\0" + frame
        size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
        piece.write_bytes(b"ID3\4\0\0" + size + body + piece.read_bytes())
        lines += ["#EXTINF:2,", name]
    (folder / "index.m3u8").write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return folder


def test_packed_sound_keeps_the_time_of_its_tags(stage: Stage, films: Path, tmp_path: Path) -> None:
    served = stage.serve(packed(films, tmp_path / "packed"), "/de")
    stage.serve(films / "a-v", "/v")
    top = tmp_path / "top"
    top.mkdir()
    media = 'TYPE=AUDIO,GROUP-ID="s",NAME="Deutsch",LANGUAGE="de",URI="de/index.m3u8"'
    streams.master(top, ['BANDWIDTH=900000,RESOLUTION=320x180,AUDIO="s" v/index.m3u8'], [media])
    stage.serve(top)
    muxed = stage.fetch("/master.m3u8")
    assert muxed.tracks[1].begin == pytest.approx(muxed.tracks[0].begin, abs=0.1)
    assert muxed.tracks[1].end == pytest.approx(SECONDS, abs=0.2)

    piece = served["seg-003.aac"]  # half of it is gone: the next one would come too early
    piece.data = piece.data[: len(piece.data) // 2]
    for left in stage.folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
    with pytest.raises(TransferError):
        stage.fetch("/master.m3u8")


def test_progress_is_one_run_over_picture_and_sound(
    stage: Stage, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("downloads.transfer.meter.TELL_SECONDS", 0.0)
    split(stage, films, tmp_path)
    stage.fetch("/master.m3u8")
    told = [one.percent for one in stage.readings]
    assert all(before <= after for before, after in pairwise(told))
    assert told[-1] == 100
    assert len(set(told)) > 5
    assert stage.readings[0].is_estimate
    assert not stage.readings[-1].is_estimate
    assert stage.readings[-1].downloaded == stage.readings[-1].total


def test_subtitles_become_tracks(stage: Stage, films: Path, tmp_path: Path) -> None:
    folder = tmp_path / "subtitles"
    folder.mkdir()
    (folder / "1.vtt").write_text(
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:126000,LOCAL:00:00:00.000\n\n"
        "00:01.000 --> 00:03.000\nHallo <c.blue>Welt</c>\n"
    )
    (folder / "2.vtt").write_text("WEBVTT\n\n")
    (folder / "index.m3u8").write_text(
        "#EXTM3U\n#EXTINF:6,\n1.vtt\n#EXTINF:6,\n2.vtt\n#EXT-X-ENDLIST\n"
    )
    stage.serve(folder, "/subs")
    stage.serve(films / "a", "/v")
    media = 'TYPE=SUBTITLES,GROUP-ID="t",NAME="Deutsch",LANGUAGE="de",URI="subs/index.m3u8"'
    top = tmp_path / "top"
    top.mkdir()
    streams.master(top, ['BANDWIDTH=900000,SUBTITLES="t" v/index.m3u8'], [media])
    stage.serve(top)
    caption = Caption(stage.server.url("/en.srt"), "en", "English")
    stage.server.routes["/en.srt"] = File(b"1\n00:00:02,000 --> 00:00:04,000\nHello\n")
    muxed = stage.fetch("/master.m3u8", "German Sub", captions=(caption,))
    assert tracks(muxed.path)[2:] == [("subtitle", "deu"), ("subtitle", "eng")]
    german = muxed.tracks[2]
    assert german.begin == pytest.approx(1.0, abs=0.1)
    assert german.end == pytest.approx(3.0, abs=0.1)


def test_promised_subtitles_that_are_missing_are_a_fault(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    stage.serve(films / "a", "/v")
    media = 'TYPE=SUBTITLES,GROUP-ID="t",NAME="Deutsch",LANGUAGE="de",URI="gone.m3u8"'
    top = tmp_path / "top"
    top.mkdir()
    streams.master(top, ['BANDWIDTH=900000,SUBTITLES="t" v/index.m3u8'], [media])
    stage.serve(top)
    with pytest.raises(TransferError):
        stage.fetch("/master.m3u8", "German Sub")
    assert stage.fetch("/master.m3u8", "German Dub").path.exists()


def test_the_next_quality_takes_over_where_one_is_gone(
    stage: Stage, films: Path, tmp_path: Path
) -> None:
    served = stage.serve(films / "a", "/high")
    stage.serve(films / "small", "/low")
    served["seg-004.ts"].refused = 404
    top = tmp_path / "top"
    top.mkdir()
    variants = [
        "BANDWIDTH=400000,RESOLUTION=160x90 low/index.m3u8",
        "BANDWIDTH=900000,RESOLUTION=320x180 high/index.m3u8",
        "BANDWIDTH=1900000,RESOLUTION=640x360 gone/index.m3u8",
    ]
    stage.serve(streams.master(top, variants))
    muxed = stage.fetch("/master.m3u8")
    assert set(pictures(muxed.path)) == {(160, 90)}
    served["seg-004.ts"].refused = 0  # another try finds what it had of the best one
    before = len(stage.server.asked)
    assert set(pictures(stage.fetch("/master.m3u8").path)) == {(320, 180)}
    [first] = [one for one in stage.server.asked[before:] if one.path == "/high/seg-000.ts"]
    assert first.part is not None


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
