"""Which series an address means that somebody has pasted: no site is asked for that."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from aniworld.config import store
from aniworld.sites import configured
from library.errors import InvalidLink, NoSiteChosen
from providers.addresses import host_of
from providers.base import SiteSettings
from providers.errors import ProviderError

log = logging.getLogger(__name__)

SCHEMES = ("http://", "https://")
LONGEST_LINK = 2_000  # characters
_SHOWN = 200  # characters of an address in a sentence


def series_at(link: str) -> tuple[str, str]:
    """The enabled site that knows this address, and the series' key there.

    Raises:
        NoSiteChosen: no site is enabled.
        InvalidLink: none of those that are knows it; it says whether that is for the page, for a
            site that is switched off, or for a host that nobody knows.
        ProviderError: none does, and one that might is set up wrongly.
    """
    names = configured.site_names()
    if not names:
        raise NoSiteChosen
    failure: ProviderError | None = None
    for name in names:
        try:
            key = configured.site(name).key_from_link(link)
        except ProviderError as error:
            failure = failure or error
            continue
        if key:
            return name, key
    raise failure or _refusal(link, names)


def hosts_of(name: str) -> list[str]:
    """The hosts of a site as its owner has set it up, without what lets him in; empty where it is
    read from a file."""
    chosen = store.load().providers.sites.get(name, SiteSettings())
    entry = next((one for one in configured.entries() if one.name == name), None)
    own = chosen.base_url or (entry.base_url if entry else "")
    hosts = (_host(address) for address in (own, *chosen.mirrors))
    return list(dict.fromkeys(host for host in hosts if host))


def site_switched_off(link: str) -> str:
    """The name of a site that is not enabled and would know this address; empty if none would."""
    enabled = set(configured.site_names())
    return next((name for name in _knowing(link) if name not in enabled), "")


def _refusal(link: str, names: Sequence[str]) -> InvalidLink:
    host = _host(link)
    labels = configured.labels()
    if not link.startswith(SCHEMES) or not host:
        return InvalidLink(why="no_address", link=link[:_SHOWN])
    if name := next((name for name in names if host in hosts_of(name)), ""):
        return InvalidLink(why="other_page", site=labels[name])
    if off := site_switched_off(link):
        return InvalidLink(why="site_off", site=labels[off])
    return InvalidLink(why="any_site", host=host, known=[labels[name] for name in names])


def _knowing(link: str) -> Iterator[str]:
    """The sites that know an address, enabled or not."""
    chosen = store.load().providers.sites
    for name in configured.known_names():
        try:
            site = configured.built(name, chosen.get(name, SiteSettings()))
            if site.key_from_link(link):
                yield name
        except ProviderError as error:  # it is not set up, and knows no address
            log.debug("site=%s code=%s is not asked about an address", name, error.code)


def _host(address: str) -> str:
    """Host and port; ``www.`` makes no difference. Empty where there is none."""
    host = host_of(address)
    return "" if host == "?" else host.removeprefix("www.")
