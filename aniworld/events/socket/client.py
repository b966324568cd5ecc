"""What waits to be sent to one client."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable

from aniworld.events.rooms import Room
from aniworld.events.socket.admission import Visitor
from aniworld.events.socket.reader import Event

MAX_WAITING = 1_000
MAX_WAITING_BYTES = 8 * 1024 * 1024

TOO_SLOW = 1013
NOT_ALLOWED = 4401
ASK_ANEW = 4408
TOO_MANY = 4429


class Client:
    """A bounded queue in front of one connection.

    ``rooms`` maps each joined room to the id after which its events were or will be delivered.
    Events wait in the order of their ids. While they are held, only the connection's own messages
    go out: that is how a snapshot or a replay finds its exact place among the events.

    A connection *opens* until its events are first released. Whoever comes back joins its rooms and
    then resumes: an event that was sent in between would come before older ones it has missed.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._let_in_at = time.monotonic()
        self.rooms: dict[Room, int] = {}
        self.close_code: int | None = None
        self._own: deque[str] = deque()
        # By job for progress (the latest reading wins), by id for everything else.
        self._events: dict[str | int, Event] = {}
        self._waiting_bytes = 0
        self._held = False
        self._opens = True
        self._newest_sent = 0
        self._writable = True
        self._changed = asyncio.Event()
        self._own_sent = asyncio.Event()

    def offer(self, event: Event) -> None:
        """Queue an event, unless it is of a room this client has not joined."""
        if event.room not in self.rooms:
            return
        place = event.id if event.job is None else event.job
        # Taken out and put at the end: progress is coalesced, the order of ids stays.
        self._forget(place)
        self._events[place] = event
        self._waiting_bytes += len(event.text)
        if len(self._events) > MAX_WAITING or self._waiting_bytes > MAX_WAITING_BYTES:
            # It comes back and resumes: better than memory without end or events left out.
            self.close(TOO_SLOW)
        self._changed.set()

    def tell(self, text: str) -> None:
        """Queue a message of this connection alone; it goes before the waiting events.

        Not counted: the consumer waits for ``own_sent`` before it answers the next request.
        """
        self._own.append(text)
        self._own_sent.clear()
        self._changed.set()

    @property
    def is_to_ask_anew(self) -> bool:
        """Whether what it was let in by counts no longer, and it has to come in once more."""
        seconds = self.visitor.seconds
        return seconds is not None and time.monotonic() - self._let_in_at >= seconds

    @property
    def is_held(self) -> bool:
        return self._held

    @property
    def opens(self) -> bool:
        """Whether it may still say where it stands: no event has been let through."""
        return self._opens

    def hold(self) -> None:
        """Keep events back until ``release``."""
        self._held = True

    def release(self) -> None:
        self._held = self._opens = False
        self._changed.set()

    def can_replay(self, first_id: int) -> bool:
        """Whether an event of that id would still come in order."""
        return first_id > self._newest_sent

    def enter(self, room: Room, position: int) -> None:
        """Collect the events of ``room`` from here on, unless that has begun already."""
        self.rooms.setdefault(room, position)

    def leave(self, room: Room) -> None:
        self.rooms.pop(room, None)
        self._drop(event for event in self._waiting() if event.room == room)

    def place_snapshot(self, room: Room, last_id: int, text: str) -> None:
        """Queue a snapshot between the events it knows of and those it does not.

        What has waited of its own room up to ``last_id`` is part of it. What has waited of other
        rooms goes first, unless the connection opens: then it waits for the word where the client
        stands, and follows in order.
        """
        self._drop(e for e in self._waiting() if e.room == room and e.id <= last_id)
        self.rooms[room] = last_id
        if not self._opens:
            self._tell_events(self._take_until(last_id))
        self.tell(text)

    def replay(self, events: list[Event]) -> None:
        """Queue missed events in order, together with those waiting that lie between."""
        between = self._take_until(events[-1].id)
        self._tell_events(sorted([*events, *between], key=lambda event: event.id))

    def close(self, code: int) -> None:
        """Send nothing more; the first code counts."""
        if self.close_code is None:
            self.close_code = code
            self._own_sent.set()
            self._changed.set()

    def set_writable(self, writable: bool) -> None:
        """Told by the server: whether its own buffer for this client has room."""
        self._writable = writable
        self._changed.set()

    async def next(self) -> str | None:
        """Wait for what is to be sent next; None once the connection is to be closed."""
        while self.close_code is None:
            if self._writable and (text := self._pop()) is not None:
                return text
            self._changed.clear()
            await self._changed.wait()
        return None

    async def own_sent(self) -> None:
        """Wait until no message of the connection's own is waiting."""
        while self._own and self.close_code is None:
            await self._own_sent.wait()

    def _pop(self) -> str | None:
        if self._own:
            text = self._own.popleft()
            if not self._own:
                self._own_sent.set()
            return text
        if self._held or not self._events:
            return None
        place, event = next(iter(self._events.items()))
        self._newest_sent = event.id
        return self._forget(place)

    def _tell_events(self, events: list[Event]) -> None:
        for event in events:
            self._newest_sent = event.id
            self.tell(event.text)

    def _waiting(self) -> list[Event]:
        return list(self._events.values())

    def _take_until(self, last_id: int) -> list[Event]:
        taken = [event for event in self._waiting() if event.id <= last_id]
        self._drop(taken)
        return taken

    def _drop(self, events: Iterable[Event]) -> None:
        for event in events:
            self._forget(event.id if event.job is None else event.job)

    def _forget(self, place: str | int) -> str | None:
        event = self._events.pop(place, None)
        if event is None:
            return None
        self._waiting_bytes -= len(event.text)
        return event.text
