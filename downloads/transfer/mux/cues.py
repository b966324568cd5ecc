"""Subtitles that come as files of their own, between the packets of the feeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from downloads.transfer.media import Cue, Subtitles
from downloads.transfer.mux.captions import LONGEST_TEXT
from downloads.transfer.mux.output import Output
from downloads.transfer.mux.tracks import Follower

MOST_CUES = 50_000
MOST_AT_ONCE = 16
LONGEST_CUE = 600.0  # seconds


@dataclass(slots=True)
class CueLane:
    """One file of them, before and while it becomes a track. ``offset`` is added to its times."""

    subtitles: Subtitles
    offset: float = 0.0
    _follower: Follower | None = None
    _cues: Iterator[Cue] = field(init=False)
    _next: Cue | None = None

    def __post_init__(self) -> None:
        self._cues = one_at_a_time(_within_bounds(self.subtitles.cues))
        self._next = next(self._cues, None)

    @property
    def has_any(self) -> bool:
        return self._next is not None

    def start(self, follower: Follower, offset: float) -> None:
        """Let them into a track."""
        self._follower, self.offset = follower, offset

    def write(self, until: float, output: Output) -> None:
        """What begins up to a time of the file.

        Raises:
            TransferError: they cannot be had.
        """
        while self._next and self._next.begin + self.offset <= until:
            if self._follower:
                self._put(self._next, self._follower, output)
            self._next = next(self._cues, None)

    def _put(self, cue: Cue, follower: Follower, output: Output) -> None:
        last = -1.0 if follower.last is None else follower.last
        begin, end = max(cue.begin + self.offset, 0.0), cue.end + self.offset
        begin = begin if begin > last else last + 0.001
        if end - begin < 0.001:
            return
        output.write_cue(follower.out, cue.text, begin, end - begin)
        follower.begin = begin if follower.begin is None else follower.begin
        follower.last = follower.top = begin
        follower.last_step = end - begin
        follower.packets += 1


def one_at_a_time(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Cues that never overlap: those shown together become one, with a line each.

    MP4 shows one at a time, and would end the first where the second begins.
    """
    showing: list[Cue] = []
    now = 0.0
    for cue in cues:
        begin = max(cue.begin, now)
        if cue in showing or cue.end <= begin:
            continue  # pieces repeat what is shown across their border
        yield from _shown(showing, now, begin)
        showing = [*[one for one in showing if one.end > begin][-MOST_AT_ONCE:], cue]
        now = begin
    yield from _shown(showing, now, math.inf)


def _shown(showing: list[Cue], begin: float, until: float) -> Iterator[Cue]:
    for end in sorted({min(one.end, until) for one in showing}):
        if end > begin:
            lines = [one.text for one in showing if one.end > begin]
            yield Cue(begin, end, "\n".join(lines)[:LONGEST_TEXT])
            begin = end


def _within_bounds(cues: Iterable[Cue]) -> Iterator[Cue]:
    for count, cue in enumerate(cues):
        if count >= MOST_CUES:
            return
        text = cue.text[:LONGEST_TEXT].replace("\0", "").strip()
        if text and math.isfinite(cue.begin) and math.isfinite(cue.end):
            yield Cue(cue.begin, min(cue.end, cue.begin + LONGEST_CUE), text)
