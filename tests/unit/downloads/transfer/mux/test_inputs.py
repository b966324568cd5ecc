"""A feed is read as what it was told to be, within bounds, and opens nothing besides itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from downloads.transfer.errors import NotMedia
from downloads.transfer.media import Run, TrackKind
from downloads.transfer.mux import FileFeed, inputs
from downloads.transfer.mux.inputs import Input

ALL: frozenset[TrackKind] = frozenset({"video", "audio", "subtitles"})
AS_FILE = pytest.param(lambda container, path: Run(container, path=path), id="file")
AS_DATA = pytest.param(
    lambda container, path: Run(container, data=io.BytesIO(path.read_bytes())), id="data"
)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A picture of a second with two tracks of sound."""
    path = tmp_path / "secret.mkv"
    with av.open(str(path), "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks = [container.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(2)]
        for number in range(5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        for track in tracks:
            silence = av.AudioFrame("s16", "mono", 8000)
            silence.sample_rate, silence.pts = 8000, 0
            container.mux(track.encode(silence))
            container.mux(track.encode())
    return path


def counted(run: Run) -> int:
    opened = Input.open(run, ALL)
    try:
        return len(opened.streams)
    finally:
        opened.close()


@pytest.mark.parametrize("text", ["ffconcat version 1.0\nfile '{}'\n", "#EXTM3U\n#EXTINF:1,\n{}\n"])
def test_text_that_names_other_files_is_no_feed(tmp_path: Path, film: Path, text: str) -> None:
    names = tmp_path / "film.mkv"
    names.write_text(text.format(film.name))
    with pytest.raises(NotMedia) as refused:
        counted(next(FileFeed(names).runs()))
    assert refused.value.params["why"] == "unknown"


@pytest.mark.parametrize("run", [AS_FILE, AS_DATA])
def test_what_it_is_is_told_and_never_guessed(film: Path, run: Callable[[str, Path], Run]) -> None:
    assert counted(run("matroska", film)) == 3
    with pytest.raises(NotMedia):
        counted(run("mov", film))


def test_a_stream_opens_no_file(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a demuxer would, that we never choose."""
    monkeypatch.chdir(tmp_path)
    names = f"ffconcat version 1.0\nfile '{film.name}'\n".encode()
    with pytest.raises(NotMedia):
        counted(Run("concat", data=io.BytesIO(names)))


@pytest.mark.parametrize("run", [AS_FILE, AS_DATA])
@pytest.mark.parametrize(
    ("bound", "why"), [("MOST_STREAMS", "streams"), ("MOST_HEADER_BYTES", "header")]
)
def test_what_goes_beyond_all_bounds_is_refused(
    film: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[str, Path], Run],
    bound: str,
    why: str,
) -> None:
    monkeypatch.setattr(inputs, bound, 2)
    with pytest.raises(NotMedia) as refused:
        counted(run("matroska", film))
    assert refused.value.params["why"] == why


def test_whoever_hands_out_more_than_was_asked_for_is_refused(film: Path) -> None:
    class Generous(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read((size or 0) + 1)

    with pytest.raises(ValueError, match="bytes were read instead of"):
        counted(Run("matroska", data=Generous(film.read_bytes() + bytes(1 << 20))))
