"""Finding items of the queue and of its history by what their owner remembers of them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Case, F, Q, Value, When

from aniworld.web.days import begin_of, end_of
from downloads.choices import Status
from downloads.models import LISTED, DownloadQueueItem, QueueItems


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


class Ended:
    """What has ended and is wanted, the newest first: counted once, and read a part at a time.

    What was taken off the lists is hidden; what was removed is not.

    Args:
        wanted: with the states that are meant; those of what was removed stand alone.
        items: of which, with what else is to be read of each.
    """

    def __init__(self, wanted: Wanted, items: QueueItems) -> None:
        self._wanted, self._items = wanted, items

    @cached_property
    def _count(self) -> int:
        items = self._items if self._is_removed else self._items.filter(removed_at=None)
        return found(items, self._wanted).count()

    def count(self) -> int:
        return self._count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[DownloadQueueItem]:
        if self._is_removed:
            return list(found(self._items, self._wanted).order_by("-removed_at", "-id")[part])
        others = found(self._items, replace(self._wanted, statuses=()))
        return list(others.filter(self._shown()).order_by("-completed_at", "-id")[part])

    @property
    def _is_removed(self) -> bool:
        return list(self._wanted.statuses) == [Status.CANCELLED]

    def _shown(self) -> Q:
        statuses = self._wanted.statuses
        shown = _in_passing(Q(status__in=statuses, removed_at=None))
        # One state has an index in this order.
        return shown & Q(status=statuses[0]) if len(statuses) == 1 else shown


class Listed:
    """All items, those that have not ended in the order of the queue, then the newest first:
    counted once, and read a part at a time.

    Args:
        items: of which; those that belong to no list are left out.
    """

    def __init__(self, items: QueueItems) -> None:
        self._all = items.listed()
        self._first = self._all.filter(completed_at=None)
        self._then = items.filter(_in_passing(LISTED), completed_at__isnull=False)

    @cached_property
    def _count(self) -> int:
        return self._all.count()

    @cached_property
    def _before(self) -> int:
        """How many have not ended."""
        return self._first.count()

    def count(self) -> int:
        return self._count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[int]:
        """The ids of these."""
        begin, end = part.start or 0, self._count if part.stop is None else part.stop
        ids: list[int] = []
        if begin < self._before:
            in_queue = self._first.order_by("priority", "position", "-id")
            ids += in_queue.values_list("pk", flat=True)[begin:end]
        if end > self._before:
            newest = self._then.order_by(F("completed_at").desc(), "priority", "position", "-id")
            since = max(begin - self._before, 0)
            ids += newest.values_list("pk", flat=True)[since : end - self._before]
        return ids


def _in_passing(condition: Q) -> Q:
    """A condition that no index answers: SQLite would rather gather and sort all that it finds by
    one than read a page of what lies in order."""
    return Q(Case(When(condition, then=Value(value=True)), default=Value(value=False)))
