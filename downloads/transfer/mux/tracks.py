"""Following a track by itself: its times, its holes, and what of it must not change.

A **follower** stays for the whole track; a **passage** is one run's stream on its way into it. What
is asked of each packet is so little that it costs nothing; all else is in ``Passage.mend``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from downloads.transfer.errors import NotMedia, StreamCut
from downloads.transfer.media import Track, TrackKind
from downloads.transfer.mux.parameters import Watch
from downloads.transfer.mux.sound import seconds_of_sound

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

MOST_PACKET_BYTES = 32 << 20
# Seconds without a packet. Pictures of one second exist: a still, and a rate that varies.
LONGEST_SILENCE = 0.5
LONGEST_STILL = 1.5
# Where a piece may have been lost: at a run's begin, or at a key picture (each piece begins with
# one) where the rate has not varied before.
LONGEST_STILL_AT_SEAM = 0.75
STEADY_PACKETS = 250
LONGEST_USUAL = 0.1  # seconds; a longer picture says nothing of how long they usually last
LONGEST_STEADY = 0.2  # seconds; times at the begin may be uneven
TINY = 0.25  # seconds that times may go back by: two pieces that overlap, and rounding
LONGEST_OVERLAP = 0.1  # seconds by which sound may begin before its end in the run before
NUDGE = 0.001  # seconds by which a packet follows one that it must not stand beside
MOST_MENDED = 50  # and one in a hundred
MOST_HELD = 32  # packets at the begin whose time follows from the first that has one
LONGEST_END = 3.0  # seconds of a still at the end: what is left there says no more
NEVER = 1 << 62


@dataclass(slots=True)
class Follower:
    """What is known of a track. Times are the file's, in seconds.

    Attributes:
        out: the stream it is written to.
        last: when the last packet is decoded.
        top: when the last picture begins that was shown, or the last sound.
        step: how long its packets usually last.
        last_step: how long the one lasts that is shown last.
        widest: the longest of those that were taken.
        mended: packets whose times were wrong by next to nothing.
    """

    kind: TrackKind
    codec: str
    language: str
    out: Stream
    width: int | None = None
    height: int | None = None
    rate: int | None = None
    channels: int | None = None
    begin: float | None = None
    last: float | None = None
    top: float = -math.inf
    step: float = 0.0
    last_step: float = 0.0
    widest: float = 0.0
    packets: int = 0
    mended: int = 0

    @property
    def end(self) -> float:
        return self.top + self.last_step if self.packets else 0.0

    def track(self) -> Track:
        """What it has become."""
        return Track(
            kind=self.kind,
            codec=self.codec,
            language=self.language,
            begin=round(self.begin or 0.0, 3),
            end=round(self.end, 3),
            packets=self.packets,
            width=self.width,
            height=self.height,
            rate=self.rate,
            channels=self.channels,
        )


class Passage:
    """A stream's packets into a track. Times are the stream's own ticks; ``shift`` is added.

    Attributes:
        limit: how far a packet may lie behind the one before it without a closer look.
        watch: looks at key packets.
        form: the codec of text that has to be put into another form; empty of all else.
        before_keys: what has to stand before key pictures, as the file's header is another one.
        is_special: packets have to be changed, not only their times.
        latest: of the packets so far, the one that is shown last.
        frame: ticks of a packet of sound, as far as it is known.
    """

    __slots__ = (
        "before_keys",
        "count",
        "follower",
        "form",
        "frame",
        "held",
        "is_special",
        "last",
        "latest",
        "limit",
        "out",
        "shift",
        "stop",
        "tick",
        "time_base",
        "top",
        "watch",
    )

    def __init__(self, follower: Follower, stream: Stream, shift: float) -> None:
        if not stream.time_base:
            raise NotMedia(why="unopened", reason="no time base")
        self.follower = follower
        self.out = follower.out
        self.time_base = stream.time_base
        self.tick = float(stream.time_base)
        self.shift = round(shift / self.tick)
        self.last = -NEVER if follower.last is None else self._ticks(follower.last)
        self.top = -NEVER
        self.limit = int(follower.widest / self.tick)
        self.stop = NEVER
        self.count = 0
        self.held: list[Packet[Stream]] = []
        self.watch: Watch | None = None
        self.form = ""
        self.before_keys = b""
        self.is_special = False
        self.latest: Packet[Stream] | None = None
        self.frame = round(follower.step / self.tick) if follower.kind == "audio" else 0

    def at(self, ticks: int) -> float:
        """Seconds in the file."""
        return (ticks + self.shift) * self.tick

    def _ticks(self, seconds: float) -> int:
        return round(seconds / self.tick) - self.shift

    def stop_at(self, seconds: float) -> None:
        """Let the reading pause behind a time in the file."""
        self.stop = NEVER if math.isinf(seconds) else self._ticks(seconds)

    def settle(self) -> float:
        """Tell the follower how far it is, and return that."""
        follower = self.follower
        if self.last > -NEVER:
            follower.last = self.at(self.last)
        if self.top > -NEVER and self.at(self.top) >= follower.top:
            follower.top = self.at(self.top)
            follower.last_step = self._last_step()
        follower.packets += self.count
        self.count = 0
        return follower.last or 0.0

    def take(self, packet: Packet[Stream]) -> None:
        """Note a packet, and put its times on the file's clock."""
        pts, self.last = _of(packet.pts), _of(packet.dts)
        self.count += 1
        if pts > self.top:
            self.top, self.latest = pts, packet
        packet.pts, packet.dts = pts + self.shift, self.last + self.shift

    def _last_step(self) -> float:
        """How long what is shown last is shown; a still may be longer than what is usual."""
        latest = self.latest
        if latest is None or self.follower.kind != "video" or not latest.duration:
            return self.follower.step
        return min(max(latest.duration * float(latest.time_base), self.follower.step), LONGEST_END)

    def mend(self, packet: Packet[Stream]) -> Sequence[Packet[Stream]]:
        """Take a packet that does not simply follow the one before it.

        Returns:
            What is to be written now: nothing of an empty packet, more than one where some were
            held until their time was known.

        Raises:
            StreamCut: a hole, or times that cannot be right.
            NotMedia: a packet beyond all bounds.
        """
        if packet.size > MOST_PACKET_BYTES:
            raise NotMedia(why="packet", bytes=packet.size)
        if packet.size == 0:
            return ()
        if self.last == -NEVER:
            return self._first(packet)
        self._give_times(packet)
        step = _of(packet.dts) - self.last
        if step <= 0:
            if self._has_been_heard(step):
                return ()
            self._nudge(packet, step)
        elif step > self.limit:
            self._widen(step, packet)
        return (packet,)

    def _first(self, packet: Packet[Stream]) -> Sequence[Packet[Stream]]:
        """Matroska tells when packets are shown, and libav needs some to know when to decode.

        What comes before the first key picture cannot be seen, and is left out.
        """
        if self.follower.kind == "video" and not packet.is_keyframe and not self.held:
            return ()
        if packet.dts is None and packet.pts is not None and len(self.held) < MOST_HELD:
            self.held.append(packet)
            return ()
        if packet.dts is None:
            raise StreamCut(why="timeless", at=0.0)
        step = max(packet.duration or 0, 1)
        for back, one in enumerate(reversed(self.held), start=1):
            one.dts = packet.dts - back * step
        found, self.held = [*self.held, packet], []
        for one in found:
            one.pts = one.dts if one.pts is None else one.pts
        self._begin(found)
        return found

    def _begin(self, found: Sequence[Packet[Stream]]) -> None:
        follower = self.follower
        follower.begin = min(self.at(_of(one.pts)) for one in found)
        follower.step = (found[0].duration or 0) * self.tick
        if follower.kind == "audio" and not follower.step:
            # A stream that cannot be read twice is not decoded to find that out.
            follower.step = seconds_of_sound(follower.codec, found[0])
        if follower.kind == "subtitles":
            follower.widest = NEVER * self.tick
        elif follower.kind == "audio":
            follower.step = min(follower.step, LONGEST_SILENCE)
            self.frame = round(follower.step / self.tick)
            follower.widest = LONGEST_SILENCE + follower.step
        else:
            follower.step = min(follower.step, LONGEST_STILL)
        self.limit = int(follower.widest / self.tick)

    def _give_times(self, packet: Packet[Stream]) -> None:
        if self.frame and packet.dts is None:
            # One unit of the transport holds several packets, and tells the time of its first.
            packet.pts = packet.dts = self.last + self.frame
        elif packet.dts is None:
            self._count_mended(self.last)
            packet.dts = self.last + max(round(self.follower.step / self.tick), 1)
        if packet.pts is None:
            self._count_mended(self.last)
            packet.pts = packet.dts

    def _has_been_heard(self, step: int) -> bool:
        """Whether a packet of sound lies in what the run before has brought already."""
        is_at_begin = self.top == -NEVER and self.follower.kind == "audio"
        return is_at_begin and -step * self.tick <= LONGEST_OVERLAP

    def _nudge(self, packet: Packet[Stream], step: int) -> None:
        if -step * self.tick > TINY and self.follower.kind != "subtitles":
            back, at = round(-step * self.tick, 1), round(self.at(self.last), 1)
            raise StreamCut(why="back", seconds=back, at=at)
        self._count_mended(self.last)
        packet.dts = self.last + math.ceil(NUDGE / self.tick)
        packet.pts = max(_of(packet.pts), packet.dts)

    def _widen(self, step: int, packet: Packet[Stream]) -> None:
        """A longer packet than any before: a hole, or a rate that varies."""
        follower, seconds = self.follower, step * self.tick
        usual = min(follower.step, LONGEST_USUAL)
        if seconds - usual > self._longest(packet):
            why = "silent" if follower.kind == "audio" else "dark"
            at = round(self.at(self.last) + usual, 1)
            raise StreamCut(why=why, seconds=round(seconds - usual, 1), at=at)
        follower.widest = max(seconds, follower.widest)
        follower.step = follower.step or min(seconds, LONGEST_STILL)
        self.limit = max(self.limit, step)

    def _longest(self, packet: Packet[Stream]) -> float:
        """How long the packet before this one may have lasted beyond what is usual."""
        follower = self.follower
        if follower.kind == "audio":
            return LONGEST_SILENCE
        if follower.packets and self.top == -NEVER:
            return LONGEST_STILL_AT_SEAM
        is_steady = follower.widest <= LONGEST_STEADY
        many = follower.packets + self.count > STEADY_PACKETS
        return LONGEST_STILL_AT_SEAM if is_steady and many and packet.is_keyframe else LONGEST_STILL

    def _count_mended(self, at: int) -> None:
        follower = self.follower
        follower.mended += 1
        if follower.mended > MOST_MENDED + (follower.packets + self.count) // 100:
            raise StreamCut(why="timeless", at=round(self.at(at), 1))


def _of(ticks: int | None) -> int:
    if ticks is None:
        raise AssertionError("a packet that was given no time")
    return ticks
