"""What this room tells the browsers: its events, and one function for each that builds and
publishes it.

Each function is called inside the transaction of the change it reports, so that an event exists
exactly when its change does. The state of the queue itself is not stored with them: it is added as
``queue_status`` when they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, TypedDict

from aniworld.events.event import Event, Late, ProgressEvent
from aniworld.events.notices import InfoNotice, WarningNotice
from aniworld.events.operations import OperationStatus, OperationType
from aniworld.events.publish import publish
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room
from downloads import snapshots
from downloads.choices import End, PauseCode, Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.snapshots import TransferProgress
from providers.coded import Coded

NAMED_IDS = 100  # an event about 10,000 items names the first of them and their number


class QueueEvent(Event):
    """Family: sent with the state of the queue as it is then."""

    __slots__ = ()

    room = Room.DOWNLOADS
    late = Late("queue_status", snapshots.room_downloads)


# What changed in the lists: one event, in the forms that follow


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(QueueEvent):
    """Something in the lists has changed; what ``action`` was about stands beside it."""

    type = "queue_status"

    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerChanged(QueueChanged):
    action: Literal["worker_started", "worker_stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(QueueChanged):
    action: Literal["item_started", "item_completed", "item_failed", "item_interrupted"]
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineChanged(QueueChanged):
    """What becomes of a suspicious file that an item keeps aside."""

    action: Literal["quarantine_taken", "quarantine_discarded", "quarantine_restored"]
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRetrying(QueueChanged):
    """``next_try_at`` is null where the item waits for nothing but its turn."""

    action: Literal["item_retrying"] = "item_retrying"
    item_id: str
    next_try_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReordered(QueueChanged):
    action: Literal["queue_reordered"] = "queue_reordered"
    item_id: str
    new_position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsMoved(QueueChanged):
    """To the top or the bottom of their priority; ``end`` is null where that was taken back."""

    action: Literal["items_moved"] = "items_moved"
    moved_ids: list[str]
    moved_count: int
    end: Literal["TOP", "BOTTOM"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsAdded(QueueChanged):
    action: Literal["items_added"] = "items_added"
    added_ids: list[str]
    added_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsRemoved(QueueChanged):
    action: Literal["items_removed"] = "items_removed"
    removed_ids: list[str]
    removed_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsRestored(QueueChanged):
    action: Literal["items_restored"] = "items_restored"
    restored_ids: list[str]
    restored_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsHeld(QueueChanged):
    action: Literal["items_held"] = "items_held"
    held_ids: list[str]
    held_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsTold(QueueChanged):
    """Items wait for another reason than before, or for none."""

    action: Literal["items_told"] = "items_told"
    told_ids: list[str]
    told_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsReleased(QueueChanged):
    action: Literal["items_released"] = "items_released"
    released_ids: list[str]
    released_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsExempted(QueueChanged):
    """Whether quiet hours and budgets bind them."""

    action: Literal["items_exempted", "items_bound"]
    item_ids: list[str]
    item_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsRetried(QueueChanged):
    action: Literal["items_retried"] = "items_retried"
    retried_ids: list[str]
    retried_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCleared(QueueChanged):
    action: Literal["completed_cleared", "failed_cleared"]
    cleared_count: int


def worker_changed(action: Literal["worker_started", "worker_stopped"]) -> None:
    publish(WorkerChanged(action=action))


def item_changed(
    action: Literal["item_started", "item_completed", "item_failed", "item_interrupted"],
    item: DownloadQueueItem,
) -> None:
    publish(ItemChanged(action=action, item_id=str(item.pk)))


def quarantine_changed(
    action: Literal["quarantine_taken", "quarantine_discarded", "quarantine_restored"],
    item: DownloadQueueItem,
) -> None:
    publish(QuarantineChanged(action=action, item_id=str(item.pk)))


def item_retrying(item: DownloadQueueItem) -> None:
    next_try_at = snapshots.moment(item.next_try_at)
    publish(ItemRetrying(item_id=str(item.pk), next_try_at=next_try_at))


def queue_reordered(item_id: int, new_position: int) -> None:
    publish(QueueReordered(item_id=str(item_id), new_position=new_position))


_END: dict[End | None, Literal["TOP", "BOTTOM"] | None] = {
    End.TOP: "TOP",
    End.BOTTOM: "BOTTOM",
    None: None,
}


def items_moved(ids: Sequence[int], end: End | None) -> None:
    """Args: end: None where they are put back."""
    publish(ItemsMoved(moved_ids=_named(ids), moved_count=len(ids), end=_END[end]))


def items_added(ids: Sequence[int]) -> None:
    publish(ItemsAdded(added_ids=_named(ids), added_count=len(ids)))


def items_removed(ids: Sequence[int]) -> None:
    publish(ItemsRemoved(removed_ids=_named(ids), removed_count=len(ids)))


def items_restored(ids: Sequence[int]) -> None:
    publish(ItemsRestored(restored_ids=_named(ids), restored_count=len(ids)))


def items_held(ids: Sequence[int]) -> None:
    publish(ItemsHeld(held_ids=_named(ids), held_count=len(ids)))


def items_told(ids: Sequence[int]) -> None:
    publish(ItemsTold(told_ids=_named(ids), told_count=len(ids)))


def items_released(ids: Sequence[int]) -> None:
    publish(ItemsReleased(released_ids=_named(ids), released_count=len(ids)))


def items_exempted(ids: Sequence[int]) -> None:
    publish(ItemsExempted(action="items_exempted", item_ids=_named(ids), item_count=len(ids)))


def items_bound(ids: Sequence[int]) -> None:
    publish(ItemsExempted(action="items_bound", item_ids=_named(ids), item_count=len(ids)))


def items_retried(ids: Sequence[int]) -> None:
    publish(ItemsRetried(retried_ids=_named(ids), retried_count=len(ids)))


def list_cleared(status: Status, count: int) -> None:
    completed = status is Status.COMPLETED
    action: Literal["completed_cleared", "failed_cleared"]
    action = "completed_cleared" if completed else "failed_cleared"
    publish(ListCleared(action=action, cleared_count=count))


def _named(ids: Sequence[int]) -> list[str]:
    return [str(item_id) for item_id in ids[:NAMED_IDS]]


# What the owner wants of the queue


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueControlled(QueueEvent):
    """Family: the owner, or the queue itself, started, stopped, paused or resumed it."""

    is_running: bool
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStarted(QueueControlled):
    type = "queue_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStopped(QueueControlled):
    type = "queue_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePaused(QueueControlled):
    type = "queue_paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueResumed(QueueControlled):
    type = "queue_resumed"


def queue_controlled(event: type[QueueControlled]) -> None:
    """Tell what the state of the queue is now, by one of the four events above."""
    state = QueueState.current()
    publish(event(is_running=state.is_running, is_paused=state.is_paused))


# What quiet hours and budgets say


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietStarted(QueueEvent):
    """Nothing more is begun, for this reason; or what was told of that has changed. ``goes_on_at``
    is null where no end is in sight."""

    type = "queue_quiet_started"

    reason: Coded
    goes_on_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietEnded(QueueEvent):
    """The queue goes on by itself."""

    type = "queue_quiet_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietLifted(QueueChanged):
    """Quiet hours and budgets do not count until then; null: they do again."""

    action: Literal["quiet_lifted", "quiet_kept"]
    lifted_until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChanged(QueueChanged):
    """Another limit holds for all downloads together; 0 for none."""

    action: Literal["limit_changed"] = "limit_changed"
    limit_kb_per_second: int


def quiet_started(reason: Coded, goes_on_at: datetime | None) -> None:
    publish(QuietStarted(reason=reason, goes_on_at=snapshots.moment(goes_on_at)))


def budget_used_up(reason: Coded) -> None:
    """Told on every page, once: a budget is nothing that comes at the same time each day."""
    publish(InfoNotice(code="queue_budget_used_up", message=reason))


def quiet_ended() -> None:
    publish(QuietEnded())


def quiet_lifted(until: datetime) -> None:
    publish(QuietLifted(action="quiet_lifted", lifted_until=snapshots.moment(until)))


def quiet_kept() -> None:
    publish(QuietLifted(action="quiet_kept", lifted_until=None))


def limit_changed(limit: int) -> None:
    """Args: limit: KB a second."""
    publish(LimitChanged(limit_kb_per_second=limit))


# What is queued by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoDownloadStarted(Event):
    """It is looked what of the followed series is to be queued."""

    room = Room.DOWNLOADS
    type = "auto_download_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoDownloadCompleted(Event):
    """So many episodes were queued, of so many series; so many wait."""

    room = Room.DOWNLOADS
    type = "auto_download_completed"

    queued: int
    series: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoDownloadError(Event):
    """Nothing more was queued, for this reason."""

    room = Room.DOWNLOADS
    type = "auto_download_error"

    error: Coded


# One item


class EpisodeNames(TypedDict):
    download_id: str
    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadEvent(Event):
    """Family: about the download of one episode."""

    download_id: str
    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadProgress(DownloadEvent, ProgressEvent[DownloadQueueItem]):
    room = Room.DOWNLOAD_PROGRESS
    type = "download_progress"
    operation = OperationType.DOWNLOAD

    stage: str
    status: OperationStatus
    progress: TransferProgress

    @property
    def subject(self) -> tuple[str, str]:
        return self.key, self.serie_folder

    @classmethod
    def of(cls, operation_id: str, reading: Reading, facts: DownloadQueueItem) -> Self:  # noqa: ARG003 (the item knows its id)
        return cls(
            **_names(facts),
            stage=facts.stage,
            status=reading.status,
            progress=snapshots.progress(facts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadComplete(DownloadEvent):
    room = Room.DOWNLOADS
    type = "download_complete"

    downloaded_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFailed(DownloadEvent):
    """Final: not sent for a try that is followed by another."""

    room = Room.DOWNLOADS
    type = "download_failed"

    error: Coded
    retry_count: int
    attempts: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeUpdated(Event):
    room = Room.DOWNLOADS
    type = "download_episode_update"

    key: str
    folder: str
    season: int
    episode: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCompleted(Event):
    """Nothing of the series is missing any more."""

    room = Room.DOWNLOADS
    type = "download_series_completed"

    key: str
    folder: str


def download_complete(item: DownloadQueueItem) -> None:
    downloaded = snapshots.megabytes(item.downloaded_bytes) or 0.0
    publish(DownloadComplete(**_names(item), downloaded_mb=downloaded))


def download_failed(item: DownloadQueueItem) -> None:
    publish(
        DownloadFailed(
            **_names(item),
            error=item.coded_error,
            retry_count=item.retry_count,
            attempts=item.attempts,
        )
    )


def episode_updated(item: DownloadQueueItem, state: str) -> None:
    publish(
        EpisodeUpdated(
            key=item.series.key,
            folder=item.series.folder,
            season=item.season,
            episode=item.episode_number,
            state=state,
        )
    )


def series_completed(item: DownloadQueueItem) -> None:
    publish(SeriesCompleted(key=item.series.key, folder=item.series.folder))


def paused_itself(pause: PauseCode, reason: Coded) -> None:
    """The queue has paused itself, for this reason."""
    publish(WarningNotice(code=f"queue_paused_{pause.lower()}", message=reason))


def _names(item: DownloadQueueItem) -> EpisodeNames:
    return {
        "download_id": str(item.pk),
        "key": item.series.key,
        "serie_folder": item.series.folder,
        "serie_name": item.series.name,
        "season": item.season,
        "episode": item.episode_number,
    }
