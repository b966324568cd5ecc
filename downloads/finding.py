"""Finding items of the queue and of its history by what their owner remembers of them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from aniworld.web.days import begin_of, end_of
from downloads.choices import Status
from downloads.models import QueueItems

DONE = (Status.COMPLETED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of them is wanted; empty means any.

    Attributes:
        series: the key of one, or part of a name.
        language: that of the file, in any case.
        day: of the server's clock, on which it ended; of a removed one, on which it was removed.
        text: part of the name of a series, of a title or of a file's path.
    """

    statuses: Sequence[Status] = ()
    series: str = ""
    language: str = ""
    day: datetime.date | None = None
    text: str = ""


def found(items: QueueItems, wanted: Wanted) -> QueueItems:
    """Those of ``items`` that are wanted, in their order."""
    if wanted.statuses:
        items = items.filter(status__in=wanted.statuses)
    if wanted.series:
        series = Q(series__key=wanted.series) | Q(series__name__icontains=wanted.series)
        items = items.filter(series)
    if wanted.language:
        items = items.filter(language__iexact=wanted.language)
    if wanted.day:
        begin, end = begin_of(wanted.day), end_of(wanted.day)
        ended = Q(completed_at__gte=begin, completed_at__lt=end)
        removed = Q(status=Status.CANCELLED, removed_at__gte=begin, removed_at__lt=end)
        items = items.filter(ended | removed)
    if wanted.text:
        names = ("series__name", "title", "file_destination")
        parts = [Q(**{f"{name}__icontains": wanted.text}) for name in names]
        items = items.filter(parts[0] | parts[1] | parts[2])
    return items
