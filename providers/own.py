"""A link that an owner has given to one episode, as a site of its own would name it."""

from __future__ import annotations

from urllib.parse import urlsplit

from providers.base import OWN, EpisodeInfo, SearchResult, SeriesInfo, Source
from providers.errors import NotFound
from providers.hosters.media import kind_of_url


class OwnLinkSite:
    """The site of one link. It lists nothing, and is asked by nobody."""

    name = OWN

    def __init__(self, link: str, language: str) -> None:
        self._link = link
        self._language = language

    def search(self, query: str) -> list[SearchResult]:
        raise NotFound(why="key", site=OWN, key=query)

    def series(self, key: str) -> SeriesInfo:
        raise NotFound(why="key", site=OWN, key=key)

    def episodes(self, key: str) -> list[EpisodeInfo]:
        raise NotFound(why="key", site=OWN, key=key)

    def sources(self, _key: str, _season: int, _episode: int) -> list[Source]:
        """One for each hoster that may read it, the likeliest first."""
        return [Source(OWN, hoster, self._language, self._link) for hoster in likely(self._link)]

    def locate(self, source: Source) -> str:
        return source.link

    def key_from_link(self, _link: str) -> str | None:
        return None


def likely(link: str) -> tuple[str, ...]:
    """The hosters that may read a link, by the registry's names.

    VOE moves to new names every few weeks: a page that nobody else reads is tried as one of its.
    Whether yt-dlp knows a host is not asked here: thousands of patterns of others would be tried on
    the link in this process, and with some of them that takes as long as its writer likes. Its
    child says so at once, and in time.
    """
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    if kind_of_url(link) is not None:
        return ("direct",)
    if host.startswith("vidmoly."):
        return ("vidmoly", "direct")
    if host.startswith("voe."):
        return ("voe",)
    return ("ytdlp", "direct", "voe")
