"""Figures for Prometheus: what programs that watch the product ask for, with a key that may read.

Everything is read from the database when it is asked for, so that each web process says the same,
and nothing is counted twice where there are several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from aniworld import __version__
from aniworld.sites.health import line
from aniworld.sites.health.services import Address, Health, Service, services
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads import snapshots
from downloads.models import QueueState
from library.services import tallies

_SERVICE = ("service", "kind")


@needs(Right.VIEW)
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, in the form that the program asks for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return HttpResponse(encode(registry), content_type=content_type)


class Figures(Collector):
    """Queue, library, sites and hosters, as they are now."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("aniworld_info", "Which version runs.", ("version",), [((__version__,), 1)])
        yield from _queue()
        yield from _library()
        yield from _sites()


def _queue() -> Iterator[Metric]:
    figures, state = snapshots.statistics(), QueueState.current()
    counts = [
        (("waiting",), figures["pending_count"]),
        (("active",), figures["active_count"]),
        (("completed",), figures["completed_count"]),
        (("failed",), figures["failed_count"]),
    ]
    yield _gauge("aniworld_queue_items", "Episodes in the queue.", ("state",), counts)
    running = state.is_running and not state.is_paused
    yield _gauge("aniworld_queue_running", "Whether the queue is to run.", (), [((), running)])
    speed = figures["average_speed_mbps"] * 1_000_000
    yield _gauge("aniworld_queue_bytes_per_second", "Speed of late.", (), [((), speed)])


def _library() -> Iterator[Metric]:
    known = tallies.counts()
    yield _gauge("aniworld_library_series", "Series.", (), [((), known.series)])
    episodes = [
        (("present",), known.present),
        (("missing",), known.missing),
        (("unavailable",), known.unavailable),
        (("announced",), known.announced),
    ]
    yield _gauge("aniworld_library_episodes", "Episodes by state.", ("state",), episodes)


def _sites() -> Iterator[Metric]:
    known = services()
    yield _gauge(
        "aniworld_line_out",
        "Whether the owner's own line is out.",
        (),
        [((), line.out_since() is not None)],
    )
    yield _gauge(
        "aniworld_service_health",
        "1 for how a site or hoster does: UNKNOWN, HEALTHY, DEGRADED or DOWN.",
        (*_SERVICE, "health"),
        [((*_name(one), health.value), one.health is health) for one in known for health in Health],
    )
    yield _gauge(
        "aniworld_service_calls_last_hour",
        "Calls of the last hour, by how they ended.",
        (*_SERVICE, "outcome"),
        [((*_name(one), word), count) for one in known for word, count in _calls(one)],
    )
    yield _gauge(
        "aniworld_service_errors_last_hour",
        "Failures of the last hour, by code.",
        (*_SERVICE, "code"),
        [((*_name(one), code), n) for one in known for code, n in one.figures.errors.items()],
    )
    yield _gauge(
        "aniworld_service_answer_seconds",
        "Within which half, and 95 of 100, of the answers of the last hour came.",
        (*_SERVICE, "quantile"),
        [((*_name(one), word), found) for one in known for word, found in _latency(one)],
    )
    yield _gauge(
        "aniworld_service_failures_in_a_row",
        "Failures since the last answer, by address.",
        (*_SERVICE, "host"),
        [((*_name(one), place.host), place.failures) for one, place in _addresses(known)],
    )
    yield _gauge(
        "aniworld_service_rests_seconds",
        "How long an address is still left alone.",
        (*_SERVICE, "host"),
        [((*_name(one), place.host), _rests(place)) for one, place in _addresses(known)],
    )
    yield _gauge(
        "aniworld_hoster_media_bytes_per_second",
        "Speed of films of the last two days.",
        ("service",),
        [((one.name,), one.media.speed) for one in known if one.media and one.media.speed],
    )


def _name(service: Service) -> tuple[str, str]:
    return service.name, "site" if service.is_site else "hoster"


def _calls(service: Service) -> Iterator[tuple[str, int]]:
    figures = service.figures
    yield "answered", figures.calls - figures.failed
    yield "failed", figures.failed


def _latency(service: Service) -> Iterator[tuple[str, float]]:
    for word, found in (("0.5", service.figures.median), ("0.95", service.figures.slow)):
        if found is not None:
            yield word, found


def _addresses(known: Sequence[Service]) -> Iterator[tuple[Service, Address]]:
    for service in known:
        for place in service.addresses:
            yield service, place


def _rests(place: Address) -> float:
    if place.rests_until is None:
        return 0.0
    return max(0.0, (place.rests_until - timezone.now()).total_seconds())


def _gauge(
    name: str, said: str, labels: tuple[str, ...], values: Sequence[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=labels)
    for words, value in values:
        family.add_metric(words, float(value))
    return family
