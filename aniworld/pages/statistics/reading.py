"""What is kept of some days, and what there is now: a fixed number of queries, however large the
library is and however long it has been there."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet, Subquery
from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.pages.statistics.periods import (
    Bucket,
    Period,
    Step,
    buckets,
    first_known,
    first_of,
    step_of,
)
from aniworld.sites.models import ServiceDay
from downloads.models import FetchedDay
from library.models import LibraryDay, LibraryTally
from library.services.tallies import Counts, counts
from providers.base import HOSTER_LABELS
from providers.registry import site_entries
from providers.watching import hoster_service, is_hoster

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Growth:
    """What there was at the end of some days. ``missing`` and ``announced`` are None of days
    before the first count; then ``is_counted`` is False."""

    days: Bucket
    episodes: int
    files: int
    size: int
    missing: int | None
    announced: int | None
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was downloaded in some days; ``size`` in bytes, also of tries that failed."""

    days: Bucket
    finished: int
    failed: int
    size: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What became of the calls of some days."""

    days: Bucket
    answered: int
    failed: int

    @property
    def share(self) -> float | None:
        """Answered ones of a hundred; None of no call."""
        calls = self.answered + self.failed
        return 100.0 * self.answered / calls if calls else None


@dataclass(frozen=True, slots=True)
class Service:
    """A site or hoster that was asked in these days. ``whole`` is all of them as one."""

    name: str
    label: str
    is_site: bool
    whole: Calls
    calls: Sequence[Calls]


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of it.

    Attributes:
        growth: from the first bucket on of which anything is known.
        tally: None where nothing was counted yet.
        worked_out_until: the last day shown that was never counted; None: all were.
    """

    period: Period
    first: date
    last: date
    step: Step
    now: Counts
    tally: LibraryTally | None
    worked_out_until: date | None
    growth: Sequence[Growth]
    downloads: Sequence[Fetched]
    services: Sequence[Service]


class _Call(NamedTuple):
    day: date
    service: str
    answered: int
    failed: int


def read(period: Period) -> Statistics:
    """What is known of a period that ends today."""
    today = timezone.localdate()
    begin = first_of(period, today)
    kept = _library_days(begin, today)
    fetched = list(_since(begin, today, FetchedDay).order_by("day"))
    calls = [
        _Call(*row)
        for row in _since(begin, today, ServiceDay)
        .order_by("day")
        .values_list("day", "service", "answered", "failed")
    ]
    if begin is None:
        starts = [rows[0].day for rows in (kept, fetched, calls) if rows]
        begin = first_known(min(starts, default=None), today)
    step = step_of(begin, today)
    days, now = buckets(begin, today, step), counts()
    uncounted = (row.day for row in kept if not row.is_counted)
    return Statistics(
        period=period,
        first=begin,
        last=today,
        step=step,
        now=now,
        tally=LibraryTally.objects.filter(pk=1).first(),
        worked_out_until=max(uncounted, default=None),
        growth=_growth(kept, days, now),
        downloads=_downloads(fetched, days),
        services=_services(calls, days),
    )


def _since(begin: date | None, today: date, model: type[Row]) -> QuerySet[Row, Row]:
    """The rows of these days. What a clock that was ahead has written is of no day yet."""
    known = model._default_manager.filter(day__lte=today)
    return known.filter(day__gte=begin) if begin else known


def _library_days(begin: date | None, today: date) -> list[LibraryDay]:
    """Those of the period, and the last one before it: what there was when it began."""
    known = LibraryDay.objects.filter(day__lte=today).order_by("day")
    if begin is None:
        return list(known)
    before = LibraryDay.objects.filter(day__lt=begin).order_by("-day").values("day")[:1]
    return list(known.filter(Q(day__gte=begin) | Q(day=Subquery(before))))


def _growth(kept: Sequence[LibraryDay], days: Sequence[Bucket], now: Counts) -> list[Growth]:
    """A day without a row is as the one before it; today is as it is now."""
    known = [row.day for row in kept]
    found = []
    for bucket in days:
        at = bisect_right(known, bucket.last)
        if at:
            found.append(_grown(kept[at - 1], bucket))
    if found:
        last = found[-1]
        found[-1] = Growth(
            *(last.days, now.present, last.files, last.size, now.missing, now.announced, True)
        )
    return found


def _grown(row: LibraryDay, days: Bucket) -> Growth:
    figures = (row.episodes, row.files, row.bytes, row.missing, row.announced, row.is_counted)
    return Growth(days, *figures)


def _downloads(rows: Sequence[FetchedDay], days: Sequence[Bucket]) -> list[Fetched]:
    finished, failed, sizes = Counter[int](), Counter[int](), Counter[int]()
    starts = [bucket.first for bucket in days]
    for row in rows:
        at = bisect_right(starts, row.day) - 1
        finished[at] += row.episodes
        failed[at] += row.failed
        sizes[at] += row.bytes
    return [Fetched(one, finished[at], failed[at], sizes[at]) for at, one in enumerate(days)]


def _services(rows: Sequence[_Call], days: Sequence[Bucket]) -> list[Service]:
    """Sites in the order in which they are asked, hosters in theirs, then what is no more."""
    starts = [bucket.first for bucket in days]
    answered: dict[str, Counter[int]] = {}
    failed: dict[str, Counter[int]] = {}
    for row in rows:
        at = bisect_right(starts, row.day) - 1
        answered.setdefault(row.service, Counter())[at] += row.answered
        failed.setdefault(row.service, Counter())[at] += row.failed
    labels = _labels()
    places = {name: place for place, name in enumerate(labels)}
    found = []
    for name in sorted(answered, key=lambda one: (places.get(one, len(places)), one)):
        well, ill = answered[name], failed[name]
        calls = [Calls(one, well[at], ill[at]) for at, one in enumerate(days)]
        whole = Calls(Bucket(days[0].first, days[-1].last), well.total(), ill.total())
        label = labels.get(name, name)
        found.append(Service(name, label, not is_hoster(name), whole, calls))
    return found


def _labels() -> dict[str, str]:
    """What sites and hosters are called, in their order."""
    hosters = {hoster_service(name): label for name, label in HOSTER_LABELS.items()}
    try:
        chosen = store.load().providers.sites
    except ConfigError:  # told on every page; figures can be read without the names of sites
        chosen = {}
    entries = site_entries(chosen)
    position = {name: one.position for name, one in chosen.items()}
    names = sorted(entries, key=lambda name: position.get(name, len(position)))
    return {name: entries[name].label for name in names} | hosters
