"""Every call to a site or hoster, counted in the database, and the rest that what is down is given.

Counting is one statement a call. Who is well costs no other; who fails has a row that says how
often in a row, and until when it is left alone. The first who asks after that is let through; what
comes of it ends the rest or begins a longer one.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import ProviderSettings
from aniworld.sites.health import line
from aniworld.sites.health.latency import step_of
from aniworld.sites.models import CallCount, MediaFlow, ServiceState
from providers.coded import Coded
from providers.watching import REFUSALS, Called, Fault, Rest, is_hoster

log = logging.getLogger(__name__)

WINDOW = timedelta(minutes=5)
KEPT_FOR = timedelta(days=2)
LONGEST_REST = timedelta(hours=1)
LONGEST_AFTER_REFUSAL = timedelta(hours=6)
REMEMBERED_FOR = 2 * LONGEST_AFTER_REFUSAL  # a refusal that is older makes no rest longer
# Two things that were refused within so long are a refusal of the site; one may be its own fault.
DOUBTED_FOR = timedelta(minutes=30)
_OF_ONE_THING = frozenset({"refused", "page_for_redirect"})
# Whoever sees whether it is well again has so long; then it is the next one's turn.
TRIAL = timedelta(seconds=120)
SEEN_FOR = 1.0  # seconds that a service which was well is taken to be so
GOOD_NOTED_EVERY = 30.0  # seconds


class DatabaseWatch:
    """A ``providers.watching.Watch`` in the database: web, worker and scan share what they see."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # When a service was last seen to be well, and when that was last written down.
        self._well: dict[tuple[str, str], float] = {}
        self._noted: dict[tuple[str, str], float] = {}

    def rest(self, service: str, host: str) -> Rest:
        """How long it is still left alone."""
        if self._was_well(service, host):
            return Rest()
        row = ServiceState.objects.filter(service=service, host=host).first()
        if row is None or not (row.failures or row.refused_until):
            self._is_well(service, host)
            return Rest()
        self._forget(service, host)
        now = timezone.now()
        return Rest(_left(row, now), refusal_of(row, now))

    def note(self, called: Called) -> None:
        """One call has ended."""
        if called.error is not None:
            self._forget(called.service, called.host)
            if not called.error.is_our_line:  # nobody was asked
                _count(called.service, called.host, called.error.code, size=called.size)
            _failed(called.service, called.host, called.error)
            return
        _count(called.service, called.host, "", step=step_of(called.seconds), size=called.size)
        if self._has_to_note(called.service, called.host):
            _is_good(called.service, called.host)
            self._is_well(called.service, called.host)

    def misread(self, service: str, error: Fault) -> None:
        """An answer came and could not be read."""
        _count(service, "", error.code, is_call=False)

    def _was_well(self, service: str, host: str) -> bool:
        with self._lock:
            return time.monotonic() - self._well.get((service, host), -SEEN_FOR) < SEEN_FOR

    def _is_well(self, service: str, host: str) -> None:
        with self._lock:
            self._well[service, host] = time.monotonic()

    def _forget(self, service: str, host: str) -> None:
        with self._lock:
            self._well.pop((service, host), None)
            self._noted.pop((service, host), None)

    def _has_to_note(self, service: str, host: str) -> bool:
        """Whether a good answer is written to the row: after a failure, and now and then."""
        with self._lock:
            now, key = time.monotonic(), (service, host)
            is_known = key in self._well
            if is_known and now - self._noted.get(key, -GOOD_NOTED_EVERY) < GOOD_NOTED_EVERY:
                return False
            self._noted[key] = now
            return True


def refusal_of(row: ServiceState, now: datetime) -> Coded | None:
    """With what it has let nobody in from here; None where something came since."""
    until = row.refused_until
    if until is None or until > now + LONGEST_AFTER_REFUSAL:
        return None  # more is what a clock wrote that was ahead
    return {"code": row.refusal_code, "params": row.refusal_params}


def rests_until(row: ServiceState, now: datetime) -> datetime | None:
    """When its rest ends, of whichever kind; None where it has none. More than the longest is what
    a clock wrote that was ahead."""
    kinds = ((row.rests_until, LONGEST_REST), (row.refused_until, LONGEST_AFTER_REFUSAL))
    ends = [until for until, longest in kinds if until and now < until <= now + longest]
    return max(ends, default=None)


def tried_until(row: ServiceState, now: datetime) -> datetime | None:
    """Until when somebody sees whether it is well again; None where nobody does."""
    until = row.tried_until
    return until if until is not None and now < until <= now + TRIAL else None


def _left(row: ServiceState, now: datetime) -> float:
    """Seconds of the rest of a service; 0 where we are the one to see whether it is over."""
    is_refused = refusal_of(row, now) is not None
    if not is_refused and (row.rests_until is None or (row.is_unreached and line.is_out())):
        return 0.0
    if (until := rests_until(row, now) or tried_until(row, now)) is not None:
        return (until - now).total_seconds()
    ours = ServiceState.objects.filter(
        pk=row.pk,
        rests_until=row.rests_until,
        refused_until=row.refused_until,
        tried_until=row.tried_until,
    )
    return 0.0 if ours.update(tried_until=now + TRIAL) else 1.0


