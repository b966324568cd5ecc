"""What can be done with the queue. HTML views, API and commands all call these."""

from downloads.services.adding import Added, EpisodeRef, Skipped, enqueue, enqueue_missing
from downloads.services.control import pause, resume, start, stop
from downloads.services.items import (
    Changed,
    clear,
    hold,
    release,
    remove,
    remove_one,
    reorder,
    restore,
    retry,
    retry_one,
    undo,
)
from downloads.services.quarantine import discard, take
from downloads.services.quiet import bind, exempt, keep, lift
from downloads.snapshots import serialise, serialise_page, status

__all__ = [
    "Added",
    "Changed",
    "EpisodeRef",
    "Skipped",
    "bind",
    "clear",
    "discard",
    "enqueue",
    "enqueue_missing",
    "exempt",
    "hold",
    "keep",
    "lift",
    "pause",
    "release",
    "remove",
    "remove_one",
    "reorder",
    "restore",
    "resume",
    "retry",
    "retry_one",
    "serialise",
    "serialise_page",
    "start",
    "status",
    "stop",
    "take",
    "undo",
]
