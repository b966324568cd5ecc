"""What is expected of a file, and what was seen of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from downloads.transfer.media import Track, Wanted


@dataclass(frozen=True, slots=True)
class Expected:
    """What the gate holds a file against, besides what was announced of it.

    Attributes:
        season_lengths: seconds of the season's other files.
    """

    wanted: Wanted = dataclasses.field(default_factory=Wanted)
    season_lengths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the gate saw of a file that has passed.

    Attributes:
        seconds: its length, which is that of its longest track.
        checks: the names of those it has passed, as ``docs/downloads.md`` lists them.
        places: seconds at which it was decoded.
    """

    container: str
    size: int
    seconds: float
    tracks: tuple[Track, ...]
    checks: tuple[str, ...]
    places: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, without what says nothing of a track."""
        told = dataclasses.asdict(self)
        told["tracks"] = [
            {name: value for name, value in track.items() if value not in (None, "")}
            for track in told["tracks"]
        ]
        return told
