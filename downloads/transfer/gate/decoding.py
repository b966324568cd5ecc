"""Decoding a file at several places: its tracks hold what they say they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from downloads.transfer.errors import ParametersChanged, StreamCut, Undecodable
from downloads.transfer.mux.inputs import words
from downloads.transfer.mux.tracks import LONGEST_STILL

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

QUARTERS = (0.0, 0.25, 0.5, 0.75)
PICTURES = 8  # decoded at a place
PICTURES_AT_END = 48
SOUNDS = 20
SOUNDS_AT_END = 1000
MOST_PIXELS = 100_000_000  # at a place; of very large pictures fewer are decoded
MOST_PACKETS = 50_000  # read at a place
FURTHEST = 1.5  # seconds between what was sought and what was found
# Of what is decoded at a place. One broken picture is to be seen once, and then forgotten.
MOST_DAMAGED = 0.25


@dataclass(slots=True)
class _Track:
    """A stream that is decoded.

    Attributes:
        end: where it ends, in seconds.
        shape: size of its pictures, or rate and channels of its sound.
    """

    stream: VideoStream | AudioStream
    end: float
    shape: tuple[int, int] | None = None

    @property
    def is_picture(self) -> bool:
        return isinstance(self.stream, VideoStream)

    def is_as_before(self, frame: VideoFrame | AudioFrame, at: float) -> None:
        """Raises ParametersChanged where a picture has another size, or sound another rate."""
        if isinstance(frame, VideoFrame):
            found, unit = (frame.width, frame.height), "×"
        else:
            found, unit = (frame.sample_rate, frame.layout.nb_channels), " Hz, "
        self.shape = self.shape or found
        if found != self.shape:
            before, after = (unit.join(map(str, one)) for one in (self.shape, found))
            why = "picture" if self.is_picture else "sound"
            raise ParametersChanged(why=why, at=round(at, 1), before=before, after=after)


@dataclass(slots=True)
class _Sample:
    """What is decoded of a track at a place."""

    track: _Track
    at: float
    wanted: int
    taken: int = 0
    good: int = 0
    damaged: int = 0
    reason: str = ""
    key: int | None = None  # when the first picture is shown
    last: int = 0  # when the last packet that was read is shown

    def take(self, packet: Packet[Stream]) -> None:
        """Decode a packet; what is wrong with it is counted.

        Raises:
            StreamCut: there is nothing for some time before it.
        """
        pts = packet.pts or 0
        if self.key is not None:
            self._follow(self.last, pts)
        self.last = max(self.last, pts)
        if self.taken < self.wanted:
            self.taken += 1
            self.key = pts if self.key is None else self.key
            self._decode(packet)

    def _follow(self, last: int, pts: int) -> None:
        tick = float(self.track.stream.time_base or 0)
        seconds = (pts - last) * tick
        if seconds > 2 * LONGEST_STILL:
            why = "dark" if self.track.is_picture else "silent"
            raise StreamCut(why=why, seconds=round(seconds, 1), at=round(last * tick, 1))

    def reach(self, is_end: bool) -> None:
        """Whether what was sought was found.

        Raises:
            StreamCut: there is nothing at the place, or not all up to the end.
        """
        track, tick = self.track, float(self.track.stream.time_base or 0)
        begin = track.end if self.key is None else self.key * tick
        if track.is_picture and begin - self.at > FURTHEST:
            raise StreamCut(why="dark", seconds=round(begin - self.at, 1), at=round(self.at, 1))
        last = self.last * tick
        if is_end and track.end - last > FURTHEST:
            why = "picture_ends" if track.is_picture else "sound_ends"
            raise StreamCut(why=why, at=round(last, 1), seconds=round(track.end, 1))

    def finish(self) -> None:
        """Take what the decoder still holds, and judge.

        Raises:
            Undecodable: nothing can be decoded, or too much of it is damaged.
        """
        self._decode(None)
        whole = self.good + self.damaged
        if self.taken and (not self.good or self.damaged > max(1, whole * MOST_DAMAGED)):
            why = "picture" if self.track.is_picture else "sound"
            reason = self.reason or f"{self.damaged}/{whole}"
            raise Undecodable(why=why, at=round(self.at, 1), reason=reason)

    def _decode(self, packet: Packet[Stream] | None) -> None:
        try:
            for frame in self.track.stream.codec_context.decode(packet):
                self._count(frame)
        except av.FFmpegError as error:
            self.damaged += 1
            self.reason = self.reason or words(error)

    def _count(self, frame: VideoFrame | AudioFrame) -> None:
        if frame.pts is not None and self.key is not None and frame.pts < self.key:
            return  # it is shown before the picture it was sought by, and needs what is before that
        self.track.is_as_before(frame, self.at)
        if frame.is_corrupt:
            self.damaged += 1
        else:
            self.good += 1


@dataclass(slots=True)
class Decoding:
    """A file that is decoded here and there, in one thread, within bounds."""

    container: InputContainer
    seconds: float
    _tracks: dict[int, _Track] = field(default_factory=dict)

    def add(self, stream: VideoStream | AudioStream, end: float) -> None:
        """Have a stream decoded, which ends at some second."""
        context = stream.codec_context
        context.thread_count = 1
        context.options = {"err_detect": "crccheck+bitstream+buffer+explode"}
        self._tracks[stream.index] = _Track(stream, end, _declared(stream))

    def run(self) -> tuple[float, ...]:
        """Decode at the begin, at each quarter and at the end.

        Returns:
            The seconds of the places.

        Raises:
            Undecodable, ParametersChanged, StreamCut.
        """
        places = [self.seconds * part for part in QUARTERS]
        for place in places:
            self._at(place, PICTURES, SOUNDS)
        last = max(self.seconds - 0.1, 0.0)
        self._at(last, PICTURES_AT_END, SOUNDS_AT_END, is_end=True)
        return (*(round(place, 1) for place in places), round(last, 1))

    def _at(self, seconds: float, pictures: int, sounds: int, *, is_end: bool = False) -> None:
        samples = {
            index: _Sample(track, seconds, self._most(track, pictures, sounds))
            for index, track in self._tracks.items()
        }
        try:
            self.container.seek(int(seconds * av.time_base))
            self._read(samples, is_end)
        except av.FFmpegError as error:
            raise StreamCut(why="unreadable", reason=words(error)) from error
        for sample in samples.values():
            sample.finish()
            sample.reach(is_end)

    def _most(self, track: _Track, pictures: int, sounds: int) -> int:
        stream = track.stream
        if isinstance(stream, AudioStream):
            return sounds
        size = stream.codec_context.width * stream.codec_context.height
        return max(1, min(pictures, MOST_PIXELS // max(size, 1)))

    def _read(self, samples: dict[int, _Sample], is_end: bool) -> None:
        left = MOST_PACKETS
        for packet in self._packets():
            sample = samples[packet.stream_index]
            sample.take(packet)
            left -= 1
            have_all = all(one.taken >= one.wanted for one in samples.values())
            if not left or (have_all and not is_end):
                return

    def _packets(self) -> Iterable[Packet[Stream]]:
        streams = [track.stream for track in self._tracks.values()]
        for packet in self.container.demux(*streams):
            if packet.size:
                yield packet


def _declared(stream: VideoStream | AudioStream) -> tuple[int, int] | None:
    """The size the container tells; the rate it tells may be half of what is heard (HE-AAC)."""
    if isinstance(stream, AudioStream):
        return None
    return stream.codec_context.width, stream.codec_context.height
