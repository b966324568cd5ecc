"""What this room tells the browsers. Each function is called inside the transaction of the change
it reports, so that an event exists exactly when its change does."""

from __future__ import annotations

from typing import Any

from aniworld.events.publish import publish, publish_progress
from aniworld.events.rooms import Room
from downloads import snapshots
from downloads.models import DownloadQueueItem

NAMED_IDS = 100  # an event about 10,000 items names the first of them and their number


def queue_changed(action: str, **facts: Any) -> None:
    """Something in the lists changed (``items_added``, ``queue_reordered`` …)."""
    publish(
        Room.DOWNLOADS,
        "queue_status",
        {"action": action, **facts, "queue_status": snapshots.status()},
    )


def queue_controlled(event: str) -> None:
    """``queue_started``, ``queue_stopped``, ``queue_paused`` or ``queue_resumed``."""
    state = snapshots.status()
    publish(
        Room.DOWNLOADS,
        event,
        {
            "is_running": state["status"]["is_running"],
            "is_paused": state["status"]["is_paused"],
            "queue_status": state,
        },
    )


def item_progress(item: DownloadQueueItem, status: str) -> None:
    """Latest wins: ``started``, ``in_progress``, ``completed``, ``failed`` or ``cancelled``."""
    publish_progress(
        Room.DOWNLOAD_PROGRESS,
        "download_progress",
        f"download:{item.pk}",
        {
            **_names(item),
            "stage": item.stage,
            "status": status,
            "progress": snapshots.progress(item),
        },
    )


def download_complete(item: DownloadQueueItem) -> None:
    publish(
        Room.DOWNLOADS,
        "download_complete",
        {
            **_names(item),
            "downloaded_mb": snapshots.megabytes(item.downloaded_bytes),
            "file_destination": item.file_destination,
        },
    )


def download_failed(item: DownloadQueueItem) -> None:
    """The final failure, not that of a single try."""
    publish(
        Room.DOWNLOADS,
        "download_failed",
        {
            **_names(item),
            "error": item.error_message,
            "retry_count": item.retry_count,
            "attempts": item.attempts,
        },
    )


def episode_updated(item: DownloadQueueItem, state: str) -> None:
    publish(
        Room.DOWNLOADS,
        "download_episode_update",
        {
            "key": item.series.key,
            "folder": item.series.folder,
            "season": item.season,
            "episode": item.episode_number,
            "state": state,
        },
    )


def series_completed(item: DownloadQueueItem) -> None:
    publish(
        Room.DOWNLOADS,
        "download_series_completed",
        {"key": item.series.key, "folder": item.series.folder},
    )


def warning(code: str, message: str) -> None:
    publish(Room.SYSTEM_PROGRESS, "system_warning", {"code": code, "message": message})


def _names(item: DownloadQueueItem) -> dict[str, Any]:
    return {
        "download_id": str(item.pk),
        "key": item.series.key,
        "serie_folder": item.series.folder,
        "serie_name": item.series.name,
        "season": item.season,
        "episode": item.episode_number,
    }
