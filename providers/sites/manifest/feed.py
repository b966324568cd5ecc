"""What is read of a feed, whatever it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from providers.base import Caption, EpisodeKind, SeriesInfo
from providers.errors import FeedInvalid

MOST_SERIES = 5_000
MOST_EPISODES = 20_000  # of one series
MOST_LINKS = 50  # of one episode
MOST_CAPTIONS = 30  # of one link
HIGHEST_SEASON, HIGHEST_NUMBER = 999, 99_999
LONGEST_ADDRESS = 2_000
_MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Link:
    """One way to get an episode. ``address`` is absolute; ``language`` as that of a source."""

    address: str
    language: str
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    """One without links is announced. ``day`` is when it came or comes, ``at`` the moment of that,
    aware, where that is said."""

    season: int
    number: int
    title: str = ""
    original_title: str = ""
    kind: EpisodeKind = EpisodeKind.EPISODE
    day: date | None = None
    at: datetime | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a feed, its episodes in the order of their numbers."""

    info: SeriesInfo
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """``form`` is what it is written in: JSON, RSS or Atom."""

    form: str
    series: Mapping[str, Series] = field(default_factory=dict)


@dataclass(slots=True)
class Faults:
    """What is wrong with a feed, in its order; ``more`` were found beside those that are kept."""

    found: list[FeedInvalid] = field(default_factory=list)
    more: int = 0

    def add(self, fault: FeedInvalid) -> None:
        if len(self.found) < _MOST_FAULTS:
            self.found.append(fault)
        else:
            self.more += 1
