"""The shapes of the queue as everyone sees them: API, events, snapshots of rooms, pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, TypedDict, cast
from urllib.parse import urlsplit

from django.db.models import Avg, Count, Max, Sum
from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.web.shapes import Moment, OneOf
from aniworld.web.texts import Told, text, told, told_of
from downloads import quarantine, seen
from downloads.advice import advice_for
from downloads.choices import WAITING, PauseCode, Priority, Quarantine, Stage, Status
from downloads.models import DownloadQueueItem, QueueItems, QueueState
from downloads.quarantine import QuarantinedFile
from downloads.quiet import reading
from downloads.quiet.decision import Verdict
from downloads.quiet.shapes import Quiet, quiet
from downloads.seen import Seen
from downloads.shut import ShutSite, shut_sites
from providers.base import HOSTER_LABELS, OWN

MEGABYTE = 1_000_000
LIST_LENGTH = 100

# What an item shows. Lists read these columns alone: making a hundred items and their series into
# objects takes three times as long.
SHOWN = (
    *("id", "series__key", "series__folder", "series__name", "season", "episode_number", "title"),
    *("status", "priority", "language", "wanted_language", "stage", "progress_percent"),
    *("downloaded_bytes", "total_bytes", "download_speed", "eta", "error_code", "error_params"),
    "retry_count",
    *("next_try_at", "attempts", "download_url", "file_destination", "created_at", "started_at"),
    *("completed_at", "is_total_estimated", "seen"),
    *("quarantine", "quarantined", "quarantined_until", "hoster", "waiting_until"),
    *("is_exempt", "provider"),
)
_shown_of = attrgetter(*(name.replace("__", ".") for name in SHOWN))

Row = Mapping[str, Any]


class TransferProgress(TypedDict):
    """How far an episode is; what is not known yet is null."""

    percent: float
    downloaded_mb: float
    total_mb: float | None
    total_is_estimate: Annotated[bool, "Whether the total is guessed from what is there."]
    speed_mbps: Annotated[float | None, "Megabytes a second."]
    eta_seconds: int | None
    waiting_for: Annotated[str, "The hoster that has asked us to wait, by its name; mostly empty."]
    waiting_until: Moment | None


class Attempt(TypedDict):
    """One try of an episode that failed."""

    at: Moment
    provider: str
    hoster: str
    language: str
    stage: str
    code: str
    params: dict[str, Any]
    text: Annotated[str, "For people."]


class QueueItem(TypedDict):
    """One episode that waits, runs or is done."""

    id: str
    key: str
    serie_id: Annotated[str, "The same as key."]
    serie_folder: str
    serie_name: str
    season: int
    episode: int
    title: str
    status: Annotated[str, OneOf(Status)]
    priority: Annotated[str, OneOf(Priority.names)]
    position: Annotated[int | None, "From 0, among the waiting."]
    language: Annotated[str, "Of the source in use, or of the last one."]
    wanted_language: Annotated[str, "The only one that is fetched; empty: any of the series'."]
    is_exempt: Annotated[bool, "Whether it is fetched whatever quiet hours and budgets say."]
    progress: TransferProgress
    stage: Annotated[str, OneOf(Stage), "Where an active item is."]
    error: Annotated[Told | None, "Why its last try failed."]
    advice: Annotated[str, "What can be done about that; empty where there is nothing."]
    retry_count: int
    next_try_at: Moment | None
    attempts: list[Attempt]
    provider: Annotated[str, "The site of the source in use, or of the last one."]
    hoster: Annotated[str, "Of the source in use, or of the last one."]
    source_url: str
    file_destination: str
    seen: Annotated[Seen | None, "What the finished file holds; null until it has been checked."]
    quarantined: Annotated[
        QuarantinedFile | None, "A suspicious file of a failed item that can be taken or discarded."
    ]
    added_at: Moment
    started_at: Moment | None
    completed_at: Moment | None


class QueueLists(TypedDict):
    """The owner's wish, and the first 100 items of each list."""

    is_running: bool
    is_paused: bool
    pause_code: Annotated[str, OneOf(PauseCode)]
    pause_reason: Annotated[Told | None, "What it has paused itself for."]
    trouble: Annotated[Told | None, "Why a queue that is to run takes nothing."]
    shut: Annotated[list[ShutSite], "The sites from which nothing is taken for now."]
    quiet: Annotated[Quiet, "What quiet hours, limits by time and budgets say now."]
    worker_alive: bool
    active_downloads: list[QueueItem]
    pending_queue: list[QueueItem]
    completed_downloads: list[QueueItem]
    failed_downloads: list[QueueItem]


