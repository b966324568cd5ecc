"""The rooms a client can join, and who answers for the state of each."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

Snapshot = Callable[[], dict[str, Any]]


class Room(StrEnum):
    DOWNLOADS = "downloads"
    DOWNLOAD_PROGRESS = "download_progress"
    SCAN_PROGRESS = "scan_progress"
    QUEUE_PROGRESS = "queue_progress"
    SYSTEM_PROGRESS = "system_progress"
    ERROR_PROGRESS = "error_progress"


_snapshots: dict[Room, Snapshot] = {}


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
