"""How fast hosts are asked: one pace for web, worker and scan, kept in the database.

Moments are read beside the one at which they were written: where the machine's clock was set back
since, what is left of a wait counts from now.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from aniworld.config import store
from aniworld.sites.models import SiteSlot
from providers.base import RateStore, SiteSettings

# Rows of hosts that nobody has asked for so long are deleted: any page may name new ones.
FORGET_SECONDS = timedelta(days=1).total_seconds()
# Moments written by another process just now may lie a little ahead of ours.
CLOCK_MARGIN_SECONDS = 2.0
MOST_HOLDS = 100


class DatabaseRateStore:
    """A ``providers.base.RateStore`` in the database: web, worker and scan share one pace."""

    def reserve(self, site: str, *, interval: float) -> float:
        """Take the next slot; returns the seconds to wait before the request may go out."""
        while True:
            row = _row(site)
            now = time.time()
            slot = now + _left(row.next_at, row, now)
            # Whoever sees the slot unchanged takes it; the others look again.
            taken = SiteSlot.objects.filter(pk=row.pk, next_at=row.next_at, noted_at=row.noted_at)
            if taken.update(next_at=slot + interval, noted_at=now):
                return slot - now

    def hold(self, site: str, *, seconds: float) -> None:
        """No slot before ``seconds`` from now. Never shortens a longer hold."""
        row = _row(site)
        now = time.time()
        wait = max(seconds, _left(row.next_at, row, now))
        SiteSlot.objects.filter(pk=row.pk).update(
            next_at=now + wait, held_until=now + wait, noted_at=now
        )


def _row(site: str) -> SiteSlot:
    found = SiteSlot.objects.filter(site=site).first()
    if found is None:
        SiteSlot.objects.filter(next_at__lt=time.time() - FORGET_SECONDS).delete()
        SiteSlot.objects.bulk_create([SiteSlot(site=site)], ignore_conflicts=True)
        return SiteSlot.objects.get(site=site)
    return found


def _left(moment: float, row: SiteSlot, now: float) -> float:
    """Seconds until ``moment``, reckoned from when it was written where that lies in the future."""
    since = row.noted_at if row.noted_at > now + CLOCK_MARGIN_SECONDS else now
    return max(0.0, moment - since)


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause that a host has asked for (``Retry-After``).

    Attributes:
        host: with its port, where the address had one.
        asked_by: the site, the hoster or "media", for whom it is asked.
        seconds: what is left of it.
    """

    id: int
    host: str
    asked_by: str
    seconds: float

    @property
    def until(self) -> datetime:
        return timezone.now() + timedelta(seconds=self.seconds)


def holds() -> list[Hold]:
    """The pauses that hosts have asked for and that are not over yet."""
    rows = list(SiteSlot.objects.filter(held_until__gt=0).order_by("site")[:MOST_HOLDS])
    held, now = [], time.time()  # after all that could be written into the rows
    for row in rows:
        asked_by, _, host = row.site.partition(" ")
        if seconds := _left(row.held_until, row, now):
            held.append(Hold(row.pk, host or asked_by, asked_by, seconds))
    return held


def release(hold: Hold) -> bool:
    """Let a host be asked again at once; False if its pause is over or was lifted already."""
    return bool(
        SiteSlot.objects.filter(pk=hold.id, held_until__gt=0).update(next_at=0, held_until=0)
    )


_rates = DatabaseRateStore()


def rate_store() -> RateStore:
    return _rates


def interval(name: str) -> float:
    """Seconds between two requests to a site, whoever makes them."""
    chosen = store.load().providers.sites.get(name, SiteSettings())
    return 1.0 / chosen.requests_per_second
