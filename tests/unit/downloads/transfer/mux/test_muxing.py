"""Feeds into one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads.transfer.errors import NotMedia, StreamCut
from downloads.transfer.media import Announced, Feed, Muxed, Wanted
from downloads.transfer.mux import FileFeed, mux
from tests.unit.downloads.transfer.films import PICTURE, SECONDS, SOUND, Films, StreamFeed, stream


def put(folder: Path, *feeds: Feed, wanted: Wanted | None = None) -> Muxed:
    """Mux into ``folder``."""
    return mux(feeds, folder / "film", wanted=wanted or Wanted("de"), announced=Announced())


@pytest.mark.parametrize(("extension", "container"), [("ts", "mpegts"), ("mkv", "matroska")])
def test_a_stream_that_is_read_once_becomes_a_whole_file(
    films: Films, tmp_path: Path, extension: str, container: str
) -> None:
    film = films.base()
    source = films.ts(film) if extension == "ts" else film
    made = put(tmp_path, StreamFeed([stream(container, source)]))
    picture, sound = made.tracks
    assert made.path == tmp_path / "film.mp4"
    assert (picture.kind, picture.codec, picture.width, picture.height) == (
        *("video", "h264"),
        *(320, 180),
    )
    assert (sound.kind, sound.codec, sound.rate, sound.channels) == ("audio", "aac", 44100, 2)
    assert picture.packets == SECONDS * 25
    assert picture.end - picture.begin == pytest.approx(SECONDS, abs=0.05)


def test_picture_and_sound_may_come_apart(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base())
    picture = StreamFeed([stream("mpegts", ts)], PICTURE)
    sound = StreamFeed([stream("mpegts", ts)], SOUND, language="ja")
    made = put(tmp_path, picture, sound, wanted=Wanted("ja"))
    assert [(one.kind, one.language) for one in made.tracks] == [("video", ""), ("audio", "jpn")]


def test_a_file_is_read_where_it_lies(films: Films, tmp_path: Path) -> None:
    made = put(tmp_path, FileFeed(films.copy(films.base(), "mp4")))
    assert made.tracks[0].end == pytest.approx(SECONDS, abs=0.05)


def test_nothing_is_left_of_what_is_refused(films: Films, tmp_path: Path) -> None:
    ts = films.ts(films.base())
    with pytest.raises(NotMedia, match="no sound"):
        put(tmp_path, StreamFeed([stream("mpegts", ts)], PICTURE))
    twice = StreamFeed([stream("mpegts", ts), stream("mpegts", ts)])
    with pytest.raises(StreamCut, match="go back"):
        put(tmp_path, twice)
    assert not list(tmp_path.iterdir())
