"""Windows of the week in words, as a picture, and as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.rhythm import windows
from aniworld.rhythm.windows import Segment, Span, Window

NEXT_TIMES = 3
BLANK_ROWS = 3
LARGEST_LIMIT = 10_000_000  # KB a second
_WEEKDAYS, _WEEKEND = (0, 1, 2, 3, 4), (5, 6)


def in_words(window: Window) -> str:
    """``Weekdays from 18:00 to 23:00: nothing is fetched``"""
    said = {"days": _days(window.days), "times": _times(window), "what": _what(window.limit)}
    return gettext("%(days)s %(times)s: %(what)s") % said


def _days(days: Sequence[int]) -> str:
    if len(days) == len(windows.DAYS):
        return gettext("Every day")
    if tuple(days) == _WEEKDAYS:
        return gettext("Weekdays")
    if tuple(days) == _WEEKEND:
        return gettext("Saturdays and Sundays")
    return ", ".join(_run(run) for run in windows.runs(days))


def _run(days: Sequence[int]) -> str:
    if len(days) == 1:
        return str(WEEKDAYS[days[0]])
    names = {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    return gettext("%(first)s to %(last)s") % names


def _times(window: Window) -> str:
    said = {"begins": f"{window.begins:%H:%M}", "ends": f"{window.ends:%H:%M}"}
    if window.begins == window.ends and not (window.begins.hour or window.begins.minute):
        return gettext("all day")
    if window.is_over_midnight and (window.ends.hour or window.ends.minute):
        return gettext("from %(begins)s to %(ends)s of the next day") % said
    return gettext("from %(begins)s to %(ends)s") % said


def _what(limit: int | None) -> str:
    if limit is None:
        return gettext("nothing is fetched")
    if not limit:
        return gettext("no limit")
    return gettext("at most %s KB a second") % number_format(limit, force_grouping=True)


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window in words, and when it comes next."""

    window: Window
    now: datetime

    @property
    def words(self) -> str:
        return in_words(self.window)

    @property
    def times(self) -> list[Span]:
        zone = timezone.get_default_timezone()
        return windows.upcoming(self.window, NEXT_TIMES, now=self.now, zone=zone)


@dataclass(frozen=True, slots=True)
class DayPicture:
    """One day of the week, drawn from left to right."""

    day: int
    segments: Sequence[Segment]

    @property
    def name(self) -> str:
        return str(WEEKDAYS[self.day])

    @property
    def bars(self) -> list[Bar]:
        return [Bar(segment) for segment in self.segments]


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a day, in minutes from its left."""

    segment: Segment

    @property
    def width(self) -> int:
        return self.segment.ends - self.segment.begins

    @property
    def words(self) -> str:
        begins, ends = _clock(self.segment.begins), _clock(self.segment.ends)
        return f"{begins}–{ends} {_what(None if self.segment.is_closed else self.segment.limit)}"


def pictures(chosen: Sequence[Window]) -> list[DayPicture]:
    """The week, Monday first."""
    return [DayPicture(day, segments) for day, segments in enumerate(windows.week(chosen))]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class WindowForm(forms.Form):
    """One window; one without days and times is none."""

    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=[(day, WEEKDAYS_ABBR[day]) for day in range(len(windows.DAYS))],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    begins = forms.TimeField(
        label=_("From"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input"}),
    )
    ends = forms.TimeField(
        label=_("To"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input"}),
    )
    what = forms.ChoiceField(
        label=_("What holds"),
        choices=[("closed", _("Nothing is fetched")), ("limit", _("At most so fast"))],
        widget=forms.Select(attrs={"class": "select"}),
    )
    limit = forms.IntegerField(
        label=_("KB a second"),
        required=False,
        min_value=0,
        max_value=LARGEST_LIMIT,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def __init__(
        self,
        number: int,
        data: Mapping[str, Any] | None = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=f"window-{number}", initial=initial)
        self.number = number

    @classmethod
    def of(cls, number: int, window: Window) -> WindowForm:
        what = "closed" if window.limit is None else "limit"
        initial = {"days": window.days, "begins": window.begins, "ends": window.ends}
        return cls(number, initial={**initial, "what": what, "limit": window.limit})

    @property
    def title(self) -> str:
        return gettext("Window %d") % self.number

    @property
    def is_new(self) -> bool:
        return not self.is_bound and not self.initial.get("days")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self._is_wanted():
            return data
        for name, words in (
            ("days", _("Say on which days.")),
            ("begins", _("Say from when on.")),
            ("ends", _("Say until when.")),
        ):
            if data.get(name) in (None, []) and name not in self.errors:
                self.add_error(name, words)
        if data.get("what") == "limit" and data.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", _("Say how fast."))
        return data

    def _is_wanted(self) -> bool:
        """Whether anything was said of it, and it is not to be removed."""
        data = self.cleaned_data
        if data.get("remove"):
            return False
        filled = data.get("days") or data.get("begins") or data.get("ends")
        return bool(filled) or bool(self.errors)

    @property
    def written(self) -> str:
        """As the settings hold it; empty where it is none. Only of a valid form."""
        data = self.cleaned_data
        if not self._is_wanted():
            return ""
        limit = None if data["what"] == "closed" else data["limit"]
        days = tuple(sorted(data["days"]))
        return windows.written(Window(days, data["begins"], data["ends"], limit))


@dataclass(frozen=True, slots=True)
class WindowsForm:
    """All windows, and some blank ones."""

    rows: Sequence[WindowForm]

    @classmethod
    def of(cls, chosen: Sequence[Window]) -> WindowsForm:
        rows = [WindowForm.of(number, one) for number, one in enumerate(chosen, start=1)]
        blank = min(len(rows) + BLANK_ROWS, windows.MOST)
        return cls([*rows, *map(WindowForm, range(len(rows) + 1, blank + 1))])

    @classmethod
    def typed(cls, data: QueryDict | Mapping[str, Any]) -> WindowsForm:
        found = []
        for number in range(1, windows.MOST + 1):
            if f"window-{number}-what" not in data:
                break
            found.append(WindowForm(number, data))
        return cls(found)

    def is_valid(self) -> bool:
        faulty = [row for row in self.rows if not row.is_valid()]  # each tells its own
        return not faulty

    @property
    def written(self) -> list[str]:
        """As the settings hold them, each once."""
        return list(dict.fromkeys(row.written for row in self.rows if row.written))
