"""What the queue says of series that the library lists."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.marks import Mark, Marks


def marks_of(series_ids: Collection[int]) -> Marks:
    """How many episodes of these series wait, and of which one is fetched now, by series."""
    active = Q(status=Status.DOWNLOADING)
    rows = (
        DownloadQueueItem.objects.unfinished()
        .filter(series__in=series_ids)
        .order_by()
        .values("series")
        .annotate(queued=Count("pk", filter=~active), active=Count("pk", filter=active))
    )
    return {row["series"]: Mark(row["queued"], bool(row["active"])) for row in rows}
