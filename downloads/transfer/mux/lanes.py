"""A feed on its way into the file: its runs one after the other, on one clock with the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import av

from downloads.transfer.media import Feed, Run, TrackKind
from downloads.transfer.mux.inputs import Input, kind_of
from downloads.transfer.mux.output import Output, Planned, written
from downloads.transfer.mux.parameters import Parameters, Watch, in_band, watch_over
from downloads.transfer.mux.tracks import MOST_PACKET_BYTES, Follower, Passage

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

WRAP = (1 << 33) / 90_000  # seconds after which the clock of MPEG begins anew
_WRAPPING = frozenset({"mpegts"})
_CLOCKLESS = frozenset({"aac", "ac3", "eac3", "mp3"})


@dataclass(slots=True)
class Entry:
    """A track of a lane, and what its stream has to stay."""

    planned: Planned
    follower: Follower
    is_made: bool = False  # text that is put into another form
    _watch: Watch | None = None
    _is_mixed: bool = False  # runs with other headers than the file's were in it

    def passage(self, stream: Stream, container: str, shift: float) -> Passage:
        """A run's stream into this track.

        Raises:
            ParametersChanged: it is not as those before it.
        """
        found = Parameters.of(stream)
        if self.follower.packets:
            self.planned.parameters.must_be(found, self.follower.end)
        passage = Passage(self.follower, stream, shift)
        passage.watch = self._watch
        if not (self._watch and found.repeats_itself):  # then it remembers earlier runs
            passage.watch = self._watch = watch_over(found, container)
        passage.form = found.codec if self.is_made else ""
        self._is_mixed = self._is_mixed or found.header != self.planned.parameters.header
        if self._is_mixed and found.codec == "h264" and not found.repeats_itself:
            passage.before_keys = in_band(found.header)
        passage.is_special = bool(passage.form or passage.before_keys)
        return passage


@dataclass(slots=True)
class Lane:
    """Reads one feed.

    Attributes:
        coming: the run after the open one, once that has ended.
        time: how far it is, in the file's seconds.
        offset: what is added to the times of the source.
    """

    feed: Feed
    entries: list[Entry] = field(default_factory=list)
    coming: Run | None = None
    time: float = 0.0
    offset: float = 0.0
    is_open: bool = False
    _runs: Iterator[Run] = field(init=False)
    _input: Input | None = None
    _base: float = 0.0
    _packets: Iterator[Packet[Stream]] = field(init=False)
    _passages: list[Passage | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._runs = iter(self.feed.runs())
        self._packets = iter(())

    def look(self) -> Run | None:
        """The next run, not yet opened; None where there is none."""
        if self.coming is None:
            self.coming = next(self._runs, None)
        return self.coming

    def open(self) -> Input | None:
        """Open the next run; None where there is none. Its times are not known to fit yet."""
        run = self.look()
        self.coming = None
        if run is None:
            return None
        self._input = Input.open(run, self.feed.kinds)
        self._base = 0.0
        self.is_open = True
        return self._input

    @property
    def input(self) -> Input:
        if self._input is None:
            raise AssertionError("a lane without a run")
        return self._input

    @property
    def begin(self) -> float:
        """When the open run begins, by the source's clock."""
        return (self.input.begin or 0.0) + self._base

    @property
    def end(self) -> float:
        """Where its picture and sound end, in the file."""
        ends = [one.follower.end for one in self.entries if one.follower.kind != "subtitles"]
        return max(ends, default=0.0)

    def offsets_behind(self, kind: TrackKind) -> list[float]:
        """For each track of a kind: what, added to the open run's times, lets it begin at its own
        end."""
        return [
            entry.follower.end - float(stream.start_time * stream.time_base) - self._base
            for entry, stream in self._pairs()
            if entry.follower.packets and entry.follower.kind == kind
            if stream.start_time is not None and stream.time_base
        ]

    def settle_clock(self, expected: float) -> None:
        """Let the open run begin where it says, on a clock on which it should be near ``expected``.

        Args:
            expected: the source's time; what has no clock of its own begins right there.
        """
        run, begin = self.input.run, self.input.begin or 0.0
        if run.container in _WRAPPING:
            self._base = WRAP * round((expected - begin) / WRAP)
        elif run.clock is not None:
            self._base = run.clock - begin + WRAP * round((expected - run.clock) / WRAP)
        elif run.container in _CLOCKLESS:
            self._base = expected - begin

    def plan(self) -> list[Planned]:
        """The tracks of the open run."""
        found: list[Planned] = []
        pictures = 0
        for stream in self.input.streams:
            kind = kind_of(stream)
            pictures += kind == "video"
            if kind and (kind != "video" or pictures == 1):
                language = self.feed.language if kind == "audio" else ""
                title = self.feed.title if kind == "audio" else ""
                found.append(Planned.of(kind, stream, language, title))
        return found

    def start(self, offset: float) -> None:
        """Let the open run's streams into the lane's tracks.

        Raises:
            ParametersChanged: one of them has become another one.
        """
        self.offset = offset
        shift = offset + self._base
        self._passages = [None] * len(self.input.container.streams)
        for entry, stream in self._pairs():
            container = self.input.run.container
            self._passages[stream.index] = entry.passage(stream, container, shift)
        self._packets = self.input.packets()

    def _pairs(self) -> Iterator[tuple[Entry, Stream]]:
        """The lane's tracks, and the streams of the open run that go on with them."""
        for kind in ("video", "audio", "subtitles"):
            entries = [one for one in self.entries if one.follower.kind == kind]
            streams = [one for one in self.input.streams if kind_of(one) == kind]
            yield from zip(entries, streams, strict=False)

    def pump(self, until: float, output: Output) -> None:
        """Write what comes up to a time of the file, or to the end of the run.

        Raises:
            TransferError: of the source, or of the disk.
        """
        going = [one for one in self._passages if one is not None]
        for one in going:
            one.stop_at(until)
        try:
            self.is_open = self._pump(output)
        except av.FFmpegError as error:  # what reading raises is no such error any more
            raise written(error) from error
        self.time = max([self.time, *(one.settle() for one in going)])
        if not self.is_open:
            self.input.close()

    def _pump(self, output: Output) -> bool:
        """Whether the run goes on. Once for each packet: what is here costs."""
        passages, write = self._passages, output.write
        for packet in self._packets:
            passage = passages[packet.stream_index]
            if passage is None:
                continue
            dts, pts = packet.dts, packet.pts
            if (
                dts is None
                or pts is None
                or not 0 < dts - passage.last <= passage.limit
                or not 0 < packet.size <= MOST_PACKET_BYTES
                or passage.is_special
            ):
                for one in passage.mend(packet):
                    self._write(passage, one, output)
                continue
            passage.last = dts
            passage.count += 1
            if pts > passage.top:
                passage.top, passage.latest = pts, packet
            if passage.watch is not None and packet.is_keyframe:
                passage.watch(packet, passage.at(pts))
            if passage.shift:
                packet.dts = dts + passage.shift
                packet.pts = pts + passage.shift
            packet.stream = passage.out
            write(packet)
            if dts > passage.stop:
                return True
        return False

    def _write(self, passage: Passage, packet: Packet[Stream], output: Output) -> None:
        """The same for a packet that was looked at more closely."""
        if passage.watch is not None and packet.is_keyframe:
            passage.watch(packet, passage.at(packet.pts or 0))
        passage.take(packet)
        if passage.form:
            output.write_text(packet, passage.form, passage.out)
        elif passage.before_keys and packet.is_keyframe:
            output.write_behind(passage.before_keys, packet, passage.out)
        else:
            packet.stream = passage.out
            output.write(packet)

    def close(self) -> None:
        if self._input:
            self._input.close()
