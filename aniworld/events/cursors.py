"""Readers of the outbox that must miss nothing: each keeps how far it has come in a row.

Ids follow commit order, so what has a higher id than the last one read was committed later, and
nothing is ever committed before it any more.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Min

from aniworld.events.models import OutboxCursor, OutboxEvent, OutboxMark


def newest_id() -> int:
    """The id of the last event, 0 for none. Raw: this is what an idle server asks all day."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {OutboxEvent._meta.db_table}")  # noqa: S608 (own name)
        row = cursor.fetchone()
    return (row[0] if row else None) or 0


def place_of(name: str) -> int:
    """The last id that a reader has read; a new one begins behind what is there."""
    known = OutboxCursor.objects.filter(name=name).values_list("last_id", flat=True).first()
    if known is not None:
        return known
    with transaction.atomic():
        # In one transaction with the row: on SQLite nobody writes between the two, and on
        # PostgreSQL an event that is committed between them is older than this reader.
        cursor, _ = OutboxCursor.objects.get_or_create(name=name, defaults={"last_id": newest_id()})
    return cursor.last_id


def begin(name: str) -> None:
    """Let a reader begin behind what is there, also where it has read before."""
    with transaction.atomic():
        OutboxCursor.objects.update_or_create(name=name, defaults={"last_id": newest_id()})


def leave(name: str) -> None:
    """Forget a reader that reads no more: trimming does not wait for it."""
    OutboxCursor.objects.filter(name=name).delete()


def events_after(
    last_id: int, types: Collection[str], *, up_to: int, most: int
) -> list[OutboxEvent]:
    """The next events of these types, in their order.

    Args:
        up_to: the last id that is looked at: what is newer comes the next time.
        most: so many at a time.
    """
    wanted = OutboxEvent.objects.filter(id__gt=last_id, id__lte=up_to, type__in=types)
    return list(wanted.order_by("id")[:most])


def advance(name: str, *, since: int, to: int) -> bool:
    """Note that a reader has come from ``since`` to ``to``; False where another process has moved
    it meanwhile: then whatever was made of these events must not be kept.

    Call it in the transaction that keeps what was made of them.
    """
    return bool(OutboxCursor.objects.filter(name=name, last_id=since).update(last_id=to))


def trimmed_to() -> int:
    """Up to which id events are gone for good; 0 while none is."""
    return OutboxMark.objects.filter(pk=1).values_list("trimmed_to", flat=True).first() or 0


def slowest() -> int | None:
    """How far the reader has come that is furthest behind; None where there is none."""
    least: int | None = OutboxCursor.objects.aggregate(least=Min("last_id"))["least"]
    return least
