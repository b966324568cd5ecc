"""Changes of items that are in the queue already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypedDict

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from aniworld.journal.services import listed, record
from downloads import entries, events, progress
from downloads.choices import Stage, Status
from downloads.entries import Brief, QueueAction
from downloads.errors import ItemNotFound, NotFailed
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueItems, QueueState
from downloads.services.held import say_as_held
from downloads.services.taken import (
    Episode,
    Known,
    episode_of,
    known,
    reason_taken,
    taken_episodes,
    without_catalogue,
)
from providers.coded import Coded


class SkippedItem(TypedDict):
    """An item that was left as it is."""

    id: str
    reason: Annotated[
        str,
        "`not_found`, `not_failed`, `queued`, `present` (on disk by now), `series_removed`, "
        "`no_catalogue`, `exempt` or `bound` (it is so already), or the status it has.",
    ]


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


def remove(*, item_ids: Sequence[int], reason: Coded | None = None) -> list[int]:
    """Take out those of ``item_ids`` that are there; returns their ids. They can be undone.

    Args:
        reason: what for, where nobody asked for just that.
    """
    with transaction.atomic():
        QueueState.locked()
        found = DownloadQueueItem.objects.filter(pk__in=item_ids, removed_at__isnull=True)
        active = list(found.active().select_related("series"))
        taken = entries.briefly(found)
        if not taken:
            return []
        ids = [item.id for item in taken]
        _cancel(DownloadQueueItem.objects.filter(pk__in=ids), taken, reason)
        for item in active:
            progress.cancel(item)
        events.items_removed(ids)
        return ids


def clear_waiting() -> int:
    """Take out all that waits, held or not; it can be undone. What is being downloaded stays.

    Returns:
        How many were removed.
    """
    with transaction.atomic():
        QueueState.locked()
        waiting = DownloadQueueItem.objects.waiting()
        taken = entries.briefly(waiting)
        if taken:
            _cancel(waiting, taken, None)
            events.items_removed([item.id for item in taken])
        return len(taken)


def _cancel(found: QueueItems, items: list[Brief], reason: Coded | None) -> None:
    """Args: items: what ``found`` finds, which is locked."""
    now = timezone.now()
    about, named = entries.about_all(items), entries.many(items)
    back = entries.bring_back(now)
    record(QueueAction.REMOVED, on=about, before=named, undo=back, reason=reason)
    found.update(
        status_before=Case(
            When(status=Status.DOWNLOADING, then=Value(Status.PENDING)), default=F("status")
        ),
        status=Status.CANCELLED,
        removed_at=now,
        claimed_by="",
        heartbeat_at=None,
        stage=Stage.NONE,
        updated_at=now,
    )


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
            switched = DownloadQueueItem.objects.filter(pk__in=changed.ids)
            now = timezone.now()
            _record_switch(entries.briefly(switched), after, now)
            switched.update(status=after, updated_at=now)
            tell(changed.ids)
    return changed


def _record_switch(items: list[Brief], status: Status, now: datetime) -> None:
    held = status == Status.PAUSED
    back = "queue.release" if held else "queue.hold"
    record(
        QueueAction.HELD if held else QueueAction.RELEASED,
        on=entries.about_all(items),
        after=entries.many(items),
        undo=entries.with_ids(back, [item.id for item in items], at=now.isoformat()),
    )


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
        found = DownloadQueueItem.objects.finished(status)
        ids = list(found.values_list("pk", flat=True))
        count = found.update(removed_at=now)
        if count:
            cleared = {**listed(ids), "status": status.value}
            back = entries.bring_back(now)
            record(QueueAction.CLEARED, on=entries.QUEUE, before=cleared, undo=back)
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
        raise NotFailed(item=item_id)
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
        items = {item.id: item for item in known(chosen.in_order())}
        series = {item.series_id for item in items.values()}
        local, taken = without_catalogue(series), taken_episodes(series)
        for item_id in dict.fromkeys(item_ids or items):
            reason = _cannot_retry(items.get(item_id), local, taken)
            if reason:
                changed.skip(item_id, reason)
            else:
                taken[episode_of(items[item_id])] = "queued"
                changed.ids.append(item_id)
        if changed.ids:
            again = [items[item_id].brief for item_id in changed.ids]
            record(QueueAction.RETRIED, on=entries.about_all(again), after=entries.many(again))
            _back_to_pending(changed.ids)
            say_as_held(changed.ids)
            events.items_retried(changed.ids)
    return changed


def _cannot_retry(item: Known | None, local: Collection[int], taken: dict[Episode, str]) -> str:
    if item is None:
        return "not_found"
    if item.status != Status.FAILED:
        return "not_failed"
    if item.series_id in local:
        return "no_catalogue"
    return reason_taken(item, taken)


def _back_to_pending(ids: list[int]) -> None:
    DownloadQueueItem.objects.filter(pk__in=ids).update(
        status=Status.PENDING,
        retry_count=0,
        outage_count=0,
        next_try_at=None,
        **DownloadQueueItem.error.values(None),
        completed_at=None,
        progress_percent=0,
        is_exempt=False,
        updated_at=timezone.now(),
    )
