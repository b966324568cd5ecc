"""What the providers' API answers."""

from __future__ import annotations

from typing import Annotated, TypedDict

from aniworld.sites import services
from aniworld.sites.pace import Hold
from aniworld.sites.probes import Probe
from aniworld.web.texts import Told, told_of


class Provider(TypedDict):
    """A site, and how it is set up."""

    name: str
    label: str
    description: str
    enabled: bool
    position: Annotated[int, "From 0: the order in which sites are asked."]
    base_url: Annotated[str, "Empty: the default."]
    default_base_url: str
    mirrors: list[str]
    requests_per_second: float


class ProbeResult(TypedDict):
    """How a site answered just now."""

    ok: bool
    latency_ms: int
    results: Annotated[int, "How many series it found."]
    error: Annotated[Told | None, "Why it did not answer as it should."]


class HeldHost(TypedDict):
    """A host that has asked for a pause: it is not asked before that is over."""

    id: int
    host: str
    asked_by: Annotated[str, "The site, the hoster (`hoster:…`) or `media`, for whom it is asked."]
    seconds: Annotated[int, "What is left of it."]


def held_host(hold: Hold) -> HeldHost:
    return {
        "id": hold.id,
        "host": hold.host,
        "asked_by": hold.asked_by,
        "seconds": round(hold.seconds),
    }


def provider(found: services.Provider) -> Provider:
    entry, chosen = found.entry, found.settings
    return {
        "name": entry.name,
        "label": entry.label,
        "description": entry.description,
        "enabled": chosen.enabled,
        "position": chosen.position,
        "base_url": chosen.base_url,
        "default_base_url": entry.base_url,
        "mirrors": list(chosen.mirrors),
        "requests_per_second": chosen.requests_per_second,
    }


def probe_result(probe: Probe) -> ProbeResult:
    error = probe.error
    return {
        "ok": error is None,
        "latency_ms": round(probe.latency * 1000),
        "results": probe.results,
        "error": told_of(error) if error else None,
    }
