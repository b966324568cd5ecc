"""The queue's state as a browser is told it: on joining its rooms, and with its events."""

from __future__ import annotations

from typing import Any

from aniworld.events.payloads import EventType
from downloads.models import DownloadQueueItem
from downloads.snapshots import serialise, status

# Sent with the state of the queue, ``downloads()``, as ``queue_status``.
WITH_QUEUE_STATUS: tuple[EventType, ...] = (
    "queue_status",
    "queue_started",
    "queue_stopped",
    "queue_paused",
    "queue_resumed",
)


def downloads() -> dict[str, Any]:
    return dict(status())


def download_progress() -> dict[str, Any]:
    active = DownloadQueueItem.objects.active().select_related("series")
    return {"active_downloads": [serialise(item) for item in active]}
