"""What an event is: a frozen record that knows its room and its type. Its fields are the payload.

Every app keeps its events in its ``events.py``::

    @dataclass(frozen=True, slots=True, kw_only=True)
    class ScanFailed(Event):
        room = Room.SCAN_PROGRESS
        type = "scan_failed"

        operation_id: str
        code: str
        error: str

A class without a ``type`` of its own is a family that several events share, or, below one that has
a type, a form of that event (``queue_status`` says different things of different actions).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, Self, TypeVar

from aniworld.events.operations import OperationType
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room, Snapshot

Facts = TypeVar("Facts")

_known: dict[str, type[Event]] = {}


@dataclass(frozen=True, slots=True)
class Late:
    """A field that is too large to be stored with each event.

    It is read when the event is sent, so it is as new as the event or newer. ``read`` is under the
    rules of a snapshot.
    """

    name: str
    read: Snapshot


@dataclass(frozen=True)
class Event:
    """The base of every event.

    ``room``: who is told. ``type``: what the envelope says. ``late``: what is added on sending.
    """

    __slots__ = ()

    room: ClassVar[Room]
    type: ClassVar[str]
    late: ClassVar[Late | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Raises TypeError where another event has the same type, or none says who is told."""
        super().__init_subclass__(**kwargs)
        if "type" not in vars(cls):
            return
        if not isinstance(getattr(cls, "room", None), Room):
            raise TypeError(f"The event {cls.__qualname__} has no room.")
        before = _known.get(cls.type)
        # ``slots=True`` makes a class anew: that is the same event.
        if before is not None and _name(before) != _name(cls):
            raise TypeError(f"{_name(before)} and {_name(cls)} are both {cls.type!r}.")
        _known[cls.type] = cls

    def data(self) -> dict[str, Any]:
        """The payload by field: what ``json`` and Django's encoder can write."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class ProgressEvent(Event, ABC, Generic[Facts]):
    """A reading of an operation. The latest wins: it takes the place of the one before.

    ``Facts`` is what the event tells beside the reading.
    """

    __slots__ = ()

    operation: ClassVar[OperationType]

    @classmethod
    @abstractmethod
    def of(cls, operation_id: str, reading: Reading, facts: Facts) -> Self:
        """The event that tells this reading."""

    @property
    def subject(self) -> tuple[str | None, str | None]:
        """Key and folder of the series it is about; None where it is about none."""
        return None, None


def known(type: str) -> type[Event] | None:
    """The event of this type; None for one that an earlier version has left in the outbox."""
    return _known.get(type)


def late_data(types: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is to be added to the data of events of these types; each state is read once."""
    wanted = {type: event.late for type in set(types) if (event := known(type)) and event.late}
    states = {read: read() for read in {late.read for late in wanted.values()}}
    return {type: {late.name: states[late.read]} for type, late in wanted.items()}


def _name(event: type[Event]) -> str:
    return f"{event.__module__}.{event.__qualname__}"
