"""Media information comes from the files themselves, once for each change."""

from __future__ import annotations

import fcntl
import json
import os
import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from pytest_django import Settings

from aniworld.config import store
from aniworld.web.texts import text_of
from library.models import MediaFile
from library.scanner import probe, reader
from library.scanner.containers import container_of
from library.scanner.media import read_pending
from library.scanner.probe import NO_FILM, NO_PICTURE, MediaInfo
from library.scanner.reader import TOO_MUCH, MediaReader
from providers.coded import coded
from tests.unit.library.conftest import LONG_AGO, Put, rescan
from tests.unit.library.fakes import FakeSite


def media_info(path: Path) -> MediaInfo:
    with MediaReader() as reader:
        return reader.info(path)


def write_clip(path: Path, seconds: int = 2, languages: tuple[str, ...] = ("ger", "jpn")) -> None:
    """A short film: one grey picture, a German and a Japanese sound track of silence."""
    with av.open(str(path), "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks = [container.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in languages]
        for track, language in zip(tracks, languages, strict=True):
            track.metadata["language"] = language
        for number in range(seconds * 5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        for track in tracks:
            silence = av.AudioFrame("s16", "mono", 8000 * seconds)
            silence.sample_rate, silence.pts = 8000, 0
            silence.planes[0].update(bytes(16000 * seconds))
            container.mux(track.encode(silence))
            container.mux(track.encode())


def test_film_says_what_it_is(tmp_path: Path) -> None:
    write_clip(tmp_path / "film.mkv")
    found = media_info(tmp_path / "film.mkv")
    assert found.problem is None
    assert found.duration == pytest.approx(2, abs=0.3)
    assert (found.width, found.height, found.video_codec) == (64, 48, "mpeg4")
    assert (found.audio_codec, found.audio_languages) == ("pcm_s16le", ("ger", "jpn"))


def test_names_that_are_none_are_cut_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = ("x" * 5_000, "\x07\u202eger\n", *map(str, range(10)))
    write_clip(tmp_path / "film.mkv", 1, odd)
    monkeypatch.setattr(probe, "MOST_LANGUAGES", 5)
    found = probe.media_info(str(tmp_path / "film.mkv")).audio_languages
    assert found == ("x" * probe.LONGEST_NAME, "ger", "0", "1", "2")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<html>" * 99, b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"]
)
def test_what_is_no_film_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(content)
    assert media_info(path).problem == NO_FILM


def test_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    gone = media_info(tmp_path / "nothing.mkv").problem
    assert gone == coded("media_not_opened", errno="ENOENT")
    assert text_of(gone) == "The file cannot be opened: No such file or directory."
    (tmp_path / "folder.mkv").mkdir()
    assert media_info(tmp_path / "folder.mkv").problem == NO_FILM


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "song.mkv"
    with av.open(str(path), "w", format="matroska") as container:
        track = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        silence = av.AudioFrame("s16", "mono", 8000)
        silence.sample_rate, silence.pts = 8000, 0
        silence.planes[0].update(bytes(16000))
        container.mux(track.encode(silence))
        container.mux(track.encode())
    assert media_info(path).problem == NO_PICTURE


