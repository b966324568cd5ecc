"""How far back is looked, and the steps in which that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

A_DAY = timedelta(days=1)
MOST_DAYS = 3653  # ten years: no more is kept
DAYS_OF_DAYS, DAYS_OF_WEEKS = 92, 400  # up to so many days are shown by day, and by week


class Period(models.TextChoices):
    DAYS_30 = "DAYS_30", _("30 days")
    DAYS_90 = "DAYS_90", _("90 days")
    YEAR = "YEAR", _("A year")
    ALL = "ALL", _("All")


class Step(StrEnum):
    """What one point or bar of a chart stands for."""

    DAY = "DAY"
    WEEK = "WEEK"  # from Monday on
    MONTH = "MONTH"


_DAYS: Mapping[Period, int] = {Period.DAYS_30: 30, Period.DAYS_90: 90, Period.YEAR: 365}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Days that are shown as one, both ends included."""

    first: date
    last: date


def period_of(text: str) -> Period:
    """The period that an address names, in any case; any other text is 30 days."""
    wanted = text.upper()
    return Period(wanted) if wanted in Period.values else Period.DAYS_30


def first_of(period: Period, today: date) -> date | None:
    """The first day of a period that ends today; None where what is known says it."""
    days = _DAYS.get(period)
    return today - (days - 1) * A_DAY if days else None


def first_known(known: date | None, today: date) -> date:
    """The first day of all: that of which anything is known, ten years ago at most, and early
    enough to show 30 days."""
    month_ago = today - (_DAYS[Period.DAYS_30] - 1) * A_DAY
    oldest = today - (MOST_DAYS - 1) * A_DAY
    return max(min(known or month_ago, month_ago), oldest)


def step_of(first: date, last: date) -> Step:
    days = (last - first).days + 1
    if days <= DAYS_OF_DAYS:
        return Step.DAY
    return Step.WEEK if days <= DAYS_OF_WEEKS else Step.MONTH


def buckets(first: date, last: date, step: Step) -> list[Bucket]:
    """The days from ``first`` to ``last`` in steps; the outer ones may be shorter."""
    found, begin = [], first
    while begin <= last:
        end = min(_end_of(begin, step), last)
        found.append(Bucket(begin, end))
        begin = end + A_DAY
    return found


def _end_of(day: date, step: Step) -> date:
    """The last day of the step that ``day`` lies in."""
    if step is Step.DAY:
        return day
    if step is Step.WEEK:
        return day + (6 - day.weekday()) * A_DAY
    return (day.replace(day=28) + 4 * A_DAY).replace(day=1) - A_DAY
