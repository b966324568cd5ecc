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
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, Self, TypeVar

from aniworld.events.operations import ProgressType
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room

Facts = TypeVar("Facts")

_known: dict[str, type[Event]] = {}


@dataclass(frozen=True)
class Event:
    """The base of every event.

    ``room``: who is told. ``type``: what the envelope says. ``late``: the name of a field that is
    too large to be stored with each event and is added when it is sent, see ``late.register_late``.
    """

    __slots__ = ()

    room: ClassVar[Room]
    type: ClassVar[str]
    late: ClassVar[str | None] = None

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

    operation: ClassVar[ProgressType]

    @classmethod
    @abstractmethod
    def of(cls, operation_id: str, reading: Reading, facts: Facts) -> Self:
        """The event that tells this reading."""


def known(type: str) -> type[Event] | None:
    """The event of this type; None for one that an earlier version has left in the outbox."""
    return _known.get(type)


def _name(event: type[Event]) -> str:
    return f"{event.__module__}.{event.__qualname__}"
