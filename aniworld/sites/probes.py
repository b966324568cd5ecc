"""Asking a site for something now, to see whether it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from aniworld.sites import configured
from aniworld.sites.services import provider
from providers.asking import asked_now
from providers.errors import ProviderError

# Any catalogue finds something for it, and it says nothing about the owner.
PROBE_QUERY = "one"


@dataclass(frozen=True, slots=True)
class Probe:
    """What a live request to a site gave. ``latency`` is in seconds."""

    latency: float
    results: int = 0
    error: ProviderError | None = None


def probe_provider(name: str) -> Probe:
    """Ask a site for something now, enabled or not, whatever is kept of it.

    Raises:
        UnknownProvider.
    """
    chosen = provider(name)
    started = time.monotonic()
    try:
        with asked_now(of_now_alone=True):
            found = configured.built(name, chosen.settings).search(PROBE_QUERY)
    except ProviderError as error:
        return Probe(time.monotonic() - started, error=error)
    return Probe(time.monotonic() - started, results=len(found))