def _count(
    service: str, host: str, code: str, *, step: int = 0, size: int = 0, is_call: bool = True
) -> None:
    now = timezone.now()
    key = {"began_at": _window_of(now), "service": service, "host": host, "code": code}
    key |= {"step": step, "is_call": is_call}
    more = {"calls": F("calls") + 1, "size": F("size") + size}
    if CallCount.objects.filter(**key).update(**more):
        return
    CallCount.objects.filter(began_at__lt=now - KEPT_FOR).delete()
    CallCount.objects.bulk_create([CallCount(**key)], ignore_conflicts=True)
    CallCount.objects.filter(**key).update(**more)


def _window_of(now: datetime) -> datetime:
    """When the few minutes began that are counted together."""
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % WINDOW


def note_media(service: str, *, size: int, seconds: float) -> None:
    """So many bytes of films have come from a hoster, in so many seconds."""
    now = timezone.now()
    key = {"service": service, "began_at": _window_of(now)}
    more = {"size": F("size") + size, "seconds": F("seconds") + seconds}
    if MediaFlow.objects.filter(**key).update(**more):
        return
    MediaFlow.objects.filter(began_at__lt=now - KEPT_FOR).delete()
    MediaFlow.objects.bulk_create([MediaFlow(**key)], ignore_conflicts=True)
    MediaFlow.objects.filter(**key).update(**more)


def _is_good(service: str, host: str) -> None:
    now = timezone.now()
    well = {
        **{"failures": 0, "rests": 0, "rests_until": None, "tried_until": None, "good_at": now},
        **{"is_unreached": False, "is_our_line": False},
    }
    known = ServiceState.objects.filter(service=service, host=host)
    # What was on its way when it let nobody in says nothing of it.
    known.filter(refused_until__lte=now).update(refused_until=None)
    if not known.update(**well):
        row = ServiceState(service=service, host=host, good_at=now)
        ServiceState.objects.bulk_create([row], ignore_conflicts=True)


def _failed(service: str, host: str, error: Fault) -> None:
    known = store.load().providers
    with transaction.atomic():
        ServiceState.objects.bulk_create(
            [ServiceState(service=service, host=host)], ignore_conflicts=True
        )
        row = ServiceState.objects.select_for_update().get(service=service, host=host)
        row.failed_at = timezone.now()
        row.error = {"code": error.code, "params": dict(error.params)}
        row.is_unreached, row.is_our_line = error.is_unreached, error.is_our_line
        if not row.is_our_line:
            row.failures += 1
            if _lets_nobody_in(row, error):
                _shut(row, error, known)
            else:
                _let_rest(row, known)
        row.save()


def _lets_nobody_in(row: ServiceState, error: Fault) -> bool:
    """Whether an error is a refusal of the whole site. A hoster may refuse one file alone, and so
    may a site one page: then the next one that is refused says more."""
    if error.code not in REFUSALS or not row.host or is_hoster(row.service):
        return False
    if error.params.get("why") not in _OF_ONE_THING:
        return True
    now, before = timezone.now(), row.doubted_at
    row.doubted_at = now
    return before is not None and now - DOUBTED_FOR <= before <= now


def _shut(row: ServiceState, error: Fault, known: ProviderSettings) -> None:
    """Ask it no more for a while; each time of late twice as long."""
    now, before = timezone.now(), row.refused_at
    if refusal_of(row, now) is not None and row.refused_until and row.refused_until > now:
        return  # that call was on its way, or its owner has tried
    if before is None or not now - REMEMBERED_FOR <= before <= now:
        row.refusals = 0
    seconds = known.refused_rest_seconds * 2.0 ** min(row.refusals, 12)
    rest = min(timedelta(seconds=seconds), LONGEST_AFTER_REFUSAL)
    row.refusals += 1
    row.refused_at, row.refused_until, row.tried_until = now, now + rest, None
    row.refusal = {"code": error.code, "params": dict(error.params)}
    log.warning(
        "service=%s host=%s lets nobody in seconds=%s code=%s",
        row.service,
        row.host,
        round(rest.total_seconds()),
        error.code,
    )


def _let_rest(row: ServiceState, known: ProviderSettings) -> None:
    """After so many failures in a row, and after each that follows a rest, twice as long. Calls
    that were on their way when it began make it no longer."""
    now = timezone.now()
    if rests_until(row, now) or row.failures < known.failures_until_rest:
        return
    rest = min(timedelta(seconds=known.rest_seconds * 2.0 ** min(row.rests, 12)), LONGEST_REST)
    row.rests += 1
    row.rests_until = now + rest
    row.tried_until = None
    log.warning(
        "service=%s host=%s failures=%s rests seconds=%s code=%s",
        row.service,
        row.host,
        row.failures,
        round(rest.total_seconds()),
        row.error_code,
    )


_watch = DatabaseWatch()


def watch() -> DatabaseWatch:
    return _watch
