"""Which container, which tracks in which order, and what they are called."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.container import InputContainer
from av.stream import Disposition

from downloads.transfer.errors import RemuxFailed
from downloads.transfer.gate import Expected, examine
from downloads.transfer.media import Announced, Cue, Subtitles, Wanted
from downloads.transfer.mux import FileFeed, mux
from downloads.transfer.mux.output import Output
from tests.unit.downloads.transfer.films import (
    PICTURE,
    SOUND,
    Films,
    StreamFeed,
    flashes,
    run_ffmpeg,
    stream,
)
from tests.unit.downloads.transfer.mux.test_muxing import put

H265 = ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    with av.open(str(path)) as container:
        yield container


def told(path: Path) -> list[tuple[str, str, bool]]:
    """Kind, language and whether it is the default one, of each track."""
    with opened(path) as container:
        return [
            (
                stream.type,
                stream.metadata.get("language", "und").replace("ger", "deu"),
                bool(stream.disposition & Disposition.default),
            )
            for stream in container.streams
        ]


def subtitles_of(path: Path, folder: Path, which: int = 0) -> str:
    """A subtitle track as ffmpeg reads it."""
    target = folder / "read.srt"
    run_ffmpeg("-i", path, "-map", f"0:s:{which}", target)
    return target.read_text()


@pytest.mark.parametrize("container", ["mpegts", "mov", "matroska"])
def test_hevc_gets_the_tag_that_all_players_take(
    films: Films, tmp_path: Path, container: str
) -> None:
    film = films.base(seconds=6, video=H265)
    source = {"mpegts": films.ts, "mov": lambda one: films.copy(one, "mp4"), "matroska": Path}
    made = put(tmp_path, FileFeed(source[container](film)))
    assert made.extension == ".mp4"
    with opened(made.path) as read:
        assert read.streams.video[0].codec_tag == "hvc1"
    assert len(flashes(made.path)) == 2


@pytest.mark.parametrize(
    ("video", "audio", "extension"),
    [
        (("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), ("libopus",), ".mkv"),
        (("libx264", "-preset", "ultrafast"), ("flac",), ".mkv"),
        (("libx264", "-preset", "ultrafast"), ("ac3",), ".mp4"),
        (("libx264", "-preset", "ultrafast"), ("libmp3lame",), ".mp4"),
        (("libsvtav1", "-preset", "13", "-svtav1-params", "lp=1"), ("aac",), ".mp4"),
        (("mpeg4",), ("aac",), ".mp4"),
    ],
)
def test_the_container_is_one_that_players_take(
    films: Films, tmp_path: Path, video: tuple[str, ...], audio: tuple[str, ...], extension: str
) -> None:
    film = films.base(seconds=6, hertz=48000, video=video, audio=audio)
    made = put(tmp_path, StreamFeed([stream("matroska", film)]))
    assert made.extension == extension
    assert len(flashes(made.path)) == 2


def test_what_is_long_goes_where_the_index_is_small(films: Films, tmp_path: Path) -> None:
    feed = StreamFeed([stream("mpegts", films.ts(films.base()))])
    announced = Announced(seconds=3.1 * 3600)
    made = mux([feed], tmp_path / "film", wanted=Wanted(), announced=announced)
    assert made.extension == ".mkv"
    with opened(made.path) as container:
        container.seek(20_000_000)
        assert [entry.timestamp for entry in container.streams.video[0].index_entries][:3] == [
            *(23, 2023, 4023)
        ]


def test_a_codec_that_no_container_takes_is_said(films: Films, tmp_path: Path) -> None:
    latm = films.made(
        *("-i", films.base(), "-c:v", "copy", "-c:a", "aac", "-mpegts_flags", "latm"),
        extension="ts",
    )
    with pytest.raises(RemuxFailed):
        put(tmp_path, FileFeed(latm))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("extension", ["mp4", "mkv"])
def test_sound_in_several_languages_stays(films: Films, tmp_path: Path, extension: str) -> None:
    audio = ("-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "0:a")
    names = ("-metadata:s:a:0", "language=jpn", "-metadata:s:a:1", "language=ger")
    titles = ("-metadata:s:a:1", "title=Deutsch", "-metadata", "comment=mine")
    source = films.copy(films.base(), extension, *audio, *names, *titles)
    made = put(tmp_path, FileFeed(source))
    assert [track.language for track in made.tracks] == ["", "deu", "jpn", ""]
    assert told(made.path) == [
        ("video", "und", True),
        ("audio", "deu", True),
        ("audio", "jpn", False),
        ("audio", "und", False),
    ]
    with opened(made.path) as container:
        assert container.streams.audio[0].metadata["name"] == "Deutsch"
        assert "comment" not in container.metadata


@pytest.mark.parametrize(
    ("named", "wanted", "expected"),
    [
        (("", ""), Wanted("de"), "deu"),  # nothing names it: it is what the source is said to be
        (("", "ja"), Wanted("ja", "de"), "jpn"),
        (("", "en"), Wanted("ja", "de", is_original=True), "eng"),
        (("de-DE", ""), Wanted("de"), "deu"),
        (("und", ""), Wanted("en"), "eng"),
        (("", ""), Wanted(), ""),
    ],
)
def test_the_language_of_the_sound(
    films: Films, tmp_path: Path, named: tuple[str, str], wanted: Wanted, expected: str
) -> None:
    own, of_feed = named
    source = films.copy(films.base(), "mkv", "-metadata:s:a:0", f"language={own}")
    made = put(tmp_path, FileFeed(source, language=of_feed), wanted=wanted)
    assert made.tracks[1].language == expected


def test_sound_of_its_own_beside_that_of_the_picture(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base())
    main = StreamFeed([stream("mpegts", ts)], language="ja")
    dub = StreamFeed([stream("mpegts", ts)], SOUND, language="de", title="Deutsch")
    made = put(tmp_path, main, dub)
    assert told(made.path) == [
        ("video", "und", True),
        ("audio", "deu", True),
        ("audio", "jpn", False),
    ]


SRT = """1
00:00:01,000 --> 00:00:03,000
Hallo <i>Welt</i>

