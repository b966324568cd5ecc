"""What was fetched, by day of the server's clock: what budgets are counted by."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from downloads.models import FetchedDay
from downloads.quiet.decision import Fetched, Used


def add(now: datetime, *, size: int = 0, episodes: int = 0) -> None:
    """Count what was fetched, on the day of ``now``.

    Args:
        size: bytes.
    """
    day = timezone.localtime(now).date()
    with transaction.atomic():
        if not _count(day, size, episodes):
            FetchedDay.objects.bulk_create([FetchedDay(day=day)], ignore_conflicts=True)
            _count(day, size, episodes)


def used(now: datetime) -> Used:
    """What was fetched on the day and in the month of ``now``."""
    day = timezone.localtime(now).date()
    of_month = FetchedDay.objects.filter(day__year=day.year, day__month=day.month)
    found = of_month.aggregate(
        month_bytes=Sum("bytes"),
        month_episodes=Sum("episodes"),
        day_bytes=Sum("bytes", filter=Q(day=day)),
        day_episodes=Sum("episodes", filter=Q(day=day)),
    )
    return Used(
        day=Fetched(found["day_bytes"] or 0, found["day_episodes"] or 0),
        month=Fetched(found["month_bytes"] or 0, found["month_episodes"] or 0),
    )


def _count(day: date, size: int, episodes: int) -> int:
    found = FetchedDay.objects.filter(day=day)
    return found.update(bytes=F("bytes") + size, episodes=F("episodes") + episodes)
