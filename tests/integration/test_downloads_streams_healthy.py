"""Streams that are as they should be, each in its own way, arrive whole from the first hoster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from downloads.choices import Status
from tests.integration.streams_stage import (
    PLAYLIST,
    RATE,
    SECONDS,
    Packings,
    Stage,
    placed_in,
    reasons,
    result,
    told,
)
from tests.unit.downloads.transfer.films import EVERY, beeps, flashes, run_ffmpeg

PICTURES = RATE * SECONDS
X264 = ("libx264", "-preset", "ultrafast")


@dataclass(frozen=True, slots=True)
class Healthy:
    """A stream, and what has to come of it.

    Attributes:
        made: lays it out.
        sound: rate and channels.
        heard: seconds.
    """

    name: str
    made: Callable[[Stage], Path]
    pictures: int = PICTURES
    sound: tuple[int, int] = (44_100, 2)
    heard: float = SECONDS
    extension: str = ".mp4"


def packed(film: Callable[[Packings], Path], *, fmp4: bool = False) -> Callable[[Stage], Path]:
    return lambda stage: stage.copy(stage.packings.hls(film(stage.packings), fmp4=fmp4))


def apart(*, fmp4: bool) -> Callable[[Stage], Path]:
    """Picture and sound in playlists of their own."""

    def made(stage: Stage) -> Path:
        return stage.split(stage.packings.film(), fmp4=fmp4)

    return made


def plain(packings: Packings) -> Path:
    return packings.film()


def without_b_frames(packings: Packings) -> Path:
    return packings.film(video=(*X264, "-bf", "0"))


def many_b_frames(packings: Packings) -> Path:
    return packings.film(video=("libx264", "-preset", "veryfast", "-bf", "8", "-b_strategy", "2"))


def open_groups(packings: Packings) -> Path:
    """Pictures that are shown before the key picture that they come behind."""
    return packings.film(video=(*X264, "-bf", "3", "-x264-params", "open-gop=1"))


def rate_that_varies(packings: Packings) -> Path:
    """25 pictures a second, and 5 in every other one."""
    picked = "select='if(lt(mod(t,2),1),1,not(mod(n,5)))'"
    video = (*X264, "-bf", "2", "-vf", picked, "-fps_mode", "vfr")
    return packings.film(video=video)


def rate_of_films(packings: Packings) -> Path:
    return packings.film(video=(*X264, "-bf", "2", "-r", "24000/1001"))


def one_channel(packings: Packings) -> Path:
    return packings.film(audio=("aac", "-ac", "1"))


def six_channels(packings: Packings) -> Path:
    return packings.film(hertz=48_000, audio=("aac", "-ac", "6"))


def dolby(packings: Packings) -> Path:
    return packings.film(hertz=48_000, audio=("ac3", "-ac", "6"))


def short_silence(packings: Packings) -> Path:
    return packings.films.without(without_b_frames(packings), "audio", 5.0, 5.25)


def hevc(packings: Packings) -> Path:
    video = ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
    return packings.film(video=video)


def opus_and_vp9(packings: Packings) -> Path:
    video = ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k")
    return packings.film(hertz=48_000, video=video, audio=("libopus",))


def with_an_empty_end(stage: Stage) -> Path:
    """The last piece holds tables and no picture, as of some packagers."""
    folder = stage.copy(stage.packings.hls(plain(stage.packings)))
    (folder / "seg-end.ts").write_bytes((folder / "seg-000.ts").read_bytes()[: 3 * 188])
    end = "#EXTINF:0.02,\nseg-end.ts\n#EXT-X-ENDLIST"
    text = (folder / PLAYLIST).read_text()
    (folder / PLAYLIST).write_text(text.replace("#EXT-X-ENDLIST", end))
    return folder


def discontinuities_that_are_none(stage: Stage) -> Path:
    """A tag before each piece, and a clock that goes on."""
    folder = stage.copy(stage.packings.hls(plain(stage.packings)))
    text = (folder / PLAYLIST).read_text()
    (folder / PLAYLIST).write_text(text.replace("#EXTINF", "#EXT-X-DISCONTINUITY\n#EXTINF"))
    return folder


def clocks_that_begin_anew(stage: Stage) -> Path:
    """Each piece was packed by itself."""
    folder = discontinuities_that_are_none(stage)
    for piece in folder.glob("seg-*"):
        anew = piece.with_suffix(".anew.ts")
        run_ffmpeg("-i", piece, "-c", "copy", anew)
        anew.replace(piece)
    return folder


def plain_master(stage: Stage) -> Path:
    """It says next to nothing of its one quality, and lists key pictures for seeking."""
    folder = stage.master(
        ["BANDWIDTH=400000,CLOSED-CAPTIONS=NONE picture/index.m3u8"],
        (),
        picture=stage.packings.hls(plain(stage.packings)),
    )
    seeking = '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9000,RESOLUTION=160x90,URI="keys.m3u8"\n'
    text = (folder / PLAYLIST).read_text()
    (folder / PLAYLIST).write_text(f"{text}{seeking}#EXT-X-INDEPENDENT-SEGMENTS\n")
    return folder


def sound_from(begin: float, end: float) -> Callable[[Packings], Path]:
    """Nothing is heard before and behind: not even silence is sent."""

    def film(packings: Packings) -> Path:
        begun = packings.films.without(without_b_frames(packings), "audio", -1, begin)
        return packings.films.without(begun, "audio", end, SECONDS + 1)

    return film


def one_picture_a_second(packings: Packings) -> Path:
    return packings.film(video=(*X264, "-r", "1", "-g", "2"))


HEALTHY = [
    Healthy("plain master", plain_master),
    Healthy("sound later", packed(sound_from(2, 12)), heard=10),
    Healthy("sound shorter", packed(sound_from(0, 10)), heard=10),
    Healthy("slides", packed(one_picture_a_second), pictures=12),
    Healthy("empty end", with_an_empty_end),
    Healthy("tag before each", discontinuities_that_are_none),
    Healthy("clocks begin anew", clocks_that_begin_anew),
    Healthy("ts", packed(plain)),
    Healthy("fmp4", packed(plain, fmp4=True)),
    Healthy("apart ts", apart(fmp4=False)),
    Healthy("apart fmp4", apart(fmp4=True)),
    Healthy("no b-frames", packed(without_b_frames)),
    Healthy("b-frames", packed(many_b_frames)),
    Healthy("b-frames fmp4", packed(many_b_frames, fmp4=True)),
    Healthy("open groups", packed(open_groups)),
    Healthy("vfr", packed(rate_that_varies), pictures=6 * 25 + 6 * 5),
    Healthy("23.976", packed(rate_of_films), pictures=288),
    Healthy("mono", packed(one_channel), sound=(44_100, 1)),
    Healthy("5.1", packed(six_channels), sound=(48_000, 6)),
    Healthy("ac3", packed(dolby), sound=(48_000, 6)),
    Healthy("short silence", packed(short_silence), heard=SECONDS - 0.25),
    Healthy("hevc", packed(hevc, fmp4=True)),
    Healthy("vp9", packed(opus_and_vp9, fmp4=True), sound=(48_000, 2), extension=".mkv"),
]


@pytest.mark.parametrize("healthy", HEALTHY, ids=lambda one: one.name)
def test_a_healthy_stream_arrives_whole(stage: Stage, library: Path, healthy: Healthy) -> None:
    stage.serve(healthy.made(stage))
    stage.serve_good()
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert decoded.sizes.total() == healthy.pictures
    assert len(decoded.sizes) == 1
    assert decoded.heard == pytest.approx(healthy.heard, abs=0.15)
    assert decoded.sounds == [("deu", *healthy.sound)]
    assert decoded.errors == 0
    [file] = placed_in(library)
    assert file.endswith(healthy.extension)
    if (decoded.sizes.total(), healthy.heard) != (PICTURES, SECONDS):
        return  # too few pictures, or too little sound, to find all flashes and beeps in
    seen, heard = flashes(library / file), beeps(library / file)
    assert len(seen) == len(heard) == SECONDS / EVERY
    assert heard == pytest.approx(seen, abs=0.12)
    assert seen == pytest.approx([EVERY * number for number in range(len(seen))], abs=0.12)


FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "index first": ("mp4", ("-movflags", "+faststart")),
    "index last": ("mp4", ()),
    "fragments": ("mp4", ("-movflags", "frag_keyframe+empty_moov+default_base_moof")),
    "matroska": ("mkv", ()),
    "transport stream": ("ts", ()),
}


@pytest.mark.parametrize(
    ("form", "server"),
    [*((form, "") for form in FILES), ("index last", "no_range"), ("index last", "no_etag")],
)
def test_a_plain_file_arrives_whole(stage: Stage, library: Path, form: str, server: str) -> None:
    stage.at_direct()
    extension, options = FILES[form]
    stage.serve_file(stage.packings.films.copy(stage.packings.film(), extension, *options))
    if server:
        stage.world.fail(server, side="hoster", path="/media/*")
    item = stage.work()
    assert (item.status, reasons(item)) == (Status.COMPLETED, []), told(item)
    decoded = result(item)
    assert decoded.sizes.total() == PICTURES
    assert decoded.heard == pytest.approx(SECONDS, abs=0.15)
    assert decoded.errors == 0
    assert len(placed_in(library)) == 1
