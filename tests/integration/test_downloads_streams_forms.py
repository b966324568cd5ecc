"""What playlists may say: keys, headers, parts of files, lengths, qualities; and progress."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from downloads.choices import Status
from tests import streams
from tests.integration.downloads_support import configure
from tests.integration.streams_stage import (
    GOOD_SIZE,
    PIECES,
    PLAYLIST,
    RATE,
    SECONDS,
    SIZE,
    Stage,
    placed_in,
    reasons,
    result,
    told,
)

KEY = bytes(range(16))
OTHER_KEY = bytes(range(16, 32))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(90) + b"IEND\xaeB`\x82"


def plain(stage: Stage, *, fmp4: bool = False, seconds: int = SECONDS) -> Path:
    film = stage.packings.film(seconds=seconds)
    return stage.packings.hls(film, fmp4=fmp4)


def has_come_whole(stage: Stage, pictures: int = RATE * SECONDS) -> None:
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert decoded.sizes == {SIZE: pictures}
    assert decoded.heard == pytest.approx(pictures / RATE, abs=0.15)
    assert decoded.errors == 0
    assert decoded.widest_step() < 0.1


def change(playlist: Path, pattern: str, by: str, count: int = 0) -> None:
    text, found = re.subn(pattern, by, playlist.read_text(), count=count, flags=re.MULTILINE)
    assert found
    playlist.write_text(text)


# keys


@pytest.mark.parametrize("iv", [None, bytes(range(16, 0, -1))])
@pytest.mark.parametrize(("first", "fmp4"), [(0, False), (7, False), (7, True)])
def test_aes_128_is_opened(
    stage: Stage, tmp_path: Path, iv: bytes | None, first: int, fmp4: bool
) -> None:
    clear = plain(stage, fmp4=fmp4)
    folder = streams.encrypted(clear, tmp_path / "locked", KEY, iv, first=first)
    change(folder / "index.m3u8", "SEQUENCE:0", f"SEQUENCE:{first}")
    if fmp4:  # whose header the key does not stand before
        shutil.copy(clear / "init.mp4", folder)
    stage.serve(stage.copy(folder))
    has_come_whole(stage)
    assert len(stage.asked("VOE", "/key")) == 1


@pytest.mark.parametrize("header", ["locked", "clear", "clear though a key stands before it"])
def test_fragments_under_a_key_may_have_a_header_without(
    stage: Stage, tmp_path: Path, header: str
) -> None:
    """It is under a key that stands before it; but packagers leave it open there too."""
    iv = bytes(range(16, 0, -1))
    folder = streams.encrypted(plain(stage, fmp4=True), tmp_path / "locked", KEY, iv)
    init = (plain(stage, fmp4=True) / "init.mp4").read_bytes()
    (folder / "init.mp4").write_bytes(streams.locked(init, KEY, iv) if header == "locked" else init)
    if header != "clear":
        change(folder / "index.m3u8", r"^(#EXT-X-MAP.*\n)((?:.*\n)*?)(#EXT-X-KEY.*\n)", r"\3\1\2")
    stage.serve(stage.copy(folder))
    has_come_whole(stage)


def test_the_key_may_change_and_end(stage: Stage, tmp_path: Path) -> None:
    """Two pieces under one key, two under another, two under none."""
    clear = plain(stage)
    one = streams.encrypted(clear, tmp_path / "one", KEY)
    other = streams.encrypted(clear, tmp_path / "other", OTHER_KEY)
    folder = stage.copy(one)
    (folder / "key-2").write_bytes(OTHER_KEY)
    for number, source in ((2, other), (3, other), (4, clear), (5, clear)):
        name = f"seg-{number:03}.ts"
        (folder / name).write_bytes((source / name).read_bytes())
    at = r"(#EXTINF:[^\n]*\nseg-00{}\.ts)"
    change(folder / PLAYLIST, at.format(2), r'#EXT-X-KEY:METHOD=AES-128,URI="key-2"\n\1')
    change(folder / PLAYLIST, at.format(4), r"#EXT-X-KEY:METHOD=NONE\n\1")
    stage.serve(folder)
    has_come_whole(stage)


def test_a_key_that_does_not_fit_is_said(stage: Stage, tmp_path: Path) -> None:
    folder = streams.encrypted(plain(stage), tmp_path / "locked", KEY)
    (folder / "key").write_bytes(OTHER_KEY)
    stage.serve(stage.copy(folder))
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert reasons(item) == [("voe", "fragment_missing", "key")]
    assert result(item).sizes.keys() == {GOOD_SIZE}


def test_sample_aes_is_called_what_it_is_and_not_tried_again(stage: Stage, library: Path) -> None:
    configure(stage.world.catalogue_url, max_retries=5)
    stage.speaks("German Dub")
    folder = stage.copy(plain(stage))
    change(folder / PLAYLIST, "^#EXTINF", '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"\n#EXTINF', 1)
    stage.serve(folder, None)
    item = stage.work()
    assert (item.status, item.retry_count) == (Status.FAILED, 0)
    assert [code for _, code, _ in reasons(item)] == ["drm_protected", "drm_protected"]
    assert "The stream is protected by DRM" in told(item)
    assert stage.pieces("VOE").total() == 0
    assert placed_in(library) == []


# pieces


@pytest.mark.parametrize("said", [2, 3])
def test_lengths_in_whole_seconds_are_no_fault(stage: Stage, said: int) -> None:
    """A minute in pieces of 2.085 s: rounded they are 58 s, and 87 where they are rounded up."""
    video = ("libx264", "-preset", "ultrafast", "-r", "24000/1001")
    folder = stage.copy(stage.packings.hls(stage.packings.film(seconds=60, video=video)))
    change(folder / PLAYLIST, r"^#EXTINF:2\.[\d.]+", f"#EXTINF:{said}")
    change(folder / PLAYLIST, r"^#EXTINF:1\.[\d.]+", "#EXTINF:1")
    change(folder / PLAYLIST, "VERSION:3", "VERSION:2")
    stage.serve(folder)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert decoded.sizes == {SIZE: 1439}
    assert decoded.heard == pytest.approx(60, abs=0.15)


def test_parts_of_one_file(stage: Stage) -> None:
    options = ("-c", "copy", "-hls_flags", "single_file")
    folder = stage.copy(stage.packings.hls(stage.packings.film(), *options))
    [file] = folder.glob("*.ts")
    file.rename(folder / "all.ts")
    change(folder / PLAYLIST, r"^[^#\n]+\.ts$", "all.ts")
    stage.serve(folder)
    has_come_whole(stage)
    asked = stage.asked("VOE", "/all.ts")
    assert len(asked) == PIECES
    assert {seen["status"] for seen in asked} == {206}


def test_parts_of_one_file_of_fragments(stage: Stage) -> None:
    """Its header is a part of it, too."""
    options = ("-c", "copy", "-hls_flags", "single_file")
    folder = stage.copy(stage.packings.hls(stage.packings.film(), *options, fmp4=True))
    [file] = folder.glob("*.m4s")
    file.rename(folder / "all.mp4")
    change(folder / PLAYLIST, r"[^\n\"]+\.m4s", "all.mp4")
    stage.serve(folder)
    has_come_whole(stage)


def test_pieces_disguised_as_pictures(stage: Stage) -> None:
    folder = stage.copy(plain(stage))
    for piece in folder.glob("seg-*"):
        piece.write_bytes(PNG + piece.read_bytes() + bytes(50))
        piece.rename(piece.with_suffix(".png"))
    change(folder / PLAYLIST, r"\.ts$", ".png")
    stage.serve(folder)
    has_come_whole(stage)


def test_names_of_pieces_say_nothing(stage: Stage) -> None:
    folder = stage.copy(plain(stage))
    for piece in folder.glob("seg-*"):
        piece.rename(piece.with_suffix(".html"))
    change(folder / PLAYLIST, r"\.ts$", ".html")
    stage.serve(folder)
    has_come_whole(stage)


def test_a_second_header_behind_a_discontinuity(stage: Stage) -> None:
    """The same encoding in fragments, as where an advertisement was cut out."""
    fragments = plain(stage, fmp4=True)
    stage.serve(stage.joined(fragments, fragments))
    has_come_whole(stage, 2 * RATE * SECONDS)


def test_a_discontinuity_of_the_same_encoding_goes_on(stage: Stage) -> None:
    stage.serve(stage.joined(plain(stage), plain(stage)))
    has_come_whole(stage, 2 * RATE * SECONDS)


def test_a_film_of_many_pieces_that_were_each_packed_by_itself(stage: Stage) -> None:
    clip = stage.packings.film(seconds=1, video=("libx264", "-preset", "ultrafast"))
    folder = stage.copy(stage.packings.hls(clip))
    [piece] = folder.glob("seg-*")
    count = 1_100  # and each has a clock of its own
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1"]
    lines += [f"#EXT-X-DISCONTINUITY\n#EXTINF:1.0,\n{piece.name}"] * count
    (folder / PLAYLIST).write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    stage.serve(folder)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert item.seen
    assert item.seen["seconds"] == pytest.approx(count, abs=0.1)


def test_a_playlist_in_the_ways_of_old_windows(stage: Stage) -> None:
    """A mark at its begin, other ends of lines, blanks, comments and tags nobody knows."""
    folder = stage.copy(plain(stage))
    text = (folder / PLAYLIST).read_text()
    text = text.replace("#EXTINF", "\n# a comment\n#EXT-X-UNHEARD-OF:1\n#EXTINF")
    text = text.replace("#EXT-X-ENDLIST\n", "")
    (folder / PLAYLIST).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    stage.serve(folder)
    has_come_whole(stage)


# early


def test_a_source_that_begins_with_a_page_is_asked_for_no_more(stage: Stage) -> None:
    folder = stage.copy(plain(stage, seconds=24))
    (folder / "seg-000.ts").write_text("<!DOCTYPE html><title>Not here</title>" + "<p>no</p>" * 900)
    stage.serve(folder)
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert reasons(item) == [("voe", "fragment_missing", "disguised")]
    assert set(stage.pieces()) == {"seg-000.ts"}


def test_a_picture_without_sound_is_refused(stage: Stage) -> None:
    film = stage.packings.film()
    stage.serve(stage.copy(stage.packings.hls(film, "-map", "0:v", "-c", "copy")))
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    assert reasons(item) == [("voe", "not_media", "no_sound")]


# qualities


def two_qualities(stage: Stage) -> Path:
    small = stage.packings.hls(stage.packings.film(size="96x54"))
    variants = (
        "BANDWIDTH=200000,RESOLUTION=96x54 small/index.m3u8",
        "BANDWIDTH=400000,RESOLUTION=160x90 large/index.m3u8",
    )
    return stage.master(variants, (), small=small, large=plain(stage))


def test_the_best_quality_is_taken(stage: Stage) -> None:
    stage.serve(two_qualities(stage))
    has_come_whole(stage)
    assert all(name.startswith("large/") for name in stage.pieces())


@pytest.mark.parametrize("gone", ["large/index.m3u8", "large/seg-003.ts"])
def test_where_one_quality_is_gone_the_next_is_taken(stage: Stage, gone: str) -> None:
    folder = stage.serve(two_qualities(stage))
    (folder / gone).unlink()
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    assert result(item).sizes == {(96, 54): RATE * SECONDS}


# progress


@pytest.mark.parametrize("kind", ["apart", "together", "file"])
def test_progress_is_one_run(stage: Stage, kind: str) -> None:
    film = stage.packings.film(seconds=24, video=("libx264", "-preset", "ultrafast", "-crf", "12"))
    if kind == "file":
        stage.at_direct()
        stage.serve_file(stage.packings.films.copy(film, "mp4"))
    else:
        stage.serve(stage.split(film) if kind == "apart" else stage.copy(stage.packings.hls(film)))
    stage.world.throttle(150_000)
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    read = [one for one in stage.readings if one.stage == "DOWNLOADING" and one.bytes]
    assert len(read) > 3
    assert all(later.percent >= before.percent for before, later in pairwise(read))
    assert all(later.bytes >= before.bytes for before, later in pairwise(read))
    assert read[0].percent < 60
    assert all(one.total is None or one.total >= one.bytes for one in read)
    guessed = [one for one in read if one.is_estimate]
    assert bool(guessed) == (kind != "file")  # of which the length is known
    assert all((one.seconds_left or 0) < 600 for one in read)  # of a download of some seconds
    size = read[-1].bytes
    halfway = [one for one in read if 40 < one.percent < 99]
    assert all(one.total == pytest.approx(size, rel=0.5) for one in halfway)
