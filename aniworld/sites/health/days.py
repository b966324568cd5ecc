"""How sites and hosters answered, day by day: what is left of the counts of a few minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from aniworld.sites.health.monitor import KEPT_FOR
from aniworld.sites.models import CallCount, ServiceDay

KEPT_DAYS = 731  # two years of some services, each a row a day


def keep_days(now: datetime) -> int:
    """Bring the days of which calls are still counted up to date; how many rows that were.

    Counts go after two days, so a day that was kept before may have lost its morning since: of a
    day the greater figures stay.
    """
    oldest = timezone.localtime(now - KEPT_FOR).date()
    known = {(row.service, row.day): row for row in ServiceDay.objects.filter(day__gte=oldest)}
    rows = [_greater(row, known.get((row.service, row.day))) for row in _counted(now)]
    ServiceDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day", "service"],
        update_fields=["answered", "failed"],
    )
    return len(rows)


def forget_before(day: date) -> int:
    """Delete the days before this one; how many rows that were."""
    return ServiceDay.objects.filter(day__lt=day).delete()[0]


def first_kept(now: datetime) -> date:
    """The first day that is kept."""
    return timezone.localtime(now).date() - timedelta(days=KEPT_DAYS - 1)


def _counted(now: datetime) -> list[ServiceDay]:
    kept = CallCount.objects.filter(began_at__gt=now - KEPT_FOR, began_at__lte=now, is_call=True)
    sums = (
        kept.annotate(day=TruncDate("began_at"))
        .values_list("day", "service")
        .annotate(
            answered=Coalesce(Sum("calls", filter=Q(code="")), 0),
            failed=Coalesce(Sum("calls", filter=~Q(code="")), 0),
        )
    )
    return [
        ServiceDay(day=day, service=service, answered=answered, failed=failed)
        for day, service, answered, failed in sums.order_by("day", "service")
    ]


def _greater(row: ServiceDay, known: ServiceDay | None) -> ServiceDay:
    if known is not None:
        row.answered = max(row.answered, known.answered)
        row.failed = max(row.failed, known.failed)
    return row
