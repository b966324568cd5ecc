"""What the gate lets through, and what not: real films with real faults."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest

from downloads.transfer.errors import (
    NotMedia,
    ParametersChanged,
    StreamCut,
    TooShort,
    TransferError,
    Undecodable,
    WrittenWrong,
    WrongLanguage,
)
from downloads.transfer.gate import CHECKS, Expected, examine
from downloads.transfer.media import Announced, Muxed, Track, Wanted
from downloads.transfer.mux import FileFeed, mux
from tests.unit.downloads.transfer.films import SECONDS, Films, StreamFeed, stream

ROOT = Path(__file__).parents[5]


def put(folder: Path, source: Path, announced: Announced | None = None) -> Muxed:
    container = "mpegts" if source.suffix == ".ts" else ""
    feed = StreamFeed([stream(container, source)]) if container else FileFeed(source)
    told = announced or Announced()
    return mux([feed], folder / "film", wanted=Wanted("de"), announced=told)


@pytest.fixture
def whole(films: Films, tmp_path: Path) -> Muxed:
    return put(tmp_path, films.ts(films.base()), Announced(seconds=SECONDS))


def test_a_whole_film_passes_and_is_told_of(whole: Muxed) -> None:
    report = examine(whole, Expected(Wanted("de"), (1400.0, 24.0, 25.0, 23.0)))
    told = json.loads(json.dumps(report.as_json()))
    assert told["container"] == "mp4"
    assert told["size"] == whole.path.stat().st_size
    assert told["seconds"] == pytest.approx(SECONDS, abs=0.1)
    assert told["checks"] == list(CHECKS)
    assert told["places"] == [0.0, *(pytest.approx(part, abs=0.2) for part in (6, 12, 18, 23.9))]
    picture, sound = told["tracks"]
    assert (picture["codec"], picture["width"], picture["height"]) == ("h264", 320, 180)
    assert (sound["codec"], sound["rate"], sound["language"]) == ("aac", 44100, "deu")


def test_a_picture_that_ends_at_half_is_seen(films: Films, tmp_path: Path) -> None:
    cut = films.without(films.ts(films.base()), "video", 12, 99)
    made = put(tmp_path, cut, Announced(seconds=SECONDS))
    with pytest.raises(StreamCut, match=r"The picture ends at 1[12]\.\d s of 24\.\d s"):
        examine(made, Expected())


def test_sound_that_ends_early_is_seen(films: Films, tmp_path: Path) -> None:
    cut = films.without(films.ts(films.base()), "audio", 20, 99)
    with pytest.raises(StreamCut, match=r"The sound ends at (19|20)\.\d s of 24\.\d s"):
        examine(put(tmp_path, cut), Expected())


@pytest.mark.parametrize(("cut", "passes"), [(7, True), (12, False)])
def test_sound_in_another_language_may_end_before_the_titles(
    films: Films, tmp_path: Path, cut: float, passes: bool
) -> None:
    film = films.base()
    source = films.made(
        *("-i", film, "-t", str(SECONDS - cut), "-i", film, "-map", "0", "-map", "1:a"),
        *("-c", "copy", "-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=jpn"),
        extension="mkv",
    )
    made = put(tmp_path, source)
    if passes:
        examine(made, Expected())
        return
    with pytest.raises(StreamCut, match="The sound ends"):
        examine(made, Expected())


def test_sound_that_begins_late_is_seen(films: Films, tmp_path: Path) -> None:
    cut = films.without(films.ts(films.base()), "audio", -1, 5)
    with pytest.raises(StreamCut, match=r"no sound for [45]\.\d s at 0\.0 s"):
        examine(put(tmp_path, cut), Expected())


@pytest.mark.parametrize(
    ("announced", "passes"),
    [
        (Announced(seconds=24.9), True),
        (Announced(seconds=23.2), True),
        (Announced(seconds=26), False),  # two seconds are two seconds, however long a film is
        (Announced(seconds=44), False),
        (Announced(seconds=20), False),
        (Announced(seconds=26, rounding=1.5), True),  # whole seconds for each piece
        (Announced(), True),
    ],
)
def test_the_length_is_what_was_announced(
    films: Films, tmp_path: Path, announced: Announced, passes: bool
) -> None:
    made = put(tmp_path, films.ts(films.base()), announced)
    if passes:
        examine(made, Expected())
        return
    with pytest.raises(StreamCut) as caught:
        examine(made, Expected())
    assert caught.value.params["why"] == "length"


@pytest.mark.parametrize(
    ("others", "passes"),
    [
        ((60.0, 50.0, 49.0), False),
        ((60.0, 47.0, 12.0), True),
        ((60.0, 50.0), True),  # too few to say what is usual
        ((), True),
    ],
)
def test_half_as_long_as_the_others_is_no_episode(
    whole: Muxed, others: tuple[float, ...], passes: bool
) -> None:
    if passes:
        examine(whole, Expected(season_lengths=others))
        return
    with pytest.raises(TooShort, match="It lasts 24 s; the season's other files last 50 s"):
        examine(whole, Expected(season_lengths=others))


def test_the_size_of_a_file_is_what_was_announced(films: Films, tmp_path: Path) -> None:
    source = films.copy(films.base(), "mp4")
    size = source.stat().st_size
    made = put(tmp_path, source, Announced(size=size))
    examine(made, Expected())
    with pytest.raises(StreamCut, match=r"\d+ bytes arrived, but \d+ were announced"):
        examine(put(tmp_path, source, Announced(size=size + 1)), Expected())


def test_the_language_is_that_of_the_source(whole: Muxed) -> None:
    with pytest.raises(WrongLanguage, match="de"):
        examine(whole, Expected(Wanted("en")))
    examine(whole, Expected(Wanted("ja", "en", is_original=True)))


def spliced(first: Path, second: Path, target: Path) -> Path:
    """The begin of one file and the rest of another, as after a link that led elsewhere."""
    begin, rest = first.read_bytes(), second.read_bytes()
    at = len(begin) * 6 // 10
    target.write_bytes(begin[:at] + rest[at:] + bytes(max(len(begin) - len(rest), 0)))
    return target


@pytest.mark.parametrize("extension", ["mp4", "mkv"])
def test_the_rest_of_another_encoding_is_seen(films: Films, tmp_path: Path, extension: str) -> None:
    other = films.base(source="testsrc", video=("libx264", "-preset", "veryfast", "-crf", "10"))
    front = ("-movflags", "+faststart") if extension == "mp4" else ()
    files = [films.copy(film, extension, *front) for film in (films.base(), other)]
    source = spliced(files[0], files[1], tmp_path / f"in.{extension}")
    with pytest.raises((StreamCut, Undecodable, ParametersChanged)):
        examine(put(tmp_path, source, Announced(seconds=SECONDS)), Expected())


@pytest.mark.parametrize("place", [0.0, 0.45, 0.95])
@pytest.mark.parametrize("extension", ["mp4", "mkv"])
def test_what_cannot_be_decoded_is_seen(
    films: Films, tmp_path: Path, extension: str, place: float
) -> None:
    """Noise where pictures were: the packets are all there, with their times."""
    made = put(tmp_path, films.base(), Announced(seconds=20_000 if extension == "mkv" else SECONDS))
    noisy = _with_noise(made, place)
    with pytest.raises((Undecodable, StreamCut)):
        examine(noisy, Expected())


def _with_noise(made: Muxed, place: float) -> Muxed:
    content = bytearray(made.path.read_bytes())
    length, end = len(content) // 10, len(content) - 30_000  # behind that may be the index
    begin = 2000 + int((end - 2000) * place)
    behind = min(begin + length, end)
    content[begin:behind] = random.Random(1).randbytes(behind - begin)
    made.path.write_bytes(content)
    return dataclasses.replace(made, announced=Announced())


def test_another_size_in_the_middle_is_seen(films: Films, tmp_path: Path) -> None:
    """Two encodings joined into one file, whose header knows the first only."""
    parts = tmp_path / "parts"
    files = (films.copy(films.base(size=size), "mkv") for size in ("320x180", "640x360"))
    parts.write_text("".join(f"file '{path}'\n" for path in files))
    joined = films.made("-f", "concat", "-safe", "0", "-i", parts, "-c", "copy", extension="ts")
    with pytest.raises((ParametersChanged, StreamCut)):
        examine(put(tmp_path, joined), Expected())


def _changed(made: Muxed, at: int, **facts: Any) -> Muxed:
    tracks = list(made.tracks)
    tracks[at] = dataclasses.replace(tracks[at], **facts)
    return dataclasses.replace(made, tracks=tuple(tracks), announced=Announced())


@pytest.mark.parametrize(
    ("at", "facts", "why"),
    [
        (0, {"codec": "hevc"}, "tracks"),
        (0, {"width": 640}, "tracks"),
        (1, {"language": "jpn"}, "tracks"),
        (0, {"packets": 590}, "packets"),
        (1, {"end": 23.0}, "end"),
    ],
)
def test_a_file_is_what_was_written(whole: Muxed, at: int, facts: dict[str, Any], why: str) -> None:
    with pytest.raises(WrittenWrong) as caught:
        examine(_changed(whole, at, **facts), Expected(Wanted()))
    assert caught.value.params["why"] == why


def test_a_track_that_is_missing_in_the_file_is_seen(whole: Muxed) -> None:
    more = Track("subtitles", "mov_text", "deu", 0.0, 1.0, 1)
    with pytest.raises(WrittenWrong, match="mov_text de was written"):
        examine(dataclasses.replace(whole, tracks=(*whole.tracks, more)), Expected())


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_was_not_written_to_its_end_is_seen(whole: Muxed, share: float) -> None:
    content = whole.path.read_bytes()
    whole.path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(TransferError):
        examine(whole, Expected())


def test_what_is_no_film_any_more_is_seen(whole: Muxed) -> None:
    whole.path.write_bytes(b"<html>" * 1000)
    with pytest.raises(NotMedia):
        examine(whole, Expected())


VIDEO = [
    ("libx264", "-preset", "ultrafast"),
    ("libx264", "-preset", "veryfast", "-bf", "3", "-x264-params", "open-gop=1:keyint=60"),
    ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    ("mpeg4", "-bf", "1"),
]
AUDIO = [("aac",), ("libmp3lame",), ("ac3",), ("libopus",), ("aac", "-ac", "1")]


@pytest.mark.parametrize("seed", range(10))
def test_what_is_whole_passes(films: Films, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    video, audio = chance.choice(VIDEO), chance.choice(AUDIO)
    seconds = chance.choice([2, 5.3, 9])
    film = films.base(
        seconds=seconds,
        size=chance.choice(["320x180", "426x240", "200x200"]),
        hertz=48000,
        video=video,
        audio=audio,
        keys=chance.choice([1, 2, 10]),
    )
    extension = chance.choice(["mkv", "mp4", "ts"])
    if extension == "ts" and video[0] in {"libvpx-vp9", "mpeg4"}:
        extension = "mkv"
    source = films.ts(film) if extension == "ts" else films.copy(film, extension)
    made = put(tmp_path, source, Announced(seconds=seconds))
    report = examine(made, Expected(Wanted("de")))
    assert report.seconds == pytest.approx(seconds, abs=0.3)


def test_all_checks_are_in_the_documentation() -> None:
    table = (ROOT / "docs/downloads.md").read_text()
    for name in CHECKS:
        assert f"| {name} |" in table
