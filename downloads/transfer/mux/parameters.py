"""What of a track must stay as it is at its begin: size of the picture, rate of the sound, codec.

Containers say it once, at their begin. What changes behind that is seen where the stream itself
repeats it: in the parameter sets before key pictures, and in the header of each packet of sound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from av.audio.codeccontext import AudioCodecContext
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext

from downloads.transfer.errors import ParametersChanged

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

Watch = Callable[["Packet[Stream]", float], None]

_RENEWING = frozenset({"mov", "flv"})  # containers that may bring a new header in their middle
_LOOKED_INTO = 8192  # bytes of a key picture; its parameter sets come first
_START = b"\0\0\1"
# By the codec: how the kind of a unit is told from its first byte, and which kinds are parameters.
_UNITS: dict[str, tuple[Callable[[int], int], frozenset[int], int]] = {
    "h264": (lambda byte: byte & 0x1F, frozenset({7}), 5),
    "hevc": (lambda byte: byte >> 1 & 0x3F, frozenset({32, 33, 34}), 31),
}
# Of H.264 those that all have the same depth of colour: 66, 77, 88, 100.
_COMMON_PROFILES = frozenset({b"B", b"M", b"X", b"d"})
# By the codec: which bits of its first bytes say rate and channels.
_SOUND_BITS = {
    "aac": (4, 0x0000_FDC0),  # ADTS: profile, rate, channels
    "mp3": (4, 0x001E_0C00),  # version, layer, rate
    "ac3": (5, 0x0000_0000_C0),
    "eac3": (5, 0x0000_0000_C0),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a stream's container says of it. Zero is what does not apply, or is not told."""

    codec: str
    width: int = 0
    height: int = 0
    rate: int = 0
    channels: int = 0
    header: bytes = b""

    @classmethod
    def of(cls, stream: Stream) -> Parameters:
        context = stream.codec_context
        codec = context.codec.canonical_name
        header = context.extradata or b""
        if isinstance(context, VideoCodecContext):
            return cls(codec, context.width, context.height, header=header)
        if isinstance(context, AudioCodecContext):
            return cls(codec, rate=context.sample_rate, channels=context.channels, header=header)
        return cls(codec)

    @property
    def in_words(self) -> str:
        if self.width:
            return f"{self.codec} {self.width}×{self.height}"
        if self.rate:
            return f"{self.codec} {self.rate} Hz, {self.channels}"
        return self.codec

    @property
    def repeats_itself(self) -> bool:
        """Whether each part of the stream says anew what it is, so that its container need not."""
        if self.codec in _UNITS:
            return bool(self.width) and self.header[:1] != b"\1"
        return self.codec in _SOUND_BITS and not self.header

    def must_be(self, later: Parameters, at: float) -> None:
        """Compare with what the same track is said to be in a later run.

        Raises:
            ParametersChanged: it is another one.
        """
        same = self.codec == later.codec and self.repeats_itself == later.repeats_itself
        same = same and (self.width, self.height) == (later.width, later.height)
        if not self.repeats_itself:
            same = same and (self.rate, self.channels) == (later.rate, later.channels)
        if not same:
            raise _changed(self, later, at)
        if not self.repeats_itself and not self._bears(later):
            raise ParametersChanged(why="header", at=round(at, 1), codec=self.codec)

    def _bears(self, later: Parameters) -> bool:
        """Whether a file with this header can hold what has the later one."""
        if self.header == later.header:
            return True
        if self.codec == "h264":
            profiles = {self.header[1:2], later.header[1:2]}
            are_alike = len(profiles) == 1 or profiles <= _COMMON_PROFILES
            return are_alike and bool(in_band(later.header))
        if self.codec == "aac":
            return self.header[0] >> 3 == later.header[0] >> 3
        return not self.width


def in_band(header: bytes) -> bytes:
    """The parameter sets of a header of H.264, as they stand before a picture in MP4; "" if none.

    They are how a picture is read that has another header than its file.
    """
    if len(header) < 7 or header[0] != 1 or header[4] & 3 != 3:
        return b""
    found, at = [], 5
    for mask in (0x1F, 0xFF):  # first the sets of the sequence, then those of pictures
        count = header[at] & mask if at < len(header) else 0
        at += 1
        for _ in range(count):
            length = int.from_bytes(header[at : at + 2])
            one = header[at + 2 : at + 2 + length]
            if not length or len(one) < length:
                return b""
            found.append(length.to_bytes(4) + one)
            at += 2 + length
    return b"".join(found)


