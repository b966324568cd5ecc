"""State that is too large to be stored with each event: read when the event is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aniworld.events.event import Event, known
from aniworld.events.rooms import Snapshot

_states: dict[type[Event], Snapshot] = {}


def register_late(event: type[Event], function: Snapshot) -> None:
    """Send every ``event`` with what ``function`` returns as its field ``late``.

    It is read when the event is sent, so it is as new as the event or newer. Registered like a
    snapshot, and under the same rules.

    Args:
        event: an event or a family of events.

    Raises:
        TypeError: the event names no such field.
    """
    if event.late is None:
        raise TypeError(f"The event {event.__qualname__} has no late field.")
    _states[event] = function


def late(types: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is to be added to the data of events of these types; each state is read once."""
    wanted = {type: found for type in set(types) if (found := _wanted(type))}
    states = {function: function() for function in {asked for _, asked in wanted.values()}}
    return {type: {name: states[function]} for type, (name, function) in wanted.items()}


def _wanted(type: str) -> tuple[str, Snapshot] | None:
    event = known(type)
    if event is None or event.late is None:
        return None
    registered = (_states[base] for base in event.__mro__ if base in _states)
    function = next(registered, None)
    return (event.late, function) if function else None
