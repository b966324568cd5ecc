"""What is missing in the whole library: a fixed number of queries, however large it is.

Without a filter of episodes the counters of the series say how many there are of each, and no
episode is read. By day the episodes are found in one of two ways: where few pass the filters, each
is asked for its day; where many do, the days are gone through until a page is full.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, StrIndex

from downloads.choices import UNFINISHED
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState, Follow
from library.models import Airing, AnimeSeries, Availability, Episode
from library.models.series import matching

# Up to so many episodes each is asked for its day; so many take a few milliseconds.
FEW = 3_000
Place = tuple[int, int, int]  # series, season, episode


class Show(StrEnum):
    """Which episodes: those that can be fetched, or those that nobody offers yet."""

    MISSING = "MISSING"
    ANNOUNCED = "ANNOUNCED"


class Followed(StrEnum):
    """Of which series: whether anything of them is fetched by itself."""

    ANY = "ANY"
    YES = "YES"
    NO = "NO"


class Order(StrEnum):
    SERIES = "series"
    AIRED = "aired"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        text: every word of it is in a name of the series.
        series: the key of the only one.
        language: that an episode can be had in.
    """

    text: str = ""
    series: str = ""
    language: str = ""
    season: int | None = None
    followed: Followed = Followed.ANY
    show: Show = Show.MISSING

    @property
    def is_of_episodes(self) -> bool:
        """Whether series alone do not tell what passes."""
        is_narrowed = bool(self.language) or self.season is not None
        return is_narrowed or self.show is Show.ANNOUNCED

    @property
    def is_filtered(self) -> bool:
        named = self.text or self.series or self.language
        return bool(named) or self.season is not None or self.followed is not Followed.ANY


Group = tuple[int, int]  # the id of a series, and how many of its episodes pass


class Dated(NamedTuple):
    """One episode by its place and its id, and when it came out."""

    series_id: int
    season: int
    number: int
    at: datetime
    has_time: bool
    episode: int

    @property
    def place(self) -> Place:
        return self[:3]

    @property
    def aired(self) -> Aired:
        return Aired(self.at, has_time=self.has_time)


