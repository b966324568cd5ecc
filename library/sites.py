"""The providers as the owner sees and changes them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aniworld.config import store
from aniworld.config.schema import SiteSettings
from library import catalogue
from providers import registry
from providers.errors import ProviderError, UnknownProvider
from providers.registry import SiteEntry

# Any catalogue finds something for it, and it says nothing about the owner.
PROBE_QUERY = "one"


@dataclass(frozen=True, slots=True)
class Provider:
    """A registered site and how it is set up."""

    entry: SiteEntry
    settings: SiteSettings


@dataclass(frozen=True, slots=True)
class Probe:
    """What a live request to a site gave. ``latency`` is in seconds."""

    latency: float
    results: int = 0
    error: ProviderError | None = None


def providers() -> list[Provider]:
    """Return every registered site, the enabled ones first, in the owner's order."""
    chosen = store.load().providers.sites
    known = [Provider(entry, chosen.get(name, SiteSettings())) for name, entry in _entries()]
    return sorted(known, key=lambda one: (not one.settings.enabled, one.settings.position))


def provider(name: str) -> Provider:
    """Return one. Raises ``UnknownProvider``."""
    found = next((one for one in providers() if one.entry.name == name), None)
    if found is None:
        raise UnknownProvider(f"There is no provider named {name!r}.")
    return found


def change_provider(name: str, changes: Mapping[str, Any]) -> Provider:
    """Change how a site is set up; in effect at once in every process.

    Raises:
        UnknownProvider; ConfigInvalid: with the fields to mend.
    """
    provider(name)

    def change(data: dict[str, Any]) -> None:
        data["providers"]["sites"].setdefault(name, {}).update(changes)

    store.update(change)
    return provider(name)


def probe_provider(name: str) -> Probe:
    """Ask a site for something now, enabled or not. Raises ``UnknownProvider``."""
    chosen = provider(name)
    started = time.monotonic()
    try:
        found = catalogue.built(name, chosen.settings).search(PROBE_QUERY)
    except ProviderError as error:
        return Probe(time.monotonic() - started, error=error)
    return Probe(time.monotonic() - started, results=len(found))


def _entries() -> list[tuple[str, SiteEntry]]:
    return list(registry.SITES.items())
