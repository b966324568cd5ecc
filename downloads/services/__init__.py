"""What can be done with the queue. HTML views, API and commands all call these."""

from downloads.services.adding import Added, EpisodeRef, Skipped, enqueue, enqueue_missing
from downloads.services.control import pause, resume, start, stop
from downloads.services.items import (
    Changed,
    clear,
    clear_waiting,
    hold,
    release,
    remove,
    remove_one,
    retry,
    retry_one,
)
from downloads.services.moving import move_to, put_back, reorder
from downloads.services.quarantine import discard, take
from downloads.services.quiet import bind, exempt, keep, lift
from downloads.services.restoring import restore, undo
from downloads.snapshots import serialise, serialise_page, status

__all__ = [
    "Added",
    "Changed",
    "EpisodeRef",
    "Skipped",
    "bind",
    "clear",
    "clear_waiting",
    "discard",
    "enqueue",
    "enqueue_missing",
    "exempt",
    "hold",
    "keep",
    "lift",
    "move_to",
    "pause",
    "put_back",
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
