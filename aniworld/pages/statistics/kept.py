"""The lines that were kept, read with one query each. Of long periods the database adds them up by
month: ten years of days would take as long to bring here as all the rest."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import CharField, F, Func, Max, Model, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable

from aniworld.pages.statistics.periods import Step
from aniworld.sites.models import ServiceDay
from downloads.models import FetchedDay
from library.models import LibraryDay

Row = TypeVar("Row", bound=Model)


class Held(NamedTuple):
    """What the library held at the end of a day."""

    day: date
    episodes: int
    files: int
    size: int
    missing: int | None
    announced: int | None
    is_counted: bool
    worked_out_until: date | None  # the last day of all that was never counted


class Came(NamedTuple):
    """What was downloaded on a day, or in the month that begins with it."""

    day: date
    finished: int
    failed: int
    size: int


class Called(NamedTuple):
    """What became of the calls of a service on a day, or in the month that begins with it."""

    day: date
    service: str
    answered: int
    failed: int


class MonthOf(Func):
    """The month of a day as text, "2026-11"; Django's own asks Python for each row on SQLite."""

    template = "SUBSTR(%(expressions)s, 1, 7)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="TO_CHAR(%(expressions)s, 'YYYY-MM')")


def first_day(today: date) -> date | None:
    """The first day of which anything is known."""
    least = Func("day", function="MIN")  # as an aggregate it would be grouped
    first, *others = (
        model._default_manager.filter(day__lte=today).order_by().values_list(least)
        for model in (LibraryDay, FetchedDay, ServiceDay)
    )
    return min((day for (day,) in first.union(*others, all=True) if day), default=None)


def held(first: date, last: date, step: Step) -> list[Held]:
    """Those of the period, of a long one the last of each month, after the last one before it."""
    known = LibraryDay.objects.filter(day__lte=last)
    before = known.filter(day__lt=first).order_by("-day").values("day")[:1]
    wanted = Q(day__gte=first)
    if step is Step.MONTH:
        months = known.filter(day__gte=first).order_by().annotate(month=MonthOf("day"))
        ends = months.values("month").annotate(end=Max("day")).values("end")
        wanted = Q(day__in=ends)
    uncounted = known.filter(is_counted=False).order_by("-day").values("day")[:1]
    rows = known.filter(wanted | Q(day=Subquery(before))).order_by("day")
    names = ("day", "episodes", "files", "bytes", "missing", "announced", "is_counted")
    return [Held(*row) for row in rows.values_list(*names, Subquery(uncounted))]


def came(first: date, last: date, step: Step) -> list[Came]:
    figures = (Sum("episodes"), Sum("failed"), Sum("bytes"))
    rows = _between(FetchedDay, first, last).values_list(_key(step)).annotate(*figures)
    return [Came(_day(key), *sums) for key, *sums in rows]


def called(first: date, last: date, step: Step) -> list[Called]:
    figures = (Sum("answered"), Sum("failed"))
    rows = _between(ServiceDay, first, last).values_list(_key(step), "service").annotate(*figures)
    return [Called(_day(key), *rest) for key, *rest in rows]


def _between(model: type[Row], first: date, last: date) -> QuerySet[Row, Row]:
    """What a clock that was ahead has written is of no day yet."""
    return model._default_manager.filter(day__gte=first, day__lte=last).order_by()


def _key(step: Step) -> Combinable:
    return MonthOf("day") if step is Step.MONTH else F("day")


def _day(key: date | str) -> date:
    return date.fromisoformat(f"{key}-01") if isinstance(key, str) else key
