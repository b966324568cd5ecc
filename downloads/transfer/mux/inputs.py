"""Opening what a feed brings: one demuxer for a run, and nothing it could open besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import av
from av.audio.codeccontext import AudioCodecContext
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext

from downloads.transfer.errors import NotMedia, StreamCut
from downloads.transfer.media import Readable, Run, TrackKind
from downloads.transfer.streams import container_of
from providers.coded import foreign

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

READ_BYTES = 1 << 18  # larger ones are memory that the system hands out anew each time
MOST_STREAMS = 64
MOST_HEADER_BYTES = 1 << 20  # of what a codec has to say of itself
# What may be read before the streams are known. Ten times what an honest one needs.
_PROBED = {"probesize": str(5_000_000), "analyzeduration": str(10_000_000)}
_NONE = "none"  # a protocol that there is not: some demuxers do not ask ``io_open``
_KINDS: dict[str, TrackKind] = {"video": "video", "audio": "audio", "subtitle": "subtitles"}


@dataclass(frozen=True, slots=True)
class FileFeed:
    """A file that is there already. Picture and sound in files apart are two of these.

    Attributes:
        kinds: which of its tracks are taken.
        language: ISO 639-1 of its sound, where something beside the file names it.
    """

    path: Path
    kinds: frozenset[TrackKind] = frozenset({"video", "audio", "subtitles"})
    language: str = ""
    title: str = ""

    def runs(self) -> Iterator[Run]:
        """The whole file.

        Raises:
            NotMedia: it is in no format that is read.
        """
        yield Run(container_of(self.path), path=self.path)


@dataclass(slots=True)
class _Source:
    """What libav reads from; keeps the reason why it could not go on, which libav would lose."""

    data: Readable
    error: Exception | None = None
    is_at_end: bool = False

    def read(self, size: int) -> bytes:
        if self.error or self.is_at_end:  # libav asks again, and must not wait then
            return b""
        try:
            found = self.data.read(size)
        except Exception as error:  # noqa: BLE001 (raised again once libav has returned)
            self.error = error
            return b""
        self.is_at_end = not found
        if len(found) > size:  # libav has room for no more, and does not look
            self.error = ValueError(f"{len(found)} bytes were read instead of {size}")
            return b""
        return found


@dataclass(slots=True)
class Input:
    """A run that is open. ``streams`` are those that are taken, in the file's order."""

    run: Run
    container: InputContainer
    streams: tuple[Stream, ...]
    _source: _Source | None = field(default=None)

    @classmethod
    def open(cls, run: Run, kinds: frozenset[TrackKind]) -> Input:
        """Read a run's head.

        Raises:
            NotMedia: it cannot be opened, or goes beyond all bounds.
            TransferError: what reading it raised.
        """
        source = None if run.data is None else _Source(run.data)
        try:
            container = _open(run, source)
        except (av.FFmpegError, ValueError) as error:
            if source and source.error:
                raise source.error from None
            raise NotMedia(why="unopened", reason=words(error)) from error
        if source and source.error:
            container.close()
            raise source.error
        count = len(container.streams)
        if count > MOST_STREAMS:
            container.close()
            raise NotMedia(why="streams", count=count, most=MOST_STREAMS)
        taken = tuple(one for one in container.streams if kind_of(one) in kinds and _is_whole(one))
        return cls(run, container, taken, source)

    @property
    def begin(self) -> float | None:
        """The time of its first picture or sound, by the container's own clock."""
        begins = [
            float(stream.start_time * stream.time_base)
            for stream in self.streams
            if stream.type != "subtitle" and stream.start_time is not None and stream.time_base
        ]
        return min(begins, default=None)

    @property
    def seconds(self) -> float | None:
        """The length a file of its own says it has."""
        duration = self.container.duration if self.run.path else None
        return duration / av.time_base if duration else None

    def packets(self) -> Iterator[Packet[Stream]]:
        """What is in the taken streams, in the file's order.

        Raises:
            StreamCut: it cannot be read to its end.
            TransferError: what reading it raised.
        """
        try:
            yield from self.container.demux(*self.streams)
        except av.FFmpegError as error:
            self._fail(error)
        except IndexError:
            pass  # PyAV, at the end, for a stream that came up on the way and is not taken
        if self._source and self._source.error:
            raise self._source.error

    def _fail(self, error: av.FFmpegError) -> NoReturn:
        if self._source and self._source.error:
            raise self._source.error from None
        raise StreamCut(why="unreadable", reason=words(error)) from error

    def close(self) -> None:
        self.container.close()


def kind_of(stream: Stream) -> TrackKind | None:
    """What a stream is to us; None of covers, data and what nothing here can read."""
    if stream.codec_context is None or stream.disposition & Disposition.attached_pic:
        return None
    return _KINDS.get(stream.type)


def words(error: Exception) -> str:
    """What libav says, without the names it has for our files."""
    return foreign(getattr(error, "strerror", None) or error)


def _open(run: Run, source: _Source | None) -> InputContainer:
    # Formats are never guessed: a guessed playlist would make libav open what it names.
    options = {**_PROBED, "format_whitelist": run.container}
    if source is not None:
        return av.open(
            source,
            "r",
            format=run.container,
            options={**options, "protocol_whitelist": _NONE},
            buffer_size=READ_BYTES,
            metadata_errors="replace",
            io_open=_refuse,
        )
    return av.open(
        str(run.path),
        "r",
        format=run.container,
        options={**options, "protocol_whitelist": "file"},
        metadata_errors="replace",
    )


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:  # noqa: ARG001 - libav calls it
    raise ValueError("a stream wanted to open another one")


def _is_whole(stream: Stream) -> bool:
    """Whether enough is known of it to write it; of a stream without a packet there is not."""
    context = stream.codec_context
    if context.extradata_size > MOST_HEADER_BYTES:
        raise NotMedia(why="header", bytes=context.extradata_size)
    if isinstance(context, VideoCodecContext):
        return bool(context.width and context.height)
    if isinstance(context, AudioCodecContext):
        return bool(context.sample_rate and context.channels)
    return True
