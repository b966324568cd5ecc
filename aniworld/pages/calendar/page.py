"""What the calendar page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aniworld.pages.calendar import reading
from aniworld.pages.calendar.reading import GROUPS, Entry, Found, Kind, Of, Wanted
from aniworld.pages.calendar.spans import (
    Span,
    View,
    after,
    before,
    read_day,
    span_of,
    today,
)
from aniworld.pages.series.rows import WORDS
from aniworld.web import display
from library.models import AnimeSeries, Episode

Words = str | Promise
UNDATED_SHOWN = 50
# How many entries of one day are shown; the page of the day has the rest.
A_DAY_HOLDS = {View.DAY: 1_000, View.WEEK: 40, View.MONTH: 8}

OF: list[tuple[str, Words]] = [
    (Of.ALL, gettext_lazy("All series")),
    (Of.MONITORED, gettext_lazy("Monitored series")),
    (Of.FOLLOWED, gettext_lazy("Followed series")),
]
SHOW: list[tuple[str, Words]] = [
    ("", gettext_lazy("Everything")),
    ("ANNOUNCED", gettext_lazy("Announced")),
    ("MISSING", gettext_lazy("Out, not on disk")),
    ("PRESENT", gettext_lazy("On disk")),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; what makes no sense in it is as if it was not there."""

    view: View = View.WEEK
    day: date | None = None
    of: Of = Of.ALL
    show: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        view, of = query.get("view", "").lower(), query.get("series", "").upper()
        show = query.get("show", "").upper()
        return cls(
            view=View(view) if view in View.values else View.WEEK,
            day=read_day(query.get("date", "")),
            of=Of(of) if of in list(Of) else Of.ALL,
            show=show if show in GROUPS else "",
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.of, GROUPS.get(self.show, frozenset()))

    def address(self, *, view: View | None = None, day: date | None = None) -> str:
        """Of the same with another view or day."""
        of = "" if self.of is Of.ALL else self.of.value
        said = {
            "view": (view or self.view).value,
            "date": day.isoformat() if day else "",
            "series": of,
            "show": self.show,
        }
        return f"{reverse('calendar')}?{urlencode({k: v for k, v in said.items() if v})}"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One episode on one day."""

    entry: Entry

    @property
    def code(self) -> str:
        return display.episode_code(self.entry.season, self.entry.number)

    @property
    def words(self) -> Words:
        return WORDS[self.entry.state.value]

    @property
    def tone(self) -> str:
        return self.entry.state.value.lower()

    @property
    def became(self) -> str:
        """What became of it on that day."""
        parts = []
        if Kind.ANNOUNCED in self.entry.kinds:
            announced = ", ".join(map(display.language, self.entry.announced))
            parts.append(_("Announced: %s") % announced if announced else _("Announced"))
        if Kind.OUT in self.entry.kinds:
            languages = ", ".join(map(display.language, self.entry.languages))
            parts.append(_("Out: %s") % languages)
        if Kind.ARRIVED in self.entry.kinds:
            parts.append(_("Arrived"))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Day:
    """One day and what is shown of it; ``more`` entries have no room."""

    day: date
    lines: list[EntryLine]
    more: int
    address: str
    is_today: bool

    @property
    def column(self) -> int:
        """Its place in the week, from 1 (Monday) on."""
        return self.day.isoweekday()


@dataclass(frozen=True, slots=True)
class CalendarPage:
    asked: Asked
    span: Span
    found: Found
    now: date
    announced: QuerySet[Episode, Episode]
    undated_count: int
    has_series: bool

    @property
    def title(self) -> str:
        """Which days these are."""
        first, last = self.span.first, self.span.last
        if self.asked.view is View.DAY:
            return date_format(first, _("l, j F Y"))
        if self.asked.view is View.MONTH:
            return date_format(first, "YEAR_MONTH_FORMAT")
        begin = date_format(first, "MONTH_DAY_FORMAT" if first.year == last.year else "DATE_FORMAT")
        return f"{begin} – {date_format(last, 'DATE_FORMAT')}"

    @property
    def days(self) -> list[Day]:
        by_day, room = self.found.by_day(), A_DAY_HOLDS[self.asked.view]
        return [
            Day(
                day,
                [EntryLine(one) for one in islice(by_day.get(day, ()), room)],
                max(len(by_day.get(day, ())) - room, 0),
                self.asked.address(view=View.DAY, day=day),
                day == self.now,
            )
            for day in self.span
        ]

    @property
    def views(self) -> list[tuple[str, Words, bool]]:
        """Address and words of each view, and whether it is shown."""
        day = self.now if self.now in self.span else self.span.first
        return [
            (self.asked.address(view=view, day=day), view.label, view is self.asked.view)
            for view in View
        ]

    @property
    def previous(self) -> str:
        """The address of the days before; empty where there are none."""
        day = before(self.span)
        return self.asked.address(day=day) if day else ""

    @property
    def next(self) -> str:
        day = after(self.span)
        return self.asked.address(day=day) if day else ""

    @property
    def here(self) -> str:
        """The address of the days that today lies in."""
        return self.asked.address()

    @property
    def is_now(self) -> bool:
        return self.now in self.span

    @property
    def is_filtered(self) -> bool:
        return self.asked.wanted != Wanted()

    @property
    def everything(self) -> str:
        """The address of these days without a filter."""
        return Asked(self.asked.view).address(day=self.span.first)

    @property
    def of_choices(self) -> list[tuple[str, Words]]:
        return OF

    @property
    def show_choices(self) -> list[tuple[str, Words]]:
        return SHOW

    @property
    def undated(self) -> list[EpisodeLine]:
        return [EpisodeLine(one) for one in self.announced[:UNDATED_SHOWN]]

    @property
    def undated_more(self) -> int:
        return max(self.undated_count - UNDATED_SHOWN, 0)


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """An announced episode of which no day is known."""

    episode: Episode

    @property
    def code(self) -> str:
        return display.episode_code(self.episode.season, self.episode.episode_number)


def calendar_page(query: Mapping[str, str]) -> CalendarPage:
    """The days that an address asks for."""
    asked, now = Asked.read(query), today()
    span = span_of(asked.view, asked.day or now)
    announced = reading.undated(asked.wanted)
    return CalendarPage(
        asked=asked,
        span=span,
        found=reading.read(span, asked.wanted),
        now=now,
        announced=announced,
        undated_count=announced.count() if asked.show in {"", "ANNOUNCED"} else 0,
        has_series=AnimeSeries.objects.active().exists(),
    )
