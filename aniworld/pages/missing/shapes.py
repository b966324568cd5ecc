"""What the API says of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.pages.missing import reading
from aniworld.pages.missing.reading import Group, Line, Show, Wanted
from aniworld.web.pagination import Page
from aniworld.web.shapes import OneOf
from downloads.choices import UNFINISHED
from downloads.services import Added
from library.choices import Follow
from library.models import Episode


class MissingSeries(TypedDict):
    """A series of which episodes pass."""

    key: str
    name: str
    site: str
    followed: bool
    episodes: Annotated[int, "How many pass."]
    queued: Annotated[int, "How many of them are in the queue."]


class MissingSeriesPage(Page[MissingSeries]):
    """One page of the series that miss anything."""

    episodes: Annotated[int, "How many episodes pass, of all series."]


class MissingEpisode(TypedDict):
    """One episode that is not there."""

    key: Annotated[str, "Of its series."]
    name: Annotated[str, "Of its series."]
    season: int
    episode: int
    title: str
    state: Annotated[str, OneOf(Show)]
    languages: list[str]
    aired_at: Annotated[
        datetime | None, "When its site has announced it for, or it was first listed."
    ]
    has_time: Annotated[bool, "Whether that is a moment; else it stands for the day alone."]
    queued: Annotated[
        str, OneOf(("", *UNFINISHED)), "The status of its item in the queue; empty: it has none."
    ]


class MissingQueued(TypedDict):
    """What was queued."""

    added: Annotated[int, "How many episodes."]
    skipped: Annotated[int, "How many were there already, or are in no catalogue any more."]
    series: Annotated[int, "Of how many series."]


def series_rows(wanted: Wanted, groups: Sequence[Group]) -> list[MissingSeries]:
    ids = [pk for pk, _count in groups]
    known, queued = reading.series_by_id(ids), reading.queued_counts(wanted, ids)
    return [
        {
            "key": (series := known[pk]).key,
            "name": series.name,
            "site": series.site,
            "followed": series.follow != Follow.OFF,
            "episodes": count,
            "queued": queued.get(pk, 0),
        }
        for pk, count in groups
        if pk in known
    ]


def episode_rows(episodes: Sequence[Episode]) -> list[MissingEpisode]:
    return [_episode_row(line) for line in reading.lines(episodes)]


def _episode_row(line: Line) -> MissingEpisode:
    episode, aired = line.episode, line.aired
    return {
        "key": line.series.key,
        "name": line.series.name,
        "season": episode.season,
        "episode": episode.episode_number,
        "title": episode.title or episode.original_title,
        "state": episode.state,
        "languages": episode.languages,
        "aired_at": aired.at if aired else None,
        "has_time": aired is not None and aired.has_time,
        "queued": line.queued,
    }


def queued(added: Sequence[Added]) -> MissingQueued:
    return {
        "added": sum(len(one.ids) for one in added),
        "skipped": sum(len(one.skipped) for one in added),
        "series": sum(bool(one.ids) for one in added),
    }
