"""What becomes of the queue when a series leaves the library, and when it comes back."""

from __future__ import annotations

from datetime import datetime

from aniworld.journal.models import Entry
from downloads.entries import SERIES_LEFT, QueueAction
from downloads.models import DownloadQueueItem, QueueState
from downloads.services.items import remove
from downloads.services.restoring import restore
from library.models import AnimeSeries


def series_leaves(series: AnimeSeries) -> None:
    """Take what waits or is just being fetched of the series out of the queue, in the same act."""
    QueueState.locked()
    unfinished = DownloadQueueItem.objects.unfinished().filter(series=series)
    remove(item_ids=list(unfinished.values_list("pk", flat=True)), reason=SERIES_LEFT)


def series_returns(series: AnimeSeries) -> None:
    """Bring back what left the queue with the series, as long as a removal can be undone."""
    QueueState.locked()
    removals = Entry.objects.undoable().about("series", series.key)
    removals = removals.of_action(QueueAction.REMOVED).filter(reason_code=SERIES_LEFT["code"])
    last = removals.order_by("-pk").first()
    if last is not None and last.undo is not None:
        moment = datetime.fromisoformat(last.undo["arguments"]["removed_at"])
        restore(removed_at=moment, with_series=True)
