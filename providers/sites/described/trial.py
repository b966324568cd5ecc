"""Trying a definition on a real page: each question, what was asked for it, and what was read."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from providers.asking import asked_now
from providers.base import EpisodeInfo, ListsAirings, ListsNewEpisodes, Site, Source
from providers.errors import NotFound, NothingFound, ProviderError
from providers.sites.described.trace import Asked, Trace

T = TypeVar("T")

# Seconds that may be spent in vain: somebody waits.
PATIENCE = 30.0


class Question(StrEnum):
    """What a site is asked in a trial, in this order."""

    SEARCH = "search"
    SERIES = "series"
    EPISODES = "episodes"
    SOURCES = "sources"
    LOCATE = "locate"
    NEWS = "news"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Tried:
    """One question of a trial.

    Attributes:
        found: how many there are in the end.
        told: what the first of them are, or the one; in the definition's own words.
        requests: what was asked for it.
        seconds: that all of it took.
    """

    question: Question
    found: int
    told: Sequence[str]
    requests: Sequence[Asked]
    seconds: float
    error: ProviderError | None


MOST_TOLD = 3


class TriedSite(Site, ListsNewEpisodes, ListsAirings, Protocol):
    """A site with all that a definition may describe."""


class Trial:
    """One trial of a site that was built with ``trace``. Args: steps: what its definition names."""

    def __init__(self, site: TriedSite, steps: Collection[str], trace: Trace) -> None:
        self._site = site
        self._names = steps
        self._trace = trace
        self._steps: list[Tried] = []

    def run(self, wanted: str) -> list[Tried]:
        """Ask everything that the definition describes, one thing after the other.

        Args:
            wanted: a word to search for, or the address of a series.
        """
        with asked_now(patience=PATIENCE, of_now_alone=True):
            key = self._key_in(wanted) if "://" in wanted else self._search(wanted)
            if key is not None:
                self._series(key)
            self._lists()
        return self._steps

    def _key_in(self, address: str) -> str | None:
        """The key of the series that an address leads to; what is none is the outcome."""
        key = self._site.key_from_link(address)
        if key is None:
            error = NotFound(why="key", key=address[:200], site=self._site.name)
            self._steps.append(Tried(Question.SERIES, 0, (), (), 0.0, error))
        return key

    def _search(self, wanted: str) -> str | None:
        site = self._site
        found = self._asked(
            Question.SEARCH,
            lambda: _some(site.search(wanted), wanted),
            lambda found: [f"{one.key}: {one.name}" for one in found],
        )
        return found[0].key if found else None

    def _series(self, key: str) -> None:
        site = self._site
        head = self._asked(
            Question.SERIES, lambda: [site.series(key)], lambda found: [f"{key}: {found[0].name}"]
        )
        if head is None:
            return
        episodes = self._asked(Question.EPISODES, lambda: site.episodes(key), _told_places)
        if not episodes:
            return
        chosen = next((one for one in episodes if one.is_available), episodes[0])
        sources = self._asked(
            Question.SOURCES, lambda: site.sources(key, chosen.season, chosen.number), _links
        )
        if sources:
            self._asked(Question.LOCATE, lambda: [site.locate(sources[0])], lambda found: found)

    def _lists(self) -> None:
        site = self._site
        if "news" in self._names:
            self._asked(
                Question.NEWS,
                lambda: site.new_episodes() or [],
                lambda found: [f"{one.key} S{one.season:02}E{one.number:02}" for one in found],
            )
        if "calendar" in self._names:
            self._asked(
                Question.CALENDAR,
                lambda: site.airings() or [],
                lambda found: [
                    f"{one.day} {one.key} S{one.season:02}E{one.number:02}" for one in found
                ],
            )

    def _asked(
        self,
        question: Question,
        ask: Callable[[], list[T]],
        tell: Callable[[list[T]], Sequence[str]],
    ) -> list[T] | None:
        """Ask one thing, and keep how that went; None where it failed."""
        begun, started = len(self._trace.requests), time.monotonic()
        found: list[T] | None = None
        error: ProviderError | None = None
        try:
            found = ask()
        except ProviderError as failure:
            error = failure
        self._steps.append(
            Tried(
                question=question,
                found=len(found or ()),
                told=list(tell(found))[:MOST_TOLD] if found else (),
                requests=self._trace.requests[begun:],
                seconds=time.monotonic() - started,
                error=error,
            )
        )
        return found


def _some(found: list[T], word: str) -> list[T]:
    if not found:
        raise NothingFound(word=word[:80])
    return found


def _told_places(found: Sequence[EpisodeInfo]) -> list[str]:
    told = []
    for one in found[:MOST_TOLD]:
        languages = f" ({', '.join(one.languages)})" if one.languages else ""
        told.append(f"S{one.season:02}E{one.number:02} {one.title}{languages}".strip())
    return told


def _links(found: Sequence[Source]) -> list[str]:
    return [f"{one.hoster} ({one.language}): {one.link}" for one in found]