@dataclass(frozen=True, slots=True)
class Since:
    """Where a list by day goes on: at this moment, of which so many episodes were shown."""

    at: datetime
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Aired:
    """When an episode came out: the day alone where its site says no time."""

    at: datetime
    has_time: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One episode with what else is known of it. ``queued`` is the status of its item that is not
    finished, empty where it has none."""

    episode: Episode
    series: AnimeSeries
    aired: Aired | None
    queued: str


def series_of(wanted: Wanted) -> QuerySet[AnimeSeries, AnimeSeries]:
    """The series that are looked into: what is not monitored misses nothing."""
    found = AnimeSeries.objects.active().filter(matching(wanted.text), monitored=True)
    if wanted.series:
        found = found.filter(key=wanted.series)
    if wanted.followed is Followed.YES:
        return found.exclude(follow=Follow.OFF)
    return found.filter(follow=Follow.OFF) if wanted.followed is Followed.NO else found


def episodes(wanted: Wanted) -> QuerySet[Episode, Episode]:
    """The episodes that pass, in no order."""
    # Joined, SQLite would begin with all series, and sort what it finds.
    return of_episodes(wanted).filter(series__in=series_of(wanted).values("pk"))


def of_episodes(wanted: Wanted) -> QuerySet[Episode, Episode]:
    """What the filters ask of an episode, whatever its series is."""
    if wanted.show is Show.ANNOUNCED:
        found = Episode.objects.filter(state=EpisodeState.ANNOUNCED, listed=True)
    else:
        found = Episode.objects.filter(state=EpisodeState.MISSING, unwanted=False)
    if wanted.season is not None:
        found = found.filter(season=wanted.season)
    if wanted.language:
        # Names of languages are plain ASCII, so that the JSON holds them as they are.
        held = StrIndex(Cast("languages", TextField()), Value(f'"{wanted.language}"'))
        found = found.alias(held=held).filter(held__gt=0)
    return found


def groups(wanted: Wanted) -> list[Group]:
    """Each series of which an episode passes, in the order of their names."""
    named = series_of(wanted).order_by("sort_name", "pk")
    if wanted.show is Show.MISSING:
        named = named.filter(missing_count__gt=0)
    if not wanted.is_of_episodes:
        return list(named.values_list("pk", "missing_count"))
    found = of_episodes(wanted).order_by()
    if wanted.series or wanted.text:
        found = found.filter(series__in=named.order_by().values("pk"))
    # Neither joined nor sorted: counted in the order in which the index has them.
    counts = dict(found.values_list("series_id").annotate(count=Count("pk")))
    if not counts:
        return []
    if wanted.series:
        return list(counts.items())
    return [(pk, counts[pk]) for pk in named.values_list("pk", flat=True) if pk in counts]


def in_order(wanted: Wanted, order: Order) -> QuerySet[Episode, Episode]:
    """All episodes that pass, by their series as it has come; or those with a day, by that."""
    if order == Order.AIRED:
        return with_series(with_days(wanted)).order_by(_sign(wanted) + "at", *_PLACE)
    return with_series(episodes(wanted)).order_by(*_PLACE)


def series_by_id(ids: Iterable[int]) -> dict[int, AnimeSeries]:
    """What a row says of each series."""
    return AnimeSeries.objects.only(*COLUMNS).in_bulk(list(ids))


COLUMNS = ("id", "key", "name", "site", "folder", "follow", "year", "end_year", "refreshed_at")


def queued_counts(wanted: Wanted, ids: Collection[int]) -> dict[int, int]:
    """How many of the episodes that pass are in the queue, by series."""
    underway = of_episodes(wanted).filter(Exists(unfinished()), series__in=ids)
    counted = underway.order_by().values_list("series_id").annotate(count=Count("pk"))
    return dict(counted)


def lines(found: Iterable[Episode], *, days: Mapping[Place, Aired] | None = None) -> list[Line]:
    """The episodes, with their series, in two queries: with their days and places in the queue.

    Args:
        days: where they are known already.
    """
    listed = list(found)
    days = aired_of(listed) if days is None else days
    queued = _queued(listed)
    return [
        Line(one, one.series, days.get(_place(one)), queued.get(_place(one), "")) for one in listed
    ]


def aired_of(found: Iterable[Episode]) -> dict[Place, Aired]:
    """The days of these episodes that are known: what the site has announced, else when the
    catalogue listed it anew."""
    near = _near({_place(one) for one in found})
    airings = Airing.objects.filter(**near).order_by().annotate(rank=Value(0))
    news = Availability.objects.filter(is_news=True, gone_at=None, **near).order_by()
    news = news.annotate(has_time=Value(value=True), rank=Value(1))
    rows = airings.values_list(*_PLACE, "at", "has_time", "rank").union(
        news.values_list(*_PLACE, "first_seen_at", "has_time", "rank"), all=True
    )
    days: dict[Place, Aired] = {}
    for row in sorted(rows, key=lambda row: (row[5], row[3])):
        days.setdefault(row[:3], Aired(row[3], has_time=row[4]))
    return days


def dated(wanted: Wanted, *, count: int, since: Since | None, most: int) -> list[Dated]:
    """The episodes of which a day is known: what is missing the last first, what is announced in
    the order in which it comes.

    Args:
        count: how many pass the filters in all.
        since: where to go on.
        most: so many are read.
    """
    rows = _asked_for_days(wanted) if count <= FEW else _gone_through(wanted, since)
    if since is not None and count <= FEW:
        rows = rows.filter(**{f"at__{_bound(wanted)}": since.at})
    skipped = since.skipped if since else 0
    in_order = rows.order_by(_sign(wanted) + "at", *_PLACE)[skipped : skipped + most]
    return [Dated(*row) for row in in_order]


def of_dated(rows: Sequence[Dated]) -> list[Line]:
    """The episodes of these places, in their order."""
    days = {row.place: row.aired for row in rows}
    found = with_series(Episode.objects.filter(pk__in=[row.episode for row in rows]))
    by_place = {_place(one): one for one in found}
    return lines([by_place[place] for place in days if place in by_place], days=days)


def with_series(found: QuerySet[Episode, Episode]) -> QuerySet[Episode, Episode]:
    """Episodes with what a row says of them and of their series."""
    columns = ("series_id", "season", "episode_number", "title", "original_title", "state")
    of_series = (f"series__{name}" for name in COLUMNS)
    return found.select_related("series").only(*columns, "languages", *of_series)


def _asked_for_days(wanted: Wanted) -> QuerySet[Any, Any]:
    """Each episode that passes with its day."""
    has_time = Airing.objects.filter(**_SAME).order_by("at").values("has_time")[:1]
    told = Coalesce(Subquery(has_time), Value(value=True))
    return with_days(wanted).annotate(has_time=told).values_list(*_PLACE, "at", "has_time", "pk")


def with_days(wanted: Wanted) -> QuerySet[Episode, Episode]:
    """The episodes of which a day is known, with it as ``at``."""
    airings = Airing.objects.filter(**_SAME).order_by("at").values("at")[:1]
    news = Availability.objects.filter(**_SAME, is_news=True, gone_at=None)
    listed = news.order_by("first_seen_at").values("first_seen_at")[:1]
    day = Coalesce(Subquery(airings), Subquery(listed))
    return episodes(wanted).annotate(at=day).exclude(at=None)


def _gone_through(wanted: Wanted, since: Since | None) -> QuerySet[Any, Any]:
    """By the indexes of the days; each of the two ways to a day is in its order already."""
    bound = _bound(wanted)
    there = Exists(series_of(wanted).filter(pk=OuterRef("series")))
    passing = Exists(of_episodes(wanted).filter(there, **_SAME))
    airings = Airing.objects.filter(**_SAME)
    earlier = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk"))
    announced = Airing.objects.filter(passing, ~Exists(airings.filter(earlier)))
    news = Availability.objects.filter(is_news=True, gone_at=None)
    seen = Q(first_seen_at__lt=OuterRef("first_seen_at"))
    seen |= Q(first_seen_at=OuterRef("first_seen_at"), pk__lt=OuterRef("pk"))
    listed = news.filter(passing, ~Exists(airings), ~Exists(news.filter(seen, **_SAME)))
    if since is not None:
        announced = announced.filter(**{f"at__{bound}": since.at})
        listed = listed.filter(**{f"first_seen_at__{bound}": since.at})
    episode = Subquery(Episode.objects.filter(**_SAME).values("pk")[:1])
    listed = listed.order_by().annotate(has_time=Value(value=True), episode=episode)
    days = announced.order_by().annotate(episode=episode)
    return days.values_list(*_PLACE, "at", "has_time", "episode").union(
        listed.values_list(*_PLACE, "first_seen_at", "has_time", "episode"), all=True
    )


def _bound(wanted: Wanted) -> str:
    return "gte" if wanted.show is Show.ANNOUNCED else "lte"


def _sign(wanted: Wanted) -> str:
    return "" if wanted.show is Show.ANNOUNCED else "-"


_PLACE = ("series_id", "season", "episode_number")
_SAME: dict[str, Any] = {
    "series": OuterRef("series"),
    "season": OuterRef("season"),
    "episode_number": OuterRef("episode_number"),
}


def _place(episode: Episode) -> Place:
    return (episode.series_id, episode.season, episode.episode_number)


def unfinished() -> QuerySet[DownloadQueueItem, DownloadQueueItem]:
    """The item of an episode that is not finished, within a question about episodes."""
    return DownloadQueueItem.objects.filter(status__in=UNFINISHED, **_SAME)


def _queued(found: Iterable[Episode]) -> dict[Place, str]:
    near = _near({_place(one) for one in found})
    items = DownloadQueueItem.objects.filter(status__in=UNFINISHED, **near)
    return {row[:3]: row[3] for row in items.values_list(*_PLACE, "status")}


def _near(places: Collection[Place]) -> dict[str, set[int]]:
    """What finds the rows of these episodes by the index of their places, and some others of the
    same series. One condition for each would take the database longer to read than to answer."""
    return {
        "series__in": {place[0] for place in places},
        "season__in": {place[1] for place in places},
        "episode_number__in": {place[2] for place in places},
    }
