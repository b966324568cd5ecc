"""The border of a site or a hoster: whatever comes out of one is bounded and of the right form.

What is read from foreign pages may hold anything, and a reader may stumble over it in any way. One
series' fault is that series' fault: it ends here as an error of the provider.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date
from typing import TypeVar

from providers.base import (
    Airing,
    EpisodeInfo,
    Hoster,
    ListsAirings,
    ListsCatalogue,
    ListsNewEpisodes,
    ListsSeries,
    Media,
    NewEpisode,
    SearchResult,
    SeriesInfo,
    Site,
    Source,
)
from providers.errors import DecoderOutdated, FeedInvalid, MarkupChanged, ProviderError
from providers.readings import Readings
from providers.watching import Fault, Unwatched, Watch, hoster_service

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_EPISODES = 20_000  # of one series
HIGHEST_SEASON, HIGHEST_EPISODE = 999, 99_999
MOST_RESULTS, MOST_SOURCES, MOST_NAMES, MOST_NEWS = 500, 500, 100, 2_000
# The list of all series: entries, and characters in all of them together.
MOST_LISTED, LONGEST_LIST = 50_000, 30_000_000
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
LONGEST_KEY, LONGEST_WORD = 255, 64
LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 500, 1_000, 10_000
LONGEST_LINK, LONGEST_MEDIA_LINK = 2_000, 8_000  # signed addresses are long
# Control characters but tabs and ends of lines, and halves of characters.
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What code that reads foreign data stumbles over.
_STUMBLES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(RecursionError, TypeError, ValueError),
)


class BorderedSite:
    """A site whose answers are bounded; ``inner`` is the site itself. ``watch`` is told of what
    could not be read, ``readings`` have what was read of pages that are still the same."""

    def __init__(
        self, inner: Site, watch: Watch | None = None, readings: Readings | None = None
    ) -> None:
        self.inner = inner
        self.name = inner.name
        self._watch = watch or Unwatched()
        self._readings = readings

    def search(self, query: str) -> list[SearchResult]:
        """Raises ``ProviderError``."""
        found = self._asked("search", lambda: self.inner.search(query))
        return [_result(one) for one in found[:MOST_RESULTS] if _is_named(one)]

    def series(self, key: str) -> SeriesInfo:
        """Raises ``ProviderError``."""
        found = self._asked("series", lambda: self._head(key))
        if not found.name.strip():
            raise MarkupChanged("series", "a title")
        return replace(
            found,
            name=_text(found.name, LONGEST_NAME),
            link=_link(found.link),
            cover_url=_link(found.cover_url),
            description=_text(found.description, LONGEST_TEXT),
            alternative_names=_words(found.alternative_names, longest=LONGEST_TITLE),
            genres=_words(found.genres),
            year=_year(found.year),
            end_year=_year(found.end_year),
        )

    def episodes(self, key: str) -> list[EpisodeInfo]:
        """The episodes with numbers that one can have; what else is listed is left out.

        Raises:
            ProviderError; MarkupChanged: more than any series has, or not one that can be.
        """
        found = self._asked("season", lambda: self._listed(key))
        if len(found) > MOST_EPISODES:
            raise MarkupChanged("season", f"at most {MOST_EPISODES} episodes")
        possible = [one for one in found if _is_possible(one)]
        if len(possible) < len(found):
            strange = len(found) - len(possible)
            logger.warning("site=%s key=%s impossible episodes=%s", self.name, key[:80], strange)
            if not possible:
                raise MarkupChanged("season", "an episode's number")
        return [
            replace(
                one,
                title=_text(one.title, LONGEST_TITLE),
                original_title=_text(one.original_title, LONGEST_TITLE),
                languages=_words(one.languages),
                hosters=_words(one.hosters),
            )
            for one in possible
        ]

    def series_count(self) -> int | None:
        """None where the site has no list.

        Raises:
            ProviderError; MarkupChanged: there is nothing on it.
        """
        inner = self.inner
        if not isinstance(inner, ListsSeries):
            return None
        count = self._asked("catalogue", inner.series_count)
        if count is not None and count <= 0:
            raise MarkupChanged("catalogue", "a series")
        return count

    def list_series(self) -> list[SearchResult] | None:
        """Each series with a key and a name that one can have, once; None where the site has no
        list.

        Raises:
            ProviderError; MarkupChanged: there is nothing on it, or more than any site has.
        """
        inner = self.inner
        if not isinstance(inner, ListsCatalogue):
            return None
        listed = self._asked("catalogue", lambda: _gathered(inner))
        if listed is not None and not listed:
            raise MarkupChanged("catalogue", "a series")
        return listed

    def new_episodes(self) -> list[NewEpisode] | None:
        """Those with keys and numbers that one can have; None where the site has no such page.

        Raises:
            ProviderError; MarkupChanged: there are some, but not one that can be.
        """
        inner = self.inner
        if not isinstance(inner, ListsNewEpisodes):
            return None
        found = self._asked("new episodes", inner.new_episodes)
        if found is None:
            return None
        possible = [
            replace(one, languages=_words(one.languages))
            for one in found[:MOST_NEWS]
            if _is_key(one.key) and _is_possible(one)
        ]
        if found and not possible:
            raise MarkupChanged("new episodes", "an episode's number")
        return possible

    def airings(self) -> list[Airing] | None:
        """Those with keys, numbers and days that one can have, moments in UTC; None where the site
        has no such page.

        Raises:
            ProviderError; MarkupChanged: there are some, but not one that can be.
        """
        inner = self.inner
        if not isinstance(inner, ListsAirings):
            return None
        found = self._asked("calendar", inner.airings)
        if found is None:
            return None
        possible = [
            replace(
                one,
                at=one.at.astimezone(UTC) if one.at else None,
                languages=_words(one.languages),
            )
            for one in found[:MOST_NEWS]
            if _is_key(one.key) and _is_possible(one) and FIRST_DAY < one.day < LAST_DAY
        ]
        if found and not possible:
            raise MarkupChanged("calendar", "an episode's day")
        return possible

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        """Raises ``ProviderError``."""
        found = self._asked("episode", lambda: self.inner.sources(key, season, episode))
        return [
            replace(
                one,
                hoster=_text(one.hoster, LONGEST_WORD),
                language=_text(one.language, LONGEST_WORD),
            )
            for one in found[:MOST_SOURCES]
            if one.link and len(one.link) <= LONGEST_LINK
        ]

    def locate(self, source: Source) -> str:
        """Raises ``ProviderError``."""
        link = self._asked("episode", lambda: self.inner.locate(source))
        if not _link(link):
            raise MarkupChanged("episode", "an address")
        return link

    def key_from_link(self, link: str) -> str | None:
        if len(link) > LONGEST_LINK:
            return None
        key = self._asked("link", lambda: self.inner.key_from_link(link))
        return key if key is not None and _is_key(key) else None

    def _head(self, key: str) -> SeriesInfo:
        if self._readings is None:
            return self.inner.series(key)
        return self._readings.series(key, lambda: self.inner.series(key))

    def _listed(self, key: str) -> list[EpisodeInfo]:
        if self._readings is None:
            return self.inner.episodes(key)
        return self._readings.episodes(key, lambda: self.inner.episodes(key))

    def _asked(self, page: str, ask: Callable[[], T]) -> T:
        try:
            return _without_stumbling(self.name, page, ask)
        except (DecoderOutdated, FeedInvalid, MarkupChanged) as error:
            self._watch.misread(self.name, Fault.of(error))
            raise


def _without_stumbling(site: str, page: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except ProviderError:
        raise
    except _STUMBLES as error:
        logger.exception("site=%s page=%s could not be read", site, page)
        raise MarkupChanged(page, "a form that can be read") from error


class BorderedHoster:
    """A hoster whose answers are bounded; ``inner`` is the hoster itself. ``watch`` is told of what
    none of its decoders read."""

    def __init__(self, inner: Hoster, watch: Watch | None = None) -> None:
        self.inner = inner
        self.name = inner.name
        self._watch = watch or Unwatched()

    def resolve(self, link: str, *, referer: str = "") -> Media:
        """Raises ``ProviderError``."""
        try:
            return self._resolved(link, referer)
        except DecoderOutdated as error:
            self._watch.misread(hoster_service(self.name), Fault.of(error))
            raise

    def _resolved(self, link: str, referer: str) -> Media:
        try:
            media = self.inner.resolve(link, referer=referer)
        except ProviderError:
            raise
        except _STUMBLES as error:
            logger.exception("hoster=%s its page could not be read", self.name)
            raise DecoderOutdated(why="no_decoder", site=self.name, url=link) from error
        if not 0 < len(media.url) <= LONGEST_MEDIA_LINK:
            raise DecoderOutdated(why="no_decoder", site=self.name, url=link)
        return media


def _gathered(site: ListsCatalogue) -> list[SearchResult] | None:
    """The whole list. One that has no end is given up before it fills the memory.

    Raises:
        ProviderError; MarkupChanged: more than any site has.
    """
    listed = site.list_series()
    if listed is None:
        return None
    found: dict[str, SearchResult] = {}
    left = LONGEST_LIST
    for count, one in enumerate(listed):
        if count >= MOST_LISTED:
            raise MarkupChanged("catalogue", f"at most {MOST_LISTED} series")
        if _is_named(one):
            kept = found.setdefault(one.key, _result(one))
            left -= len(kept.name) + len(kept.description) + sum(map(len, kept.alternative_names))
        if left < 0:
            raise MarkupChanged("catalogue", f"at most {LONGEST_LIST} characters")
    return list(found.values())


def _is_named(result: SearchResult) -> bool:
    return bool(result.name.strip()) and _is_key(result.key)


def _result(found: SearchResult) -> SearchResult:
    return replace(
        found,
        name=_text(found.name, LONGEST_NAME),
        link=_link(found.link),
        cover_url=_link(found.cover_url),
        description=_text(found.description, LONGEST_TEXT),
        alternative_names=_words(found.alternative_names, longest=LONGEST_TITLE),
        genres=_words(found.genres),
        year=_year(found.year),
    )


def _is_key(key: str) -> bool:
    return 0 < len(key) <= LONGEST_KEY and key.isprintable() and "/" not in key


def _is_possible(episode: EpisodeInfo | NewEpisode | Airing) -> bool:
    return 0 <= episode.season <= HIGHEST_SEASON and 0 <= episode.number <= HIGHEST_EPISODE


def _link(link: str) -> str:
    return link if len(link) <= LONGEST_LINK and link.isprintable() else ""


def _year(year: int | None) -> int | None:
    return year if year is not None and 1800 <= year <= 9999 else None


def _words(words: Iterable[str], *, longest: int = LONGEST_WORD) -> tuple[str, ...]:
    kept = dict.fromkeys(_text(word, longest) for word in words if word)
    return tuple(kept)[:MOST_NAMES]


def _text(text: str, longest: int) -> str:
    """A text as it can be kept: PostgreSQL takes no zero, no database half a character, and nobody
    wants what moves the cursor."""
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text[:longest])
