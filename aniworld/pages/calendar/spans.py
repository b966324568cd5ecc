"""Days that are looked at together, and the moments they begin and end in the owner's zone."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

A_DAY = timedelta(days=1)
# No series is older, and none is announced for later.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


class View(models.TextChoices):
    """How many days are shown."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """The first moment, in the owner's zone."""
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it: a day has 23 or 25 hours where the clock is changed."""
        return _midnight(self.last + A_DAY)

    def __iter__(self) -> Iterator[date]:
        return (self.first + n * A_DAY for n in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def today() -> date:
    """The day it is in the owner's zone."""
    return timezone.localdate()


def span_of(view: View, day: date) -> Span:
    """The day, week (from Monday on) or month that ``day`` lies in."""
    if view is View.DAY:
        return Span(day, day)
    if view is View.WEEK:
        first = day - day.weekday() * A_DAY
        return Span(max(first, FIRST_DAY), min(first + 6 * A_DAY, LAST_DAY))
    length = calendar.monthrange(day.year, day.month)[1]
    return Span(day.replace(day=1), day.replace(day=length))


def before(span: Span) -> date | None:
    """A day of the span before; None where there is none."""
    return span.first - A_DAY if span.first > FIRST_DAY else None


def after(span: Span) -> date | None:
    """A day of the span after; None where there is none."""
    return span.last + A_DAY if span.last < LAST_DAY else None


def read_day(text: str) -> date | None:
    """The day that a text in ISO 8601 names; None for any other text, and too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
