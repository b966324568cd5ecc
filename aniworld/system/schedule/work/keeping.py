"""Clearing away what has had its time."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.services import clean_up_sessions
from aniworld.config import store
from aniworld.config.retention import forget_old_audit_lines
from aniworld.events.models import Operation, OutboxEvent
from aniworld.events.operations import OperationType
from aniworld.events.publish import trim
from aniworld.sites import clock, configured
from aniworld.system.notifications.models import Delivery, InboxMessage, KnownRepair
from aniworld.system.schedule.running import Running, Skipped
from library.recycling import emptying
from library.services.changes import forget_old_changes
from library.services.covers import forget_covers
from library.services.listed_covers import tidy_listed_covers
from providers.coded import Coded, coded


def caches(_running: Running) -> Coded:
    """Delete kept pages that are too old to be of use, covers of series that are no more, and of
    what is only listed those beyond the bound."""
    pages, covers = configured.pages().tidy(), forget_covers() + tidy_listed_covers()
    return coded("job_caches_cleared", pages=pages, covers=covers)


def sessions(_running: Running) -> Coded:
    """Delete logins that have expired."""
    return coded("job_sessions_cleared", count=clean_up_sessions())


def recycle_bin(_running: Running) -> Coded:
    """Delete for good what has been in the recycle bin for long enough.

    Raises:
        Skipped: as for :func:`history`.
    """
    if clock.is_known_to_be_ahead():
        raise Skipped(coded("job_clock_ahead"))
    outcome = emptying.empty_old(timezone.now())
    return coded("job_bin_emptied", count=outcome.videos, left=len(outcome.left))


def history(_running: Running) -> Coded:
    """Delete audit lines that are older than the owner keeps them, events and operations that
    nobody can ask for any more, old messages, and what catalogues changed a year ago.

    Raises:
        Skipped: the clock is known to be ahead: it makes old what is not, and what is deleted does
            not come back.
    """
    if clock.is_known_to_be_ahead():
        raise Skipped(coded("job_clock_ahead"))
    audit = forget_old_audit_lines()
    before = OutboxEvent.objects.count(), Operation.objects.count()
    with transaction.atomic():
        trim()
        for kind in OperationType:
            of_kind = Operation.objects.filter(type=kind)
            of_kind.forget(kept=store.load().advanced.progress_history)
        now = timezone.now()
        messages = InboxMessage.objects.forget_old(now) + Delivery.objects.forget_old(now)
        KnownRepair.forget_old(now)
    events = before[0] - OutboxEvent.objects.count()
    operations = before[1] - Operation.objects.count()
    forget_old_changes(now)
    return coded(
        "job_history_cleared",
        audit=audit,
        events=max(events, 0),
        operations=max(operations, 0),
        messages=messages,
    )
