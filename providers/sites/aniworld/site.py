"""The AniWorld catalogue: addresses, mirrors, and which page answers which question."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from urllib.parse import quote, urlsplit

from providers import asking
from providers.addresses import absolute
from providers.base import Airing, EpisodeInfo, NewEpisode, SearchResult, SeriesInfo, Source
from providers.errors import (
    MarkupChanged,
    MediaGone,
    NotFound,
    ProviderError,
    ResponseTooLarge,
    SiteDown,
    SiteUnreachable,
    UnexpectedAnswer,
    UnsupportedHoster,
)
from providers.http import HttpClient, Page
from providers.sites.aniworld.calendar_page import read_airings
from providers.sites.aniworld.episode_page import REDIRECT_PATH, HosterEntry, read_hosters
from providers.sites.aniworld.landmarks import LABEL, key_in, path_of, require_stream
from providers.sites.aniworld.news_page import read_new_episodes
from providers.sites.aniworld.search import (
    read_catalogue,
    read_older_search,
    read_search,
    series_link,
)
from providers.sites.aniworld.series_page import (
    read_episodes,
    read_seasons,
    read_series,
    says_none,
    shown_season,
)
from providers.sites.bases import Bases
from providers.sites.catalogue import Catalogue

logger = logging.getLogger(__name__)

CATALOGUE_TTL = 86_400.0
# So old may the list be that says in the place of a broken search what there is not.
CATALOGUE_NOW = 60.0
# The library decides when a series is due. This only spares the second request of one visit:
# the head and the first season are the same page.
SERIES_TTL = 60.0

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,199}")
# Not worth more than another way of asking; a challenge or a limit concerns every way.
_OTHER_WAY = (SiteDown, MarkupChanged, NotFound, ResponseTooLarge, UnexpectedAnswer)


class AniworldSite:
    """The catalogue at aniworld.to. Page contract: ``docs/providers/aniworld.md``.

    Args:
        base_url, mirrors: where the site is, tried in this order when one is down.
        known_hosters: names (lower case) a resolver exists for; entries of others are skipped.
    """

    name = "aniworld"

    def __init__(
        self,
        client: HttpClient,
        *,
        base_url: str,
        mirrors: Sequence[str] = (),
        known_hosters: Collection[str],
    ) -> None:
        self.client = client
        addresses = (base.rstrip("/") for base in (base_url, *mirrors))
        self.bases = Bases(self.name, LABEL, addresses)
        self._known_hosters = frozenset(known_hosters)
        self._catalogue = ("", Catalogue(()))

    def search(self, query: str) -> list[SearchResult]:
        """Series by title, best first.

        The whole list is fetched once a day and searched here. The site's own search is asked where
        that finds nothing (the list may be a day old), where the list cannot be had, and where
        somebody waits for the answer: then it is to be of now.

        Raises:
            ProviderError: neither could be asked; or the site is down, whatever the list says.
        """
        asked = asking.current()
        if asked is not None and asked.of_now_alone:
            return self._asked_beside_list(query)
        try:
            hits = self._whole_catalogue().search(query)
        except SiteUnreachable:
            raise  # no other way leads there either
        except _OTHER_WAY as error:
            logger.warning("site=%s code=%s no catalogue list: %s", self.name, error.code, error)
            return self._ask_search(query)
        if hits and asked is None:
            return hits
        return _together(hits, self._asked_beside_list(query))

    def _asked_beside_list(self, query: str) -> list[SearchResult]:
        """What the site's own search finds. Where that alone is broken, the list of this moment
        says as much; that it cannot be had either is told."""
        try:
            return self._ask_search(query)
        except _OTHER_WAY as error:
            if isinstance(error, SiteDown) and not error.one_page:
                raise
            logger.warning("site=%s code=%s no live search: %s", self.name, error.code, error)
            return self._whole_catalogue(CATALOGUE_NOW).search(query)

    def series(self, key: str) -> SeriesInfo:
        """The head of a series page. Raises NotFound for an unknown key."""
        _require_key(key)
        page = self._series_page(key)
        return read_series(page, key=key, link=series_link(self.bases.all[0], key))

    def episodes(self, key: str) -> list[EpisodeInfo]:
        """Every episode of every season, films as season 0, announced ones without hosters.

        Raises:
            NotFound: unknown key. MarkupChanged: a page cannot be read, or nothing at all is
            listed and the page does not say that there is nothing yet.
        """
        _require_key(key)
        first = self._series_page(key)
        shown = shown_season(first)
        episodes: list[EpisodeInfo] = []
        for season in read_seasons(first):
            page = first if season == shown else self._season_page(key, season)
            episodes += read_episodes(page, season)
        if not episodes and not says_none(first):
            raise MarkupChanged("season", "table.seasonEpisodesList tr", url=first.url)
        return sorted(episodes, key=lambda episode: (episode.season, episode.number))

    def series_count(self) -> int:
        """How many series the whole list has.

        Raises:
            MarkupChanged: the page cannot be read.
        """
        return len(self._whole_catalogue(CATALOGUE_NOW))

    def list_series(self) -> Iterable[SearchResult]:
        """Every series of the whole list, with its other names: one page, asked for anew.

        Raises:
            MarkupChanged: the page cannot be read.
        """
        return iter(self._whole_catalogue(CATALOGUE_NOW))

    def new_episodes(self) -> list[NewEpisode]:
        """What is new in all series, the newest first: one page, asked for anew each time.

        Raises:
            MarkupChanged: the page cannot be read, or lists nothing.
        """
        return read_new_episodes(self._page("/neue-episoden"))

    def airings(self) -> list[Airing]:
        """Which episodes come on which day, at the time of the site: one page.

        Raises:
            MarkupChanged: the page cannot be read, or lists nothing.
        """
        return read_airings(self._page("/animekalender"))

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        """Who serves an episode, in the page's order; entries we cannot resolve are skipped.

        Raises:
            NotFound: no such episode, or it has no hoster yet.
            UnsupportedHoster: it has hosters, none of which we can resolve.
        """
        _require_key(key)
        path = _episode_path(key, season, episode)
        page = self._page(path, check=lambda page: _require_stream(page, "episode"))
        entries = read_hosters(page, season, episode)
        sources = [self._source(entry, page.url) for entry in entries if self._knows(entry)]
        if not sources:
            names = list(dict.fromkeys(entry.hoster for entry in entries))
            raise UnsupportedHoster(why="none_known", hosters=names, url=page.url)
        return sources

    def locate(self, source: Source) -> str:
        """The hoster's address behind a ``/redirect/<id>`` link, which is not itself asked.

        Raises:
            NotFound: not such a link, or gone. MediaGone: it leads back to the site.
            ChallengeRequired: the site answered with a page. AddressRefused: a private address.
        """
        path = path_of(source.link, self.bases.all[0])
        if not REDIRECT_PATH.match(path) or not self._is_ours(source.link):
            raise NotFound(why="link", site=LABEL, url=source.link)
        target = self.bases.ask(
            lambda base: self.client.get_redirect(base + path, referer=source.referer)
        )
        if self._is_ours(target):
            raise MediaGone(why="leads_back", url=source.link)
        return target

    def key_from_link(self, link: str) -> str | None:
        """The series key in an address of this site (series, season or episode), else None."""
        address = link.strip()
        if "://" not in address and not address.startswith("/"):
            address = f"https://{address}"
        if not address.startswith("/") and not self._is_ours(address):
            return None
        return key_in(address, self.bases.all[0])

    def _whole_catalogue(self, ttl: float = CATALOGUE_TTL) -> Catalogue:
        page = self._page(
            "/animes-alphabet", ttl=ttl, lasting=ttl == CATALOGUE_TTL, check=_require_catalogue
        )
        if self._catalogue[0] != page.text:  # reading it takes longer than comparing
            self._catalogue = (page.text, Catalogue(read_catalogue(page)))
        return self._catalogue[1]

    def _ask_search(self, query: str) -> list[SearchResult]:
        # The site's search stumbles over apostrophes; what stands before them is enough.
        keyword = re.split(r"['’]", query, maxsplit=1)[0].strip()
        keyword = keyword if len(keyword) > 1 else query.strip()
        try:
            return read_search(self._post_search(keyword))
        except SiteUnreachable:
            raise
        except _OTHER_WAY as error:
            return self._ask_older_search(keyword, error)

    def _post_search(self, keyword: str) -> Page:
        return self.bases.ask(
            lambda base: self.client.post_form(
                f"{base}/ajax/search",
                {"keyword": keyword},
                referer=f"{base}/search",
                headers={"X-Requested-With": "XMLHttpRequest"},
                allow_empty=True,
            )
        )

    def _ask_older_search(self, keyword: str, failure: ProviderError) -> list[SearchResult]:
        path = f"/ajax/seriesSearch?keyword={quote(keyword, safe='')}"
        try:
            page = self.bases.ask(lambda base: self.client.get_page(base + path, allow_empty=True))
            return read_older_search(page)
        except _OTHER_WAY:
            raise failure from None  # the newer search is the one to repair

    def _series_page(self, key: str) -> Page:
        return self._page(
            f"/anime/stream/{key}",
            ttl=SERIES_TTL,
            check=lambda page: _require_stream(page, "series"),
        )

    def _season_page(self, key: str, season: int) -> Page:
        return self._page(
            _season_path(key, season),
            ttl=SERIES_TTL,
            check=lambda page: _require_stream(page, "season"),
        )

    def _page(
        self,
        path: str,
        *,
        ttl: float = 0.0,
        lasting: bool = False,
        check: Callable[[Page], None] | None = None,
    ) -> Page:
        return self.bases.ask(
            lambda base: self.client.get_page(base + path, ttl=ttl, lasting=lasting, check=check)
        )

    def _is_ours(self, link: str) -> bool:
        return _place(link) in {_place(base) for base in self.bases.all}

    def _knows(self, entry: HosterEntry) -> bool:
        known = entry.hoster.casefold() in self._known_hosters
        if not known:
            logger.info("site=%s hoster=%s skipped: no resolver", self.name, entry.hoster)
        return known

    def _source(self, entry: HosterEntry, referer: str) -> Source:
        return Source(
            provider=self.name,
            hoster=entry.hoster.casefold(),
            language=entry.language,
            link=entry.link,
            referer=referer,
        )


def _together(first: list[SearchResult], more: list[SearchResult]) -> list[SearchResult]:
    known = {result.key for result in first}
    return [*first, *(result for result in more if result.key not in known)]


def _require_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise NotFound(why="key", key=key, site=LABEL)


def _require_stream(page: Page, name: str) -> None:
    require_stream(page, name)


def _require_catalogue(page: Page) -> None:
    if "/anime/stream/" not in page.text:
        raise MarkupChanged("catalogue", "a[href*='/anime/stream/']", url=page.url)


def _season_path(key: str, season: int) -> str:
    return f"/anime/stream/{key}/" + (f"staffel-{season}" if season else "filme")


def _episode_path(key: str, season: int, episode: int) -> str:
    return f"{_season_path(key, season)}/" + (f"episode-{episode}" if season else f"film-{episode}")


def _place(link: str) -> str:
    """Host and port of an address; ``www.`` makes no difference."""
    return urlsplit(absolute("https://", link)).netloc.lower().removeprefix("www.")
