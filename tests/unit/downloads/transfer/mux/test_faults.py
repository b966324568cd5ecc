"""What is refused while it arrives, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downloads.transfer.errors import (
    DiskFull,
    FragmentMissing,
    NotMedia,
    ParametersChanged,
    StreamCut,
    TransferError,
    WrongLanguage,
)
from downloads.transfer.gate import Expected, examine
from downloads.transfer.media import Announced, Run, Wanted
from downloads.transfer.mux import FileFeed, mux
from tests.unit.downloads.transfer.films import (
    PICTURE,
    SECONDS,
    SOUND,
    Bytes,
    Films,
    StreamFeed,
    flashes,
    run_ffmpeg,
    stream,
)
from tests.unit.downloads.transfer.mux.test_muxing import put

HOLES = [
    ("video", 8, 16),
    ("video", 8, 10),
    ("audio", 8, 8.7),
    ("both", 8, 10),
]


@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("container", ["mpegts", "mov", "matroska"])
def test_a_hole_in_picture_or_sound_is_seen(
    films: Films, tmp_path: Path, container: str, hole: tuple[str, float, float]
) -> None:
    kind, begin, end = hole
    extension = {"mpegts": "ts", "mov": "mp4", "matroska": "mkv"}[container]
    film = films.base(keys=1)
    ts = films.copy(film, extension) if extension != "ts" else films.ts(film)
    broken = films.without(ts, kind, begin, end)
    with pytest.raises(StreamCut) as caught:
        put(tmp_path, FileFeed(broken))
    told = caught.value.params
    assert told["why"] in {"video": {"dark"}, "audio": {"silent"}}.get(kind, {"dark", "silent"})
    assert told["seconds"] == pytest.approx(end - begin, abs=0.2)
    assert told["at"] == pytest.approx(begin, abs=0.2)
    assert not list(tmp_path.iterdir())


def test_a_piece_of_a_second_is_missed(films: Films, tmp_path: Path) -> None:
    """The rate is steady, and the next piece begins with a key picture."""
    film = films.copy(films.base(keys=1), "mp4")
    with pytest.raises(StreamCut, match=r"no picture for 1.0 s at 1[12].\d s"):
        put(tmp_path, FileFeed(films.without(film, "video", 12, 13)))


def test_a_picture_that_ends_is_missed_while_the_sound_still_comes(
    films: Films, tmp_path: Path
) -> None:
    film = films.ts(films.base(seconds=60))
    ended = films.without(film, "video", 12, 60)
    read: list[float] = []
    with pytest.raises(StreamCut, match="no picture"):
        mux(
            [StreamFeed([stream("mpegts", ended)])],
            tmp_path / "film",
            wanted=Wanted(),
            announced=Announced(),
            on_position=read.append,
        )
    assert max(read) < 50


def test_little_irregularities_are_no_fault(films: Films, tmp_path: Path) -> None:
    film = films.ts(films.base())
    for kind, begin, end in (("video", 5.0, 5.08), ("audio", 9.0, 9.05), ("both", 14.0, 14.1)):
        film = films.without(film, kind, begin, end)
    made = put(tmp_path, StreamFeed([stream("mpegts", film)]))
    assert made.tracks[0].packets in range(25 * SECONDS - 6, 25 * SECONDS)


def test_a_rate_that_varies_is_no_hole(films: Films, tmp_path: Path) -> None:
    """Stills of a second among pictures of 40 ms, as encoders leave out what is the same."""
    chosen = "select='not(between(mod(t\\,6)\\,2\\,5))+not(mod(n\\,25))'"
    source = films.base()
    encoded = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy", "-fps_mode", "vfr")
    for extension in ("mp4", "mkv"):
        film = films.made("-i", source, "-vf", chosen, *encoded, extension=extension)
        made = put(tmp_path, FileFeed(film))
        assert made.tracks[0].packets < 20 * SECONDS


def test_pieces_that_overlap_by_a_packet_are_no_fault(films: Films, tmp_path: Path) -> None:
    film = films.ts(films.base())
    first = films.without(film, "both", 12.1, 99)
    second = films.without(film, "both", -1, 11.95)
    made = put(tmp_path, StreamFeed([stream("mpegts", first, second)]))
    assert made.tracks[1].end == pytest.approx(SECONDS, abs=0.2)


OTHERS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"size": "640x360"}, "picture", "h264 320×180", "h264 640×360"),
    ({"hertz": 48000}, "sound", "aac 44100 Hz, 2", "aac 48000 Hz, 2"),
    ({"audio": ("ac3",)}, "sound", "aac 44100 Hz, 2", "ac3 44100 Hz, 2"),
]


@pytest.mark.parametrize("change", OTHERS)
@pytest.mark.parametrize("container", ["mpegts", "mov"])
def test_another_encoding_behind_a_discontinuity_is_refused(
    films: Films,
    tmp_path: Path,
    container: str,
    change: tuple[dict[str, Any], str, str, str],
) -> None:
    other, *said = change

    def pieces(film: Path) -> list[Path]:
        return [films.ts(film)] if container == "mpegts" else films.fragments(film)

    parts = [
        stream(container, *pieces(films.base())),
        stream(container, *pieces(films.base(**other)), is_discontinuity=True),
    ]
    with pytest.raises(ParametersChanged) as caught:
        put(tmp_path, StreamFeed(parts))
    told = caught.value.params
    assert [told["why"], told["before"], told["after"]] == said
    assert told["at"] == pytest.approx(SECONDS, abs=0.2)


@pytest.mark.parametrize("change", OTHERS[:2])
def test_another_encoding_within_a_stream_is_refused(
    films: Films, tmp_path: Path, change: tuple[dict[str, Any], str, str, str]
) -> None:
    """Without a word in the playlist: only the stream itself tells."""
    other, *said = change
    second = films.ts(films.base(**other), "-output_ts_offset", str(SECONDS))
    whole = StreamFeed([stream("mpegts", films.ts(films.base()), second)])
    with pytest.raises(ParametersChanged) as caught:
        put(tmp_path, whole)
    told = caught.value.params
    assert [told["why"], told["before"], told["after"]] == said


def test_the_same_encoding_made_twice_is_taken(films: Films, tmp_path: Path) -> None:
    """Parameter sets of other words for a picture of the same size."""
    again = films.base(video=("libx264", "-preset", "veryfast", "-bf", "0"))
    second = films.ts(again, "-output_ts_offset", str(SECONDS))
    made = put(tmp_path, StreamFeed([stream("mpegts", films.ts(films.base()), second)]))
    assert made.tracks[0].end == pytest.approx(2 * SECONDS, abs=0.3)


def test_pieces_with_headers_of_their_own_are_taken(films: Films, tmp_path: Path) -> None:
    """Fragments of another encoding of the same size: its header goes where it is needed."""
    others = ("libx264", "-preset", "ultrafast", "-bf", "0", "-refs", "4")
    first, second = films.base(seconds=6), films.base(seconds=6, video=others)
    parts = [
        stream("mov", *films.fragments(film), is_discontinuity=bool(at))
        for at, film in enumerate((first, second, first))
    ]
    made = put(tmp_path, StreamFeed(parts))
    assert flashes(made.path) == pytest.approx([0, 3, 6, 9, 12, 15], abs=0.2)
    run_ffmpeg("-xerror", "-i", made.path, "-f", "null", tmp_path / "none")
    examine(made, Expected(Wanted("de")))


def test_pieces_with_headers_that_cannot_be_together_are_refused(
    films: Films, tmp_path: Path
) -> None:
    def fragments(speed: str) -> list[Path]:
        video = ("libx265", "-preset", speed, "-x265-params", "log-level=none")
        return films.fragments(films.base(seconds=6, video=video))

    parts = [
        stream("mov", *fragments("ultrafast")),
        stream("mov", *fragments("veryfast"), is_discontinuity=True),
    ]
    with pytest.raises(ParametersChanged, match=r"From 6\.\d s on the stream \(hevc\)"):
        put(tmp_path, StreamFeed(parts))


def test_a_part_that_ends_before_its_discontinuity_is_seen(films: Films, tmp_path: Path) -> None:
    short = films.ts(films.base(seconds=6))
    parts = [
        stream("mpegts", short),
        stream("mpegts", short, is_discontinuity=True, begins=12.0),
    ]
    with pytest.raises(StreamCut, match=r"hole of 6\.0 s at 6\.0 s"):
        put(tmp_path, StreamFeed(parts))


def test_a_file_shorter_than_it_says_is_refused(films: Films, tmp_path: Path) -> None:
    whole = films.copy(films.base(), "mp4", "-movflags", "+faststart").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(StreamCut):
        put(tmp_path, FileFeed(cut))
    assert [one.name for one in tmp_path.iterdir()] == ["cut.mp4"]


@pytest.mark.parametrize(("kinds", "why"), [(PICTURE, "no_sound"), (SOUND, "no_picture")])
def test_a_film_has_a_picture_and_sound(
    films: Films, tmp_path: Path, kinds: frozenset[str], why: str
) -> None:
    feed = StreamFeed([stream("mpegts", films.ts(films.base()))], kinds)  # type: ignore[arg-type]
    with pytest.raises(NotMedia) as caught:
        put(tmp_path, feed)
    assert caught.value.params["why"] == why


def test_a_cover_is_no_picture(films: Films, tmp_path: Path) -> None:
    cover = films.made(
        *("-f", "lavfi", "-i", "color=size=64x64", "-frames:v", "1"), extension="png"
    )
    sound = films.made(
        *("-i", films.base(), "-i", cover, "-map", "0:a", "-map", "1:v", "-c:a", "copy"),
        *("-c:v", "png", "-disposition:v", "attached_pic"),
        extension="mp4",
    )
    with pytest.raises(NotMedia, match="no picture"):
        put(tmp_path, FileFeed(sound))


def test_sound_in_another_language_is_refused_at_its_begin(films: Films, tmp_path: Path) -> None:
    japanese = films.copy(films.base(), "mkv", "-metadata:s:a:0", "language=jpn")
    with pytest.raises(WrongLanguage, match="ja"):
        put(tmp_path, StreamFeed([stream("matroska", japanese)]))


@pytest.mark.parametrize(
    ("container", "content"),
    [
        ("mpegts", b"<html>" * 5000),
        ("mov", b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n"),
        ("mov", b"\0\0\0\x18ftypisom" + bytes(5000)),
        ("matroska", b"\x1aE\xdf\xa3" + bytes(5000)),
        ("aac", bytes(5000)),
        ("mpegts", b""),
    ],
)
def test_what_is_no_media_is_refused(tmp_path: Path, container: str, content: bytes) -> None:
    with pytest.raises(NotMedia):
        put(tmp_path, StreamFeed([stream(container, content)]))
    assert not list(tmp_path.iterdir())


def test_a_film_without_runs_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotMedia):
        put(tmp_path, StreamFeed([]))


class Failing:
    """Gives what it has, then fails."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self._content, self._error = Bytes(content), error

    def read(self, size: int = -1, /) -> bytes:
        found = self._content.read(size)
        if not found:
            raise self._error
        return found


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 1])
@pytest.mark.parametrize("container", ["mpegts", "mov", "matroska"])
def test_why_reading_failed_is_not_lost(
    films: Films, tmp_path: Path, container: str, share: float
) -> None:
    """Libav takes an error for the end, or makes one of its own of it."""
    film = films.base()
    whole = {
        "mpegts": lambda: films.ts(film).read_bytes(),
        "mov": lambda: b"".join(one.read_bytes() for one in films.fragments(film)),
        "matroska": film.read_bytes,
    }[container]()
    error = FragmentMissing(why="status", status=404)
    data = Failing(whole[: int(len(whole) * share)], error)
    with pytest.raises(FragmentMissing) as caught:
        put(tmp_path, StreamFeed([Run(container, data)]))
    assert caught.value is error
    assert not list(tmp_path.iterdir())


def test_a_reader_that_gives_more_than_was_asked_for_is_an_error(tmp_path: Path) -> None:
    class TooMuch:
        def read(self, size: int = -1, /) -> bytes:
            return bytes(size + 1)

    with pytest.raises(ValueError, match="instead of"):
        put(tmp_path, StreamFeed([Run("mpegts", TooMuch())]))


def _full(folder: Path) -> None:
    (folder / "film.mp4").symlink_to("/dev/full")


def _folder(folder: Path) -> None:
    (folder / "film.mp4").mkdir()


@pytest.mark.parametrize(("make", "error"), [(_full, DiskFull), (_folder, TransferError)])
def test_a_disk_that_does_not_take_it_is_no_fault_of_the_source(
    *,
    films: Films,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    error: type[TransferError],
) -> None:
    # What lies in its place is taken away before; here it stands for the disk.
    monkeypatch.setattr("downloads.transfer.mux.output.own_file", lambda path: path)
    make(tmp_path)
    with pytest.raises(error) as caught:
        put(tmp_path, StreamFeed([stream("mpegts", films.ts(films.base()))]))
    assert not caught.value.is_sources_fault