2
00:00:20,000 --> 00:00:22,500
{Ende}
"""


@pytest.fixture
def srt(tmp_path: Path) -> Path:
    path = tmp_path / "in.srt"
    path.write_text(SRT)
    return path


@pytest.mark.parametrize(
    "form",
    [
        ("srt", "mkv", ".mp4"),
        ("webvtt", "mkv", ".mp4"),
        ("mov_text", "mp4", ".mp4"),
        ("ass", "mkv", ".mkv"),
    ],
)
def test_subtitles_in_a_container_stay(
    films: Films, tmp_path: Path, srt: Path, form: tuple[str, str, str]
) -> None:
    codec, extension, out = form
    source = tmp_path / f"in.{extension}"
    language = ("-metadata:s:s:0", "language=ger")
    run_ffmpeg("-i", films.base(), "-i", srt, "-c", "copy", "-c:s", codec, *language, source)
    made = put(tmp_path, FileFeed(source))
    assert made.extension == out
    # MP4 has no track of a kind of which none is the default one.
    assert told(made.path)[2] == ("subtitle", "deu", out == ".mp4")
    read = subtitles_of(made.path, tmp_path)
    assert "00:00:01,000 --> 00:00:03,000\nHallo <i>Welt</i>" in read
    assert "00:00:20,000 --> 00:00:22,500" in read
    assert "Ende" in read


@pytest.mark.parametrize("codec", ["mov_text", "srt"])
def test_subtitles_change_their_form_with_the_container(
    films: Films, tmp_path: Path, srt: Path, codec: str
) -> None:
    source = tmp_path / ("in.mp4" if codec == "mov_text" else "in.mkv")
    film = films.base(audio=("libopus",), hertz=48000)
    run_ffmpeg("-i", film, "-i", srt, "-c", "copy", "-c:s", codec, "-strict", "-2", source)
    made = put(tmp_path, FileFeed(source), wanted=Wanted("ja", "de"))
    assert [track.codec for track in made.tracks] == ["h264", "opus", "subrip"]
    assert told(made.path)[2] == ("subtitle", "deu", True)
    assert "00:00:01,000 --> 00:00:03,000\nHallo" in subtitles_of(made.path, tmp_path)


def cues(*shown: tuple[float, float, str]) -> list[Cue]:
    return [Cue(*one) for one in shown]


def put_with(folder: Path, feed: StreamFeed, subtitles: Sequence[Subtitles]) -> Path:
    wanted = Wanted("ja", "de")
    made = mux([feed], folder / "film", wanted=wanted, announced=Announced(), subtitles=subtitles)
    return made.path


@pytest.mark.parametrize("seconds", [24.0, 20_000.0])
def test_subtitles_of_their_own_become_a_track(
    films: Films, tmp_path: Path, seconds: float
) -> None:
    shown = cues((0.5, 2, "Erste"), (3, 5, "<i>Zweite</i> & {x}"), (22, 23.5, "Zeile\nZeile"))
    wanted = Wanted("ja", "de")
    made = mux(
        [StreamFeed([stream("mpegts", films.ts(films.base()))])],
        tmp_path / "film",
        wanted=wanted,
        announced=Announced(seconds=seconds),
        subtitles=[Subtitles("en", cues((1, 2, "First"))), Subtitles("de", shown, is_forced=True)],
    )
    assert told(made.path)[2:] == [("subtitle", "deu", True), ("subtitle", "eng", False)]
    with opened(made.path) as container:
        forced = container.streams.subtitles[0].disposition & Disposition.forced
        assert forced or made.extension == ".mp4"
    read = subtitles_of(made.path, tmp_path)
    assert "00:00:00,500 --> 00:00:02,000\nErste" in read
    assert "00:00:03,000 --> 00:00:05,000\n<i>Zweite</i> &" in read
    assert "00:00:22,000 --> 00:00:23,500\nZeile\nZeile" in read
    assert "First" in subtitles_of(made.path, tmp_path, 1)


def test_subtitles_on_the_stream_s_clock(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base(), "-output_ts_offset", "900")
    subtitles = Subtitles("de", cues((905, 907, "Hallo")), is_on_clock=True)
    path = put_with(tmp_path, StreamFeed([stream("mpegts", ts)]), [subtitles])
    assert "00:00:05,0" in subtitles_of(path, tmp_path).replace("04,9", "05,0")


def test_subtitles_shown_together_are_lines_of_one(films: Films, tmp_path: Path) -> None:
    shown = cues((1, 4, "A"), (2, 3, "B"), (2, 3, "B"), (2, 3, "C"), (5, 5, "none"), (4.5, 6, "D"))
    feed = StreamFeed([stream("mpegts", films.ts(films.base()))])
    read = subtitles_of(put_with(tmp_path, feed, [Subtitles("de", shown)]), tmp_path)
    assert read.split("\n\n")[:4] == [
        "1\n00:00:01,000 --> 00:00:02,000\nA",
        "2\n00:00:02,000 --> 00:00:03,000\nA\nB\nC",
        "3\n00:00:03,000 --> 00:00:04,000\nA",
        "4\n00:00:04,500 --> 00:00:06,000\nD",
    ]


def test_subtitles_without_any_become_no_track(films: Films, tmp_path: Path) -> None:
    feed = StreamFeed([stream("mpegts", films.ts(films.base()))])
    path = put_with(tmp_path, feed, [Subtitles("de", []), Subtitles("en", cues((1, 2, "  ")))])
    assert [kind for kind, _, _ in told(path)] == ["video", "audio"]


@pytest.mark.parametrize("extension", ["mkv", "mp4"])
def test_a_track_of_subtitles_in_which_there_is_nothing(
    films: Films, tmp_path: Path, extension: str
) -> None:
    nothing = tmp_path / "none.srt"
    nothing.write_text("1\n00:01:40,000 --> 00:01:41,000\nx\n")
    source = tmp_path / f"in.{extension}"
    codec = "ass" if extension == "mkv" else "mov_text"
    arguments = ("-map", "0", "-map", "1", "-c", "copy", "-c:s", codec, "-t", "24", source)
    run_ffmpeg("-i", films.base(), "-i", nothing, *arguments)
    made = put(tmp_path, FileFeed(source))
    report = examine(made, Expected(Wanted("de")))
    assert [track.packets > 1 for track in report.tracks][:2] == [True, True]


@pytest.mark.parametrize("extension", ["mkv", "mp4"])
def test_the_shape_of_the_picture_stays(films: Films, tmp_path: Path, extension: str) -> None:
    """Containers may tell another one than the picture itself."""
    source = films.copy(films.base(), extension, "-aspect", "4:3")
    made = put(tmp_path, FileFeed(source))
    with opened(made.path) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(3, 4)


def test_chapters_stay(films: Films, tmp_path: Path) -> None:
    told_of = tmp_path / "chapters"
    told_of.write_text(
        ";FFMETADATA1\ntitle=x\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=9000\ntitle=Intro\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=9000\nEND=24000\ntitle=Teil A\n"
    )
    source = tmp_path / "in.mkv"
    run_ffmpeg("-i", films.base(), "-i", told_of, "-map_metadata", "1", "-c", "copy", source)
    made = put(tmp_path, FileFeed(source))
    with opened(made.path) as container:
        found = [(one["start"], one["metadata"]["title"]) for one in container.chapters()]
    assert found == [(0, "Intro"), (9000, "Teil A")]


def test_the_fonts_of_subtitles_stay(films: Films, tmp_path: Path, srt: Path) -> None:
    font = tmp_path / "font.ttf"
    font.write_bytes(bytes(range(256)) * 40)
    source = tmp_path / "in.mkv"
    run_ffmpeg(
        *("-i", films.base(), "-i", srt, "-c", "copy", "-c:s", "ass", "-attach", font),
        *("-metadata:s:t", "mimetype=font/ttf", source),
    )
    made = put(tmp_path, FileFeed(source))
    with opened(made.path) as container:
        (kept,) = container.streams.attachments
        assert (kept.name, kept.mimetype, kept.data) == ("font.ttf", "font/ttf", font.read_bytes())


def test_only_the_kinds_that_are_asked_for_are_taken(films: Films, tmp_path: Path) -> None:
    film = films.copy(films.base(), "mp4")
    made = put(tmp_path, FileFeed(film, PICTURE), FileFeed(film, SOUND))
    assert [track.kind for track in made.tracks] == ["video", "audio"]


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_nothing_is_written_through_what_lies_in_its_place(tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    place = tmp_path / "finished.mp4"
    if kind == "link":
        place.symlink_to(elsewhere)
    else:
        os.mkfifo(place)
    Output(tmp_path / "finished", "mp4").discard()
    assert not os.path.lexists(place)
    assert elsewhere.read_text() == "somebody's"


def test_what_is_written_goes_to_the_disk_while_more_comes(
    films: Films, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[tuple[int, int]] = []

    def fadvise(file: int, offset: int, length: int, advice: int) -> None:
        assert (length, advice) == (0, os.POSIX_FADV_DONTNEED)
        handed.append((offset, os.fstat(file).st_size))
        given(file, offset, length, advice)

    given = os.posix_fadvise
    monkeypatch.setattr("downloads.transfer.mux.output.HANDED_OVER", 100_000)
    monkeypatch.setattr(os, "posix_fadvise", fadvise)
    muxed = put(tmp_path, FileFeed(films.base(seconds=20)))
    sizes = [size for _, size in handed]
    assert [offset for offset, _ in handed] == [0, *sizes[:-1]], "each part once, none left out"
    assert sizes == sorted(sizes)
    assert sizes[-1] > muxed.path.stat().st_size / 2
