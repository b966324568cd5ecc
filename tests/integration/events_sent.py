"""The events that the publishing process sends: known to the server as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from aniworld.events.event import Event, Late, ProgressEvent
from aniworld.events.operations import OperationType
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room


@dataclass(frozen=True, slots=True)
class Sent(Event):
    room = Room.DOWNLOADS
    type = "test_sent"
    late = Late("state", dict)

    n: int
    filling: str


@dataclass(frozen=True, slots=True)
class Advanced(ProgressEvent[str]):
    room = Room.DOWNLOADS
    type = "test_advanced"
    operation = OperationType.DOWNLOAD

    n: int
    filling: str

    @classmethod
    def of(cls, operation_id: str, reading: Reading, facts: str) -> Self:  # noqa: ARG003
        return cls(reading.current, facts)
