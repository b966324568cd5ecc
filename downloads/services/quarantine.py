"""What becomes of a suspicious file that a failed item has kept aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from aniworld.journal.services import Undo, record
from downloads import entries, events
from downloads.choices import Quarantine, Status
from downloads.entries import QueueAction
from downloads.errors import EpisodeTaken, ItemNotFound, NothingKept
from downloads.models import UNDO_WINDOW, DownloadQueueItem, QueueState
from downloads.services.taken import reason_taken, taken_episodes
from library.entries import about


def take(*, item_id: int) -> None:
    """Let the worker place the file as it is, at once, whatever the queue is doing.

    Raises:
        ItemNotFound: there is no such item.
        NothingKept: it keeps no file aside.
        EpisodeTaken: the episode is on disk by now, or in the queue again.
    """
    with transaction.atomic():
        QueueState.locked()
        item = _kept(item_id)
        reason = reason_taken(item, taken_episodes({item.series_id}))
        if reason:
            raise EpisodeTaken(why="queued" if reason == "queued" else "present")
        item.status, item.quarantine = Status.PENDING, Quarantine.WANTED
        item.completed_at = item.next_try_at = None
        item.save(
            update_fields=["status", "quarantine", "completed_at", "next_try_at", "updated_at"]
        )
        record(
            QueueAction.TAKEN,
            on=about(item.series),
            after=entries.facts_of(item) | entries.quarantined(item),
        )
        events.quarantine_changed("quarantine_taken", item)


def discard(*, item_id: int) -> None:
    """Give the file up. It is deleted when that can no longer be undone.

    Raises:
        ItemNotFound: there is no such item.
        NothingKept: it keeps no file aside.
    """
    with transaction.atomic():
        QueueState.locked()
        item = _kept(item_id)
        before = item.quarantined_until
        until = timezone.now() + UNDO_WINDOW
        back = {"item_id": item.pk, "until": before.isoformat() if before else until.isoformat()}
        record(
            QueueAction.DISCARDED,
            on=about(item.series),
            before=entries.facts_of(item) | entries.quarantined(item),
            undo=Undo("queue.undiscard", back, lasts=UNDO_WINDOW),
        )
        _set(item, Quarantine.DISCARDED, until + timedelta(minutes=1))
        events.quarantine_changed("quarantine_discarded", item)


def bring_back(*, item_id: int, until: datetime) -> None:
    """Undo :func:`discard`.

    Raises:
        ItemNotFound: there is no such item any more.
        NothingKept: the file is gone.
    """
    with transaction.atomic():
        QueueState.locked()
        item = _kept(item_id, Quarantine.DISCARDED)
        _set(item, Quarantine.KEPT, until)
        record(
            QueueAction.KEPT_AGAIN,
            on=about(item.series),
            after=entries.facts_of(item) | entries.quarantined(item),
        )
        events.quarantine_changed("quarantine_restored", item)


def _kept(item_id: int, state: Quarantine = Quarantine.KEPT) -> DownloadQueueItem:
    listed = DownloadQueueItem.objects.filter(removed_at__isnull=True)
    item = listed.select_related("series").filter(pk=item_id).first()
    if item is None:
        raise ItemNotFound(item=item_id)
    if item.status != Status.FAILED or item.quarantine != state:
        raise NothingKept(item=item_id)
    return item


def _set(item: DownloadQueueItem, state: Quarantine, until: datetime) -> None:
    item.quarantine, item.quarantined_until = state, until
    item.save(update_fields=["quarantine", "quarantined_until", "updated_at"])
