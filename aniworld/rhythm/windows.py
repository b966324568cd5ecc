"""Windows of the week in which less than usual may be done: nothing, or only so fast.

A window begins on its days at a time of the clock on the wall and ends at another one: on the next
day, where that is not later. Where the clock is put back, it begins when its first time is first
shown and ends when its last one is shown last, so nobody meets it twice in a night. A time that is
left out since the clock is put forward is the next moment that there is; a window of such times
alone does not come in that night. Where several hold, the strictest does.

Every moment is given; nothing here looks at a clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby, pairwise
from typing import NamedTuple

from aniworld.rhythm.rhythms import moment_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST = 50
DAILY, CLOSED = "daily", "closed"
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MINUTES = 24 * 60
_NEAR, _FAR = 3, 17  # days: one Sunday's window may be left out by the clock that is put forward

_ANY_DAY = f"({'|'.join(DAYS)})"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
# In the syntax that Python, JSON Schema and HTML share.
PATTERN = (
    rf"^({DAILY}|{_ANY_DAY}(-{_ANY_DAY})?(,{_ANY_DAY}(-{_ANY_DAY})?){{0,6}})"
    rf" {_TIME}-{_TIME}=({CLOSED}|[0-9]{{1,8}})$"
)


@dataclass(frozen=True, slots=True)
class Window:
    """One window.

    Attributes:
        days: on which it begins, Monday being 0, in their order.
        begins, ends: times of the day; the same ones are a whole day.
        limit: kilobytes a second, 0 for none; None: nothing is fetched.
    """

    days: tuple[int, ...]
    begins: time
    ends: time
    limit: int | None

    @property
    def is_over_midnight(self) -> bool:
        return self.ends <= self.begins

    def on(self, day: date, zone: tzinfo) -> Span:
        """When it is, of the day on which it begins."""
        last = day + _DAY if self.is_over_midnight else day
        begins = moment_of(datetime.combine(day, self.begins), zone)
        return Span(begins, _last_moment_of(datetime.combine(last, self.ends), zone), self.limit)


class Span(NamedTuple):
    """A window of one day: from a moment on, until another one."""

    begins: datetime
    ends: datetime
    limit: int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds at a moment.

    Attributes:
        is_closed: nothing is fetched.
        limit: kilobytes a second; 0 for none.
        until: when something else holds; None: never, as far as can be seen.
    """

    is_closed: bool
    limit: int
    until: datetime | None


class Segment(NamedTuple):
    """A part of a day in which one thing holds, in minutes from midnight."""

    begins: int
    ends: int
    is_closed: bool
    limit: int


