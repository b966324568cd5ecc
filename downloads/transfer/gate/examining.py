"""The gate: whether a file is the whole episode, in the right language, and can be played."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from downloads.transfer.errors import Doubtful, NotMedia, WrittenWrong
from downloads.transfer.gate import checks
from downloads.transfer.gate.decoding import Decoding
from downloads.transfer.gate.index import check_index
from downloads.transfer.gate.report import Expected, Report
from downloads.transfer.languages import short
from downloads.transfer.media import Muxed, Track
from downloads.transfer.mux.inputs import kind_of, words
from downloads.transfer.streams import container_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream

CHECKS = (
    *("size", "language", "begin", "ends", "length", "season"),
    *("opens", "tracks", "index", "decodes"),
)
LENGTH_TOLERANCE = 0.5  # seconds between what was written and what the file says of itself


def examine(muxed: Muxed, expected: Expected) -> Report:
    """Judge a file that has just been written; the cheapest checks first.

    Returns:
        What was seen of it.

    Raises:
        Doubtful: all else is well with it, but it may not be the episode.
        SourceFault: what the source delivers is not the episode, or not all of it.
        WrittenWrong: the file is not what was written into it.
    """
    tracks, announced = muxed.tracks, muxed.announced
    checks.check_size(announced, muxed.fetched)
    checks.check_language(tracks, expected.wanted)
    checks.check_begin(tracks)
    checks.check_ends(tracks)
    checks.check_length(tracks, announced)
    if muxed.extension == ".mp4":  # which leaves out what nothing was written to
        tracks = tuple(track for track in tracks if track.packets)
    seconds, size = checks.length(tracks), muxed.path.stat().st_size
    with _opened(muxed.path) as container:
        streams = _streams(container, tracks)
        if muxed.extension == ".mp4":
            for stream, track in zip(streams, tracks, strict=True):
                if track.kind != "subtitles":
                    check_index(stream, track, size)
        _check_duration(container, seconds)
        places = _decode(container, streams, tracks)
    report = Report(muxed.extension[1:], size, seconds, tracks, CHECKS, places)
    try:
        checks.check_season(tracks, expected)
    except Doubtful as doubt:  # told last: such a file may be wanted all the same
        passed = tuple(name for name in CHECKS if name != "season")
        doubt.report = dataclasses.replace(report, checks=passed)
        raise
    return report


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    try:
        container = av.open(
            str(path), "r", format=container_of(path), options={"protocol_whitelist": "file"}
        )
    except av.FFmpegError as error:
        raise NotMedia(why="unopened", reason=words(error)) from error
    with container:
        yield container


def _streams(container: InputContainer, tracks: Sequence[Track]) -> list[Stream]:
    """The file's streams, one for each track, in their order.

    Raises:
        WrittenWrong: they are others than were written.
    """
    streams = [stream for stream in container.streams if kind_of(stream)]
    found, written = [_told(one) for one in streams], [_written(one) for one in tracks]
    if found != written:
        raise WrittenWrong(why="tracks", found=_in_words(found), written=_in_words(written))
    return streams


def _decode(
    container: InputContainer, streams: Sequence[Stream], tracks: Sequence[Track]
) -> tuple[float, ...]:
    decoding = Decoding(container, checks.length(tracks))
    for stream, track in zip(streams, tracks, strict=True):
        if isinstance(stream, VideoStream | AudioStream):
            decoding.add(stream, track.end)
    return decoding.run()


def _told(stream: Stream) -> tuple[str, ...]:
    context = stream.codec_context
    told = (context.codec.canonical_name, short(stream.metadata.get("language", "")))
    if isinstance(stream, VideoStream):
        return *told, f"{stream.codec_context.width}×{stream.codec_context.height}"
    return told


def _written(track: Track) -> tuple[str, ...]:
    told = (track.codec, short(track.language))
    return (*told, f"{track.width}×{track.height}") if track.kind == "video" else told


def _in_words(tracks: Sequence[tuple[str, ...]]) -> list[str]:
    return [" ".join(part for part in track if part) for track in tracks]


def _check_duration(container: InputContainer, seconds: float) -> None:
    """Raises WrittenWrong where the file says it is shorter or longer than what was written."""
    told = (container.duration or 0) / av.time_base
    if abs(told - seconds) > LENGTH_TOLERANCE:
        raise WrittenWrong(why="end", found=round(told, 1), written=round(seconds, 1))
