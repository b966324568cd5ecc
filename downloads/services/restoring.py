"""Bringing back what was removed from the queue, or cleared from its lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, PositiveBigIntegerField, Q, Value, When

from aniworld.journal.models import Entry
from aniworld.journal.services import mark_undone, record
from downloads import entries, events
from downloads.choices import WAITING, Status
from downloads.entries import QueueAction
from downloads.models import DownloadQueueItem, QueueItems, QueueState
from downloads.services.held import say_as_held
from downloads.services.items import Changed
from downloads.services.taken import (
    Episode,
    Known,
    episode_of,
    known,
    portions,
    reason_taken,
    taken_episodes,
    without_catalogue,
)
from library.models import AnimeSeries

_NONE = Value(0, output_field=PositiveBigIntegerField())


def undo(*, item_ids: Sequence[int] = ()) -> Changed:
    """Bring back what was removed or cleared in the last ten minutes.

    Args:
        item_ids: only these; empty = all.
    """
    with transaction.atomic():
        QueueState.locked()
        gone = DownloadQueueItem.objects.filter(removed_at__in=list(_removals()))
        return _bring_back(gone.filter(pk__in=item_ids) if item_ids else gone)


def restore(*, removed_at: datetime, with_series: bool = False) -> Changed:
    """Bring back what was removed or cleared at one moment, by whoever undoes just that.

    ``with_series`` says that a removed series comes back in the same act.
    """
    with transaction.atomic():
        QueueState.locked()
        gone = DownloadQueueItem.objects.filter(removed_at=removed_at)
        return _bring_back(gone, with_series=with_series)


def _removals() -> dict[datetime, int]:
    """The entries of the journal that can still be undone, by the moment they are about."""
    found = Entry.objects.undoable().filter(action__in=(QueueAction.REMOVED, QueueAction.CLEARED))
    rows = found.values_list("undo__arguments__removed_at", "pk")
    return {datetime.fromisoformat(moment): pk for moment, pk in rows}


def _bring_back(gone: QueueItems, *, with_series: bool = False) -> Changed:
    """Those of a removed series come back with it alone (``with_series``)."""
    changed = Changed()
    items = known(gone.order_by("-removed_at", "-pk"))
    series = {item.series_id for item in items}
    deleted = set() if with_series else _removed(series)
    local, taken = without_catalogue(series), taken_episodes(series)
    back = []
    for item in items:
        if item.series_id in deleted:
            changed.skip(item.id, "series_removed")
        elif item.series_id in local:
            changed.skip(item.id, "no_catalogue")
        elif reason := _why_not(item, taken):
            changed.skip(item.id, reason)
        else:
            changed.ids.append(item.id)
            back.append(item)
    if back:
        _set_back(changed.ids)
        say_as_held(changed.ids)
        was_cleared = any(item.status != Status.CANCELLED for item in items)
        entry = _record_restored(back, can_be_undone=not was_cleared)
        _mark_undone({item.removed_at for item in items}, by=entry)
        events.items_restored(changed.ids)
    return changed


def _removed(series_ids: Collection[int]) -> set[int]:
    found = AnimeSeries.objects.filter(pk__in=series_ids).exclude(deleted_at=None)
    return set(found.values_list("pk", flat=True))


def _why_not(item: Known, taken: dict[Episode, str]) -> str:
    """Why it stays removed: its episode has another unfinished item by now, or is on disk. Of two
    that would wait for one episode the first takes it."""
    if item.status != Status.CANCELLED or item.status_before not in WAITING:
        return ""
    reason = reason_taken(item, taken)
    if not reason:
        taken[episode_of(item)] = "queued"
    return reason


def _set_back(ids: Sequence[int]) -> None:
    """As they were; what waits begins anew."""
    removed = Q(status=Status.CANCELLED)
    waits = Q(removed, status_before__in=WAITING)
    for some in portions(ids):
        DownloadQueueItem.objects.filter(pk__in=some).update(
            progress_percent=Case(When(waits, then=0.0), default=F("progress_percent")),
            downloaded_bytes=Case(When(waits, then=_NONE), default=F("downloaded_bytes")),
            status=Case(When(removed, then=F("status_before")), default=F("status")),
            status_before="",
            removed_at=None,
        )


def _record_restored(items: Sequence[Known], *, can_be_undone: bool) -> Entry:
    back = [item.brief for item in items]
    undo = entries.with_ids("queue.remove", [one.id for one in back]) if can_be_undone else None
    about = entries.about_all(back)
    return record(QueueAction.RESTORED, on=about, after=entries.many(back), undo=undo)


def _mark_undone(moments: set[datetime | None], *, by: Entry) -> None:
    """The removals of which nothing is left to bring back."""
    left = DownloadQueueItem.objects.filter(removed_at__in=moments - {None})
    whole = moments - set(left.values_list("removed_at", flat=True))
    removals = _removals()
    done = [removals[moment] for moment in whole if moment is not None and moment in removals]
    mark_undone(Entry.objects.filter(pk__in=done), by=by)
