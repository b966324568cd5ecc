"""What this room tells the browsers."""

from __future__ import annotations

from dataclasses import dataclass

from aniworld.events.event import Event
from aniworld.events.rooms import Room
from providers.coded import Coded


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


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed(Event):
    """A job of the schedule has come to no good end."""

    room = Room.SYSTEM_PROGRESS
    type = "job_failed"

    name: str
    run_id: str
    error: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairEvent(Event):
    """Family: about one fault. What it says is the owner's alone, and not in the event."""

    room = Room.SYSTEM_PROGRESS

    repair: str
    code: str
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRaised(RepairEvent):
    """A fault has stood for a minute."""

    type = "repair_raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairMended(RepairEvent):
    """A fault that was told has been gone for a minute."""

    type = "repair_mended"