class QueueStatistics(TypedDict):
    """Counts and estimates."""

    total_items: int
    pending_count: int
    active_count: int
    completed_count: int
    failed_count: int
    total_downloaded_mb: float
    average_speed_mbps: Annotated[float, "Megabytes a second."]
    estimated_time_remaining: Annotated[int | None, "Seconds."]


class QueueStatus(TypedDict):
    """The state of the queue and its counts."""

    status: QueueLists
    statistics: QueueStatistics


def rows(items: QueueItems) -> Any:
    """The same items, each as a row of what it shows."""
    return items.values(*SHOWN)


def serialise(item: DownloadQueueItem) -> QueueItem:
    """One item in the shape every reader gets; its series should be loaded already."""
    return serialise_row(_row(item))


def serialise_row(row: Row, *, position: int | None = None) -> QueueItem:
    """One of ``rows`` in the shape every reader gets.

    Args:
        row: what the item shows.
        position: its place among the waiting, from 0; None where it does not wait.
    """
    return {
        "id": str(row["id"]),
        "key": row["series__key"],
        "serie_id": row["series__key"],
        "serie_folder": row["series__folder"],
        "serie_name": row["series__name"],
        "season": row["season"],
        "episode": row["episode_number"],
        "title": row["title"],
        "status": row["status"],
        "priority": Priority(row["priority"]).name,
        "position": position,
        "language": row["language"],
        "wanted_language": row["wanted_language"],
        "is_exempt": row["is_exempt"],
        "progress": _progress(row),
        "stage": row["stage"],
        "error": (error := told(row["error_code"], row["error_params"])),
        "advice": advice_for(row["status"], error),
        "retry_count": row["retry_count"],
        "next_try_at": moment(row["next_try_at"]),
        "attempts": [_attempt(one) for one in row["attempts"]],
        "provider": row["provider"],
        "hoster": row["hoster"],
        "source_url": _shown_link(row),
        "file_destination": row["file_destination"],
        "seen": seen.shown(row["seen"]),
        "quarantined": _quarantined(row),
        "added_at": moment(row["created_at"]) or "",
        "started_at": moment(row["started_at"]),
        "completed_at": moment(row["completed_at"]),
    }


def progress(item: DownloadQueueItem) -> TransferProgress:
    return _progress(_row(item))


def _row(item: DownloadQueueItem) -> Row:
    return dict(zip(SHOWN, _shown_of(item), strict=True))


def _attempt(stored: Mapping[str, Any]) -> Attempt:
    words = text(stored.get("code", ""), stored.get("params"))
    return cast(Attempt, {**stored, "text": words})


def _shown_link(row: Row) -> str:
    """Where it comes from, for whoever may look at the queue: a link that its owner has given, and
    what stands behind the path of another, may let somebody in."""
    if row["provider"] == OWN:
        return ""
    parts = urlsplit(row["download_url"])
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _quarantined(row: Row) -> QuarantinedFile | None:
    if row["quarantine"] != Quarantine.KEPT or row["status"] != Status.FAILED:
        return None
    return quarantine.shown(row["quarantined"], moment(row["quarantined_until"]) or "")


def _progress(row: Row) -> TransferProgress:
    return {
        "percent": round(row["progress_percent"], 1),
        "downloaded_mb": megabytes(row["downloaded_bytes"]) or 0.0,
        "total_mb": megabytes(row["total_bytes"]),
        "total_is_estimate": row["is_total_estimated"],
        "speed_mbps": megabytes(row["download_speed"]),
        "eta_seconds": row["eta"],
        "waiting_for": display_name(row["hoster"]) if row["waiting_until"] else "",
        "waiting_until": moment(row["waiting_until"]),
    }


def display_name(hoster: str) -> str:
    """``VOE`` for ``voe``."""
    return HOSTER_LABELS.get(hoster.casefold(), hoster)


def megabytes(count: float | None) -> float | None:
    return None if count is None else round(count / MEGABYTE, 2)


def moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def serialise_page(page: Iterable[Row]) -> list[QueueItem]:
    """A page of mixed rows; one more query if there are waiting ones, for their places."""
    listed = list(page)
    places: dict[int, int] = {}
    if any(row["status"] in WAITING for row in listed):
        order = DownloadQueueItem.objects.waiting().in_order().values_list("pk", flat=True)
        places = {pk: place for place, pk in enumerate(order)}
    return [serialise_row(row, position=places.get(row["id"])) for row in listed]


