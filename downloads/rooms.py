"""What a browser is told on joining the rooms of the queue."""

from __future__ import annotations

from typing import Any

from downloads.models import DownloadQueueItem
from downloads.snapshots import serialise, status


def downloads() -> dict[str, Any]:
    return dict(status())


def download_progress() -> dict[str, Any]:
    active = DownloadQueueItem.objects.active().select_related("series")
    return {"active_downloads": [serialise(item) for item in active]}
