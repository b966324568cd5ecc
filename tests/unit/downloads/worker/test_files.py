"""Placing, checking, remuxing: real files, made by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from downloads.errors import FileExists, RootUnavailable
from downloads.transfer.check import check
from downloads.transfer.errors import NotMedia, RemuxFailed, StreamCut, TransferError
from downloads.transfer.finish import finish
from downloads.transfer.messages import Fetched, FinishJob
from downloads.transfer.remux import extension_for, ffmpeg_path
from downloads.transfer.streams import Streams, container_of, look_into
from downloads.worker import workspace

PICTURE = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=25")
OFFSET = ("-output_ts_offset", "5")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440")


def make(path: Path, *options: str) -> Path:
    command = [ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", *options, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds with picture and sound, as MPEG-TS."""
    path = tmp_path_factory.mktemp("media") / "clip.ts"
    codecs = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
    return make(path, *PICTURE, *SOUND, "-t", "6", *codecs)


def job(
    *files: Path, work: Path, duration: float | None = 6.0, size: int | None = None
) -> FinishJob:
    names = tuple(map(str, files))
    fetched = Fetched(names, "voe-1", "http://x", "voe", "German Dub", duration, size)
    return FinishJob(fetched, str(work))


def test_streams_become_a_checked_mp4(clip: Path, tmp_path: Path) -> None:
    stages: list[str] = []
    done = finish(job(clip, work=tmp_path), stages.append)
    assert stages == ["REMUXING", "CHECKING"]
    assert (done.extension, Path(done.path).stat().st_size) == (".mp4", done.size)
    assert done.duration == pytest.approx(6, abs=0.1)
    head = Path(done.path).read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # plays before it is all there


def test_picture_and_sound_apart_are_joined(clip: Path, tmp_path: Path) -> None:
    picture = make(tmp_path / "v.mp4", "-i", str(clip), "-map", "0:v", "-c", "copy")
    sound = make(tmp_path / "a.mp4", "-i", str(clip), "-map", "0:a", "-c", "copy")
    done = finish(job(picture, sound, work=tmp_path), lambda _stage: None)
    streams = look_into(Path(done.path))
    assert (streams.video, streams.audio) == (("h264",), ("aac",))
    assert streams.duration == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("options", "duration", "expected"),
    [
        (("-t", "3", "-c", "copy"), 6.0, StreamCut),  # cut in the middle
        (("-an", "-c", "copy"), 6.0, NotMedia),
        (("-vn", "-c", "copy"), 6.0, NotMedia),
        (("-c", "copy"), 3.0, StreamCut),  # longer than announced is wrong too
    ],
)
def test_what_is_not_the_whole_episode_is_refused(
    clip: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    duration: float,
    expected: type[TransferError],
) -> None:
    bad = make(tmp_path / "bad.ts", "-i", str(clip), *options)
    with pytest.raises(expected):
        finish(job(bad, work=tmp_path, duration=duration), lambda _stage: None)


def test_a_hole_in_the_middle_is_found(clip: Path, tmp_path: Path) -> None:
    holed = tmp_path / "holed.ts"
    data = clip.read_bytes()
    packets = [data[start : start + 188] for start in range(0, len(data), 188)]
    third = len(packets) // 6
    holed.write_bytes(b"".join(packets[:third] + packets[-third:]))
    with pytest.raises(StreamCut, match="hole"):
        check(holed, expected=6)


def test_a_hole_is_found_where_the_packet_before_it_is_stretched(
    clip: Path, tmp_path: Path
) -> None:
    begin = make(tmp_path / "begin.ts", "-i", str(clip), "-t", "1", "-c", "copy")
    end = make(tmp_path / "end.ts", "-i", str(clip), *("-t", "1", "-c", "copy"), *OFFSET)
    holed = tmp_path / "holed.ts"
    holed.write_bytes(begin.read_bytes() + end.read_bytes())
    with pytest.raises(StreamCut, match="hole"):
        finish(job(holed, work=tmp_path), lambda _stage: None)


