"""What this room tells the browsers."""

from __future__ import annotations

from dataclasses import dataclass

from aniworld.events.event import Event
from aniworld.events.rooms import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairsChanged(Event):
    """Another set of faults than before was found. ``count`` is of those that count: a note does
    not."""

    room = Room.SYSTEM_PROGRESS
    type = "repairs_changed"

    count: int
    errors: int
    warnings: int
    codes: list[str]
