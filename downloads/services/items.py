"""Changes of items that are in the queue already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from aniworld.events.operations import OperationStatus
from downloads import events
from downloads.choices import Stage, Status
from downloads.errors import ItemNotFound, NotFailed, NotPending
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueState

Episode = tuple[int, int, int]


class SkippedItem(TypedDict):
    """An item that was left as it is."""

    id: str
    reason: Annotated[str, "`not_found`, `not_failed`, `queued`, or the status it has."]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a bulk change did: the items it changed, and why it left the others alone."""

    ids: list[int] = field(default_factory=list)
    skipped: list[SkippedItem] = field(default_factory=list)

    def skip(self, item_id: int, reason: str) -> None:
        self.skipped.append({"id": str(item_id), "reason": reason})


def remove_one(*, item_id: int) -> None:
    """Take one item out; an active one is cancelled by its worker within two seconds.

    Raises:
        ItemNotFound: there is no such item, or it is removed already.
    """
    if not remove(item_ids=[item_id]):
        raise ItemNotFound(item=item_id)


def remove(*, item_ids: Sequence[int]) -> list[int]:
    """Take out those of ``item_ids`` that are there; returns their ids. They can be undone."""
    with transaction.atomic():
        QueueState.locked()
        found = DownloadQueueItem.objects.filter(pk__in=item_ids, removed_at__isnull=True)
        active = list(found.active().select_related("series"))
        ids = list(found.values_list("pk", flat=True))
        if not ids:
            return []
        _cancel(ids)
        for item in active:
            events.item_progress(item, OperationStatus.CANCELLED)
        events.items_removed(ids)
        return ids


def _cancel(ids: list[int]) -> None:
    DownloadQueueItem.objects.filter(pk__in=ids).update(
        status_before=Case(
            When(status=Status.DOWNLOADING, then=Value(Status.PENDING)), default=F("status")
        ),
        status=Status.CANCELLED,
        removed_at=timezone.now(),
        claimed_by="",
        heartbeat_at=None,
        stage=Stage.NONE,
        updated_at=timezone.now(),
    )


def undo(*, item_ids: Sequence[int] = ()) -> Changed:
    """Bring back what was removed or cleared in the last ten minutes.

    Args:
        item_ids: only these; empty = all.
    """
    changed = Changed()
    with transaction.atomic():
        QueueState.locked()
        gone = DownloadQueueItem.objects.removed_since(timezone.now() - UNDO_WINDOW)
        if item_ids:
            gone = gone.filter(pk__in=item_ids)
        items = list(gone.order_by("-removed_at", "-pk"))
        queued = _queued_episodes({item.series_id for item in items})
        for item in items:
            if _restore(item, queued):
                changed.ids.append(item.pk)
            else:
                changed.skip(item.pk, "queued")
        if changed.ids:
            DownloadQueueItem.objects.bulk_update(
                [item for item in items if item.removed_at is None],
                ["status", "status_before", "removed_at", "progress_percent", "downloaded_bytes"],
                batch_size=200,
            )
            events.items_restored(changed.ids)
    return changed


def _restore(item: DownloadQueueItem, queued: set[Episode]) -> bool:
    """Set the item back as it was, unless its episode has another unfinished item by now."""
    if item.status == Status.CANCELLED:
        before = Status(item.status_before)
        if before in (Status.PENDING, Status.PAUSED):
            if _episode(item) in queued:
                return False
            queued.add(_episode(item))
            item.progress_percent = 0
            item.downloaded_bytes = 0
        item.status = before
    item.status_before = ""
    item.removed_at = None
    return True


def _queued_episodes(series_ids: Iterable[int]) -> set[Episode]:
    return set(
        DownloadQueueItem.objects.unfinished()
        .filter(series_id__in=set(series_ids))
        .values_list("series_id", "season", "episode_number")
    )


def _episode(item: DownloadQueueItem) -> Episode:
    return item.series_id, item.season, item.episode_number


def reorder(*, item_id: int, new_position: int) -> int:
    """Move a waiting item to ``new_position`` (from 0, among the waiting).

    An item stays within its priority: a place above or below becomes the first or last of it.

    Returns:
        The place it has now.

    Raises:
        NotPending: the item does not wait, or does not exist.
    """
    with transaction.atomic():
        QueueState.locked()
        waiting = DownloadQueueItem.objects.waiting().in_order()
        order = list(waiting.values_list("pk", "priority", "position"))
        places = {row[0]: place for place, row in enumerate(order)}
        if item_id not in places:
            raise NotPending(item=item_id)
        old = places[item_id]
        new = _within_priority(order, old, new_position)
        if new != old:
            _shift(item_id, order[old], order[new])
            events.queue_reordered(item_id, new)
        return new


