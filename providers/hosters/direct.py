"""Links that are media themselves, and pages with a plain source.

Nothing is decoded here: what a browser would find in the markup or in a player's setup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from providers.addresses import absolute
from providers.base import HOSTER_LABELS, Media, MediaKind
from providers.errors import DecoderOutdated
from providers.hosters.boundary import hoster_errors, refuse_other_page
from providers.hosters.captions import captions_of, in_markup
from providers.hosters.media import kind_of_url
from providers.http import Blob, HttpClient, Page
from providers.wire import decode

_BY_TYPE = {
    "application/vnd.apple.mpegurl": MediaKind.HLS,
    "application/x-mpegurl": MediaKind.HLS,
    "audio/mpegurl": MediaKind.HLS,
    "audio/x-mpegurl": MediaKind.HLS,
    "application/dash+xml": MediaKind.DASH,
}
_PAGE_SIZE = 2_000_000
_SETUP = re.compile(
    r"""["']?\b(?:file|src|source|hls|url)["']?\s{0,9}:\s{0,9}["']((?:https?:)?/[^"']{1,4000})["']"""
)


class DirectHoster:
    """Resolves a link to HLS, DASH, MP4 or WebM, or a page with such a source."""

    name = "direct"

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def resolve(self, link: str, *, referer: str = "") -> Media:
        """The media at ``link``, or the first plain source of the page there.

        Raises:
            MediaGone, HosterBlocked, HosterDown: what the server says.
            DecoderOutdated: the page has no plain source.
            AddressRefused: not http(s), or a private address.
        """
        self._client.guard.check_url(link)
        kind = kind_of_url(link)
        if kind is not None:
            return self._media(link, kind, referer, "extension")
        with hoster_errors():
            answer = self._client.peek(
                link, size=_PAGE_SIZE, headers={"Referer": referer} if referer else None
            )
            kind = _kind_of_content(answer)
            if kind is not None:
                return self._media(answer.url, kind, referer, "content")
            return self._from_page(Page(answer.url, decode(answer.data)))

    def _from_page(self, page: Page) -> Media:
        for address, type_, variant in _plain_sources(page):
            url = absolute(page.url, address)
            kind = _kind_of_type(type_) or kind_of_url(url)
            if kind is not None:
                self._client.guard.check_url(url)
                captions = captions_of(in_markup(page), page.url, self._client.guard)
                return replace(self._media(url, kind, page.url, variant), captions=captions)
        refuse_other_page(page, HOSTER_LABELS[self.name])
        raise DecoderOutdated(why="no_source", url=page.url)

    def _media(self, url: str, kind: MediaKind, referer: str, variant: str) -> Media:
        headers = {"User-Agent": self._client.user_agent}
        if referer:
            headers["Referer"] = referer
        return Media(url=url, kind=kind, headers=headers, variant=variant)


def _plain_sources(page: Page) -> Iterator[tuple[str, str, str]]:
    """Address, content type and where it was found, in the order of trust."""
    for element in page.soup.select("video[src], video source[src]"):
        yield str(element["src"]), str(element.get("type") or ""), "video-element"
    for script in page.soup.select("script"):
        for match in _SETUP.finditer(script.get_text().replace("\\/", "/")):
            yield match.group(1), "", "player-setup"


def _kind_of_type(content_type: str) -> MediaKind | None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("video/"):
        return MediaKind.FILE
    return _BY_TYPE.get(kind)


def _kind_of_content(answer: Blob) -> MediaKind | None:
    """By type, and where that is wrong or missing by the first bytes."""
    start = answer.data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"#EXTM3U"):
        return MediaKind.HLS
    if answer.data[4:8] == b"ftyp" or start.startswith(b"\x1aE\xdf\xa3"):
        return MediaKind.FILE
    return _kind_of_type(answer.content_type)
