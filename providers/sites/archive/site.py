"""The Internet Archive: which address answers which question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

from providers.addresses import absolute
from providers.base import EpisodeInfo, SearchResult, SeriesInfo, Source
from providers.errors import NotFound
from providers.http import HttpClient, Page
from providers.sites.archive.answers import IDENTIFIER, LABEL
from providers.sites.archive.files import Episode, download_address, read_episodes
from providers.sites.archive.item import Item, language_of_item, read_item, read_series
from providers.sites.archive.search import read_search, search_path
from providers.sites.bases import Bases

SEARCH_TTL = 3_600.0
# Spares the further requests of one visit: head, episodes and sources are one answer.
ITEM_TTL = 60.0
HOSTER = "direct"
_ITEM_PATH = re.compile(r"/(?:details|download|metadata|embed)/([^/]{1,300})")


class ArchiveSite:
    """Items of the Internet Archive as series. Contract: ``docs/providers/archive.md``.

    Args:
        base_url, mirrors: where its addresses begin, tried in this order when one is down.
    """

    name = "archive"

    def __init__(self, client: HttpClient, *, base_url: str, mirrors: Sequence[str] = ()) -> None:
        self._client = client
        addresses = [base.rstrip("/") for base in (base_url, *mirrors)]
        self._home = addresses[0]
        self._bases = Bases(self.name, LABEL, addresses)

    def search(self, query: str) -> list[SearchResult]:
        """Items of films with every word of ``query`` in the title, as the archive orders them.

        Raises:
            ProviderError: it cannot be asked, or its answer has another form.
        """
        path = search_path(query)
        if not path:
            return []
        page = self._page(path, ttl=SEARCH_TTL)
        return read_search(page, self._home)

    def series(self, key: str) -> SeriesInfo:
        """The head of an item. Raises NotFound for an unknown key."""
        item, page = self._item(key)
        return read_series(item, self._home, page.url)

    def episodes(self, key: str) -> list[EpisodeInfo]:
        """One episode for each film of an item.

        Raises:
            NotFound: unknown, withdrawn or lent out; or no file of it can be played.
        """
        item, page = self._item(key)
        language = language_of_item(item)
        return [
            EpisodeInfo(one.season, one.number, one.title, languages=(language,), hosters=(HOSTER,))
            for one in read_episodes(item, page.url)
        ]

    def sources(self, key: str, season: int, episode: int) -> list[Source]:
        """The files of an episode, the best first. Raises NotFound where there is none."""
        item, page = self._item(key)
        language = language_of_item(item)
        base = self._bases.all[0]
        return [
            Source(self.name, HOSTER, language, download_address(base, item.key, file.name))
            for file in _episode(item, page.url, season, episode).files
        ]

    def locate(self, source: Source) -> str:
        """The address of the file itself."""
        return source.link

    def key_from_link(self, link: str) -> str | None:
        """The identifier in the address of an item or of one of its files."""
        parts = urlsplit(absolute("https://", link))
        if parts.scheme not in ("http", "https") or _host(link) not in map(_host, self._bases.all):
            return None
        found = _ITEM_PATH.match(parts.path)
        key = unquote(found[1]) if found else ""
        return key if IDENTIFIER.fullmatch(key) else None

    def _item(self, key: str) -> tuple[Item, Page]:
        if not IDENTIFIER.fullmatch(key):
            raise NotFound(why="key", key=key, site=LABEL)
        page = self._page(f"/metadata/{quote(key, safe='')}", ttl=ITEM_TTL)
        return read_item(page, key), page

    def _page(self, path: str, *, ttl: float) -> Page:
        return self._bases.ask(
            lambda base: self._client.get_page(
                base + path, headers={"Accept": "application/json"}, ttl=ttl
            )
        )


def _episode(item: Item, url: str, season: int, number: int) -> Episode:
    for one in read_episodes(item, url):
        if (one.season, one.number) == (season, number):
            return one
    raise NotFound(why="episode", site=LABEL, url=url)


def _host(link: str) -> str:
    """Host and port of an address; ``www.`` makes no difference."""
    return urlsplit(absolute("https://", link)).netloc.lower().removeprefix("www.")
