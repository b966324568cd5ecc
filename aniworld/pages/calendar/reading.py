"""What is known of some days: a fixed number of queries, however large the library is.

An episode stands on the day that its site has announced it for, and on those on which something
became of it: one language has come out (it was listed anew by the catalogue), or its file has
arrived by a download. What a catalogue listed at its
first reading has no day, and files that a scan has found were there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from aniworld.pages.calendar.spans import Span
from downloads.choices import UNFINISHED, Status
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState, Follow
from library.models import Airing, AnimeSeries, Availability, Episode

# So long before its announced day an episode is not out in any language, or the day is that of
# another one.
EARLY = timedelta(days=7)
MOST = 2_000  # rows of each kind: more in some weeks are a library that was moved, not news


class Kind(StrEnum):
    """What became of an episode on a day."""

    ANNOUNCED = "ANNOUNCED"  # its site says that it comes
    OUT = "OUT"  # its catalogue listed it anew, or in one more language
    ARRIVED = "ARRIVED"  # a download has placed its file


class State(StrEnum):
    """What has become of an episode until now."""

    ANNOUNCED = "ANNOUNCED"
    MISSING = "MISSING"
    QUEUED = "QUEUED"
    PAUSED = "PAUSED"
    DOWNLOADING = "DOWNLOADING"
    PRESENT = "PRESENT"
    UNAVAILABLE = "UNAVAILABLE"


class Of(StrEnum):
    """Of which series."""

    ALL = "ALL"
    MONITORED = "MONITORED"
    FOLLOWED = "FOLLOWED"


# What "show" narrows down to.
GROUPS: Mapping[str, frozenset[State]] = {
    "ANNOUNCED": frozenset({State.ANNOUNCED}),
    "MISSING": frozenset(
        {State.MISSING, State.QUEUED, State.PAUSED, State.DOWNLOADING, State.UNAVAILABLE}
    ),
    "PRESENT": frozenset({State.PRESENT}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. ``states`` empty: any."""

    of: Of = Of.ALL
    states: frozenset[State] = frozenset()


class ShownSeries(NamedTuple):
    id: int
    key: str
    name: str
    folder: str
    is_monitored: bool
    is_followed: bool


@dataclass(slots=True)
class Entry:
    """One episode on one day.

    Attributes:
        at: the moment of what became of it first on that day.
        airs_at: when it comes on that day, where its site says a time.
        kinds: what became of it.
        announced, languages: the languages it is announced in, and has come out in.
    """

    series: ShownSeries
    season: int
    number: int
    day: date
    at: datetime
    title: str
    state: State
    airs_at: datetime | None = None
    kinds: list[Kind] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[date, datetime, str, int, int]:
        return (self.day, self.at, self.series.name.casefold(), self.season, self.number)


@dataclass(frozen=True, slots=True)
class Found:
    """The entries of some days in their order; ``is_cut``: there are more than can be shown."""

    entries: list[Entry]
    is_cut: bool = False

    def by_day(self) -> dict[date, list[Entry]]:
        days: dict[date, list[Entry]] = {}
        for entry in self.entries:
            days.setdefault(entry.day, []).append(entry)
        return days


def read(span: Span, wanted: Wanted) -> Found:
    """What is known of these days."""
    sources = (_announced(span, wanted), _out(span, wanted), _arrived(span, wanted))
    entries: dict[tuple[date, int, int, int], Entry] = {}
    is_cut = False
    for rows in sources:
        is_cut = is_cut or len(rows) > MOST
        for row in rows[:MOST]:
            _put(entries, row)
    shown = [one for one in entries.values() if not wanted.states or one.state in wanted.states]
    return Found(sorted(shown, key=lambda one: one.order), is_cut)


@dataclass(frozen=True, slots=True)
class Release:
    """When an episode first comes out, or came, in any of the languages that are looked for.

    Attributes:
        at, day: the moment; of an announcement without a time the day alone.
        airs: whether ``at`` is the moment that its site has announced.
        changed_at: when anything of it changed last.
    """

    series: ShownSeries
    season: int
    number: int
    title: str
    state: State
    at: datetime
    languages: tuple[str, ...]
    changed_at: datetime
    day: date | None = None
    airs: bool = False

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.series.id, self.season, self.number)


