"""One per web process and event loop: reads the outbox once, hands every event to all clients."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import Annotated, TypedDict
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from aniworld.events.cursors import newest_id
from aniworld.events.rooms import Room
from aniworld.events.socket import messages, reader
from aniworld.events.socket.admission import StillValid
from aniworld.events.socket.client import ASK_ANEW, NOT_ALLOWED, Client
from aniworld.events.socket.listening import hints_heard
from aniworld.events.socket.reader import Reader

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
CHECK_SESSIONS_SECONDS = 3.0
# Open at once by one session or key: more tabs than anybody reads. Up to 8 MiB may wait for each.
MOST_OF_ONE = 32


class SocketStatus(TypedDict):
    """Connections of this web process."""

    connections: int
    rooms: Annotated[dict[str, int], "How many have joined each room."]


class Hub:
    """Runs from its first client to its last.

    ``position`` is the id of the last event handed out. ``views`` is the thread for snapshots and
    replays, so that a slow one does not keep new events back.
    """

    def __init__(self, still_valid: StillValid) -> None:
        self.clients: set[Client] = set()
        self.position = 0
        self.views = Reader("outbox-views")
        self._feed = Reader("outbox-feed")
        self._still_valid = still_valid
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._moved = asyncio.Condition()

    async def add(self, client: Client) -> bool:
        """Serve ``client``; the first one starts the reading. False where its session or key has
        as many connections as it may have: it is not served."""
        async with self._turn:
            session_id = client.visitor.session_id
            if sum(one.visitor.session_id == session_id for one in self.clients) >= MOST_OF_ONE:
                return False
            if not self._tasks:
                await self._start()
            self.clients.add(client)
            return True

    async def remove(self, client: Client) -> None:
        """Serve ``client`` no more; the last one ends the reading."""
        async with self._turn:
            self.clients.discard(client)
            if self._tasks and not self.clients:
                await self._stop()

    async def reach(self, event_id: int) -> None:
        """Wait until every event up to ``event_id`` has been handed out."""
        self._wake.set()
        async with self._moved:
            await self._moved.wait_for(lambda: self.position >= event_id)

    async def _start(self) -> None:
        self.position = await self._feed.run(newest_id)
        self._tasks = [
            asyncio.create_task(self._follow(), name="hub-follow"),
            asyncio.create_task(self._check_sessions(), name="hub-sessions"),
        ]

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(self._feed.close(), self.views.close())
        self._feed, self.views = Reader("outbox-feed"), Reader("outbox-views")

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        async with hints_heard(self._wake.set):
            while True:
                tick = loop.call_later(POLL_SECONDS, self._wake.set)
                await self._wake.wait()
                tick.cancel()
                self._wake.clear()
                try:
                    await self._hand_out()
                except Exception:  # the database's, or of what an app adds to its events
                    logger.exception("outbox not read position=%s", self.position)

    async def _hand_out(self) -> None:
        newest = await self._feed.run(newest_id)
        if newest < self.position:
            await self._begin_anew(newest)
        while self.position < newest:
            events = await self._feed.run(reader.events_after, self.position)
            for event in events:
                for client in self.clients:
                    client.offer(event)
            await self._move(events[-1].id if events else newest)

    async def _begin_anew(self, newest: int) -> None:
        """The database was replaced by an older one: what the clients know is void."""
        logger.warning("outbox went back from=%s to=%s", self.position, newest)
        for client in self.clients:
            client.tell(messages.own("snapshot_required", last_event_id=newest))
        await self._move(newest)

    async def _move(self, position: int) -> None:
        # At once: who joins next must not count as missing what has just been handed out, nor the
        # other way round.
        self.position = position
        async with self._moved:
            self._moved.notify_all()

    async def _check_sessions(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SESSIONS_SECONDS)
            self._close_those_to_ask_anew()
            with suppress(DatabaseError):  # logged and met again where events are read
                await self._close_revoked()

    def _close_those_to_ask_anew(self) -> None:
        for client in self.clients:
            if client.is_to_ask_anew:
                client.close(ASK_ANEW)

    async def _close_revoked(self) -> None:
        asked = {client.visitor.session_id for client in self.clients}
        revoked = asked - set(await self._still_valid(asked))
        for client in self.clients:
            if client.visitor.session_id in revoked:
                client.close(NOT_ALLOWED)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current(still_valid: StillValid) -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub(still_valid))


def status() -> SocketStatus:
    """How many connections this process has, in all and in each room."""
    clients = [client for hub in list(_hubs.values()) for client in list(hub.clients)]
    joined = Counter(room for client in clients for room in list(client.rooms))
    return {"connections": len(clients), "rooms": {room.value: joined[room] for room in Room}}
