"""The only place that writes events.

An event is a row of the outbox, written in the transaction of the change it reports; listeners
are woken after the commit, and a wake-up that fails costs a quarter of a second, never an event.

Ids must follow commit order, or a reader that has seen 12 would never look for an 11 committed
later. On SQLite ``transaction_mode`` IMMEDIATE gives that: one writer at a time. On PostgreSQL a
transaction-level advisory lock is taken before the id is, and held until the commit: publish late
in the transaction, after the rows it changes are locked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from aniworld.events import cursors, hints
from aniworld.events.errors import NotInTransaction
from aniworld.events.event import Event, ProgressEvent
from aniworld.events.models import OutboxEvent, OutboxMark

Published = TypeVar("Published", bound=Event)

KEEP_EVENTS = 1_000
KEEP_FOR = timedelta(hours=1)
HARD_CAP = 20_000
TRIM_EVERY = 500

# Any number that nothing else in this database locks.
_COMMIT_ORDER_LOCK = 0x416E69576F726C64


def publish(event: Event) -> int:
    """Write an event that reports a change of state; it reaches every client exactly once.

    Returns:
        The event id.

    Raises:
        NotInTransaction: there is no transaction around the change and its event.
        TypeError: this is no event, or a family of events that has no type.
    """
    return _write(_checked(event, Event), job=None)


def publish_progress(event: ProgressEvent[Any], operation_id: str) -> int:
    """Write a reading of an operation's progress in place of its last one (latest wins).

    Returns:
        The event id, higher than that of the reading it replaces.

    Raises:
        NotInTransaction, TypeError: as for ``publish``.
    """
    checked = _checked(event, ProgressEvent)
    return _write(checked, job=f"{checked.operation}:{operation_id}")


def _checked(event: Published, kind: type[Event]) -> Published:
    if not isinstance(event, kind) or not hasattr(event, "type"):
        raise TypeError(f"Only events of a type can be published here, not {event!r}.")
    return event


def _write(event: Event, *, job: str | None) -> int:
    if not connection.in_atomic_block:
        raise NotInTransaction(type=event.type)
    _take_turn()
    if job is not None:
        OutboxEvent.objects.filter(job=job).delete()
    row = OutboxEvent.objects.create(room=event.room, type=event.type, data=event.data(), job=job)
    if row.id % TRIM_EVERY == 0:
        trim()
    transaction.on_commit(hints.wake, robust=True)
    return row.id


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COMMIT_ORDER_LOCK])
            cursor.execute(f"NOTIFY {hints.CHANNEL}")


def trim() -> None:
    """Delete what no client can ask for any more and every reader with a cursor has read; called by
    publishers now and then. Beyond the hard cap nobody is waited for."""
    newest_first = OutboxEvent.objects.order_by("-id").values_list("id", flat=True)
    recent = OutboxEvent.objects.filter(created_at__gte=timezone.now() - KEEP_FOR).count()
    keep = min(max(KEEP_EVENTS, recent), HARD_CAP)
    beyond = newest_first[keep : keep + 1].first()
    if beyond is None:
        return
    unread = cursors.slowest()
    if unread is not None and unread < beyond:
        beyond = max(unread, newest_first[HARD_CAP : HARD_CAP + 1].first() or 0)
    OutboxEvent.objects.filter(id__lte=beyond).delete()
    if beyond > cursors.trimmed_to():
        OutboxMark.objects.update_or_create(pk=1, defaults={"trimmed_to": beyond})
