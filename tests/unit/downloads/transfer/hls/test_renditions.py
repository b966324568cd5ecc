"""Qualities, sound and subtitles of their own: what is taken of a master, over real sockets."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import av
import pytest

from downloads.transfer.errors import (
    TransferError,
    WrongLanguage,
)
from providers.base import Caption
from tests import streams
from tests.media_server import File
from tests.streams import SECONDS
from tests.unit.downloads.transfer.hls.conftest import Stage
from tests.unit.downloads.transfer.hls.looking import pictures, tracks

PIECES = SECONDS // streams.PIECE


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
