"""Feeds into one file."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from pathlib import Path

import av
import pytest

from downloads.transfer.errors import NotMedia, StreamCut
from downloads.transfer.media import Announced, Feed, Muxed, Run, Wanted
from downloads.transfer.mux import FileFeed, mux
from tests.unit.downloads.transfer.films import PICTURE, SECONDS, SOUND, Films, StreamFeed, stream

ROOT = Path(__file__).parents[5]


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


def test_what_cannot_be_seen_at_the_begin_is_left_out(films: Films, tmp_path: Path) -> None:
    """A stream that was cut within a group of pictures."""
    cut = films.without(films.ts(films.base()), "video", -1, 1)
    made = put(tmp_path, StreamFeed([stream("mpegts", cut)]))
    with av.open(str(made.path)) as container:
        assert next(iter(container.demux(video=0))).is_keyframe
    assert made.tracks[0].begin == pytest.approx(2, abs=0.1)
    assert made.tracks[1].begin == 0


class Arriving:
    """Bytes that a thread brings, never more than a piece ahead of who reads."""

    def __init__(self, content: bytes, pieces: int) -> None:
        self._pieces: queue.Queue[bytes] = queue.Queue(maxsize=1)
        self._left = b""
        size = len(content) // pieces + 1
        parts = [content[at : at + size] for at in range(0, len(content), size)]
        threading.Thread(target=self._bring, args=(parts,), daemon=True).start()

    def _bring(self, parts: list[bytes]) -> None:
        for part in (*parts, b""):
            self._pieces.put(part)

    def read(self, size: int = -1, /) -> bytes:
        if not self._left:
            self._left = self._pieces.get()
        found, self._left = self._left[:size], self._left[size:]
        return found


def test_feeds_that_arrive_bit_by_bit_do_not_wait_for_each_other(
    films: Films, tmp_path: Path
) -> None:
    ts = films.ts(films.base()).read_bytes()
    told: list[float] = []
    feeds = [
        StreamFeed([Run("mpegts", Arriving(ts, pieces))], kinds)
        for kinds, pieces in ((PICTURE, 3), (SOUND, 50), (SOUND, 1))
    ]
    made = mux(
        feeds, tmp_path / "film", wanted=Wanted(), announced=Announced(), on_position=told.append
    )
    assert [track.packets for track in made.tracks] == [600, 1035, 1035]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(SECONDS, abs=0.5)


FIVE_HOURS = """
import re, sys
from pathlib import Path
from downloads.transfer.gate import Expected, examine
from downloads.transfer.media import Announced, Wanted
from downloads.transfer.mux import mux
from tests.unit.downloads.transfer.films import StreamFeed, stream

film, folder = map(Path, sys.argv[1:])
runs = (stream("mpegts", film, is_discontinuity=number > 0) for number in range(300))
told = Announced(seconds=18_000, rounding=60)
made = mux([StreamFeed(runs)], folder / "film", wanted=Wanted("de"), announced=told)
examine(made, Expected(Wanted("de")))
most = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(made.tracks[0].packets, int(most[1]) // 1024)
"""


def test_five_hours_take_no_more_memory_than_five_minutes(films: Films, tmp_path: Path) -> None:
    film = films.ts(films.base(seconds=60, size="64x64"))
    command = [sys.executable, "-c", FIVE_HOURS, str(film), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert not done.returncode, done.stderr
    packets, megabytes = map(int, done.stdout.split())
    assert packets == 300 * 60 * 25
    assert megabytes < 130
