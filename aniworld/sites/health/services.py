"""How sites and hosters do: what pages, API and repairs tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import ProviderSettings
from aniworld.journal.services import Subject, record
from aniworld.sites.entries import SiteAction
from aniworld.sites.errors import RestNotFound
from aniworld.sites.health.latency import percentile
from aniworld.sites.health.monitor import KEPT_FOR, refusal_of, rests_until, tried_until
from aniworld.sites.models import CallCount, ServiceState
from aniworld.web.texts import Told
from providers.addresses import host_of
from providers.base import HOSTER_LABELS, SiteSettings
from providers.watching import hoster_service

JUDGED_OVER = timedelta(hours=1)
LEAST_CALLS = 5  # of fewer no share says anything
HOUR = timedelta(hours=1)


class Health(StrEnum):
    UNKNOWN = "UNKNOWN"  # nobody has asked it of late
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


_BEST = (Health.HEALTHY, Health.DEGRADED, Health.DOWN, Health.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Hour:
    """What became of the calls of one hour."""

    began_at: datetime
    answered: int
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The calls of the last hour.

    Attributes:
        errors: how many failed in which way, by code; with those that could not be read.
        share: answered ones of a hundred; None of no call.
        median, slow: seconds within which half, and 95 of 100, of the answers came.
        size: bytes of the answers.
    """

    calls: int = 0
    failed: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    median: float | None = None
    slow: float | None = None
    size: int = 0

    @property
    def share(self) -> float | None:
        return 100.0 * (self.calls - self.failed) / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a service, or all that are not told apart.

    Attributes:
        host: "" for the addresses that a page leads to.
        failures: in a row.
        rests_until: it is left alone until then; None where it is asked.
    """

    host: str
    health: Health
    figures: Figures
    failures: int = 0
    good_at: datetime | None = None
    failed_at: datetime | None = None
    error: Told | None = None
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A site or a hoster. Its health is that of its best address: it is asked there."""

    name: str
    label: str
    is_site: bool
    health: Health
    figures: Figures
    addresses: Sequence[Address]
    hours: Sequence[Hour]

    @property
    def last_failure(self) -> Address | None:
        """The address that failed last, of those that have not answered since."""
        failed = [(one.failed_at, one) for one in self.addresses if one.failed_at and one.failures]
        return max(failed, key=lambda pair: pair[0])[1] if failed else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A site that lets nobody in from here at any of its addresses.

    Attributes:
        reason: what it said last.
        until: it is left alone until then, at the least.
    """

    site: str
    label: str
    reason: Told
    until: datetime


def refusals() -> list[Refusal]:
    """The enabled sites that have refused us and are left alone for it, in their order.

    Raises:
        ConfigError: nobody can say which sites there are.
    """
    now = timezone.now()
    found = []
    for name, label, rows in _refused():
        ends = [rests_until(row, now) or tried_until(row, now) for row in rows]
        left_alone = [until for until in ends if until is not None]
        reason = _newest_refusal(rows, now)
        if len(left_alone) == len(rows) and reason is not None:  # else a mirror is asked
            found.append(Refusal(name, label, reason, min(left_alone)))
    return found


def resting_sites() -> set[str]:
    """The enabled sites that are left alone at each of their addresses, for whatever reason.

    Raises:
        ConfigError: nobody can say which sites there are.
    """
    now = timezone.now()
    rows = ServiceState.objects.filter(Q(rests_until__gt=now) | Q(refused_until__gt=now))
    resting = {(row.service, row.host) for row in rows if rests_until(row, now) is not None}
    if not resting:
        return set()
    return {
        name
        for name, _label, hosts in _sites(store.load().providers)
        if all((name, host) in resting for host in hosts)
    }


def still_refused() -> dict[str, tuple[str, Told]]:
    """By name the label and the reason of each site that has refused us, and of which nothing
    came since: also when its rest is over and nobody has asked it.

    Raises:
        ConfigError: nobody can say which sites there are.
    """
    now = timezone.now()
    found = {}
    for name, label, rows in _refused():
        reason = _newest_refusal(rows, now)
        is_out = all(row.failures or refusal_of(row, now) for row in rows)
        if reason is not None and is_out:
            found[name] = (label, reason)
    return found


def _refused() -> Iterator[tuple[str, str, list[ServiceState]]]:
    """Name, label and rows of each enabled site that has refused us at an address, where each of
    its addresses was asked before."""
    if not ServiceState.objects.filter(refused_until__isnull=False).exists():
        return
    for name, label, hosts in _sites(store.load().providers):
        rows = list(ServiceState.objects.filter(service=name, host__in=hosts))
        if rows and len(rows) == len(set(hosts)):
            yield name, label, rows


def _newest_refusal(rows: Iterable[ServiceState], now: datetime) -> Told | None:
    """What was said last by those that let nobody in."""
    said = [row for row in rows if refusal_of(row, now) is not None]
    return max(said, key=lambda row: row.refused_at or now).refusal if said else None


def services(back: timedelta = KEPT_FOR) -> list[Service]:
    """Every enabled site in its order, then every hoster.

    Args:
        back: how far back calls are read. Who wants no hours reads ``JUDGED_OVER`` alone.

    Raises:
        ConfigError: nobody can say which sites there are.
    """
    known = store.load().providers
    reading = _Reading(known, timezone.now(), back)
    hosters = [
        reading.service(hoster_service(name), label) for name, label in HOSTER_LABELS.items()
    ]
    return [reading.service(*site) for site in _sites(known)] + hosters


def end_rest(service: str) -> None:
    """Let a site or hoster be asked again at once, at all of its addresses.

    Raises:
        RestNotFound: it is not left alone, or is not any more.
    """
    now = timezone.now()
    if not service.isprintable():
        raise RestNotFound
    with transaction.atomic():
        known = ServiceState.objects.filter(service=service)
        failures = sum(known.values_list("failures", flat=True))
        refused = Q(refused_until__gt=now) | Q(refused_until__isnull=False, tried_until__gt=now)
        # The next one who asks is let through; what comes of that is as after a rest.
        ended = known.filter(rests_until__gt=now).update(rests_until=now, tried_until=None)
        ended += known.filter(refused).update(refused_until=now, tried_until=None)
        if not ended:
            raise RestNotFound
        before = {"failures": failures}
        record(SiteAction.REST_ENDED, on=Subject("service", service), before=before)


def _sites(known: ProviderSettings) -> list[tuple[str, str, list[str]]]:
    """Name, label and addresses of each enabled site, in their order."""
    from providers.registry import site_entries  # noqa: PLC0415 - not for scans that ask no site

    entries = site_entries(known.sites)
    chosen = {name: known.sites.get(name, SiteSettings()) for name in entries}
    enabled = [name for name, one in chosen.items() if one.enabled]
    found = []
    for name in sorted(enabled, key=lambda name: chosen[name].position):
        base = chosen[name].base_url or entries[name].base_url
        hosts = [host_of(address) for address in (base, *chosen[name].mirrors)]
        found.append((name, entries[name].label, hosts))
    return found


class _Reading:
    """What is kept of all services, read at one moment."""

    def __init__(self, known: ProviderSettings, now: datetime, back: timedelta) -> None:
        self._known, self._now = known, now
        self._counts: dict[str, list[CallCount]] = {}
        self._states: dict[str, list[ServiceState]] = {}
        kept = CallCount.objects.filter(began_at__gt=now - back, began_at__lte=now)
        for count in kept.order_by("began_at"):
            self._counts.setdefault(count.service, []).append(count)
        for state in ServiceState.objects.order_by("service", "host"):
            self._states.setdefault(state.service, []).append(state)

    def service(self, name: str, label: str, hosts: Sequence[str] = ()) -> Service:
        """Args: hosts: of a site, those it is asked at; none of a hoster."""
        counts = self._counts.get(name, [])
        recent = [row for row in counts if row.began_at > self._now - JUDGED_OVER]
        addresses = [
            self._address(state, _figures(row for row in recent if row.host == state.host))
            for state in self._states.get(name, [])
            if state.host in (hosts or [""])
        ]
        best = min((one.health for one in addresses), key=_BEST.index, default=Health.UNKNOWN)
        hours = _hours(counts, self._now)
        return Service(name, label, bool(hosts), best, _figures(recent), addresses, hours)

    def _address(self, state: ServiceState, figures: Figures) -> Address:
        return Address(
            host=state.host,
            health=health_of(state, figures, self._known, self._now),
            figures=figures,
            failures=state.failures,
            good_at=state.good_at,
            failed_at=state.failed_at,
            error=state.error,
            rests_until=rests_until(state, self._now),
        )


def health_of(
    state: ServiceState, figures: Figures, known: ProviderSettings, now: datetime
) -> Health:
    """By whether it lets us in and the failures in a row, else by the share of calls that were
    answered; of few calls by the last one."""
    if refusal_of(state, now) is not None or state.failures >= known.failures_until_rest:
        return Health.DOWN
    if figures.share is None:
        return Health.UNKNOWN
    if figures.calls < LEAST_CALLS:
        return Health.DEGRADED if state.failures else Health.HEALTHY
    if figures.share < known.down_below_percent:
        return Health.DOWN
    is_degraded = figures.share < known.degraded_below_percent
    return Health.DEGRADED if is_degraded else Health.HEALTHY


def _figures(counts: Iterable[CallCount]) -> Figures:
    steps, errors = Counter[int](), Counter[str]()
    calls = failed = size = 0
    for row in counts:
        size += row.size
        calls += row.calls * row.is_call
        if row.code:
            errors[row.code] += row.calls
            failed += row.calls * row.is_call
        else:
            steps[row.step] += row.calls
    return Figures(
        calls, failed, dict(errors), percentile(steps, 0.5), percentile(steps, 0.95), size
    )


def _hours(counts: Iterable[CallCount], now: datetime) -> list[Hour]:
    """Each hour that is kept, the oldest first, also those without a call."""
    this = now.replace(minute=0, second=0, microsecond=0)
    number = int(KEPT_FOR / HOUR)
    answered, failed = Counter[datetime](), Counter[datetime]()
    for row in counts:
        hour = row.began_at.replace(minute=0, second=0, microsecond=0)
        if row.is_call:
            (failed if row.code else answered)[hour] += row.calls
    begun = [this - HOUR * back for back in reversed(range(number))]
    return [Hour(at, answered[at], failed[at]) for at in begun]
