"""Whatever a client does and whenever events are committed: in order, once, and none left out.

Random clients connect, join, leave, resume and come back while events are written; what each
connection got is held against the outbox.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction

from aniworld.events import publish
from aniworld.events.models import OutboxEvent
from aniworld.events.socket import consumer
from tests.unit.aniworld.events.conftest import Connect, Socket, Told, ToldElsewhere, in_thread

pytestmark = pytest.mark.django_db(transaction=True)

ROOMS = ("downloads", "scan_progress")
SEEDS = range(8)


@dataclass
class Heard:
    """What one connection was sent. ``since`` is the id after which it must have all of a room."""

    begun_at: int  # the newest event there was at the greeting
    ids: list[int] = field(default_factory=list)
    since: dict[str, int] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> None:
        if message["id"] is not None:
            self.ids.append(message["id"])
        elif message["type"] == "snapshot":
            data = message["data"]
            self.since.setdefault(data["room"], data["last_event_id"])
        assert message["type"] != "snapshot_required"


def _write(chance: random.Random) -> None:
    with transaction.atomic():
        for n in range(chance.randrange(1, 4)):
            publish.publish(chance.choice((Told, ToldElsewhere))(n))


async def _writing(chance: random.Random, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await in_thread(_write, chance)
        await asyncio.sleep(chance.choice((0, 0.001, 0.01, 0.05)))


async def _until_pong(socket: Socket, heard: Heard) -> None:
    await socket.send(action="ping")
    while (message := await socket.hear())["type"] != "pong":
        heard.take(message)


async def _visit(connect: Connect, chance: random.Random, last: int | None) -> Heard:
    """One connection from its greeting to its end."""
    rooms = list(ROOMS)
    chance.shuffle(rooms)
    async with connect() as socket:
        heard = Heard((await socket.hear())["data"]["last_event_id"])
        if last is not None and chance.random() < 0.4:
            await socket.send(action="resume", last_event_id=last, rooms=rooms)
            heard.since = dict.fromkeys(rooms, last)
        else:
            for room in rooms:
                await socket.send(action="join", room=room)
                if chance.random() < 0.6:
                    await _until_pong(socket, heard)
                await asyncio.sleep(chance.choice((0, 0, 0.02)))
            if last is not None:
                await socket.send(action="resume", last_event_id=last)
                heard.since = dict.fromkeys(rooms, last)
        await asyncio.sleep(chance.choice((0, 0.05, 0.7)))
        await _until_pong(socket, heard)
    return heard


@pytest.fixture(autouse=True)
def time_to_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than these clients take on any machine: what comes too late has a test of its own."""
    monkeypatch.setattr(consumer, "SETTLE_SECONDS", 0.6)


@pytest.mark.parametrize("seed", SEEDS)
async def test_in_order_once_and_none_left_out(connect: Connect, seed: int) -> None:
    chance = random.Random(seed)
    stop = asyncio.Event()
    writer = asyncio.create_task(_writing(chance, stop))
    visits = []
    last = None
    try:
        for _ in range(6):
            heard = await _visit(connect, chance, last)
            visits.append(heard)
            last = heard.ids[-1] if heard.ids else last or heard.begun_at
    finally:
        stop.set()
        await writer
    in_order = OutboxEvent.objects.order_by("id").values_list("id", "room")
    written = await in_thread(lambda: list(in_order))
    for heard in visits:
        assert heard.ids == sorted(set(heard.ids))
        if heard.ids:
            wanted = [
                id
                for id, room in written
                if heard.since.get(room, heard.ids[-1]) < id <= heard.ids[-1]
            ]
            assert [id for id in heard.ids if id in {*wanted}] == wanted
    assert any(heard.ids for heard in visits)
