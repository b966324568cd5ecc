"""The machine and the processes on it: worker, scan, clock, libraries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from aniworld.database import examination
from aniworld.events.models import OutboxEvent
from aniworld.sites import clock as sites_clock
from aniworld.system import serving
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from downloads.models import QueueState
from library.services.operations import dead_ones
from providers.coded import coded

# Two machines that set their clocks by themselves are much nearer to each other.
CLOCK_MARGIN = timedelta(minutes=1)
# What is said of a wrong clock is an event too, with its wrong time: the newest alone tell little.
EVENTS = 1000

# The module, the package it comes in, and what it is for.
LIBRARIES = (
    ("av", "av", "reads and writes media"),
    ("lxml", "lxml", "reads pages and side files"),
    ("bs4", "beautifulsoup4", "reads pages"),
    ("requests", "requests", "asks sites"),
    ("cryptography", "cryptography", "opens encrypted streams"),
    ("yt_dlp", "yt-dlp", "fetches what our own engines do not"),
    ("concurrent_log_handler", "concurrent-log-handler", "writes log files"),
    ("PIL", "pillow", "scales covers"),
    ("rapidfuzz", "rapidfuzz", "finds titles that were typed wrong"),
    ("daphne", "daphne", "the web server"),
    ("channels", "channels", "live connections"),
)


def worker(_look: Look) -> Iterator[Finding]:
    """Whether anybody serves the queue. Whoever cannot write gives no sign of life."""
    if QueueState.current().worker_alive:
        return
    trouble = examination.writing_trouble()
    if trouble is not None:
        yield found(coded("database_unusable_now", trouble=trouble))
    else:
        yield found(coded("worker_dead"))


def web(_look: Look) -> Iterator[Finding]:
    """Whether pages are served, where they once were. Nobody reads this in a page."""
    if serving.is_missed():
        yield found(coded("web_dead"))


def scan(_look: Look) -> Iterator[Finding]:
    """Whether the running scan has a process."""
    if dead_ones():
        yield found(coded("scan_dead"))


def clock(_look: Look) -> Iterator[Finding]:
    """Whether the clock goes right, as far as others tell, or else what was written by it."""
    told = sites_clock.told()
    if told is not None and abs(told.apart) > sites_clock.SITE_MARGIN:
        yield found(coded("clock_wrong", host=told.host, minutes=_minutes(abs(told.apart))))
        return
    ahead = _newest() - timezone.now()
    if told is None and ahead > CLOCK_MARGIN:  # else it was wrong before, and is right now
        yield found(coded("clock_back", minutes=_minutes(ahead)))
        return
    apart = abs(_of_the_server() - timezone.now())
    if apart > CLOCK_MARGIN:
        yield found(coded("clock_differs", minutes=_minutes(apart)))


def libraries(_look: Look) -> Iterator[Finding]:
    """Whether what is needed is installed."""
    for module, package, purpose in LIBRARIES:
        if not _is_there(module):
            said = coded("library_missing", name=package, purpose=purpose)
            yield found(said, about=package)


def _newest() -> datetime:
    """When the last thing was done, by the clock of then."""
    state = QueueState.current().heartbeat_at
    events = OutboxEvent.objects.order_by("-id")[:EVENTS]
    event = events.aggregate(newest=Max("created_at"))["newest"]
    return max([moment for moment in (state, event) if moment], default=timezone.now())


def _of_the_server() -> datetime:
    """What time it is for PostgreSQL, which may run on another machine."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)  # noqa: S101 - as the statement says
    return now


def _minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
