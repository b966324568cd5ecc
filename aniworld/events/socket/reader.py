"""Reading the outbox: long-lived connections in threads of their own, away from the requests'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Q, QuerySet

from aniworld.events import rooms
from aniworld.events.cursors import newest_id, trimmed_to
from aniworld.events.event import late_data
from aniworld.events.models import OutboxEvent
from aniworld.events.rooms import Room
from aniworld.events.socket import messages
from aniworld.web.texts import in_words

CHUNK = 50

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    """One event, encoded once for all clients."""

    id: int
    room: str
    job: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Extent:
    """The ids the outbox can answer for: those above ``trimmed_to``, up to ``newest``."""

    trimmed_to: int
    newest: int


class Reader:
    """One thread with one database connection."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the thread; a connection that failed is not used again."""

        def call() -> T:
            try:
                return function(*args, **kwargs)
            except DatabaseError:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def close(self) -> None:
        await self.run(connections.close_all)
        self._thread.shutdown(wait=False)


def events_after(last_id: int) -> list[Event]:
    """The next events of all rooms, at most one chunk."""
    return _encoded(OutboxEvent.objects.filter(id__gt=last_id))


def extent() -> Extent:
    return Extent(trimmed_to=trimmed_to(), newest=newest_id())


def missed(after: int, ceilings: Mapping[Room, int]) -> list[Event] | None:
    """The next events a client has missed, at most one chunk.

    Args:
        after: the last id it has.
        ceilings: for each room the last id it may still lack.

    Returns:
        The events, or None where some of them are kept no longer.
    """
    with one_moment():
        if after < extent().trimmed_to:
            return None
        lacking = (Q(room=room, id__lte=ceiling) for room, ceiling in ceilings.items())
        return _encoded(OutboxEvent.objects.filter(reduce(or_, lacking), id__gt=after))


def snapshot(room: Room) -> tuple[int, dict[str, Any]]:
    """The state of ``room`` and the id of the last event that is part of it."""
    with one_moment():
        return newest_id(), rooms.snapshot(room)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside belongs to one moment, and no writer has to wait for it."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # This thread only reads: the project's IMMEDIATE would take the write lock.
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _encoded(events: QuerySet[OutboxEvent]) -> list[Event]:
    chunk = list(events.order_by("id")[:CHUNK])
    added = late_data({event.type for event in chunk})  # after the events, so never older than they
    return [
        Event(
            id=event.id,
            room=event.room,
            job=event.job,
            text=messages.encode(
                event.id,
                event.type,
                event.created_at,
                {**in_words(event.data), **added.get(event.type, {})},
            ),
        )
        for event in chunk
    ]
