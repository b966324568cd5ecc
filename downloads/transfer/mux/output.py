"""The file that is written: which container, which streams in which order, and their names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.packet import Packet as NewPacket
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from downloads.transfer.errors import RemuxFailed, TransferError, from_os_error
from downloads.transfer.languages import in_files, short
from downloads.transfer.media import TrackKind, Wanted
from downloads.transfer.mux.captions import HEADER, MKV_CAPTIONS, MP4_CAPTIONS, text_of
from downloads.transfer.mux.inputs import words
from downloads.transfer.mux.parameters import Parameters
from downloads.transfer.places import own_file
from providers.coded import foreign

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.container.core import Chapter
    from av.packet import Packet
    from av.stream import Stream

# What players and media servers take in MP4; anything else goes into Matroska.
MP4_CODECS: dict[TrackKind, frozenset[str]] = {
    "video": frozenset({"h264", "hevc", "av1", "mpeg4"}),
    "audio": frozenset({"aac", "mp3", "ac3", "eac3", "alac"}),
    "subtitles": frozenset({"mov_text", "subrip", "webvtt", "text"}),
}
LONGEST_MP4 = 3 * 3600.0  # seconds; its index is held in memory until the end, 16 MB for an hour
MOST_CHAPTERS = 500
LONGEST_TITLE = 200
HANDED_OVER = 32 << 20  # bytes that are brought to the disk together
MOST_FONTS = 64
MOST_FONT_BYTES = 32 << 20
_FONT_TYPES = ("font/", "application/x-truetype-font", "application/vnd.ms-opentype")
_KEPT = (
    Disposition.forced
    | Disposition.hearing_impaired
    | Disposition.visual_impaired
    | Disposition.comment
    | Disposition.original
    | Disposition.dub
)
_MILLISECONDS = Fraction(1, 1000)


@dataclass(slots=True)
class Planned:
    """A track before it is there.

    Attributes:
        template: the stream it comes from; None of subtitles that are made here.
        language: ISO 639-1, or "".
    """

    kind: TrackKind
    parameters: Parameters
    language: str
    title: str = ""
    template: Stream | None = None
    disposition: int = 0

    @classmethod
    def of(cls, kind: TrackKind, template: Stream, language: str, title: str) -> Planned:
        """``language`` and ``title`` are those of the feed, where the stream tells none."""
        told = template.metadata
        return cls(
            kind,
            Parameters.of(template),
            short(told.get("language", "")) or language,
            foreign(told.get("title") or told.get("name") or title)[:LONGEST_TITLE],  # in MP4: name
            template,
            int(template.disposition & _KEPT),
        )


def settle_languages(planned: Sequence[Planned], wanted: Wanted) -> list[Planned]:
    """The tracks in the file's order: the picture, the source's own sound before other, subtitles.

    What nothing names is in the language of the source, once.
    """
    sounds = [one for one in planned if one.kind == "audio"]
    subtitles = [one for one in planned if one.kind == "subtitles"]
    _name_first(sounds, wanted.sound)
    _name_first(subtitles, wanted.subtitles)
    sounds.sort(key=lambda one: one.language != wanted.sound)
    subtitles.sort(key=lambda one: one.language != wanted.subtitles)
    pictures = [one for one in planned if one.kind == "video"]
    for first in (*pictures[:1], *sounds[:1]):
        first.disposition |= Disposition.default
    if subtitles and wanted.subtitles and subtitles[0].language == wanted.subtitles:
        subtitles[0].disposition |= Disposition.default
    return [*pictures, *sounds, *subtitles]


def _name_first(tracks: Sequence[Planned], language: str) -> None:
    if language and all(one.language != language for one in tracks):
        unnamed = [one for one in tracks if not one.language]
        for one in unnamed[:1]:
            one.language = language


def container_for(planned: Sequence[Planned], seconds: float | None) -> str:
    """``mp4``, or ``matroska`` where a stream or the length needs it."""
    fits = all(one.parameters.codec in MP4_CODECS[one.kind] for one in planned)
    return "mp4" if fits and (seconds or 0.0) <= LONGEST_MP4 else "matroska"


class Output:
    """A file that is being written; it is deleted unless :meth:`finish` is reached."""

    def __init__(self, stem: Path, container: str) -> None:
        self.extension = ".mp4" if container == "mp4" else ".mkv"
        self.path = own_file(stem.with_name(f"{stem.name}{self.extension}"))
        self._container: OutputContainer = av.open(str(self.path), "w", format=container)
        self.captions = MP4_CAPTIONS if container == "mp4" else MKV_CAPTIONS
        self._handed_over = 0  # bytes

    @property
    def is_mp4(self) -> bool:
        return self.extension == ".mp4"

    def add(self, planned: Planned) -> Stream:
        """A stream for a track.

        Raises:
            RemuxFailed: no container takes its codec.
        """
        try:
            stream = self._new(planned)
        except (av.FFmpegError, ValueError) as error:
            raise RemuxFailed(reason=words(error)) from error
        language = in_files(planned.language)
        if language:
            stream.metadata["language"] = language
        if planned.title:
            stream.metadata["title"] = planned.title
        stream.disposition = planned.disposition  # type: ignore[assignment]
        return stream

    def _new(self, planned: Planned) -> Stream:
        template, codec = planned.template, planned.parameters.codec
        if template is None or self.has_to_be_made(planned):
            return self._text_stream()
        # Opaque: what the demuxer knows, with no encoder that would have to exist for it.
        stream = self._container.add_stream_from_template(template, opaque=True)
        context = stream.codec_context
        if isinstance(template, VideoStream) and isinstance(context, VideoCodecContext):
            shape = template.sample_aspect_ratio  # the container's, where that tells one
            context.sample_aspect_ratio = shape or context.sample_aspect_ratio
        if self.is_mp4 and codec == "hevc":
            context.codec_tag = "hvc1"  # the only one Apple's players take
        return stream

    def _text_stream(self) -> Stream:
        made = self._container.add_stream(self.captions.codec)
        made.codec_context.subtitle_header = HEADER
        made.codec_context.time_base = _MILLISECONDS
        made.time_base = _MILLISECONDS
        return made

    def has_to_be_made(self, planned: Planned) -> bool:
        """Whether a track of text has to be put into the form this container has for it."""
        codec = planned.parameters.codec
        if planned.kind != "subtitles":
            return False
        return codec != "mov_text" if self.is_mp4 else codec in {"mov_text", "text"}

    def codec_of(self, planned: Planned) -> str:
        """The codec a track has in this file."""
        if planned.template is None or self.has_to_be_made(planned):
            return self.captions.codec
        return planned.parameters.codec

    def keep_chapters(self, source: InputContainer, shift: float) -> None:
        """The chapters of a file, at the times they have in this one."""
        kept: list[Chapter] = []
        for one in source.chapters()[:MOST_CHAPTERS]:
            base = one["time_base"]
            if not base:
                continue
            moved = round(shift / float(base))
            begin, end = max(one["start"] + moved, 0), max(one["end"] + moved, 0)
            title = foreign(one["metadata"].get("title", ""))[:LONGEST_TITLE]
            named = {"title": title} if title else {}
            told: Chapter = {
                "id": one["id"],
                "start": begin,
                "end": end,
                "time_base": base,
                "metadata": named,
            }
            kept.append(told)
        if kept:
            self._container.set_chapters(kept)

    def keep_fonts(self, source: InputContainer) -> None:
        """What subtitles are written in, where the container takes it."""
        left = MOST_FONT_BYTES
        for one in source.streams.attachments[:MOST_FONTS]:
            kind = one.mimetype or ""
            if self.is_mp4 or not kind.startswith(_FONT_TYPES):
                continue
            data = one.data
            left -= len(data)
            if left < 0:
                return
            self._container.add_attachment(foreign(one.name)[:LONGEST_TITLE], kind, data)

    def begin(self) -> None:
        """Write the header; all streams are known."""
        try:
            self._container.start_encoding()
        except (av.FFmpegError, ValueError) as error:
            raise written(error) from error

    def write(self, packet: Packet[Stream]) -> None:
        self._container.mux_one(packet)

    def write_behind(self, before: bytes, packet: Packet[Stream], stream: Stream) -> None:
        """A packet with something before it."""
        longer: Packet[Stream] = NewPacket(before + bytes(packet))
        longer.time_base = packet.time_base
        longer.pts, longer.dts, longer.duration = packet.pts, packet.dts, packet.duration
        longer.is_keyframe = packet.is_keyframe
        longer.stream = stream
        self._container.mux_one(longer)

    def write_text(self, packet: Packet[Stream], codec: str, stream: Stream) -> None:
        """A subtitle in the form this container has for it."""
        text = text_of(packet, codec)
        if text and packet.pts is not None:
            tick = packet.time_base
            begin, seconds = packet.pts * tick, (packet.duration or 0) * tick
            self.write_cue(stream, text, float(begin), float(seconds))

    def write_cue(self, stream: Stream, text: str, begin: float, seconds: float) -> None:
        """A subtitle at a time of the file."""
        packet = self.captions.packet(stream, text)
        packet.time_base = _MILLISECONDS
        packet.pts = packet.dts = round(begin * 1000)
        packet.duration = round(seconds * 1000)
        packet.is_keyframe = True
        packet.stream = stream
        self._container.mux_one(packet)

    def hand_over(self) -> None:
        """Let the system bring to the disk what is written, while more comes: what is left of that
        at the end is waited for."""
        with self.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size - self._handed_over >= HANDED_OVER:
                # It begins to write what is not on the disk yet, and waits for nothing.
                os.posix_fadvise(file.fileno(), self._handed_over, 0, os.POSIX_FADV_DONTNEED)
                self._handed_over = size

    def finish(self) -> None:
        """Write the index and close.

        Raises:
            TransferError: the disk did not take it.
        """
        try:
            self._container.close()
        except av.FFmpegError as error:
            raise written(error) from error

    def discard(self) -> None:
        """Close and delete what is there. What went wrong before is what is told."""
        with suppress(av.FFmpegError):
            self._container.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def written(error: Exception) -> TransferError:
    """What an error means that libav had with the file it writes."""
    if isinstance(error, OSError):
        return from_os_error(error)
    return RemuxFailed(reason=words(error))
