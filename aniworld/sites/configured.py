"""The sites as the owner has set them up, built and ready to be asked, for every process alike.

The registry is imported where a site is wanted: it brings the HTTP client and the HTML parsers,
which is half of the start-up of a scan that asks none.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.sites import clock, pace
from aniworld.sites.health import monitor
from providers.base import Site, SiteSettings
from providers.disk_cache import DiskCache
from providers.errors import UnknownProvider
from providers.guard import AddressGuard

if TYPE_CHECKING:
    from providers.registry import SiteEntry
    from providers.tunnels import Proxy


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Built:
    settings: SiteSettings
    allowed: tuple[str, ...]
    pages: DiskCache
    site: Site


# Built sites by name. A site is built anew when its settings change, so that a change takes
# effect in every process without a restart; the pages read so far outlive it.
_built: dict[str, _Built] = {}


def pages() -> DiskCache:
    """What is kept of the pages of sites: one place for web, worker and scan."""
    secret = salted_hmac(__name__, "pages", algorithm="sha256").digest()
    return _pages(Path(settings.DATA_DIR) / "cache", secret)


@functools.lru_cache(maxsize=1)
def _pages(folder: Path, secret: bytes) -> DiskCache:
    return DiskCache(folder, secret=secret)


def guard() -> AddressGuard:
    """Which addresses sites and hosters may lead to."""
    return AddressGuard(settings.ALLOW_PRIVATE_HOSTS)


def site_names() -> list[str]:
    """Return the enabled sites in the owner's order."""
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    configured = store.load().providers.sites
    known = registry.site_entries(configured)
    enabled = [
        (chosen.position, name)
        for name, chosen in configured.items()
        if chosen.enabled and name in known
    ]
    return [name for _, name in sorted(enabled)]


def known_names() -> list[str]:
    """Return every site there is, enabled or not."""
    return list(_entries())


def labels() -> dict[str, str]:
    """Return what every site there is is called, by name."""
    return {name: entry.label for name, entry in _entries().items()}


def labels_if_readable() -> dict[str, str]:
    """Return :func:`labels`; none where the configuration cannot be read, which a sentence that
    names a site is not the place to tell."""
    try:
        return labels()
    except ConfigError as error:
        log.debug("sites are told by their names, not by what they are called: %s", error)
        return {}


def label(name: str) -> str:
    """Return what a site is called; its name where there is none of it any more."""
    return labels().get(name, name)


def entries() -> list[SiteEntry]:
    """Return every site there is, as pages list them."""
    return list(_entries().values())


def series_link(name: str, key: str) -> str:
    """The address of a series' page for a browser; empty where the site does not say, and of one
    that is asked with a name or a password."""
    entry = _entries().get(name)
    if entry is None or not entry.series_path:
        return ""
    chosen = store.load().providers.sites.get(name, SiteSettings())
    base = (chosen.base_url or entry.base_url).rstrip("/")
    if "@" in urlsplit(base).netloc:  # what lets the owner in is not for everybody who sees a page
        return ""
    return base + entry.series_path.format(key=quote(key, safe=""))


def proxy_of(name: str) -> Proxy | None:
    """What a site is asked through, enabled or not; None for nothing, and of one that is none.

    Raises:
        AddressRefused: that is no address of a proxy.
    """
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    chosen, entry = store.load().providers.sites.get(name), _entries().get(name)
    if chosen is None or entry is None:
        return None
    return registry.proxy_of(chosen, chosen.base_url or entry.base_url)


def _entries() -> dict[str, SiteEntry]:
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    return registry.site_entries(store.load().providers.sites)


def site(name: str) -> Site:
    """Return an enabled site, built as the owner has set it up.

    Raises:
        UnknownProvider: it is not registered or not enabled.
        AddressRefused: its address is a private one that is not allowed.
    """
    chosen = store.load().providers.sites.get(name)
    if chosen is None or not chosen.enabled:
        raise UnknownProvider(why="off", name=name)
    return built(name, chosen)


def built(name: str, chosen: SiteSettings) -> Site:
    """Return a site as ``chosen`` describes it, enabled or not. Raises as :func:`site`."""
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    allowed, kept = tuple(settings.ALLOW_PRIVATE_HOSTS), pages()
    known = _built.get(name)
    if known is not None and (known.settings, known.allowed, known.pages) == (
        chosen,
        allowed,
        kept,
    ):
        return known.site
    made = registry.build_site(
        name,
        chosen,
        rate_store=pace.rate_store(),
        guard=guard(),
        cache=kept,
        hear_time=clock.hear,
        watch=monitor.watch(),
        manifest_roots=settings.MANIFEST_ROOTS,
    )
    _built[name] = _Built(chosen, allowed, kept, made)
    return made
