"""Streams with a fault of their own never become an episode: the next hoster's good one does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from downloads.choices import Status
from tests.integration.downloads_support import configure
from tests.integration.streams_stage import (
    GOOD_SIZE,
    PIECE,
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


def without(piece: Path, kind: str) -> None:
    """Leave the picture (``v``) or the sound (``a``) out of a piece; what stays keeps its times."""
    kept = piece.with_suffix(".kept.ts")
    options = ("-map", f"0:{kind}", "-c", "copy", "-muxdelay", "0", "-muxpreload", "0")
    numbered = ("-mpegts_start_pid", "257" if kind == "a" else "256")
    run_ffmpeg("-copyts", "-i", piece, *options, *numbered, kept)
    kept.replace(piece)


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
        data = piece.read_bytes()
        piece.write_bytes(data[: len(data) // 2])
    return folder


def fragments_cut_in_half(stage: Stage) -> Path:
    folder = stage.copy(stage.packings.hls(stage.packings.film(seconds=LONG), fmp4=True))
    for piece in pieces_of(folder):
        data = piece.read_bytes()
        piece.write_bytes(data[: len(data) // 2])
    return folder


def last_twenty_seconds_gone(stage: Stage) -> Path:
    """Of 24 minutes: 1.4 per cent."""
    film = stage.packings.films.made(
        *("-f", "lavfi", "-i", "testsrc2=size=64x36:rate=5", "-t", "1440"),
        *("-f", "lavfi", "-i", "sine=sample_rate=8000", "-c:a", "aac", "-t", "1440"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p"),
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
    (pieces_cut_in_half, "stream_cut", {"dark", "silent"}),
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
    assert stage.bytes_from("VOE") < fetched / 2
    assert placed_in(library) == []