def status() -> QueueStatus:
    """The state of the queue, its counts and the first 100 items of each list."""
    state = QueueState.current()
    figures = statistics()
    items = DownloadQueueItem.objects
    pending = _first(items.waiting().in_order(), figures["pending_count"])
    return {
        "status": {
            "is_running": state.is_running,
            "is_paused": state.is_paused,
            "pause_code": state.pause_code,
            "pause_reason": state.pause_reason,
            "trouble": trouble(state),
            "shut": shut_sites(),
            "quiet": quiet(verdict(state)),
            "worker_alive": state.worker_alive,
            "active_downloads": [
                serialise_row(row) for row in _first(items.active(), figures["active_count"])
            ],
            "pending_queue": [
                serialise_row(row, position=place) for place, row in enumerate(pending)
            ],
            "completed_downloads": _history(Status.COMPLETED, figures["completed_count"]),
            "failed_downloads": _history(Status.FAILED, figures["failed_count"]),
        },
        "statistics": figures,
    }


def trouble(state: QueueState) -> Told | None:
    """What keeps every worker from taking anything, where the owner wants the queue to run."""
    if not state.is_running or state.is_paused:
        return None
    try:
        store.load()
    except ConfigError as error:
        return told_of(error)
    return None


def verdict(state: QueueState) -> Verdict | None:
    """What quiet hours and budgets say now; None where the settings cannot be read, which is told
    as the queue's trouble."""
    try:
        rules = reading.rules()
    except ConfigError:
        return None
    return reading.verdict(rules, state, timezone.now())


def room_downloads() -> dict[str, Any]:
    """What a client of the room ``downloads`` gets on joining; its events carry it too."""
    return dict(status())


def room_download_progress() -> dict[str, Any]:
    """What a client of the room ``download_progress`` gets on joining."""
    active = DownloadQueueItem.objects.active().select_related("series")
    return {"active_downloads": [serialise(item) for item in active]}


def _first(items: QueueItems, count: int) -> list[Row]:
    """The first of ``count`` items; a list that is empty costs no query."""
    return list(rows(items)[:LIST_LENGTH]) if count else []


def _history(which: Status, count: int) -> list[QueueItem]:
    newest_first = DownloadQueueItem.objects.finished(which).order_by("-completed_at", "-id")
    return [serialise_row(row) for row in _first(newest_first, count)]


@dataclass(frozen=True, slots=True)
class _Tally:
    """The items of one status: how many, bytes in all, how large the largest will be, and how fast
    they came on average, as far as that is known."""

    count: int = 0
    downloaded: int = 0
    total: float | None = None
    speed: float | None = None

    @property
    def size(self) -> float | None:
        """What one has brought, on average."""
        return self.downloaded / self.count if self.count else None


def statistics() -> QueueStatistics:
    """Counts and estimates, from one query."""
    tallies = _tallies()
    active, completed = tallies[Status.DOWNLOADING], tallies[Status.COMPLETED]
    pending = sum(tallies[status].count for status in WAITING)
    failed = tallies[Status.FAILED].count
    speed = completed.speed or active.speed or 0
    return {
        "total_items": pending + active.count + completed.count + failed,
        "pending_count": pending,
        "active_count": active.count,
        "completed_count": completed.count,
        "failed_count": failed,
        "total_downloaded_mb": megabytes(completed.downloaded + active.downloaded) or 0.0,
        "average_speed_mbps": megabytes(speed) or 0.0,
        "estimated_time_remaining": _time_remaining(pending, active, completed.size, speed),
    }


def _tallies() -> dict[str, _Tally]:
    groups = (
        DownloadQueueItem.objects.filter(removed_at__isnull=True)
        .values_list("status")
        .annotate(
            count=Count("*"),
            downloaded=Sum("downloaded_bytes"),
            total=Max("total_bytes"),
            speed=Avg("download_speed"),
        )
    )
    return defaultdict(_Tally, {status: _Tally(*figures) for status, *figures in groups})


def _time_remaining(
    pending: int, active: _Tally, typical: float | None, speed: float
) -> int | None:
    """Seconds, guessing that the waiting items are as large as those that came before.

    There is at most one active item, so its tally is the item itself.
    """
    if not pending and not active.count:
        return 0
    size = typical or active.total
    if not speed or not size:
        return None
    left = max((active.total or size) - active.downloaded, 0) if active.count else 0
    return int((left + size * pending) / speed)