def _within_priority(order: list[tuple[int, int, int]], old: int, wanted: int) -> int:
    same = [place for place, row in enumerate(order) if row[1] == order[old][1]]
    return min(max(wanted, same[0]), same[-1])


def _shift(item_id: int, old: tuple[int, int, int], new: tuple[int, int, int]) -> None:
    """Give the item the sort key of the place it goes to; those in between make room."""
    _, priority, start = old
    target = new[2]
    between, step = ((target, start - 1), 1) if target < start else ((start + 1, target), -1)
    DownloadQueueItem.objects.filter(priority=priority, position__range=between).update(
        position=F("position") + step
    )
    DownloadQueueItem.objects.filter(pk=item_id).update(position=target)


def hold(*, item_ids: Sequence[int]) -> Changed:
    """Let the worker pass by these items until they are released."""
    return _switch(item_ids, Status.PENDING, Status.PAUSED, events.items_held)


def release(*, item_ids: Sequence[int]) -> Changed:
    """Put held items back to their places in the queue."""
    return _switch(item_ids, Status.PAUSED, Status.PENDING, events.items_released)


def _switch(
    item_ids: Sequence[int], before: Status, after: Status, tell: Callable[[list[int]], None]
) -> Changed:
    changed = Changed()
    with transaction.atomic():
        QueueState.locked()
        found = dict(
            DownloadQueueItem.objects.filter(pk__in=item_ids, removed_at__isnull=True).values_list(
                "pk", "status"
            )
        )
        for item_id in dict.fromkeys(item_ids):
            if found.get(item_id) == before:
                changed.ids.append(item_id)
            else:
                changed.skip(item_id, found.get(item_id, "not_found").lower())
        if changed.ids:
            DownloadQueueItem.objects.filter(pk__in=changed.ids).update(
                status=after, updated_at=timezone.now()
            )
            tell(changed.ids)
    return changed


def clear(*, status: Status) -> int:
    """Take all completed, or all failed, items off the lists; they can be undone.

    Returns:
        How many were cleared.
    """
    now = timezone.now()
    with transaction.atomic():
        QueueState.locked()
        # What was cleared too long ago to be undone is of no further use to anyone.
        DownloadQueueItem.objects.filter(
            status__in=(Status.COMPLETED, Status.FAILED), removed_at__lt=now - UNDO_WINDOW
        ).delete()
        count = DownloadQueueItem.objects.finished(status).update(removed_at=now)
        if count:
            events.list_cleared(status, count)
    return count


def retry_one(*, item_id: int) -> Changed:
    """Queue one failed item again, its count of retries set back.

    Raises:
        ItemNotFound: there is no such item.
        NotFailed: the item has another status.
    """
    item = DownloadQueueItem.objects.listed().filter(pk=item_id).first()
    if item is None:
        raise ItemNotFound(item=item_id)
    if item.status != Status.FAILED:
        raise NotFailed(item=item_id, status=item.status)
    return retry(item_ids=[item_id])


def retry(*, item_ids: Sequence[int] = ()) -> Changed:
    """Queue failed items again, their counts of retries set back.

    Args:
        item_ids: which; empty = all failed ones.
    """
    changed = Changed()
    with transaction.atomic():
        QueueState.locked()
        listed = DownloadQueueItem.objects.listed()
        chosen = listed.filter(pk__in=item_ids) if item_ids else listed.finished(Status.FAILED)
        items = {item.pk: item for item in chosen.order_by("priority", "position", "pk")}
        queued = _queued_episodes({item.series_id for item in items.values()})
        for item_id in dict.fromkeys(item_ids or items):
            reason = _cannot_retry(items.get(item_id), queued)
            if reason:
                changed.skip(item_id, reason)
            else:
                queued.add(_episode(items[item_id]))
                changed.ids.append(item_id)
        if changed.ids:
            _back_to_pending(changed.ids)
            events.items_retried(changed.ids)
    return changed


def _cannot_retry(item: DownloadQueueItem | None, queued: set[Episode]) -> str:
    if item is None:
        return "not_found"
    if item.status != Status.FAILED:
        return "not_failed"
    return "queued" if _episode(item) in queued else ""


def _back_to_pending(ids: list[int]) -> None:
    DownloadQueueItem.objects.filter(pk__in=ids).update(
        status=Status.PENDING,
        retry_count=0,
        outage_count=0,
        next_try_at=None,
        error_code="",
        error_message="",
        completed_at=None,
        progress_percent=0,
        updated_at=timezone.now(),
    )
