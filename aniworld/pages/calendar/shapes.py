"""What the API says of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from django.utils import timezone

from accounts.feeds import IssuedFeedKey
from accounts.models import FeedKey
from aniworld.pages.calendar.reading import Entry, Found, State
from aniworld.pages.calendar.spans import Span
from aniworld.web.pagination import Page
from aniworld.web.shapes import Format, Moment, OneOf, Uri
from downloads.snapshots import moment
from library.models import Episode

Day = Annotated[str, Format("date")]


class CalendarEntry(TypedDict):
    """One episode on one day."""

    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int
    title: str
    day: Annotated[Day, "In the server's time zone."]
    at: Annotated[Moment | None, "The moment of what became of it first on that day."]
    airs_at: Annotated[Moment | None, "When it comes; null where its site says no time."]
    kinds: Annotated[
        list[str],
        "What became of it: `ANNOUNCED` in `announced`, `OUT` in `languages`, `ARRIVED` on disk.",
    ]
    announced: Annotated[list[str], "The languages it is announced in for that day, where said."]
    languages: Annotated[list[str], "Those it has come out in on that day."]
    state: Annotated[str, OneOf(State), "What has become of it until now."]
    monitored: bool
    followed: bool


class Calendar(Page[CalendarEntry]):
    """The entries of some days in their order."""

    first_day: Day
    last_day: Day
    time_zone: Annotated[str, "The server's, in which the days are."]
    is_cut: Annotated[bool, "Whether there are more than are told: ask for fewer days."]


class AnnouncedEpisode(TypedDict):
    """An announced episode of which no day is known."""

    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int
    title: str


class Feed(TypedDict):
    """Whether other programs can read the calendar of the caller."""

    has_address: bool
    created_at: Annotated[datetime | None, "When the address was made."]
    last_activity: Annotated[datetime | None, "When it was last read. Null: never."]


class NewFeed(TypedDict):
    """A fresh address, with the one and only look at it."""

    address: Annotated[Uri, "For programs that subscribe to calendars."]
    created_at: datetime


def feed(key: FeedKey | None) -> Feed:
    return {
        "has_address": key is not None,
        "created_at": key.created_at if key else None,
        "last_activity": key.last_activity if key else None,
    }


def new_feed(issued: IssuedFeedKey, address: str) -> NewFeed:
    return {"address": address, "created_at": issued.key.created_at}


def entry_rows(entries: Sequence[Entry]) -> list[CalendarEntry]:
    return [_entry_row(one) for one in entries]


def _entry_row(entry: Entry) -> CalendarEntry:
    return {
        "key": entry.series.key,
        "serie_folder": entry.series.folder,
        "serie_name": entry.series.name,
        "season": entry.season,
        "episode": entry.number,
        "title": entry.title,
        "day": entry.day.isoformat(),
        "at": moment(entry.at),
        "airs_at": moment(entry.airs_at),
        "announced": entry.announced,
        "kinds": [kind.value for kind in entry.kinds],
        "languages": entry.languages,
        "state": entry.state.value,
        "monitored": entry.series.is_monitored,
        "followed": entry.series.is_followed,
    }


def calendar(page: Page[CalendarEntry], span: Span, found: Found) -> Calendar:
    return {
        **page,
        "first_day": span.first.isoformat(),
        "last_day": span.last.isoformat(),
        "time_zone": timezone.get_current_timezone_name(),
        "is_cut": found.is_cut,
    }


def announced_rows(episodes: Sequence[Episode]) -> list[AnnouncedEpisode]:
    return [
        {
            "key": one.series.key,
            "serie_folder": one.series.folder,
            "serie_name": one.series.name,
            "season": one.season,
            "episode": one.episode_number,
            "title": one.title,
        }
        for one in episodes
    ]
