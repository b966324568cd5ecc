"""Streams with a fault of their own never become an episode: the next hoster's good one does."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from downloads.choices import Status
from tests.integration.downloads_support import configure
from tests.integration.streams_stage import (
    FILE,
    GOOD_SIZE,
    PIECE,
    PLAYLIST,
    RATE,
    SECONDS,
    Stage,
    placed_in,
    reasons,
    result,
    told,
)
from tests.unit.downloads.transfer.films import run_ffmpeg

LONG = 24  # seconds
RUBBISH = 8_000  # bytes


def without(piece: Path, kind: str) -> None:
    """Leave the picture (``v``) or the sound (``a``) out of a piece; what stays keeps its times."""
    kept = piece.with_suffix(".kept.ts")
    options = ("-map", f"0:{kind}", "-c", "copy", "-muxdelay", "0", "-muxpreload", "0")
    numbered = ("-mpegts_start_pid", "257" if kind == "a" else "256")
    run_ffmpeg("-copyts", "-i", piece, *options, *numbered, kept)
    kept.replace(piece)


def cut(path: Path, share: float) -> None:
    """Never between two packets of a transport stream, whose length is an even number."""
    os.truncate(path, int(path.stat().st_size * share) | 1)


def pieces_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("seg-*"))


def whole(stage: Stage, seconds: int = LONG) -> Path:
    return stage.copy(stage.packings.hls(stage.packings.film(seconds=seconds)))


def picture_ends_at_half(stage: Stage) -> Path:
    folder = whole(stage)
    for piece in pieces_of(folder)[LONG // PIECE // 2 :]:
        without(piece, "a")
    return folder


def picture_missing(stage: Stage) -> Path:
    folder = whole(stage)
    for piece in pieces_of(folder)[4:8]:
        without(piece, "a")
    return folder


def sound_missing(stage: Stage) -> Path:
    folder = whole(stage)
    for piece in pieces_of(folder)[4:8]:
        without(piece, "v")
    return folder


def piece_is_a_page(stage: Stage) -> Path:
    folder = whole(stage)
    pieces_of(folder)[5].write_text("<!DOCTYPE html><title>Not here</title>" + "<p>no</p>" * 900)
    return folder


def pieces_cut_in_half(stage: Stage) -> Path:
    folder = whole(stage)
    for piece in pieces_of(folder):
        cut(piece, 0.5)
    return folder


def pieces_cut_between_packets(stage: Stage) -> Path:
    folder = whole(stage)
    for piece in pieces_of(folder):
        size = piece.stat().st_size // 2
        os.truncate(piece, size - size % 188)
    return folder


def piece_without_its_end(stage: Stage) -> Path:
    """A picture or two."""
    folder = whole(stage)
    cut(pieces_of(folder)[5], 0.97)
    return folder


def rubbish_in_a_piece(stage: Stage) -> Path:
    """As long as some pictures; players look past it."""
    folder = whole(stage)
    path = pieces_of(folder)[5]
    media = bytearray(path.read_bytes())
    begin = len(media) // 2
    media[begin : begin + RUBBISH] = b"x" * RUBBISH
    path.write_bytes(media)
    return folder


def packet_missing_in_a_piece(stage: Stage) -> Path:
    """One that goes on with the picture of the packet before it."""
    folder = whole(stage)
    path = pieces_of(folder)[5]
    media = path.read_bytes()
    packets = [media[at : at + 188] for at in range(0, len(media), 188)]
    lost = next(
        number
        for number in range(len(packets) // 2, len(packets) - 1)
        if all(one[1:3] == b"\x01\x00" for one in packets[number - 1 : number + 2])
    )
    path.write_bytes(b"".join([*packets[:lost], *packets[lost + 1 :]]))
    return folder


def piece_in_anothers_place(stage: Stage) -> Path:
    folder = whole(stage)
    shutil.copy(folder / "seg-004.ts", folder / "seg-005.ts")
    return folder


def piece_that_is_not_listed(stage: Stage) -> Path:
    folder = whole(stage)
    text = (folder / PLAYLIST).read_text()
    (folder / PLAYLIST).write_text(re.sub(r"#EXTINF:[^\n]*\nseg-005.ts\n", "", text))
    return folder


def fragments_cut_in_half(stage: Stage) -> Path:
    folder = stage.copy(stage.packings.hls(stage.packings.film(seconds=LONG), fmp4=True))
    for piece in pieces_of(folder):
        cut(piece, 0.5)
    return folder


def last_twenty_seconds_gone(stage: Stage) -> Path:
    """Of 24 minutes: 1.4 per cent."""
    film = stage.packings.films.made(
        *("-f", "lavfi", "-i", "testsrc2=size=64x36:rate=2", "-t", "1440"),
        *("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-c:a", "aac", "-t", "1440"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p"),
        extension="mkv",
    )
    folder = stage.copy(stage.packings.hls(film, "-c", "copy", "-hls_time", 10))
    for piece in pieces_of(folder)[-2:]:
        piece.write_bytes(piece.read_bytes()[: 3 * 188])
    return folder


def goes_on_in_another_size(stage: Stage) -> Path:
    packings = stage.packings
    return stage.joined(packings.hls(packings.film()), packings.hls(packings.film(size="192x108")))


def goes_on_at_another_rate(stage: Stage) -> Path:
    packings = stage.packings
    return stage.joined(packings.hls(packings.film()), packings.hls(packings.film(hertz=48_000)))


def goes_on_with_another_header(stage: Stage) -> Path:
    packings = stage.packings
    first = packings.hls(packings.film(), fmp4=True)
    return stage.joined(first, packings.hls(packings.film(hertz=48_000), fmp4=True))


def changes_its_size_without_a_word(stage: Stage) -> Path:
    """The times go on, as where an advertisement was put into a stream."""
    film = stage.packings.film(size="192x108")
    later = stage.packings.hls(film, "-c", "copy", "-output_ts_offset", SECONDS)
    return stage.joined(stage.packings.hls(stage.packings.film()), later, tag="")


FAULTS = [
    (goes_on_in_another_size, "parameters_changed", {"picture"}),
    (goes_on_at_another_rate, "parameters_changed", {"sound"}),
    (goes_on_with_another_header, "parameters_changed", {"sound"}),
    (changes_its_size_without_a_word, "parameters_changed", {"picture"}),
    (picture_ends_at_half, "stream_cut", {"picture_ends", "dark"}),
    (picture_missing, "stream_cut", {"dark"}),
    (sound_missing, "stream_cut", {"silent"}),
    (piece_is_a_page, "fragment_missing", {"disguised"}),
    (pieces_cut_in_half, "fragment_missing", {"cut"}),
    (pieces_cut_between_packets, "stream_cut", {"dark", "silent"}),
    (piece_without_its_end, "fragment_missing", {"cut"}),
    (rubbish_in_a_piece, "fragment_missing", {"damaged"}),
    (packet_missing_in_a_piece, "fragment_missing", {"damaged"}),
    (piece_in_anothers_place, "stream_cut", {"back"}),
    (piece_that_is_not_listed, "stream_cut", {"dark", "silent"}),
    (fragments_cut_in_half, "fragment_missing", {"cut"}),
    (last_twenty_seconds_gone, "stream_cut", {"length", "picture_ends", "sound_ends"}),
]


@pytest.mark.parametrize(("fault", "code", "whys"), FAULTS)
def test_a_stream_with_a_fault_gives_way_to_the_next_hoster(
    stage: Stage, library: Path, fault: Callable[[Stage], Path], code: str, whys: set[str]
) -> None:
    stage.serve(fault(stage))
    stage.serve_good()
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    [(hoster, told_code, why)] = reasons(item)
    assert (hoster, told_code) == ("voe", code)
    assert why in whys
    decoded = result(item)
    assert decoded.sizes == {GOOD_SIZE: RATE * SECONDS}
    assert decoded.errors == 0
    assert len(placed_in(library)) == 1


FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "index first": ("mp4", ("-movflags", "+faststart")),
    "index last": ("mp4", ()),
    "fragments": ("mp4", ("-movflags", "frag_keyframe+empty_moov+default_base_moof")),
    "matroska": ("mkv", ()),
    "transport stream": ("ts", ()),
}


@pytest.mark.parametrize("form", FILES)
def test_a_file_that_is_cut_off_gives_way_to_the_next_hoster(stage: Stage, form: str) -> None:
    """It is as long as its server says; its end was lost before."""
    stage.at_direct()
    extension, options = FILES[form]
    film = stage.packings.films.copy(stage.packings.film(seconds=LONG), extension, *options)
    cut(stage.serve_file(film) / FILE, 0.6)
    stage.serve_good("VOE")
    item = stage.work()
    assert item.status == Status.COMPLETED, told(item)
    [(hoster, code, _)] = reasons(item)
    assert (hoster, code in {"stream_cut", "not_media"}) == ("direct", True)
    assert result(item).sizes.keys() == {GOOD_SIZE}


@pytest.mark.parametrize("fault", [picture_ends_at_half, picture_missing])
def test_where_no_hoster_has_another_nothing_is_fetched_twice(
    stage: Stage, library: Path, fault: Callable[[Stage], Path]
) -> None:
    configure(stage.world.catalogue_url, max_retries=5)
    stage.speaks("German Dub")
    stage.serve(fault(stage), None)
    item = stage.work()
    assert (item.status, item.retry_count) == (Status.FAILED, 0), told(item)
    assert item.error_code == "all_sources_failed"
    assert {code for _, code, _ in reasons(item)} == {"stream_cut"}
    for hoster in ("VOE", "Vidmoly"):
        assert f"{hoster} (German Dub)" in told(item)
        assert set(stage.pieces(hoster).values()) == {1}
    assert placed_in(library) == []


def test_of_what_may_be_a_moments_trouble_only_the_piece_is_asked_for_again(
    stage: Stage, library: Path
) -> None:
    configure(stage.world.catalogue_url, max_retries=1)
    stage.speaks("German Dub")
    stage.serve(piece_is_a_page(stage), None)
    assert stage.work().status == Status.PENDING
    fetched = stage.bytes_from("VOE")
    stage.world.clear_log()
    item = stage.work()
    assert (item.status, item.retry_count) == (Status.FAILED, 1), told(item)
    assert {code for _, code, _ in reasons(item)} == {"fragment_missing"}
    # What was on its way when the first try ended is asked for again, too.
    assert stage.bytes_from("VOE") < fetched * 3 / 4
    assert placed_in(library) == []
