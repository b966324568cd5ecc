"""What this room tells the browsers. Each function is called inside the transaction of the change
it reports, so that an event exists exactly when its change does. The state of the queue itself is
not stored with them: see ``rooms``."""

from __future__ import annotations

from typing import Any

from aniworld.events.payloads import (
    DownloadComplete,
    DownloadEpisodeUpdate,
    DownloadFailed,
    DownloadProgress,
    DownloadSeriesCompleted,
    EpisodeNames,
    QueueControlType,
    QueuePauseType,
    Status,
    SystemMessage,
)
from aniworld.events.publish import publish, publish_progress
from aniworld.events.rooms import Room
from downloads import snapshots
from downloads.models import DownloadQueueItem, QueueState

NAMED_IDS = 100  # an event about 10,000 items names the first of them and their number


def queue_changed(action: str, **facts: Any) -> None:
    """Something in the lists changed (``items_added``, ``queue_reordered`` …)."""
    publish(Room.DOWNLOADS, "queue_status", {"action": action, **facts})


def queue_controlled(event: QueueControlType | QueuePauseType) -> None:
    """The owner, or the queue itself, started, stopped, paused or resumed it."""
    state = QueueState.current()
    facts = {"is_running": state.is_running, "is_paused": state.is_paused}
    publish(Room.DOWNLOADS, event, facts)


def item_progress(item: DownloadQueueItem, status: Status) -> None:
    """A reading of the item's progress; the latest wins."""
    data: DownloadProgress = {
        **_names(item),
        "stage": item.stage,
        "status": status,
        "progress": snapshots.progress(item),
    }
    publish_progress(Room.DOWNLOAD_PROGRESS, "download_progress", f"download:{item.pk}", data)


def download_complete(item: DownloadQueueItem) -> None:
    data: DownloadComplete = {
        **_names(item),
        "downloaded_mb": snapshots.megabytes(item.downloaded_bytes) or 0.0,
    }
    publish(Room.DOWNLOADS, "download_complete", data)


def download_failed(item: DownloadQueueItem) -> None:
    """The final failure, not that of a single try."""
    data: DownloadFailed = {
        **_names(item),
        "error": item.error_message,
        "retry_count": item.retry_count,
        "attempts": item.attempts,
    }
    publish(Room.DOWNLOADS, "download_failed", data)


def episode_updated(item: DownloadQueueItem, state: str) -> None:
    data: DownloadEpisodeUpdate = {
        "key": item.series.key,
        "folder": item.series.folder,
        "season": item.season,
        "episode": item.episode_number,
        "state": state,
    }
    publish(Room.DOWNLOADS, "download_episode_update", data)


def series_completed(item: DownloadQueueItem) -> None:
    data: DownloadSeriesCompleted = {"key": item.series.key, "folder": item.series.folder}
    publish(Room.DOWNLOADS, "download_series_completed", data)


def warning(code: str, message: str) -> None:
    data: SystemMessage = {"code": code, "message": message}
    publish(Room.SYSTEM_PROGRESS, "system_warning", data)


def _names(item: DownloadQueueItem) -> EpisodeNames:
    return {
        "download_id": str(item.pk),
        "key": item.series.key,
        "serie_folder": item.series.folder,
        "serie_name": item.series.name,
        "season": item.season,
        "episode": item.episode_number,
    }