class PictureWatch:
    """Looks at the parameter sets before each key picture."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._kind, self._wanted, self._last = _UNITS[parameters.codec]
        self._seen: bytes = b""

    def __call__(self, packet: Packet[Stream], at: float) -> None:
        """Raises ParametersChanged where they describe another picture."""
        found = self._sets(bytes(memoryview(packet)[:_LOOKED_INTO]))
        if not found or found == self._seen:
            return
        if self._seen:
            self._compare(packet, at)
        self._seen = found

    def _sets(self, head: bytes) -> bytes:
        found, at = [], head.find(_START)
        while at >= 0 and at + 3 < len(head):
            behind = head.find(_START, at + 3)
            kind = self._kind(head[at + 3])
            if kind in self._wanted:
                found.append(head[at + 3 : behind if behind >= 0 else None].rstrip(b"\0"))
            elif kind <= self._last and kind:
                break  # the picture itself
            at = behind
        return _START.join(found)

    def _compare(self, packet: Packet[Stream], at: float) -> None:
        """Other sets may describe the same picture; a decoder tells."""
        before = self._parameters
        after = _decoded(before.codec, packet)
        # What stands before a picture of HEVC is left out of MP4, whose header has the first ones.
        if before.codec == "hevc" or (after.width, after.height) != (before.width, before.height):
            raise _changed(before, after, at)


class SoundWatch:
    """Looks at the header of each packet of sound."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._length, self._mask = _SOUND_BITS[parameters.codec]
        self._seen: int | None = None
        self._odd: int | None = None

    def __call__(self, packet: Packet[Stream], at: float) -> None:
        """Raises ParametersChanged where two in a row tell of other sound: one may be broken."""
        found = int.from_bytes(bytes(packet)[: self._length]) & self._mask
        if found == self._seen:
            self._odd = None
            return
        if self._seen is None:
            self._seen = found
        elif found == self._odd:
            raise _changed(self._parameters, _decoded(self._parameters.codec, packet), at)
        else:
            self._odd = found


def watch_over(parameters: Parameters, container: str) -> Watch | None:
    """What is to look at the packets of a track; nothing where a container cannot change it."""
    if parameters.repeats_itself:
        return PictureWatch(parameters) if parameters.width else SoundWatch(parameters)
    return _header_watch(parameters) if container in _RENEWING and parameters.header else None


def _header_watch(parameters: Parameters) -> Watch:
    """Looks whether a packet brings another header than the container has.

    Containers hand a new one on beside the packet that needs it first.
    """

    def watch(packet: Packet[Stream], at: float) -> None:
        for beside in packet.iter_sidedata():
            header = bytes(beside) if beside.data_type == "new_extradata" else parameters.header
            if header != parameters.header:
                raise _changed(parameters, _decoded(parameters.codec, packet, header), at)

    return watch


def _decoded(codec: str, packet: Packet[Stream], header: bytes = b"") -> Parameters:
    """What a decoder finds in a packet; nothing of one that it cannot read."""
    context = CodecContext.create(codec, "r")
    context.thread_count = 1
    if header:
        context.extradata = header
    try:
        if isinstance(context, VideoCodecContext):
            pictures = [*context.decode(packet), *context.decode(None)]
            return Parameters(codec, *next(((one.width, one.height) for one in pictures), (0, 0)))
        if isinstance(context, AudioCodecContext):
            for one in [*context.decode(packet), *context.decode(None)]:
                channels = one.layout.nb_channels
                return Parameters(codec, rate=one.sample_rate, channels=channels)
    except av.FFmpegError:
        pass
    return Parameters(codec)


def _changed(before: Parameters, after: Parameters, at: float) -> ParametersChanged:
    why = "picture" if before.width else "sound"
    return ParametersChanged(why=why, at=round(at, 1), before=before.in_words, after=after.in_words)
