"""Feeds on one clock: offsets between them, clocks that begin anew, discontinuities."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads.transfer.errors import StreamCut
from downloads.transfer.media import TrackKind
from downloads.transfer.mux import FileFeed
from downloads.transfer.streams import container_of
from tests.unit.downloads.transfer.films import (
    PICTURE,
    SECONDS,
    SOUND,
    Films,
    StreamFeed,
    beeps,
    flashes,
    run_ffmpeg,
    stream,
)
from tests.unit.downloads.transfer.mux.test_muxing import put

WRAP = (1 << 33) / 90_000


def shifted(films: Films, kind: str, seconds: float) -> Path:
    """Picture or sound alone, with another begin of its clock."""
    taken = ("-an",) if kind == "video" else ("-vn",)
    return films.ts(films.base(), *taken, "-output_ts_offset", str(seconds))


@pytest.mark.parametrize("later", [-1.0, 0.0, 1.0])
def test_the_offset_between_picture_and_sound_stays(
    films: Films, tmp_path: Path, later: float
) -> None:
    picture = StreamFeed([stream("mpegts", shifted(films, "video", 10))], PICTURE)
    sound = StreamFeed([stream("mpegts", shifted(films, "audio", 10 + later))], SOUND)
    made = put(tmp_path, picture, sound)
    seen, heard = flashes(made.path)[1:4], beeps(made.path)[1:4]
    assert [b - a for a, b in zip(seen, heard, strict=True)] == pytest.approx([later] * 3, abs=0.06)
    assert min(track.begin for track in made.tracks) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("later", [-1.0, 1.0])
def test_the_offset_stays_in_fragments_too(films: Films, tmp_path: Path, later: float) -> None:
    picture = films.fragments(films.base(), "-an", "-output_ts_offset", "10")
    sound = films.fragments(films.base(), "-vn", "-output_ts_offset", str(10 + later))
    feeds = (
        StreamFeed([stream("mov", *picture)], PICTURE),
        StreamFeed([stream("mov", *sound)], SOUND),
    )
    made = put(tmp_path, *feeds)
    seen, heard = flashes(made.path)[1:4], beeps(made.path)[1:4]
    assert [b - a for a, b in zip(seen, heard, strict=True)] == pytest.approx([later] * 3, abs=0.06)


@pytest.mark.parametrize(("picture_at", "sound_at"), [(-10, -10), (-1, 0.5), (0.5, -1), (-65, -55)])
def test_the_clock_of_mpeg_may_begin_anew(
    films: Films, tmp_path: Path, picture_at: float, sound_at: float
) -> None:
    """Within the stream, between the two, and where only one counts from before."""
    picture = shifted(films, "video", (WRAP + picture_at) % WRAP)
    sound = shifted(films, "audio", (WRAP + sound_at) % WRAP)
    made = put(
        tmp_path,
        StreamFeed([stream("mpegts", picture)], PICTURE),
        StreamFeed([stream("mpegts", sound)], SOUND),
    )
    offset = made.tracks[1].begin - made.tracks[0].begin
    assert offset == pytest.approx(sound_at - picture_at, abs=0.1)
    assert made.tracks[0].end - made.tracks[0].begin == pytest.approx(SECONDS, abs=0.1)


def test_behind_a_discontinuity_it_goes_on(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base())
    later = films.ts(films.base(), "-output_ts_offset", "500")
    parts = [
        stream("mpegts", later),
        stream("mpegts", ts, is_discontinuity=True),
        stream("mpegts", later, is_discontinuity=True),
    ]
    made = put(tmp_path, StreamFeed(parts))
    assert made.tracks[0].end == pytest.approx(3 * SECONDS, abs=0.3)
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.0] * 24, abs=0.06)


def test_a_discontinuity_is_one_for_picture_and_sound(films: Films, tmp_path: Path) -> None:
    def feed(kind: str, *begins: float) -> StreamFeed:
        parts = [
            stream("mpegts", shifted(films, kind, begin), is_discontinuity=bool(at))
            for at, begin in enumerate(begins)
        ]
        return StreamFeed(parts, PICTURE if kind == "video" else SOUND)

    made = put(tmp_path, feed("video", 10, 700), feed("audio", 10.5, 700.5))
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.5] * 16, abs=0.06)


def test_many_short_parts_of_sound_alone(films: Films, tmp_path: Path) -> None:
    """Libav tells only of the first packet of each part when it is."""
    film = films.base(seconds=4)

    def feed(kinds: frozenset[TrackKind], taken: str) -> StreamFeed:
        part = films.copy(film, "ts", taken)
        return StreamFeed(
            [stream("mpegts", part, is_discontinuity=number > 0) for number in range(12)], kinds
        )

    made = put(tmp_path, feed(PICTURE, "-an"), feed(SOUND, "-vn"))
    assert made.tracks[1].end == pytest.approx(12 * 4, abs=0.5)


def test_many_short_parts_are_no_longer_than_their_pictures(films: Films, tmp_path: Path) -> None:
    """Sound lasts a little longer than the picture: of each part, a packet is left out."""
    part = films.copy(films.base(seconds=3), "ts")
    parts = [stream("mpegts", part, is_discontinuity=number > 0) for number in range(20)]
    made = put(tmp_path, StreamFeed(parts))
    assert made.tracks[0].packets == 20 * 3 * 25
    assert [track.end for track in made.tracks] == pytest.approx([60, 60], abs=0.1)
    assert flashes(made.path) == pytest.approx([3 * number for number in range(20)], abs=0.1)
    assert beeps(made.path) == pytest.approx(flashes(made.path), abs=0.06)


def test_a_new_map_keeps_the_clock(films: Films, tmp_path: Path) -> None:
    """The second half has a map of its own, and goes on where the first ends."""
    shared, *pieces = films.fragments(films.base())
    parts = [stream("mov", shared, *pieces[:3]), stream("mov", shared, *pieces[3:])]
    made = put(tmp_path, StreamFeed(parts))
    assert made.tracks[0].packets == 25 * SECONDS
    assert made.tracks[0].end == pytest.approx(SECONDS, abs=0.1)


def test_times_that_begin_anew_without_a_word_are_refused(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base())
    with pytest.raises(StreamCut, match=r"go back by 2\d\.\d s at 2\d\.\d s"):
        put(tmp_path, StreamFeed([stream("mpegts", ts, ts)]))


def test_sound_in_packets_is_put_where_its_tag_says(films: Films, tmp_path: Path) -> None:
    picture = StreamFeed([stream("mpegts", shifted(films, "video", 10))], PICTURE)
    packets = films.copy(films.base(), "aac", "-vn")
    sound = StreamFeed([stream("aac", packets, clock=10.5)], SOUND)
    made = put(tmp_path, picture, sound)
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.5] * 8, abs=0.06)


def test_tags_between_pieces_of_sound_are_no_sound(films: Films, tmp_path: Path) -> None:
    packets = films.copy(films.base(), "aac", "-vn").read_bytes()
    middle = packets.find(packets[:2], len(packets) // 2)
    private = b"com.apple.streaming.transportStreamTimestamp\0" + bytes(8)
    frame = b"PRIV" + len(private).to_bytes(4) + b"\0\0" + private
    tag = b"ID3\4\0\0\0\0\0" + bytes([len(frame)]) + frame
    sound = [stream("aac", tag + packets[:middle] + tag + packets[middle:], clock=10.0)]
    picture = StreamFeed([stream("mpegts", shifted(films, "video", 10))], PICTURE)
    made = put(tmp_path, picture, StreamFeed(sound, SOUND))
    assert made.tracks[1].packets == pytest.approx(1035, abs=2)
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.0] * 8, abs=0.06)


@pytest.mark.parametrize(
    ("codec", "extension"),
    [("aac", "aac"), ("libmp3lame", "mp3"), ("ac3", "ac3"), ("eac3", "eac3")],
)
def test_sound_in_packets_without_a_clock_begins_with_the_picture(
    films: Films, tmp_path: Path, codec: str, extension: str
) -> None:
    picture = StreamFeed([stream("mpegts", shifted(films, "video", 10))], PICTURE)
    sound = films.made("-i", films.base(), "-vn", "-c:a", codec, extension=extension)
    container = container_of(sound)
    assert container == extension
    made = put(tmp_path, picture, StreamFeed([stream(container, sound)], SOUND))
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.0] * 8, abs=0.1)


def test_two_files_of_which_the_sound_begins_later(films: Films, tmp_path: Path) -> None:
    sound = tmp_path / "sound.mkv"
    source = films.base()
    run_ffmpeg("-i", source, "-vn", "-c", "copy", "-output_ts_offset", "0.5", sound)
    made = put(tmp_path, FileFeed(source, PICTURE), FileFeed(sound, SOUND))
    gaps = [b - a for a, b in zip(flashes(made.path), beeps(made.path), strict=True)]
    assert gaps == pytest.approx([0.5] * 8, abs=0.06)