def releases(
    span: Span, wanted: Wanted, *, language: str = "", premieres: bool = False, most: int = MOST
) -> list[Release]:
    """The episodes that come out on these days, each once, the last first.

    One that was announced stands on that day, whenever it was then first listed.

    Args:
        language: only this one counts; empty: any.
        premieres: only the first episode of each season.
        most: so many rows of each kind are read.
    """
    same: dict[str, Any] = {"language": language} if language else {}
    first = {"episode_number": 1} if premieres else {}
    before = Availability.objects.filter(**_SAME, **same)
    earlier = before.filter(first_seen_at__lt=OuterRef("first_seen_at"))
    known = before.filter(first_seen_at__lt=OuterRef("before"))
    news = _news(span, wanted).filter(~Exists(earlier), **same, **first)
    airings = _airings(span, wanted).annotate(before=F("at") - EARLY).filter(**first)
    if language:
        airings = airings.filter(language__in=("", language))
    changed = Episode.objects.filter(**_SAME).values("updated_at")[:1]
    found: dict[tuple[int, int, int], Release] = {}
    listed = news.annotate(changed=Subquery(changed)).order_by("-first_seen_at", "-id")
    for row in listed.values_list(*_NEWS, "changed")[:most]:
        _add(found, row, changed_at=max(filter(None, (row[8], row[13]))))
    coming = (
        airings.filter(~Exists(known)).annotate(changed=Subquery(changed)).order_by("-at", "-id")
    )
    for row in coming.values_list(*_AIRINGS, "changed")[:most]:
        changed_at = max(filter(None, (row[14], row[15])))
        _add(found, row, changed_at=changed_at, day=_day(row), airs=True)
    releases = sorted(found.values(), key=lambda one: (one.at, one.place), reverse=True)
    return [one for one in releases if not wanted.states or one.state in wanted.states]


def _add(
    found: dict[tuple[int, int, int], Release],
    row: Sequence[Any],
    *,
    changed_at: datetime,
    day: date | None = None,
    airs: bool = False,
) -> None:
    """Add what came out, or is announced, to what is known of the episode."""
    series, season, number = _place(row[:8])
    title, state = _state(*row[10:13])
    place = (series.id, season, number)
    other = found.get(place)
    languages = tuple(dict.fromkeys(filter(None, (row[9], *(other.languages if other else ())))))
    if other is not None:
        changed_at = max(changed_at, other.changed_at)
    facts = (series, season, number, title, state, row[8], languages, changed_at)
    found[place] = Release(*facts, day=day, airs=airs)


def undated(wanted: Wanted) -> QuerySet[Episode, Episode]:
    """Announced episodes of which no day is known, in the order of their series."""
    announced = Episode.objects.filter(
        _is_of(wanted.of),
        ~Exists(Airing.objects.filter(**_SAME)),
        state=EpisodeState.ANNOUNCED,
        listed=True,
    )
    in_order = announced.order_by("series__sort_name", "series", "season", "episode_number")
    return in_order.select_related("series")


class _Row(NamedTuple):
    """What one of the queries found; ``day`` where that is said, and no moment of it."""

    kind: Kind
    series: ShownSeries
    season: int
    number: int
    at: datetime
    language: str
    title: str
    state: State
    day: date | None = None


def _announced(span: Span, wanted: Wanted) -> list[_Row]:
    rows = _airings(span, wanted).order_by("at", "id").values_list(*_AIRINGS)
    return [
        _Row(Kind.ANNOUNCED, *_place(row[:8]), row[8], row[9], *_state(*row[10:13]), _day(row))
        for row in rows[: MOST + 1]
    ]


def _airings(span: Span, wanted: Wanted) -> QuerySet[Airing, Airing]:
    """What is announced, with the columns of :func:`_known`; a day alone is one wherever one is."""
    first, last = (datetime.combine(day, time.min, tzinfo=UTC) for day in (span.first, span.last))
    timed = Q(has_time=True, at__gte=span.begins, at__lt=span.ends)
    airings = Airing.objects.filter(
        _is_of(wanted.of), timed | Q(has_time=False, at__gte=first, at__lte=last)
    )
    return airings.annotate(**_known())


def _day(row: Sequence[Any]) -> date | None:
    """The day of an announcement without a time."""
    return None if row[13] else row[8].date()


def _known() -> dict[str, Subquery]:
    """What the episode's row and the queue say, in three columns.

    As one object of JSON it would be one question less: to ask whether the database knows JSON,
    Django begins a transaction on SQLite, which would wait for whoever is writing.
    """
    episode = Episode.objects.filter(**_SAME)
    return {
        "title": Subquery(episode.values("title")[:1]),
        "state": Subquery(episode.values("state")[:1]),
        "queued": _queued(),
    }


