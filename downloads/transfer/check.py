"""Proving that a file is the whole episode: it opens, has video and sound, and goes to its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

from downloads.transfer.errors import NotMedia, StreamCut
from downloads.transfer.streams import Streams, container_of
from providers.coded import foreign

TOLERANCE = 0.02
LEAST_TOLERANCE = 0.5  # seconds; playlists round the lengths of their pieces
LONGEST_GAP = 3.0  # seconds without sound data; a lost piece of the stream leaves such a hole
# A packet that is said to last longer stands for a hole: MP4 stretches the one before it.
LONGEST_PACKET = {"audio": 0.5, "video": 3.0}


def inspect(path: Path) -> Streams:
    """Read the head of a file.

    Raises:
        NotMedia: it cannot be opened as video or sound.
    """
    with _open(path) as container:
        duration = container.duration
        return Streams(
            video=tuple(
                stream.codec_context.name for stream in container.streams.video if _is_film(stream)
            ),
            audio=tuple(stream.codec_context.name for stream in container.streams.audio),
            duration=duration / av.time_base if duration else None,
        )


def check(path: Path, *, expected: float | None) -> float:
    """Read a whole file packet by packet.

    Args:
        expected: seconds the source announced; None leaves only the file's own word.

    Returns:
        The seconds that are really there.

    Raises:
        NotMedia: no video, or no sound, or unreadable.
        StreamCut: it ends early or has a hole.
    """
    streams = inspect(path)
    if not streams.video or not streams.audio:
        raise NotMedia(why="no_sound") if streams.video else NotMedia(why="no_picture")
    ends = _read_through(path)
    if min(ends.values(), default=0.0) <= 0:
        raise StreamCut(why="empty")
    real = max(ends.values())
    for length in (expected, streams.duration):
        if length is not None and abs(real - length) > _tolerance(length):
            raise StreamCut(why="length", seconds=round(real, 1), announced=round(length, 1))
    return real


def _tolerance(length: float) -> float:
    return max(length * TOLERANCE, LEAST_TOLERANCE)


def _read_through(path: Path) -> dict[str, float]:
    """The end of the last packet of the picture and of the sound, in seconds from the start."""
    ends: dict[str, float] = {"video": 0.0, "audio": 0.0}
    with _open(path) as container:
        start = (container.start_time or 0) / av.time_base
        chosen = [container.streams.video[0], container.streams.audio[0]]
        for packet in _packets(container, chosen):
            kind = packet.stream.type
            begin = float(packet.pts * packet.time_base) - start  # type: ignore[operator]
            if kind == "audio" and begin - ends[kind] > LONGEST_GAP:
                hole, at = round(begin - ends[kind]), round(ends[kind])
                raise StreamCut(why="hole", seconds=hole, at=at)
            end = begin + float((packet.duration or 0) * packet.time_base)
            ends[kind] = max(ends[kind], min(end, begin + LONGEST_PACKET[kind]))
    return ends


def _packets(container: InputContainer, chosen: Sequence[Stream]) -> Iterable[Packet[Stream]]:
    try:
        for packet in container.demux(*chosen):
            if packet.pts is not None:
                yield packet
    except av.FFmpegError as error:
        raise StreamCut(why="unreadable", reason=foreign(error)) from error


def _open(path: Path) -> InputContainer:
    try:
        return av.open(str(path), format=container_of(path), options={"protocol_whitelist": "file"})
    except av.FFmpegError as error:
        raise NotMedia(why="unopened", reason=foreign(error)) from error


def _is_film(stream: object) -> bool:
    """Covers are video streams too, of one picture."""
    disposition = getattr(stream, "disposition", None)
    return not (disposition is not None and disposition & Disposition.attached_pic)