@pytest.mark.django_db(transaction=True)
def test_each_file_is_read_once_and_again_when_it_changes(
    site: FakeSite, put: Put, library: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.RUN_DIR = tmp_path / "run"
    site.add("show", "Show", {1: 2})
    path, _ = put("Show/S01E01.mkv", "Show/S01E02.mkv")
    write_clip(path)
    os.utime(path, (LONG_AGO, LONG_AGO))
    rescan()
    assert read_pending(lambda: True) == 0
    assert (read_pending(), read_pending()) == (2, 0)
    film = MediaFile.objects.get(path="Show/S01E01.mkv")
    assert (film.width, film.audio_languages) == (64, ["ger", "jpn"])
    assert MediaFile.objects.get(path="Show/S01E02.mkv").media_problem

    write_clip(path, seconds=4)
    os.utime(path, (LONG_AGO, LONG_AGO))
    rescan(full=True)
    assert read_pending() == 1
    film.refresh_from_db()
    assert film.duration == pytest.approx(4, abs=0.3)


@pytest.mark.django_db(transaction=True)
def test_one_process_reads_at_a_time(
    site: FakeSite, put: Put, settings: Settings, tmp_path: Path
) -> None:
    settings.RUN_DIR = tmp_path / "run"
    settings.RUN_DIR.mkdir()
    put("Show/S01E01.mkv")
    rescan()
    with (settings.RUN_DIR / "media-info.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert read_pending() == 0
    assert read_pending() == 1


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A film that nobody may be led to."""
    write_clip(tmp_path / "secret.mkv")
    return tmp_path / "secret.mkv"


@pytest.mark.parametrize(
    "content",
    [
        "ffconcat version 1.0\nfile '{secret}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:{secret}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nftp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
        '<?xml version="1.0"?><MPD><Period><BaseURL>{secret}</BaseURL></Period></MPD>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "[playlist]\nFile1={secret}\n",
    ],
)
def test_text_that_names_other_files_opens_none(tmp_path: Path, secret: Path, content: str) -> None:
    path = tmp_path / "film.mkv"
    path.write_text(content.format(secret=secret))
    assert media_info(path).problem == NO_FILM


def test_text_that_begins_as_a_stream_opens_no_other_file_either(
    tmp_path: Path, secret: Path
) -> None:
    """To us it is a transport stream, by the letters in their places; whoever guesses what it is
    finds a list of files."""
    path = tmp_path / "film.mkv"
    path.write_text(f"ffconcat version 1.0\n#{'G' * 900}\nfile '{secret.name}'\n")
    assert container_of(path.read_bytes()) == "mpegts"
    with av.open(str(path)) as guessed:
        assert guessed.format.name == "concat"
        assert guessed.streams.video[0].width == 64
    found = media_info(path)
    assert (found.width, found.problem) == (None, NO_FILM)


def test_the_reader_has_bounds_of_memory_and_of_time_for_each_file(secret: Path) -> None:
    with MediaReader() as reading:
        for _ in range(2):
            assert reading.info(secret).width == 64
            process = reading._process
            assert process is not None
            limits = Path(f"/proc/{process.pid}/limits").read_text()
            assert re.search(rf"Max address space +{probe.MOST_MEMORY} ", limits)
            seconds = re.search(r"Max cpu time +(\d+) ", limits)
            assert seconds is not None
            assert probe.CPU_SECONDS <= int(seconds[1]) <= probe.CPU_SECONDS + 10


def test_pipe_and_device_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "film.mkv")
    (tmp_path / "device.mkv").symlink_to("/dev/zero")
    with MediaReader() as reader:
        assert reader.info(tmp_path / "film.mkv").problem == NO_FILM
        assert reader.info(tmp_path / "device.mkv").problem == NO_FILM


HOSTILE = """
import json, os, sys, time
for line in sys.stdin:
    path = json.loads(line)
    if "hangs" in path: time.sleep(60)
    if "dies" in path: os.abort()
    if "eats" in path: print("x" * 9**9, flush=True)
    import library.scanner.probe as probe, dataclasses
    said = dataclasses.asdict(probe.media_info(path))
    if "lies" in path: said = json.loads(os.environ["LIE"])
    if "adds" in path: said |= json.loads(os.environ["LIE"])
    print(json.dumps(said) + " " * 200_000 * ("pads" in path), flush=True)
"""


@pytest.mark.parametrize("trouble", ["hangs", "dies", "eats", "pads"])
def test_file_that_is_too_much_costs_itself_alone(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    (tmp_path / "hostile_probe.py").write_text(HOSTILE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(reader, "_PROBE", "hostile_probe")
    with MediaReader() as reading:
        assert reading.info(secret).width == 64
        monkeypatch.setattr(reader, "SECONDS", 2.0)
        assert reading.info(tmp_path / f"{trouble}.mkv").problem == TOO_MUCH
        monkeypatch.setattr(reader, "SECONDS", 60.0)
        assert reading.info(secret).width == 64


@pytest.mark.django_db(transaction=True)
def test_after_a_file_that_is_too_much_it_is_asked_whether_to_go_on(
    site: FakeSite, put: Put, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may take a minute: whoever is to end must not wait for fifty of them."""
    settings.RUN_DIR = tmp_path / "run"
    (tmp_path / "hostile_probe.py").write_text(HOSTILE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(reader, "_PROBE", "hostile_probe")
    put("Show/dies S01E01.mkv", "Show/dies S01E02.mkv")
    rescan(use_provider=False)
    asked = iter([False, True])
    assert read_pending(lambda: next(asked)) == 1
    assert MediaFile.objects.exclude(media_problem="").count() == 1


@pytest.mark.parametrize(
    ("trouble", "lie"),
    [
        ("lies", 7),
        ("lies", {"duration": 1.0}),
        ("adds", {"director": "x"}),
        ("adds", {"duration": "long"}),
        ("adds", {"duration": float("nan")}),
        ("adds", {"width": -1}),
        ("adds", {"height": 2**40}),
        ("adds", {"video_codec": "x" * 50_000}),
        ("adds", {"audio_codec": None}),
        ("adds", {"audio_codec": "nul\0"}),
        ("adds", {"audio_languages": [7]}),
        ("adds", {"subtitle_languages": ["\ud800"]}),
        ("adds", {"subtitle_languages": [str(number) for number in range(200)]}),
        ("adds", {"problem": "broken"}),
        ("adds", {"problem": coded("media_outside", target="/etc", folder="/")}),
        ("adds", {"problem": coded("media_not_opened", errno="x" * 1_000)}),
    ],
)
def test_a_reader_that_was_taken_over_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str, lie: object
) -> None:
    (tmp_path / "hostile_probe.py").write_text(HOSTILE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("LIE", json.dumps(lie))
    monkeypatch.setattr(reader, "_PROBE", "hostile_probe")
    assert media_info(tmp_path / f"{trouble}.mkv").problem == TOO_MUCH


@pytest.mark.django_db(transaction=True)
def test_film_behind_a_link_is_seen_and_read_where_that_is_allowed(
    site: FakeSite, library: Path, secret: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.RUN_DIR = tmp_path / "run"
    site.add("show", "Show", {1: 2})
    (library / "Show").mkdir()
    (library / "Show/S01E01.mkv").symlink_to(secret)
    os.utime(secret, (LONG_AGO, LONG_AGO))
    rescan()
    film = MediaFile.objects.get()
    assert film.state == "PRESENT"
    assert (read_pending(), read_pending()) == (1, 0)  # told once
    film.refresh_from_db()
    assert (film.width, film.media_problem) == (None, "media_outside")
    assert film.media_fault is not None
    assert f'"link_targets": ["{secret.parent}"]' in film.media_fault["text"]
    assert not MediaFile.objects.damaged().exists()
    store.update(lambda data: data["library"].update(link_targets=[str(secret.parent)]))
    assert read_pending() == 1
    film.refresh_from_db()
    assert (film.width, film.media_problem) == (64, "")
