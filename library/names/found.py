"""What one line of the grammar found, before folders and titles are looked at."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

MAX_SPAN = 400  # the longest range one file or batch is believed to hold
ABSOLUTE_FROM = 100  # a number this high is not counted within a season unless the name says so


class Kind(Enum):
    EPISODE = "episode"  # says "episode": counts within a season
    BARE = "bare"  # a number only: within the season if one is known, else absolute
    SPECIAL = "special"  # special, OVA or film: season 0
    NOTHING = "nothing"  # recognised, and it is no episode number


class Found(NamedTuple):
    """Numbers and where in the name they stood (`start:end`, also where the title ends)."""

    start: int
    end: int
    numbers: tuple[int, ...] = ()
    season: int | None = None
    kind: Kind = Kind.EPISODE
    version: int | None = None
    problem: str = ""
    absolute: tuple[int, ...] = ()
    year: int | None = None


def span(first: int, last: int) -> tuple[int, ...] | None:
    """All numbers from `first` to `last`; None where that is no believable range."""
    if first < last <= first + MAX_SPAN:
        return tuple(range(first, last + 1))
    return None
