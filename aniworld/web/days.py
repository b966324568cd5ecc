"""Days of the server's clock as moments, for whoever filters by a day that a visitor has typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def begin_of(day: date) -> datetime:
    """The first moment of a day, in UTC. Of the very first and last days there are it is the
    nearest moment that has a name in UTC: databases keep no other."""
    try:
        return timezone.make_aware(datetime.combine(day, time())).astimezone(UTC)
    except OverflowError:
        return _FIRST if day < date(5000, 1, 1) else _LAST


def end_of(day: date) -> datetime:
    """The moment before which a day has ended, in UTC."""
    return _LAST if day == date.max else begin_of(day + timedelta(days=1))
