"""What is kept of some days, and what there is now: a fixed number of queries, however large the
library is and however long it has been there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.pages.statistics import kept
from aniworld.pages.statistics.kept import Called, Came, Held
from aniworld.pages.statistics.periods import (
    Bucket,
    Period,
    Step,
    buckets,
    first_known,
    first_of,
    step_of,
)
from library.models import LibraryTally
from library.services.tallies import Counts, counts
from providers.base import HOSTER_LABELS
from providers.registry import site_entries
from providers.watching import hoster_service, is_hoster


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


def read(period: Period) -> Statistics:
    """What is known of a period that ends today."""
    today = timezone.localdate()
    first = first_of(period, today) or first_known(kept.first_day(today), today)
    step = step_of(first, today)
    days, now = buckets(first, today, step), counts()
    held = kept.held(first, today, step)
    worked_out = held[0].worked_out_until if held else None
    return Statistics(
        period=period,
        first=first,
        last=today,
        step=step,
        now=now,
        tally=LibraryTally.objects.filter(pk=1).first(),
        worked_out_until=worked_out if worked_out and worked_out >= first else None,
        growth=_growth(held, days, now),
        downloads=_downloads(kept.came(first, today, step), days),
        services=_services(kept.called(first, today, step), days),
    )


def _growth(held: Sequence[Held], days: Sequence[Bucket], now: Counts) -> list[Growth]:
    """A day without a row is as the one before it; today is as it is now."""
    known = [row.day for row in held]
    found = []
    for bucket in days:
        at = bisect_right(known, bucket.last)
        if at:
            found.append(Growth(bucket, *held[at - 1][1:-1]))
    if found:
        last = found[-1]
        found[-1] = Growth(
            *(last.days, now.present, last.files, last.size, now.missing, now.announced, True)
        )
    return found


def _downloads(rows: Sequence[Came], days: Sequence[Bucket]) -> list[Fetched]:
    finished, failed, sizes = Counter[int](), Counter[int](), Counter[int]()
    ends = [bucket.last for bucket in days]
    for row in rows:
        at = bisect_left(ends, row.day)
        finished[at] += row.finished
        failed[at] += row.failed
        sizes[at] += row.size
    return [Fetched(one, finished[at], failed[at], sizes[at]) for at, one in enumerate(days)]


def _services(rows: Sequence[Called], days: Sequence[Bucket]) -> list[Service]:
    """Sites in the order in which they are asked, hosters in theirs, then what is no more."""
    ends = [bucket.last for bucket in days]
    answered: dict[str, Counter[int]] = {}
    failed: dict[str, Counter[int]] = {}
    for row in rows:
        at = bisect_left(ends, row.day)
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
