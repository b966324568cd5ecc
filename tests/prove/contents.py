"""What a file holds, told by what it decodes to: each picture, each moment of sound, each text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

Told = tuple[int, str]  # when, and a digest


@dataclass(frozen=True, slots=True)
class Content:
    """
    Attributes:
        pictures: a digest of each, in their order.
        tracks: a digest of all that is in a track, with its times; pictures first, then sounds.
        sounds: their languages, as those of the subtitles.
    """

    pictures: tuple[str, ...]
    tracks: tuple[str, ...]
    sounds: tuple[str, ...]
    subtitles: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> Content:
        """Decode a file to its end.

        Raises:
            av.FFmpegError: something in it does not decode.
        """
        with av.open(str(path)) as container:
            spoken = [one.metadata.get("language", "") for one in container.streams.audio]
            shown = [one.metadata.get("language", "") for one in container.streams.subtitles]
        pictures = list(_pictures(path))
        sounds = [list(_sounds(path, number)) for number in range(len(spoken))]
        texts = [list(_texts(path, number)) for number in range(len(shown))]
        return cls(
            tuple(digest for _, digest in pictures),
            tuple(_digest(repr(one).encode()) for one in (pictures, *sounds, *texts)),
            tuple(spoken),
            tuple(shown),
        )


def pictures_of(path: Path) -> tuple[str, ...]:
    """A digest of each picture, in their order."""
    return tuple(digest for _, digest in _pictures(path))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _pictures(path: Path) -> Iterator[Told]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            # What is behind the end of a row is anything.
            rows = (
                memoryview(plane)[at : at + plane.width]
                for plane in frame.planes
                for at in range(0, plane.height * plane.line_size, plane.line_size)
            )
            yield frame.pts or 0, _digest(b"".join(rows))


def _sounds(path: Path, number: int) -> Iterator[Told]:
    with av.open(str(path)) as container:
        for frame in container.decode(audio=number):
            width = frame.format.bytes
            if frame.format.is_packed:
                width *= len(frame.layout.channels)
            size = frame.samples * width
            yield frame.pts or 0, _digest(b"".join(bytes(one)[:size] for one in frame.planes))


def _texts(path: Path, number: int) -> Iterator[Told]:
    with av.open(str(path)) as container:
        for packet in container.demux(subtitles=number):
            if packet.size:
                yield packet.pts or 0, _digest(bytes(packet))
