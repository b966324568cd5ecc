"""Putting feeds into one file while they arrive."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from av.stream import Disposition

from downloads.transfer.errors import NotMedia, StreamCut, WrongLanguage
from downloads.transfer.languages import in_files
from downloads.transfer.media import Announced, Feed, Muxed, Subtitles, Wanted
from downloads.transfer.mux.cues import CueLane
from downloads.transfer.mux.lanes import Entry, Lane
from downloads.transfer.mux.output import Output, Planned, container_for, settle_languages
from downloads.transfer.mux.parameters import Parameters
from downloads.transfer.mux.tracks import LONGEST_OVERLAP, Follower

AHEAD = 0.5  # seconds a feed may be written before the others
TURN = 2.0  # seconds of media between two looks at how far it is
LONGEST_LAG = 30.0  # seconds that a track may be behind the others while they arrive
TOLERANCE = 1.0  # seconds that a file may be shorter than it says itself


def mux(
    feeds: Sequence[Feed],
    stem: Path,
    *,
    wanted: Wanted,
    announced: Announced,
    subtitles: Sequence[Subtitles] = (),
    on_position: Callable[[float], None] | None = None,
) -> Muxed:
    """Copy the tracks of ``feeds`` into one file, in one pass, and follow each by itself.

    All feeds share a clock: an offset between them stays. The whole begins at 0.

    Args:
        feeds: the one with the picture first.
        stem: path of the file, without its extension.
        subtitles: become tracks of the file.
        on_position: is told how many seconds are written, every few of them.

    Returns:
        The file, complete but not synced. On any error nothing is left of it.

    Raises:
        NotMedia, StreamCut, ParametersChanged, WrongLanguage: as soon as it is seen.
        RemuxFailed: no container takes the streams.
        TransferError: of the disk, or what reading a feed raised.
    """
    with ExitStack() as stack:
        lanes = [Lane(feed) for feed in feeds]
        for lane in lanes:
            stack.callback(lane.close)
            if lane.open() is None:
                raise NotMedia(why="no_video")
        work = _Mux(lanes, wanted, announced, stem)
        stack.callback(work.discard)
        work.begin(subtitles)
        work.copy(on_position)
        return work.finish()


class _Mux:
    def __init__(self, lanes: Sequence[Lane], wanted: Wanted, told: Announced, stem: Path) -> None:
        self.lanes = lanes
        self.wanted = wanted
        self.announced = told
        self.claimed = max((lane.input.seconds or 0.0 for lane in lanes), default=0.0)
        self.stem = stem
        self.cues: list[CueLane] = []
        self.followers: list[Follower] = []
        self.output: Output | None = None
        self.is_finished = False

    @property
    def out(self) -> Output:
        if self.output is None:
            raise AssertionError("there is no file yet")
        return self.output

    def begin(self, subtitles: Sequence[Subtitles]) -> None:
        """Decide what the file has, and write its header."""
        plans = self._plans()
        cues = [lane for lane in map(CueLane, subtitles) if lane.has_any]
        made = [_planned(lane.subtitles) for lane in cues]
        ordered = settle_languages([*(one for _, one in plans), *made], self.wanted)
        self.output = Output(self.stem, container_for(ordered, self._length()))
        entries = {id(one): self._entry(one) for one in ordered}
        for lane, planned in plans:
            lane.entries.append(entries[id(planned)])
        offset = self._start_clock()
        for one, planned in zip(cues, made, strict=True):
            one.start(entries[id(planned)].follower, self._of_cues(one.subtitles))
        self.cues = cues
        main = self.lanes[0].input.container
        self.output.keep_chapters(main, offset)
        self.output.keep_fonts(main)
        self.output.begin()

    def _length(self) -> float | None:
        return self.announced.seconds or self.claimed or None

    def _plans(self) -> list[tuple[Lane, Planned]]:
        plans = [(lane, one) for lane in self.lanes for one in lane.plan()]
        pictures = [one for _, one in plans if one.kind == "video"]
        sounds = [one for _, one in plans if one.kind == "audio"]
        if not pictures or not sounds:
            raise NotMedia(why="no_sound" if pictures else "no_picture")
        if not any(self.wanted.takes(one.language) for one in sounds):
            raise WrongLanguage(languages=sorted({one.language for one in sounds}))
        return [pair for pair in plans if pair[1].kind != "video" or pair[1] is pictures[0]]

    def _entry(self, planned: Planned) -> Entry:
        told = planned.parameters
        follower = Follower(
            kind=planned.kind,
            codec=self.out.codec_of(planned),
            language=in_files(planned.language),
            out=self.out.add(planned),
            width=told.width or None,
            height=told.height or None,
            rate=told.rate or None,
            channels=told.channels or None,
        )
        self.followers.append(follower)
        return Entry(planned, follower, self.out.has_to_be_made(planned))

    def _start_clock(self) -> float:
        main = self.lanes[0].input
        begin = main.begin or 0.0 if main.run.clock is None else main.run.clock
        for lane in self.lanes:
            lane.settle_clock(begin)
        offset = -min(lane.begin for lane in self.lanes)
        for lane in self.lanes:
            lane.start(offset)
        return offset

    def _of_cues(self, subtitles: Subtitles) -> float:
        """What is added to the times of cues."""
        return self.lanes[0].offset if subtitles.is_on_clock else 0.0

    def copy(self, on_position: Callable[[float], None] | None) -> None:
        """All that comes, the feed that is furthest behind first."""
        while going := [lane for lane in self.lanes if lane.is_open] or self._next_clock():
            lane = min(going, key=lambda one: one.time)
            others = min((one.time for one in going if one is not lane), default=math.inf)
            lane.pump(min(others, lane.time + TURN) + AHEAD, self.out)
            if not lane.is_open:
                self._go_on(lane)
            self._write_cues(lane.time)
            self._look_for_lag()
            self.out.hand_over()
            if on_position:
                on_position(min(one.time for one in going))
        self._write_cues(math.inf)

    def _write_cues(self, until: float) -> None:
        for cues in self.cues:
            cues.write(until, self.out)

    def _go_on(self, lane: Lane) -> None:
        """Open the next run of a lane, unless it needs another clock: then the others first."""
        run = lane.look()
        if run is not None and not run.is_discontinuity and lane.open():
            lane.settle_clock(lane.end - lane.offset)
            lane.start(lane.offset)

    def _next_clock(self) -> list[Lane]:
        """Go on with the runs behind a discontinuity, where the picture has ended."""
        going = [lane for lane in self.lanes if lane.look() is not None]
        for lane in going:
            lane.open()
        if going:
            first = going[0]
            self._has_come_to(first)
            begin = first.begin if first.input.run.clock is None else first.input.run.clock
            for lane in going:
                lane.settle_clock(begin)
            offset = _offset_behind(going)
            for lane in going:
                lane.start(offset)
        return going

    def _has_come_to(self, lane: Lane) -> None:
        """Raises StreamCut where what is before a discontinuity has ended too early."""
        begins, end = lane.input.run.begins, lane.end
        if begins - end > TOLERANCE + self.announced.rounding:
            raise StreamCut(why="hole", seconds=round(begins - end, 1), at=round(end, 1))

    def _look_for_lag(self) -> None:
        """A track that has ended long before the others, seen while they still arrive."""
        heard = [one for one in self.followers if one.kind != "subtitles"]
        furthest = max(one.end for one in heard)
        for lane in self.lanes:
            if lane.is_open and lane.input.run.path:
                continue  # a file may have its streams one after the other
            for entry in lane.entries:
                one = entry.follower
                if one.kind != "subtitles" and furthest - one.end > LONGEST_LAG:
                    why = "silent" if one.kind == "audio" else "dark"
                    lag = round(furthest - one.end, 1)
                    raise StreamCut(why=why, seconds=lag, at=round(one.end, 1))

    def finish(self) -> Muxed:
        """Write the index, and say what has become of the tracks."""
        heard = [one for one in self.followers if one.kind != "subtitles"]
        if not all(one.packets for one in heard):
            raise StreamCut(why="empty")
        end = max(one.end for one in heard)
        if end < self.claimed - TOLERANCE:
            raise StreamCut(why="length", seconds=round(end, 1), announced=round(self.claimed, 1))
        self.out.finish()
        self.is_finished = True
        tracks = tuple(one.track() for one in self.followers)
        return Muxed(self.out.path, self.out.extension, tracks, self.announced, self._fetched())

    def _fetched(self) -> int | None:
        paths = [lane.input.run.path for lane in self.lanes]
        return paths[0].stat().st_size if len(paths) == 1 and paths[0] else None

    def discard(self) -> None:
        if self.output is not None and not self.is_finished:
            self.output.discard()


def _offset_behind(lanes: Sequence[Lane]) -> float:
    """What is added to the times of runs that begin anew, for no track to lose or repeat any.

    Picture and sound of a part seldom begin and end at once: were all of it put behind the last of
    the part before, each part would add the difference. The picture goes on where it has ended, and
    sound that lasts a little longer, as encoders make it, is left out where it overlaps.
    """
    pictures = [one for lane in lanes for one in lane.offsets_behind("video")]
    sounds = [one for lane in lanes for one in lane.offsets_behind("audio")]
    if pictures:
        return max([*pictures, *(one - LONGEST_OVERLAP for one in sounds)])
    return max(sounds, default=lanes[0].end - lanes[0].begin)


def _planned(subtitles: Subtitles) -> Planned:
    disposition = int(Disposition.forced) if subtitles.is_forced else 0
    text = Parameters("subrip")
    return Planned("subtitles", text, subtitles.language, subtitles.title, disposition=disposition)
