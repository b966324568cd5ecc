"""How fast a download was in the last minutes: what is kept on its item for the graph of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, cast

MOST = 60  # points
EVERY = timedelta(seconds=2)
KILOBYTE = 1_000


class Speeds(TypedDict):
    """``at`` is the moment of the newest point, ``points`` are KB a second, the oldest first."""

    at: str
    points: list[int]


def noted(before: Mapping[str, Any] | None, speed: int | None, now: datetime) -> Speeds | None:
    """The speeds with the present one among them, if the newest point is old enough for another.

    Args:
        before: what was kept until now.
        speed: bytes a second; None where nothing is being transferred: that is a point of 0 once
            there are others, so that a wait can be seen.
    """
    if before is None:
        if speed is None:
            return None
        return {"at": now.isoformat(), "points": [speed // KILOBYTE]}
    kept = cast(Speeds, before)
    since = now - datetime.fromisoformat(kept["at"])
    # A moment that lies ahead is of a clock that was set back since.
    if timedelta(0) <= since < EVERY:
        return kept
    points = [*kept["points"], (speed or 0) // KILOBYTE][-MOST:]
    return {"at": now.isoformat(), "points": points}
