"""Vidmoly. Source: the page contract, 3.2: a plain player setup in the embed page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from providers.addresses import absolute, origin_of
from providers.base import Media, MediaKind
from providers.errors import DecoderOutdated, HosterDown
from providers.hosters.boundary import hoster_errors, refuse_other_page
from providers.hosters.captions import captions_of, in_setup
from providers.hosters.media import expiry_of_url, kind_of_url
from providers.http import HttpClient, Page

logger = logging.getLogger(__name__)

DOMAINS = ("vidmoly.biz", "vidmoly.net", "vidmoly.to")  # newest first; old links stay in use
_VIEW = re.compile(r"^/v/([A-Za-z0-9]+)/?$")
_SOURCES = re.compile(r"\bsources['\"]?\s{0,9}[:=]\s{0,9}\[([^\[\]]{0,20000})\]")
_FILE = re.compile(r"\b(?:file|src)['\"]?\s{0,9}:\s{0,9}['\"]([^'\"]{1,2000})['\"]")


class VidmolyHoster:
    """Resolves Vidmoly's embed pages. When one of its domains is down, the others are tried."""

    name = "vidmoly"

    def __init__(self, client: HttpClient, *, domains: Sequence[str] = DOMAINS) -> None:
        self._client = client
        self._domains = tuple(domains)

    def resolve(self, link: str, *, referer: str = "") -> Media:
        """The HLS playlist behind an embed page (or behind its ``/v/`` form).

        Raises:
            MediaGone, HosterBlocked, HosterDown: what the server says.
            DecoderOutdated: no playlist in the player's setup.
            AddressRefused: a private address.
        """
        failure: HosterDown | None = None
        for address in self._addresses(_embed_form(link)):
            try:
                return self._read(address, referer)
            except HosterDown as error:
                logger.info("hoster=vidmoly url=%s down: %s", address, error)
                failure = failure or error
        raise failure or HosterDown(why="no_address", site="Vidmoly", url=link)

    def _addresses(self, link: str) -> Iterator[str]:
        yield link
        parts = urlsplit(link)
        if parts.netloc.lower() in self._domains:
            for domain in self._domains:
                if domain != parts.netloc.lower():
                    yield parts._replace(netloc=domain).geturl()

    def _read(self, address: str, referer: str) -> Media:
        origin = origin_of(referer)
        with hoster_errors():
            page = self._client.get_page(address, referer=f"{origin}/" if origin else "")
            url = _playlist(page)
            self._client.guard.check_url(url)
            captions = captions_of(in_setup(page.text), page.url, self._client.guard)
        return Media(
            url=url,
            kind=MediaKind.HLS,
            headers={
                "Referer": f"{origin_of(page.url)}/",
                "User-Agent": self._client.user_agent,
            },
            expires_at=expiry_of_url(url),
            variant="player-setup",
            captions=captions,
        )


def _playlist(page: Page) -> str:
    """The first playlist in ``sources``; ``tracks`` beside it hold thumbnails."""
    for sources in _SOURCES.finditer(page.text):
        for file in _FILE.finditer(sources.group(1)):
            url = absolute(page.url, file.group(1).replace("\\/", "/"))
            if kind_of_url(url) is MediaKind.HLS:
                return url
    refuse_other_page(page, "Vidmoly")
    raise DecoderOutdated(why="no_playlist", site="Vidmoly", url=page.url)


def _embed_form(link: str) -> str:
    parts = urlsplit(link)
    view = _VIEW.match(parts.path)
    return parts._replace(path=f"/embed-{view.group(1)}.html").geturl() if view else link
