"""The sites as the owner has set them up, built and ready to be asked, for every process alike.

The registry is imported where a site is wanted: it brings the HTTP client and the HTML parsers,
which is half of the start-up of a scan that asks none.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

from aniworld.config import store
from aniworld.sites import pace
from providers.base import Site, SiteSettings
from providers.cache import MemoryCache
from providers.errors import UnknownProvider
from providers.guard import AddressGuard


@dataclass(frozen=True, slots=True)
class _Built:
    settings: SiteSettings
    allowed: tuple[str, ...]
    site: Site


# Built sites by name. A site is built anew when its settings change, so that a change takes
# effect in every process without a restart; the pages read so far outlive it.
_built: dict[str, _Built] = {}
_pages = MemoryCache(max_chars=6_000_000)


def forget_pages() -> None:
    """Throw away what was kept of the pages that this process has read."""
    _pages.clear()


def guard() -> AddressGuard:
    """Which addresses sites and hosters may lead to."""
    return AddressGuard(settings.ALLOW_PRIVATE_HOSTS)


def site_names() -> list[str]:
    """Return the enabled sites in the owner's order."""
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    configured = store.load().providers.sites
    enabled = [
        (chosen.position, name)
        for name, chosen in configured.items()
        if chosen.enabled and name in registry.SITES
    ]
    return [name for _, name in sorted(enabled)]


def known_names() -> list[str]:
    """Return every registered site, enabled or not."""
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    return list(registry.SITES)


def series_link(name: str, key: str) -> str:
    """The address of a series' page for a browser; empty where the site does not say."""
    from providers import registry  # noqa: PLC0415 - not for scans that ask no site

    entry = registry.SITES.get(name)
    if entry is None or not entry.series_path:
        return ""
    chosen = store.load().providers.sites.get(name, SiteSettings())
    base = (chosen.base_url or entry.base_url).rstrip("/")
    return base + entry.series_path.format(key=quote(key, safe=""))


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

    allowed = tuple(settings.ALLOW_PRIVATE_HOSTS)
    known = _built.get(name)
    if known is not None and (known.settings, known.allowed) == (chosen, allowed):
        return known.site
    made = registry.build_site(
        name,
        chosen,
        rate_store=pace.rate_store(),
        guard=guard(),
        cache=_pages,
    )
    _built[name] = _Built(chosen, allowed, made)
    return made