def test_a_size_that_was_announced_must_be_there(clip: Path, tmp_path: Path) -> None:
    size = clip.stat().st_size
    with pytest.raises(StreamCut, match="announced"):
        finish(job(clip, work=tmp_path, size=size + 1), lambda _stage: None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n",
        b"<!doctype html><title>404</title>",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_text_is_never_opened_as_media(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "media.mp4"
    path.write_bytes(content)
    with pytest.raises(NotMedia):
        container_of(path)
    with pytest.raises(NotMedia):
        finish(job(path, work=tmp_path), lambda _stage: None)


def test_rubbish_behind_a_good_beginning_is_refused(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "media.ts"
    path.write_bytes(clip.read_bytes()[:400] + b"\xaa" * 50_000)
    with pytest.raises((NotMedia, RemuxFailed, StreamCut)):
        finish(job(path, work=tmp_path), lambda _stage: None)


@pytest.mark.parametrize(
    ("video", "audio", "extension"),
    [
        ("h264", "aac", ".mp4"),
        ("hevc", "eac3", ".mp4"),
        ("vp9", "opus", ".mkv"),
        ("h264", "flac", ".mkv"),
    ],
)
def test_the_container_follows_the_streams(video: str, audio: str, extension: str) -> None:
    assert extension_for([Streams((video,), (audio,), 1.0)]) == extension


def test_a_file_is_placed_once_and_never_over_another(tmp_path: Path) -> None:
    source, target = tmp_path / "finished.mp4", tmp_path / "lib/Season 01/E01.mp4"
    source.write_text("new")
    workspace.place(source, target, root=tmp_path, overwrite=False)
    assert (target.read_text(), source.exists()) == ("new", False)
    source.write_text("newer")
    with pytest.raises(FileExists):
        workspace.place(source, target, root=tmp_path, overwrite=False)
    assert (target.read_text(), source.read_text()) == ("new", "newer")
    workspace.place(source, target, root=tmp_path, overwrite=True)
    assert target.read_text() == "newer"


@pytest.mark.parametrize("has_links", [True, False])
def test_placing_works_without_the_system_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def no_links(*_arguments: object) -> None:
        raise PermissionError(1, "not on this file system")

    monkeypatch.setattr(workspace, "_renameat2", lambda *_paths: False)
    if not has_links:
        monkeypatch.setattr("os.link", no_links)
    source, target = tmp_path / "finished.mp4", tmp_path / "lib/E01.mp4"
    source.write_text("new")
    workspace.place(source, target, root=tmp_path, overwrite=False)
    assert (target.read_text(), source.exists()) == ("new", False)
    source.write_text("newer")
    with pytest.raises(FileExists):
        workspace.place(source, target, root=tmp_path, overwrite=False)
    assert target.read_text() == "new"


def test_work_folders_are_swept_but_those_still_wanted(tmp_path: Path) -> None:
    for number in (1, 2):
        (workspace.work_dir(tmp_path, number) / "part").write_text("x")
    workspace.sweep(tmp_path, keep={2})
    assert [path.name for path in (tmp_path / ".aniworld").iterdir()] == ["2"]
    workspace.discard(tmp_path, 2)
    assert not (tmp_path / ".aniworld").exists()
    with pytest.raises(RootUnavailable):
        workspace.work_dir(tmp_path / "unmounted", 1)


def test_nothing_is_deleted_behind_a_link(tmp_path: Path) -> None:
    elsewhere, library = tmp_path / "elsewhere", tmp_path / "library"
    (elsewhere / "7").mkdir(parents=True)
    (elsewhere / "7/photo.jpg").touch()
    library.mkdir()
    (library / ".aniworld").symlink_to(elsewhere)
    workspace.sweep(library, keep=())
    workspace.discard(library, 7)
    assert (elsewhere / "7/photo.jpg").exists()