def _out(span: Span, wanted: Wanted) -> list[_Row]:
    rows = _news(span, wanted).order_by("first_seen_at", "id").values_list(*_NEWS)
    return [
        _Row(Kind.OUT, *_place(row[:8]), row[8], row[9], *_state(*row[10:13]))
        for row in rows[: MOST + 1]
    ]


def _news(span: Span, wanted: Wanted) -> QuerySet[Availability, Availability]:
    """What came out, as the catalogues have listed it since, with the columns of :func:`_known`."""
    news = Availability.objects.filter(
        _is_of(wanted.of),
        is_news=True,
        gone_at=None,
        first_seen_at__gte=span.begins,
        first_seen_at__lt=span.ends,
    )
    return news.annotate(**_known())


def _arrived(span: Span, wanted: Wanted) -> list[_Row]:
    there = Episode.objects.filter(
        _is_of(wanted.of),
        download_date__gte=span.begins,
        download_date__lt=span.ends,
        state=EpisodeState.PRESENT,
    )
    rows = there.order_by("download_date", "id").values_list(
        *_SERIES, "season", "episode_number", "download_date", "title"
    )
    return [
        _Row(Kind.ARRIVED, *_place(row[:8]), row[8], "", row[9], State.PRESENT)
        for row in rows[: MOST + 1]
    ]


_SAME = {
    "series": OuterRef("series"),
    "season": OuterRef("season"),
    "episode_number": OuterRef("episode_number"),
}
_SERIES = (
    *("series_id", "series__key", "series__name", "series__folder"),
    *("series__monitored", "series__follow"),
)
_NEWS = (
    *_SERIES,
    "season",
    "episode_number",
    "first_seen_at",
    "language",
    "title",
    "state",
    "queued",
)
_AIRINGS = (
    *(*_SERIES, "season", "episode_number", "at", "language", "title", "state", "queued"),
    *("has_time", "noted_at"),
)
_UNDERWAY = {
    Status.PENDING.value: State.QUEUED,
    Status.PAUSED.value: State.PAUSED,
    Status.DOWNLOADING.value: State.DOWNLOADING,
}


def _is_of(of: Of) -> Exists:
    """Whether the series is one of those.

    As a condition of the series that is joined, SQLite would begin with the series, and read all
    that is known of each, rather than with the days.
    """
    there = AnimeSeries.objects.active().filter(pk=OuterRef("series"))
    if of is Of.MONITORED:
        there = there.filter(monitored=True)
    return Exists(there.followed() if of is Of.FOLLOWED else there)


def _queued() -> Subquery:
    """The status of the unfinished item of the episode; there is one at most."""
    items = DownloadQueueItem.objects.filter(status__in=UNFINISHED, **_SAME)
    return Subquery(items.values("status")[:1])


def _place(row: Iterable[Any]) -> tuple[ShownSeries, int, int]:
    pk, key, name, folder, monitored, follow, season, number = row
    series = ShownSeries(pk, key, name, folder, monitored, follow != Follow.OFF)
    return series, season, number


def _state(title: str | None, state: str | None, queued: str | None) -> tuple[str, State]:
    """Title and state; what is not in the catalogue yet is announced."""
    if state is None:
        return "", State.ANNOUNCED
    if queued is not None and state != EpisodeState.PRESENT:
        return title or "", _UNDERWAY[queued]
    return title or "", State(state)


def _put(entries: dict[tuple[date, int, int, int], Entry], row: _Row) -> None:
    """Add what was found to the entry of that episode and day."""
    day = row.day or timezone.localdate(row.at)
    key = (day, row.series.id, row.season, row.number)
    entry = entries.get(key)
    if entry is None:
        place = (row.series, row.season, row.number, day, row.at, row.title, row.state)
        entry = entries[key] = Entry(*place)
    entry.at = min(entry.at, row.at)
    if row.kind not in entry.kinds:
        entry.kinds.append(row.kind)
    if row.kind is Kind.ANNOUNCED and row.day is None:
        entry.airs_at = min(entry.airs_at or row.at, row.at)
    languages = entry.announced if row.kind is Kind.ANNOUNCED else entry.languages
    if row.language and row.language not in languages:
        languages.append(row.language)
