"""What this room tells the browsers."""

from __future__ import annotations

from dataclasses import dataclass

from aniworld.events.event import Event
from aniworld.events.publish import publish
from aniworld.events.rooms import Room
from aniworld.system.notifications.models import InboxMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxChanged(Event):
    """Something came into the inbox, or was read. ``unread`` is of what an owner sees,
    ``unread_of_all`` of what everybody does."""

    room = Room.SYSTEM_PROGRESS
    type = "inbox_changed"

    unread: int
    unread_of_all: int


def inbox_changed() -> None:
    """In the transaction that changes it."""
    unread = InboxMessage.objects.unread()
    publish(InboxChanged(unread=unread.count(), unread_of_all=unread.shown_to_all().count()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesChanged(Event):
    """Something was sent, or could not be: a reason to look again. To whom is said to owners alone,
    and everybody hears this."""

    room = Room.SYSTEM_PROGRESS
    type = "deliveries_changed"


def delivery_changed() -> None:
    """In the transaction that changes it."""
    publish(DeliveriesChanged())
