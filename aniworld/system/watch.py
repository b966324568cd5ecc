"""The look at everything that goes on by itself, in each web process: docs/adr/0012.

What was found last is kept in memory: it is there also while the database is not, and the frame of
every page shows how much it is without looking.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from aniworld.database import troubles
from aniworld.events.publish import publish
from aniworld.system.events import RepairsChanged
from aniworld.system.examinations import Report, examine
from aniworld.system.findings import Severity
from aniworld.system.notifications import known_repairs
from aniworld.system.repairs import number
from aniworld.web.errors import DatabaseUnusable

log = logging.getLogger(__name__)

_LEVELS = {
    Severity.ERROR: logging.ERROR,
    Severity.WARNING: logging.WARNING,
    Severity.NOTE: logging.INFO,
}
LOOK_EVERY = 10.0  # seconds; a fault is told, and gone, within thirty


@dataclass(frozen=True, slots=True)
class Seen:
    """A report, and when (by a clock that nobody sets) its look began."""

    report: Report
    at: float


_seen: Seen | None = None
_told: tuple[str, ...] = ()  # the ids that browsers know of
_lock = threading.Lock()


def latest() -> Report | None:
    """What was found last; None before the first look of this process."""
    return _seen.report if _seen else None


def look(*, not_older_than: float = 0.0) -> Report:
    """Look now, and tell the browsers where something else is found than the last time.

    Args:
        not_older_than: seconds; a look that is younger will do.
    """
    global _seen  # noqa: PLW0603 - one slot, replaced whole
    with _lock:
        if _seen is not None and time.monotonic() - _seen.at < not_older_than:
            return _seen.report
        began = time.monotonic()
        report = examine()
        _seen = Seen(report, began)
    return report


def count() -> int:
    """How many faults the last look found."""
    report = latest()
    return len(report.repairs) if report else 0


def tell(report: Report) -> None:
    """Say in every browser what was found, where it is another thing than before; while the
    database takes nothing, the next look does."""
    global _told  # noqa: PLW0603 - one slot, replaced whole
    ids = tuple(one.id for one in report.findings)
    if ids == _told:
        return
    event = RepairsChanged(
        count=len(report.repairs),
        errors=number(report, Severity.ERROR),
        warnings=number(report, Severity.WARNING),
        codes=[one.kind.code for one in report.findings],
    )
    try:
        with transaction.atomic():
            publish(event)
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        log.warning("repairs not told count=%s error=%s", event.count, error)
        return
    _log(report, before=_told)
    _told = ids


def remember(report: Report) -> None:
    """Keep which faults stand, and publish which were raised or mended; while the database takes
    nothing, a later look does."""
    try:
        known_repairs.follow(report.findings, timezone.now(), is_whole=not report.left_out)
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        log.warning("repairs not kept error=%s", error)


def keep_watching(pause: Callable[[float], None] = time.sleep) -> None:
    """Look from now on: called once, by the web process.

    Not at once: a worker that was started beside it would be told of as dead.
    """

    def work() -> None:
        while True:
            pause(LOOK_EVERY)
            turn()
            connection.close()  # one that a fault has broken is opened anew

    threading.Thread(target=work, name="repairs", daemon=True).start()


def turn() -> None:
    """One look, and what is to be told of it."""
    try:
        report = look()
        tell(report)
        remember(report)
    except Exception:
        log.exception("the look at everything came to no end")


def _log(report: Report, *, before: tuple[str, ...]) -> None:
    for finding in report.findings:
        if finding.id not in before:
            level = _LEVELS[finding.kind.severity]
            log.log(
                level, "repair=%s severity=%s: %s", finding.id, finding.kind.severity, finding.text
            )
    for gone in set(before).difference(one.id for one in report.findings):
        log.info("repair=%s is mended", gone)
