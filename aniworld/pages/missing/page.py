"""What the page of everything that is missing shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.pages.missing import reading
from aniworld.pages.missing.reading import Dated, Followed, Group, Line, Show, Since, Wanted
from aniworld.pages.series.rows import WORDS
from aniworld.web import display
from aniworld.web.ids import whole
from downloads.choices import Status
from downloads.services.adding import MOST_EPISODES
from library.models import AnimeSeries, Episode
from library.services.numbering import MAX_NUMBER
from library.services.roots import root_paths
from providers.base import Language

Words = str | Promise
SERIES = 40  # on one page
EPISODES = 100  # of one series on one page
DAYS = 40  # episodes on one page by day
LONGEST_TEXT = 200

FOLLOWED: list[tuple[str, Words]] = [
    (Followed.ANY, _("Followed or not")),
    (Followed.YES, _("Followed")),
    (Followed.NO, _("Not followed")),
]
LANGUAGES = tuple(str(language) for language in Language)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One episode as a row."""

    line: Line

    @property
    def code(self) -> str:
        return display.episode_code(self.line.episode.season, self.line.episode.episode_number)

    @property
    def title(self) -> str:
        return self.line.episode.title or self.line.episode.original_title

    @property
    def value(self) -> str:
        """Names the episode in a form."""
        episode = self.line.episode
        return f"{episode.series_id}-{episode.season}-{episode.episode_number}"

    @property
    def state(self) -> str:
        if not self.line.queued:
            return self.line.episode.state
        return "QUEUED" if self.line.queued == Status.PENDING else self.line.queued

    @property
    def words(self) -> Words:
        return WORDS[self.state]

    @property
    def can_queue(self) -> bool:
        return self.state == Show.MISSING

    @property
    def day(self) -> date | None:
        """The day it came out, or comes: the reader's where the moment is known."""
        aired = self.line.aired
        if aired is None:
            return None
        return timezone.localdate(aired.at) if aired.has_time else aired.at.date()


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One series as a row that opens. ``lines`` are those of the page that is shown of its
    episodes, where it is open from the beginning."""

    series: AnimeSeries
    count: int
    queued: int
    paging: Page[Episode] | None = None
    lines: Sequence[EpisodeLine] = ()

    @property
    def is_followed(self) -> bool:
        return self.series.follow != "OFF"

    @property
    def is_queued(self) -> bool:
        """Whether all of it is."""
        return self.queued >= self.count


@dataclass(frozen=True, slots=True)
class DayGroup:
    day: date
    lines: list[EpisodeLine]


@dataclass(frozen=True)
class MissingPage:
    """``paging`` is None by day, where nobody counts the pages; ``since`` is where the next of
    them begins, and ``is_first`` whether this is the first."""

    wanted: Wanted
    by_day: bool
    count: int
    series: int
    has_library: bool
    groups: list[GroupLine] = field(default_factory=list)
    paging: Page[Group] | None = None
    days: list[DayGroup] = field(default_factory=list)
    since: str = ""
    is_first: bool = True

    @property
    def group(self) -> GroupLine | None:
        """The only series, where the page is of one."""
        return self.groups[0] if self.wanted.series and self.groups else None

    @property
    def can_queue(self) -> bool:
        return self.wanted.show is Show.MISSING

    @property
    def can_queue_all(self) -> bool:
        return self.can_queue and 0 < self.count <= MOST_EPISODES

    @property
    def most(self) -> int:
        return MOST_EPISODES

    @property
    def filters(self) -> dict[str, str]:
        """What is set, by the names of the address."""
        wanted = self.wanted
        named = {
            "q": wanted.text,
            "language": wanted.language,
            "season": "" if wanted.season is None else str(wanted.season),
            "followed": "" if wanted.followed is Followed.ANY else wanted.followed.lower(),
            "show": "" if wanted.show is Show.MISSING else wanted.show.lower(),
        }
        return {name: value for name, value in named.items() if value}

    @cached_property
    def narrowed(self) -> str:
        """The filters as a part of an address, to go on behind a ``&``."""
        return urlencode(self.filters)

    @property
    def languages(self) -> Sequence[str]:
        return LANGUAGES

    @property
    def followed_choices(self) -> list[tuple[str, Words]]:
        return FOLLOWED


def asked_for(query: Mapping[str, str]) -> Wanted:
    """What an address or a form asks for; what makes no sense in it is as if it was not there."""
    language, followed = query.get("language", ""), query.get("followed", "").upper()
    season, show = whole(query.get("season", "")), query.get("show", "").upper()
    return Wanted(
        text=_printable(query.get("q", ""))[:LONGEST_TEXT],
        series=_printable(query.get("series", ""))[:255],
        language=language if language in LANGUAGES else "",
        season=season if season is not None and season <= MAX_NUMBER else None,
        followed=Followed(followed) if followed in list(Followed) else Followed.ANY,
        show=Show(show) if show in list(Show) else Show.MISSING,
    )


def _printable(text: str) -> str:
    """PostgreSQL takes no zero."""
    return text.strip() if text.isprintable() else ""


def missing_page(query: Mapping[str, str]) -> MissingPage:
    """One page of what passes the filters of an address."""
    wanted = asked_for(query)
    found = reading.groups(wanted)
    by_day = query.get("view") == "day"
    page = MissingPage(
        wanted,
        by_day and not wanted.series,
        count=sum(count for _pk, count in found),
        series=len(found),
        has_library=bool(found) or bool(root_paths()),
    )
    if page.by_day:
        return _by_day(page, query.get("from", ""))
    return _by_series(page, found, query.get("page"))


def _by_series(page: MissingPage, found: list[Group], number: str | None) -> MissingPage:
    paging = Paginator(found, SERIES).get_page(None if page.wanted.series else number)
    shown = list(paging.object_list)
    ids = [pk for pk, _count in shown]
    series = reading.series_by_id(ids)
    if page.wanted.series:
        groups = [
            _opened(page.wanted, series[pk], count, number) for pk, count in shown if pk in series
        ]
        return replace(page, groups=groups, paging=paging)
    queued = reading.queued_counts(page.wanted, ids)
    groups = [
        GroupLine(series[pk], count, queued.get(pk, 0)) for pk, count in shown if pk in series
    ]
    return replace(page, groups=groups, paging=paging)


def _opened(wanted: Wanted, series: AnimeSeries, count: int, number: str | None) -> GroupLine:
    """The series with one page of its episodes."""
    found = reading.of_episodes(wanted).filter(series=series).order_by("season", "episode_number")
    paginator = Paginator(reading.with_series(found), EPISODES)
    paginator.count = count  # in place of a query of its own
    paging = paginator.get_page(number)
    lines = [EpisodeLine(line) for line in reading.lines(paging.object_list)]
    queued = sum(not line.can_queue for line in lines)
    return GroupLine(series, count, queued, paging, lines)


def _by_day(page: MissingPage, place: str) -> MissingPage:
    since = _since(place)
    rows = reading.dated(page.wanted, count=page.count, since=since, most=DAYS + 1)
    shown, more = rows[:DAYS], rows[DAYS:]
    lines = [EpisodeLine(line) for line in reading.of_dated(shown)]
    days = [
        DayGroup(day, list(group))
        for day, group in groupby(lines, key=lambda line: line.day)
        if day is not None
    ]
    following = _place(shown, since) if more else ""
    return replace(page, days=days, since=following, is_first=since is None)


def _place(shown: Sequence[Dated], since: Since | None) -> str:
    """Where the next page begins: behind what was shown of the last moment."""
    last = shown[-1].at
    skipped = sum(row.at == last for row in shown)
    if since is not None and since.at == last:
        skipped += since.skipped
    return f"{(last - _EPOCH) // timedelta(microseconds=1)}-{skipped}"


def _since(place: str) -> Since | None:
    """Where a page begins; None where that says nothing."""
    at, skipped = map(whole, place.partition("-")[::2])
    if at is None or skipped is None or skipped > MAX_NUMBER:
        return None
    try:
        return Since(_EPOCH + timedelta(microseconds=at), skipped)
    except OverflowError:
        return None
