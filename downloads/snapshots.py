"""The shapes of the queue as everyone sees them: API, events, snapshots of rooms, pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Avg, Count, Q, Sum

from aniworld.events.payloads import TransferProgress
from downloads.choices import WAITING, Priority, Status
from downloads.models import DownloadQueueItem, QueueState

MEGABYTE = 1_000_000
LIST_LENGTH = 100


class Item(TypedDict):
    id: str
    key: str
    serie_id: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int
    title: str
    status: str
    priority: str
    position: int | None
    language: str
    progress: TransferProgress
    stage: str
    error: str | None
    retry_count: int
    next_try_at: str | None
    attempts: list[dict[str, Any]]
    source_url: str
    file_destination: str
    added_at: str
    started_at: str | None
    completed_at: str | None


class State(TypedDict):
    is_running: bool
    is_paused: bool
    pause_code: str
    pause_reason: str
    worker_alive: bool
    active_downloads: list[Item]
    pending_queue: list[Item]
    completed_downloads: list[Item]
    failed_downloads: list[Item]


class Statistics(TypedDict):
    total_items: int
    pending_count: int
    active_count: int
    completed_count: int
    failed_count: int
    total_downloaded_mb: float
    average_speed_mbps: float
    estimated_time_remaining: int | None


class QueueStatus(TypedDict):
    status: State
    statistics: Statistics


def serialise(item: DownloadQueueItem, *, position: int | None = None) -> Item:
    """One item in the shape every reader gets.

    Args:
        item: its series should be loaded already (``select_related("series")``).
        position: its place among the waiting, from 0; None where it does not wait.
    """
    return {
        "id": str(item.pk),
        "key": item.series.key,
        "serie_id": item.series.key,
        "serie_folder": item.series.folder,
        "serie_name": item.series.name,
        "season": item.season,
        "episode": item.episode_number,
        "title": item.title,
        "status": item.status,
        "priority": Priority(item.priority).name,
        "position": position,
        "language": item.language,
        "progress": progress(item),
        "stage": item.stage,
        "error": item.error_message or None,
        "retry_count": item.retry_count,
        "next_try_at": moment(item.next_try_at),
        "attempts": item.attempts,
        "source_url": item.download_url,
        "file_destination": item.file_destination,
        "added_at": moment(item.created_at) or "",
        "started_at": moment(item.started_at),
        "completed_at": moment(item.completed_at),
    }


def progress(item: DownloadQueueItem) -> TransferProgress:
    return {
        "percent": round(item.progress_percent, 1),
        "downloaded_mb": megabytes(item.downloaded_bytes) or 0.0,
        "total_mb": megabytes(item.total_bytes),
        "speed_mbps": megabytes(item.download_speed),
        "eta_seconds": item.eta,
    }


def megabytes(count: float | None) -> float | None:
    return None if count is None else round(count / MEGABYTE, 2)


def moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def serialise_page(items: Iterable[DownloadQueueItem]) -> list[Item]:
    """A page of mixed items; one more query if there are waiting ones, for their places."""
    listed = list(items)
    places: dict[int, int] = {}
    if any(item.is_waiting for item in listed):
        order = DownloadQueueItem.objects.waiting().in_order().values_list("pk", flat=True)
        places = {pk: place for place, pk in enumerate(order)}
    return [serialise(item, position=places.get(item.pk)) for item in listed]


def status() -> QueueStatus:
    """The state of the queue, its counts and the first 100 items of each list."""
    state = QueueState.current()
    active = _first(DownloadQueueItem.objects.active())
    pending = _first(DownloadQueueItem.objects.waiting().in_order())
    return {
        "status": {
            "is_running": state.is_running,
            "is_paused": state.is_paused,
            "pause_code": state.pause_code,
            "pause_reason": state.pause_reason,
            "worker_alive": state.worker_alive,
            "active_downloads": [serialise(item) for item in active],
            "pending_queue": [
                serialise(item, position=place) for place, item in enumerate(pending)
            ],
            "completed_downloads": _history(Status.COMPLETED),
            "failed_downloads": _history(Status.FAILED),
        },
        "statistics": statistics(active),
    }


def _first(
    items: Any,
) -> list[DownloadQueueItem]:
    return list(items.select_related("series")[:LIST_LENGTH])


def _history(which: Status) -> list[Item]:
    newest_first = DownloadQueueItem.objects.finished(which).order_by("-completed_at", "-id")
    return [serialise(item) for item in _first(newest_first)]


def statistics(active: list[DownloadQueueItem]) -> Statistics:
    completed = Q(status=Status.COMPLETED)
    figures = DownloadQueueItem.objects.filter(removed_at__isnull=True).aggregate(
        pending=Count("pk", filter=Q(status__in=WAITING)),
        active=Count("pk", filter=Q(status=Status.DOWNLOADING)),
        completed=Count("pk", filter=completed),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
        downloaded=Sum("downloaded_bytes", filter=completed | Q(status=Status.DOWNLOADING)),
        speed=Avg("download_speed", filter=completed),
        size=Avg("downloaded_bytes", filter=completed),
    )
    counts = [figures[name] for name in ("pending", "active", "completed", "failed")]
    speed = figures["speed"] or next((item.download_speed for item in active), None) or 0
    return {
        "total_items": sum(counts),
        "pending_count": figures["pending"],
        "active_count": figures["active"],
        "completed_count": figures["completed"],
        "failed_count": figures["failed"],
        "total_downloaded_mb": megabytes(figures["downloaded"]) or 0.0,
        "average_speed_mbps": megabytes(speed) or 0.0,
        "estimated_time_remaining": _time_remaining(figures, speed, active),
    }


def _time_remaining(
    figures: dict[str, Any], speed: float, active: list[DownloadQueueItem]
) -> int | None:
    """Seconds, guessing that the waiting items are as large as those that came before."""
    if not figures["pending"] and not active:
        return 0
    typical = figures["size"] or next((item.total_bytes for item in active), None)
    if not speed or not typical:
        return None
    left = sum(max((item.total_bytes or typical) - item.downloaded_bytes, 0) for item in active)
    return int((left + typical * figures["pending"]) / speed)
