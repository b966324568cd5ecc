"""What a file's own index says of its tracks, without reading what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from downloads.transfer.errors import StreamCut, WrittenWrong
from downloads.transfer.media import Track
from downloads.transfer.mux.tracks import LONGEST_SILENCE, LONGEST_STILL, LONGEST_USUAL

if TYPE_CHECKING:
    from av.stream import Stream

MOST_DROPPED = 3  # packets in which there was nothing are not written
TOLERANCE = 0.5  # seconds between what was written and what the index says


@dataclass(frozen=True, slots=True)
class Reading:
    """A track by its index. Times are seconds; ``reach`` is the last byte it needs."""

    entries: int
    end: float
    longest: float
    longest_at: float
    goes_back: bool
    reach: int


def read_index(stream: Stream) -> Reading:
    """Follow the index of one track; once for each packet, so it does little."""
    tick = float(stream.time_base or 0)
    last = None
    longest = longest_at = reach = 0
    goes_back = False
    for entry in stream.index_entries:
        timestamp = entry.timestamp
        if last is not None:
            step = timestamp - last
            if step > longest:
                longest, longest_at = step, last
            elif step < 0:
                goes_back = True
        last = timestamp
        behind = entry.pos + entry.size
        if behind > reach:  # noqa: PLR1730 (calling max takes longer)
            reach = behind
    end = (stream.start_time or 0) + (stream.duration or 0)
    return Reading(
        entries=len(stream.index_entries),
        end=end * tick,
        longest=longest * tick,
        longest_at=longest_at * tick,
        goes_back=goes_back,
        reach=reach,
    )


def check_index(stream: Stream, track: Track, size: int) -> None:
    """Hold a track's index against what was written.

    Raises:
        WrittenWrong: it is not that.
        StreamCut: there is a hole in it.
    """
    found = read_index(stream)
    if abs(found.entries - track.packets) > MOST_DROPPED:
        raise WrittenWrong(why="packets", found=found.entries, written=track.packets)
    if found.goes_back or found.reach > size:
        raise WrittenWrong(why="index")
    if abs(found.end - track.end) > TOLERANCE:
        raise WrittenWrong(why="end", found=round(found.end, 1), written=round(track.end, 1))
    longest = LONGEST_SILENCE if track.kind == "audio" else LONGEST_STILL
    if found.longest > longest + LONGEST_USUAL:
        why = "silent" if track.kind == "audio" else "dark"
        at = round(found.longest_at, 1)
        raise StreamCut(why=why, seconds=round(found.longest, 1), at=at)
