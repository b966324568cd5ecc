"""The rooms a client can join, and who answers for the state of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from aniworld.events.payloads import EventType

Snapshot = Callable[[], dict[str, Any]]


class Room(StrEnum):
    DOWNLOADS = "downloads"
    DOWNLOAD_PROGRESS = "download_progress"
    SCAN_PROGRESS = "scan_progress"
    QUEUE_PROGRESS = "queue_progress"
    SYSTEM_PROGRESS = "system_progress"
    ERROR_PROGRESS = "error_progress"


_snapshots: dict[Room, Snapshot] = {}
_late: dict[str, tuple[str, Snapshot]] = {}


def register_snapshot(room: Room, function: Snapshot) -> None:
    """Let ``function`` build the state a client gets on joining ``room``.

    Called in ``AppConfig.ready()``. The function only reads: it runs in a thread of its own,
    inside a read transaction, and returns what ``json`` can encode. The last one registered
    for a room counts.
    """
    _snapshots[room] = function


def snapshot(room: Room) -> dict[str, Any]:
    """Return the state of ``room`` now; a room nobody answers for has none."""
    function = _snapshots.get(room)
    return function() if function else {}


def register_late(type: EventType, name: str, function: Snapshot) -> None:
    """Send every event of ``type`` with what ``function`` returns as ``name`` of its data.

    For state that is too large to be stored with each event. It is read when the event is sent, so
    it is as new as the event or newer. Registered like a snapshot, and under the same rules.
    """
    _late[type] = (name, function)


def late(types: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what is to be added to the data of events of these types; each is read once."""
    wanted = {type: _late[type] for type in types if type in _late}
    states = {function: function() for function in {asked for _, asked in wanted.values()}}
    return {type: {name: states[function]} for type, (name, function) in wanted.items()}
