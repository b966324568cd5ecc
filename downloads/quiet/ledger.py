"""What was fetched, by day of the server's clock: what budgets are counted by, and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from downloads.models import FetchedDay
from downloads.quiet.decision import Fetched, Used


def add(now: datetime, *, size: int = 0, episodes: int = 0, failed: int = 0) -> None:
    """Count what was fetched, on the day of ``now``.

    Args:
        size: bytes.
        failed: downloads that were given up.
    """
    day = timezone.localtime(now).date()
    with transaction.atomic():
        more = {"bytes": size, "episodes": episodes, "failed": failed}
        if not _count(day, more):
            FetchedDay.objects.bulk_create([FetchedDay(day=day)], ignore_conflicts=True)
            _count(day, more)


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


def _count(day: date, more: Mapping[str, int]) -> int:
    added = {name: F(name) + number for name, number in more.items()}
    return FetchedDay.objects.filter(day=day).update(**added)


def forget_before(day: date) -> int:
    """Delete the days before this one; how many there were."""
    return FetchedDay.objects.filter(day__lt=day).delete()[0]
