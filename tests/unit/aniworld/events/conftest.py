"""A socket application of its own: who comes with ``?session=…`` is let in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.db import connection, transaction

from aniworld.events import publish, rooms
from aniworld.events.event import Event, Late
from aniworld.events.rooms import Room
from aniworld.events.socket.routing import websocket_urlpatterns

T = TypeVar("T")
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Told(Event):
    room = Room.DOWNLOADS
    type = "test_told"

    n: int


@dataclass(frozen=True, slots=True)
class ToldElsewhere(Event):
    room = Room.SCAN_PROGRESS
    type = "test_told_elsewhere"

    n: int


class Queue:
    """What is added on sending; a test says how it is read."""

    read: Callable[[], dict[str, Any]] = dict

    @classmethod
    def state(cls) -> dict[str, Any]:
        return cls.read()


@dataclass(frozen=True, slots=True)
class WithQueue(Event):
    """Family: sent with what the queue is then."""

    room = Room.DOWNLOADS
    late = Late("queue", Queue.state)

    n: int


@dataclass(frozen=True, slots=True)
class Started(WithQueue):
    type = "test_started"


@dataclass(frozen=True, slots=True)
class Stopped(WithQueue):
    type = "test_stopped"


@dataclass(frozen=True, slots=True)
class Guest:
    user_id: str
    session_id: str
    seconds: float | None = None


@dataclass
class Door:
    """The injected half of the consumer, and what it was asked."""

    revoked: set[str] = field(default_factory=set)
    asked: list[set[str]] = field(default_factory=list)

    async def authenticate(self, scope: Mapping[str, Any]) -> Guest | None:
        asked = parse_qs(scope["query_string"].decode())
        session, seconds = asked.get("session"), asked.get("seconds")
        return Guest("1", session[0], float(seconds[0]) if seconds else None) if session else None

    async def still_valid(self, session_ids: Collection[str]) -> set[str]:
        self.asked.append(set(session_ids))
        return set(session_ids) - self.revoked


class Socket:
    """A client in words of the protocol."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def send(self, **message: Any) -> None:
        await self.communicator.send_json_to(message)

    async def hear(self) -> dict[str, Any]:
        message = await self.communicator.receive_json_from(timeout=PATIENCE)
        assert isinstance(message, dict)
        return message

    async def hear_ids(self, count: int) -> list[int]:
        return [(await self.hear())["id"] for _ in range(count)]

    async def join(self, room: str) -> dict[str, Any]:
        """Join and return the snapshot's data."""
        await self.send(action="join", room=room)
        joined, snapshot = await self.hear(), await self.hear()
        assert (joined["type"], joined["data"]) == ("joined", {"room": room})
        assert (snapshot["type"], snapshot["data"]["room"]) == ("snapshot", room)
        data = snapshot["data"]
        assert isinstance(data, dict)
        return data

    async def close_code(self) -> int:
        message = await self.communicator.receive_output(timeout=PATIENCE)
        assert message["type"] == "websocket.close"
        code = message["code"]
        assert isinstance(code, int)
        return code


Connect = Callable[..., Any]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def application(door: Door) -> URLRouter:
    return URLRouter(websocket_urlpatterns(door.authenticate, door.still_valid))


@pytest.fixture
def connect(application: URLRouter) -> Connect:
    """``async with connect() as socket``; the greeting is in ``socket.greeting``."""

    @asynccontextmanager
    async def connected(path: str = "/ws/connect?session=s1") -> AsyncIterator[Socket]:
        communicator = WebsocketCommunicator(application, path)
        accepted, _ = await communicator.connect(timeout=PATIENCE)
        assert accepted
        try:
            yield Socket(communicator)
        finally:
            await communicator.disconnect(timeout=PATIENCE)

    return connected


@pytest.fixture(autouse=True)
def own_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is its own, and the apps' snapshots do not answer in it."""
    monkeypatch.setattr(rooms, "_snapshots", {})
    monkeypatch.setattr(Queue, "read", dict)


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Use the database as another process would: on a connection of its own."""

    def call() -> T:
        try:
            return function(*args)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


def publish_now(event: Callable[[int], Event] = Told, *, count: int = 1) -> list[int]:
    """Publish events in one transaction; returns their ids."""
    with transaction.atomic():
        return [publish.publish(event(n)) for n in range(count)]


async def published(*args: Any, **kwargs: Any) -> list[int]:
    return await in_thread(lambda: publish_now(*args, **kwargs))


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            result = condition()
            if result if isinstance(result, bool) else await result:
                return
            await asyncio.sleep(0.01)
