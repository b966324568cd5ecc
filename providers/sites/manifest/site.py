"""A feed as a site: its series are those that the document lists."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote, urldefrag

from providers.base import (
    Airing,
    EpisodeInfo,
    NewEpisode,
    SearchResult,
    SeriesInfo,
    Source,
)
from providers.errors import NotFound
from providers.http import HttpClient, Page
from providers.sites.bases import Bases
from providers.sites.catalogue import Catalogue
from providers.sites.manifest.feed import Episode, Feed, Series
from providers.sites.manifest.fields import KEY
from providers.sites.manifest.files import is_file, read_file
from providers.sites.manifest.reading import Read, read_feed

logger = logging.getLogger(__name__)

# The whole feed is one document: what a scan asks of a thousand series is answered by one copy.
FEED_TTL = 300.0
HOSTER = "direct"
MOST_NEWS = 500
_MOST_LOGGED = 20
_ACCEPT = "application/json, application/rss+xml, application/atom+xml, application/xml;q=0.9"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A feed that was read, and the text it was read from."""

    address: str
    text: str
    feed: Feed
    catalogue: Catalogue


class ManifestSite:
    """The series of a feed. Contract: ``docs/providers/manifest.md``.

    Args:
        name: what its owner calls the site; the key of the one series of RSS and Atom.
        label: what it is called in messages.
        addresses: of the feed, the first one first, the others while that is down: http and https,
            or ``file:///full/path``.
        roots: folders that files of feeds may lie in.
        today: the day it is, replaced in tests.
    """

    def __init__(
        self,
        client: HttpClient,
        *,
        name: str,
        label: str,
        addresses: Sequence[str],
        roots: Sequence[str] = (),
        today: date | None = None,
    ) -> None:
        self.name = name
        self._client = client
        self._label = label
        self._bases = Bases(name, label, addresses)
        self._roots = tuple(roots)
        self._today = today
        self._kept: _Kept | None = None

    def check(self) -> Read:
        """The feed, and all that is wrong with it.

        Raises:
            ProviderError: it cannot be had.
        """
        page = self._bases.ask(self._page)
        return read_feed(page.text, address=page.url, key=self.name)

    def search(self, query: str) -> list[SearchResult]:
        """The series with every word of ``query`` in one of their names, best first.

        Raises:
            ProviderError: it cannot be had, or nothing of it can be read.
        """
        return self._current().catalogue.search(query)

    def series(self, key: str) -> SeriesInfo:
        """The head of a series. Raises NotFound for one that is not listed."""
        return self._series(key).info

    def episodes(self, key: str) -> list[EpisodeInfo]:
        """Every episode of a series; those without a source are announced.

        Raises:
            NotFound: it is not listed.
            ProviderError: the feed cannot be had, or nothing of it can be read.
        """
        return [
            EpisodeInfo(
                season=one.season,
                number=one.number,
                title=one.title,
                original_title=one.original_title,
                kind=one.kind,
                languages=_languages(one),
                hosters=(HOSTER,) if one.links else (),
            )
            for one in self._series(key).episodes
        ]

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        """The links of an episode, in the order of the feed.

        Raises:
            NotFound: it is not listed, or announced.
            ProviderError: the feed cannot be had, or nothing of it can be read.
        """
        for one in self._series(key).episodes:
            if (one.season, one.number) != (season, episode):
                continue
            if not one.links:
                raise NotFound(why="no_hoster", site=self._label)
            return [
                Source(
                    provider=self.name,
                    hoster=HOSTER,
                    language=link.language,
                    link=link.address,
                    captions=link.captions,
                )
                for link in one.links
            ]
        raise NotFound(why="episode", site=self._label)

    def locate(self, source: Source) -> str:
        """The address of the media itself."""
        return source.link

    def key_from_link(self, link: str) -> str | None:
        """The key behind the "#" of the feed's address."""
        address, key = urldefrag(link)
        key = unquote(key)
        if address not in {urldefrag(one).url for one in self._bases.all}:
            return None
        return key if KEY.fullmatch(key) else None

    def series_count(self) -> int:
        """How many series the feed lists. Raises ``ProviderError``."""
        return len(self._current().feed.series)

    def list_series(self) -> Iterable[SearchResult]:
        """Every series of the feed, as it is now. Raises ``ProviderError``."""
        return iter(self._current().catalogue)

    def new_episodes(self) -> list[NewEpisode] | None:
        """The episodes that came last, the newest first; None where the feed says no days.

        Raises:
            ProviderError: it cannot be had, or nothing of it can be read.
        """
        today = self._today or datetime.now(UTC).date()
        out = [
            NewEpisode(key, one.season, one.number, _languages(one), one.day)
            for key, one in self._all()
            if one.links and one.day is not None and one.day <= today + timedelta(days=1)
        ]
        out.sort(key=lambda one: one.day or date.min, reverse=True)
        return out[:MOST_NEWS] or None

    def airings(self) -> list[Airing] | None:
        """The episodes that are announced for a day; None where there is none.

        Raises:
            ProviderError: it cannot be had, or nothing of it can be read.
        """
        today = self._today or datetime.now(UTC).date()
        coming = [
            Airing(key, one.season, one.number, one.day, one.at, _languages(one))
            for key, one in self._all()
            if one.day is not None and one.day >= today - timedelta(days=1)
        ]
        coming.sort(key=lambda one: (one.day, one.key, one.season, one.number))
        return coming or None

    def _all(self) -> Iterator[tuple[str, Episode]]:
        for key, series in self._current().feed.series.items():
            for episode in series.episodes:
                yield key, episode

    def _series(self, key: str) -> Series:
        found = self._current().feed.series.get(key)
        if found is None:
            raise NotFound(why="series", site=self._label)
        return found

    def _current(self) -> _Kept:
        """The feed as it is now, or was a moment ago: read again where its text has changed."""
        page = self._bases.ask(self._page)
        kept = self._kept
        if kept is None or (kept.address, kept.text) != (page.url, page.text):
            kept = self._kept = self._made(page)
        return kept

    def _page(self, address: str) -> Page:
        if is_file(address):
            return Page(address, read_file(address, self._roots))
        return self._client.get_page(address, headers={"Accept": _ACCEPT}, ttl=FEED_TTL)

    def _made(self, page: Page) -> _Kept:
        read = read_feed(page.text, address=page.url, key=self.name)
        for fault in read.faults[:_MOST_LOGGED]:
            logger.warning("site=%s feed: %s", self.name, fault)
        if more := len(read.faults[_MOST_LOGGED:]) + read.more:
            logger.warning("site=%s feed: faults=%s more", self.name, more)
        if read.feed is None:
            raise read.faults[-1]
        catalogue = Catalogue(_result(series.info) for series in read.feed.series.values())
        return _Kept(page.url, page.text, read.feed, catalogue)


def _result(info: SeriesInfo) -> SearchResult:
    return SearchResult(
        key=info.key,
        name=info.name,
        link=info.link,
        year=info.year,
        cover_url=info.cover_url,
        description=info.description,
        alternative_names=info.alternative_names,
    )


def _languages(episode: Episode) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.language for link in episode.links))
