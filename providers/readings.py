"""What was read of a series, kept as long as its pages are the same.

Parsing pages is most of the work of reading a series, and from one day to the next most series have
not changed. An answer is kept with the pages that it follows from. It holds where the site says of
each of them that it is the same; where one is not, everything is read anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any, Protocol, TypeVar, runtime_checkable

from providers import asking, traces
from providers.base import EpisodeInfo, EpisodeKind, SeriesInfo, SiteSettings
from providers.cache import CachedPage, PageCache, PageKey
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    ProviderError,
    RateLimited,
    SiteDown,
    SiteResting,
)
from providers.http import HttpClient
from providers.sites.bases import Bases
from providers.traces import Step, Trace

logger = logging.getLogger(__name__)

T = TypeVar("T")

_OF_THE_SITE = (SiteDown, SiteResting, RateLimited, ChallengeRequired, Blacklisted)
# What makes documents of pages: another version may make another one.
_PARSERS = ("beautifulsoup4", "lxml", "soupsieve", "google-re2")


@runtime_checkable
class ReadsPages(Protocol):
    """What a site asks its pages with, and where they are."""

    @property
    def client(self) -> HttpClient: ...

    @property
    def bases(self) -> Bases: ...


class Readings:
    """The answers of one site that were kept.

    Args:
        site: of which everything follows from pages: from no file, no moment and no other site.
        cache: where they are kept, beside the pages; losing any of them is allowed.
        chosen: the settings of the site. An answer of others is none.
        now: replaced in tests. Unix seconds.
    """

    def __init__(
        self,
        site: ReadsPages,
        cache: PageCache,
        chosen: SiteSettings,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = site.client
        self._bases = site.bases
        self._cache = cache
        self._mark = hashlib.sha256(f"{code_mark()} {chosen!r}".encode()).hexdigest()[:32]
        self._now = now

    def series(self, key: str, ask: Callable[[], SeriesInfo]) -> SeriesInfo:
        """The head of a series: as kept, or from ``ask``. Raises what that raises."""
        return self._answer(f"series:{key}", ask, asdict, _series_of)

    def episodes(self, key: str, ask: Callable[[], list[EpisodeInfo]]) -> list[EpisodeInfo]:
        """The episodes of a series: as kept, or from ``ask``. Raises what that raises."""
        return self._answer(f"episodes:{key}", ask, _told_episodes, _episodes_of)

    def _answer(
        self,
        name: str,
        ask: Callable[[], T],
        tell: Callable[[T], object],
        read: Callable[[Any], T],
    ) -> T:
        asked = asking.current()
        if asked is not None and asked.of_now_alone:
            return ask()  # whoever tries how a site is read wants it read
        place, trace = PageKey(self._client.name, name, self._mark), Trace()
        if kept := self._kept(place):
            steps, told = kept
            if self._holds(steps, trace):
                return read(told)
        with traces.kept(trace):
            answer = ask()
        if trace.repeats and trace.steps:
            self._keep(place, trace.steps, tell(answer))
        return answer

    def _kept(self, place: PageKey) -> tuple[list[Step], Any] | None:
        found = self._cache.get(place)
        if found is None:
            return None
        kept = json.loads(found.text)
        return [Step(**{**s, "headers": _pairs(s["headers"])}) for s in kept["steps"]], kept["told"]

    def _keep(self, place: PageKey, steps: Sequence[Step], told: object) -> None:
        text = json.dumps({"steps": [asdict(step) for step in steps], "told": told})
        self._cache.put(place, CachedPage(place.url, text, "", "", "", self._now()))

    def _holds(self, steps: Sequence[Step], trace: Trace) -> bool:
        """Whether each page is as it was, at the address of the site that is asked first.

        Raises:
            ProviderError: the site cannot be asked. What is wrong with one page is not raised:
            who reads it anew may get on without it.
        """
        try:
            return all(self._is_same(step, trace) for step in steps)
        except _OF_THE_SITE:
            raise
        except ProviderError as error:
            logger.info("site=%s code=%s read anew: %s", self._client.name, error.code, error)
            return False

    def _is_same(self, step: Step, trace: Trace) -> bool:
        path = next((p for base in self._bases.all if (p := _below(base, step.url))), "")
        if not path:
            return self._client.is_same(step, trace)
        return self._bases.ask(
            lambda base: self._client.is_same(replace(step, url=base + path), trace)
        )


def _below(base: str, url: str) -> str:
    """The part of an address behind a base, with its slash; empty where it is not below that."""
    path = url.removeprefix(base)
    return path if path != url and path.startswith("/") else ""


@functools.cache
def code_mark() -> str:
    """Stands for the code that reads: an answer of another version is none."""
    digest = hashlib.sha256()
    for file in _sources(resources.files("providers")):
        digest.update(file.read_bytes())
    for name in _PARSERS:
        digest.update(metadata.version(name).encode())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _sources(one)
        elif one.name.endswith(".py"):
            yield one


def _series_of(told: Mapping[str, Any]) -> SeriesInfo:
    names, genres = tuple(told["alternative_names"]), tuple(told["genres"])
    return SeriesInfo(**{**told, "alternative_names": names, "genres": genres})


def _told_episodes(episodes: Sequence[EpisodeInfo]) -> list[dict[str, Any]]:
    return [asdict(one) for one in episodes]


def _episodes_of(told: Sequence[Mapping[str, Any]]) -> list[EpisodeInfo]:
    return [
        EpisodeInfo(
            **{
                **one,
                "kind": EpisodeKind(one["kind"]),
                "languages": tuple(one["languages"]),
                "hosters": tuple(one["hosters"]),
            }
        )
        for one in told
    ]


def _pairs(told: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in told)