def read(text: str) -> Window:
    """A window as the settings hold it: ``mon-fri 18:00-23:00=closed``, ``daily 08:00-17:00=500``.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f"no window: {text[:100]!r}")
    days, _, rest = text.partition(" ")
    times, _, what = rest.partition("=")
    begins, ends = map(time.fromisoformat, times.split("-"))
    return Window(_days_of(days), begins, ends, None if what == CLOSED else int(what))


def written(window: Window) -> str:
    """As the settings hold it."""
    what = CLOSED if window.limit is None else str(window.limit)
    times = f"{window.begins:%H:%M}-{window.ends:%H:%M}"
    return f"{_written_days(window.days)} {times}={what}"


def at(windows: Sequence[Window], moment: datetime, zone: tzinfo, *, limit: int = 0) -> Holding:
    """What holds at ``moment``, and until when.

    Args:
        moment: aware.
        zone: whose clock on the wall the windows go by.
        limit: kilobytes a second that hold always; 0 for none.
    """
    moment = moment.astimezone(UTC)
    for days in (_NEAR, _FAR):
        holding = _held(windows, moment, zone, limit, days)
        if holding.until is not None or not windows:
            break
    return holding


def upcoming(window: Window, count: int, *, now: datetime, zone: tzinfo) -> list[Span]:
    """The next times a window comes; the first may have begun."""
    found: list[Span] = []
    today = now.astimezone(zone).date()
    for days in range(-1, 7 * (count + 2)):
        day = today + days * _DAY
        if day.weekday() in window.days:
            span = window.on(day, zone)
            if span.begins < span.ends and span.ends > now:
                found.append(span)
    return sorted(found)[:count]


def week(windows: Iterable[Window]) -> list[list[Segment]]:
    """What holds on each day of a week in which nobody changes the clock, Monday first."""
    by_day: list[list[tuple[int, int, int | None]]] = [[] for _ in DAYS]
    for window in windows:
        begins, ends = _minute(window.begins), _minute(window.ends)
        for day in window.days:
            if window.is_over_midnight:
                by_day[day].append((begins, _MINUTES, window.limit))
                by_day[(day + 1) % len(DAYS)].append((0, ends, window.limit))
            else:
                by_day[day].append((begins, ends, window.limit))
    return [list(_segments(spans)) for spans in by_day]


@dataclass(slots=True)
class _Open:
    """The windows that have begun and not ended, while time goes by."""

    limit: int
    closed: int = 0
    limits: Counter[int] = field(default_factory=Counter)

    def change(self, limit: int | None, step: int) -> None:
        if limit is None:
            self.closed += step
        elif limit:
            self.limits[limit] += step

    @property
    def state(self) -> tuple[bool, int]:
        limits = [limit for limit, count in self.limits.items() if count]
        return self.closed > 0, min([*limits, *filter(None, (self.limit,))], default=0)


def _held(
    windows: Sequence[Window], moment: datetime, zone: tzinfo, limit: int, days: int
) -> Holding:
    """What holds, as far as can be seen in so many days."""
    today = moment.astimezone(zone).date()
    # What begins before the day after the last one is known, so what holds until then is.
    horizon = moment_of(datetime.combine(today + days * _DAY, time()), zone)
    spans = _spans(windows, today, zone, days)
    steps = sorted((at, step, of) for span in spans for at, step, of in _steps(span))
    open_ones, now = _Open(limit), None
    for when, group in groupby(steps, key=lambda step: step[0]):
        if when > moment and now is None:
            now = open_ones.state
        if when >= horizon:
            break
        for _, step, of in group:
            open_ones.change(None if of < 0 else of, step)
        if now is not None and open_ones.state != now:
            return Holding(*now, when)
    return Holding(*(now or open_ones.state), None)


def _spans(windows: Sequence[Window], today: date, zone: tzinfo, days: int) -> Iterator[Span]:
    for offset in range(-2, days + 1):
        day = today + offset * _DAY
        for window in windows:
            if day.weekday() in window.days:
                span = window.on(day, zone)
                if span.begins < span.ends:
                    yield span


def _steps(span: Span) -> Iterator[tuple[datetime, int, int]]:
    """A begin and an end. Nothing fetched is -1 here, so that steps can be sorted."""
    of = -1 if span.limit is None else span.limit
    yield span.begins, 1, of
    yield span.ends, -1, of


def _last_moment_of(local: datetime, zone: tzinfo) -> datetime:
    """The moment from which on the clock on the wall never shows what is before ``local`` again."""
    last = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before = (last - _SECOND).astimezone(zone).replace(tzinfo=None)
    if before < local == last.astimezone(zone).replace(tzinfo=None):
        return last
    return moment_of(local, zone)


def _segments(spans: Sequence[tuple[int, int, int | None]]) -> Iterator[Segment]:
    """The parts of one day in which anything but the usual holds; neighbours that say the same are
    one."""
    borders = sorted({minute for begins, ends, _ in spans for minute in (begins, ends)})
    last: Segment | None = None
    for begins, ends in pairwise(borders):
        limits = [limit for start, end, limit in spans if start <= begins and ends <= end]
        here = Segment(begins, ends, None in limits, min(filter(None, limits), default=0))
        if last is not None and (last.ends, *last[2:]) == (here.begins, *here[2:]):
            last = last._replace(ends=ends)
            continue
        if last is not None and (last.is_closed or last.limit):
            yield last
        last = here
    if last is not None and (last.is_closed or last.limit):
        yield last


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _days_of(text: str) -> tuple[int, ...]:
    if text == DAILY:
        return tuple(range(len(DAYS)))
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin = DAYS.index(first)
        span = (DAYS.index(last or first) - begin) % len(DAYS)
        found.update((begin + step) % len(DAYS) for step in range(span + 1))
    return tuple(sorted(found))


def _written_days(days: Sequence[int]) -> str:
    if len(days) == len(DAYS):
        return DAILY
    return ",".join(
        DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs(days)
    )


def runs(days: Sequence[int]) -> list[list[int]]:
    """Days that follow each other, together; two are none."""
    found: list[list[int]] = []
    for day in days:
        if found and day == found[-1][-1] + 1:
            found[-1].append(day)
        else:
            found.append([day])
    return [part for run in found for part in ([run] if len(run) > 2 else [[day] for day in run])]
