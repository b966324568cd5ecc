"""The queue in front of one connection: order, coalescing, bounds."""

from __future__ import annotations

import asyncio

import pytest

from aniworld.events.rooms import Room
from aniworld.events.socket import client as client_module
from aniworld.events.socket.client import Client
from aniworld.events.socket.reader import Event
from tests.unit.aniworld.events.conftest import Guest


@pytest.fixture
def client() -> Client:
    client = Client(Guest("1", "s1"))
    client.enter(Room.DOWNLOADS, 0)
    return client


def event(id: int, *, job: str | None = None, room: str = "downloads", size: int = 0) -> Event:
    return Event(id=id, room=room, job=job, text=f"{id}".ljust(size))


def is_closed(client: Client, code: int | None = None) -> bool:
    return client.close_code is not None and code in (None, client.close_code)


async def drained(client: Client) -> list[str]:
    sent = []
    while (text := await client.next()) is not None:
        sent.append(text.strip())
        if text == "end":
            return sent[:-1]
    return sent


async def test_progress_is_coalesced_and_never_reordered(client: Client) -> None:
    for each in (event(1, job="a"), event(2), event(3, job="b"), event(4, job="a"), event(5)):
        client.offer(each)
    client.offer(event(6, room="scan_progress"))

    assert [await client.next() for _ in range(4)] == ["2", "3", "4", "5"]


async def test_held_events_wait_and_own_messages_do_not(client: Client) -> None:
    client.hold()
    client.offer(event(1))
    client.tell("pong")
    assert await client.next() == "pong"
    waiting = asyncio.create_task(client.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    client.release()
    assert await waiting == "1"


async def test_nothing_goes_out_while_the_server_is_full(client: Client) -> None:
    client.set_writable(False)
    client.offer(event(1))
    waiting = asyncio.create_task(client.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    client.set_writable(True)
    assert await waiting == "1"


async def test_a_snapshot_takes_its_place_among_the_events(client: Client) -> None:
    client.enter(Room.SCAN_PROGRESS, 0)
    client.release()
    client.hold()
    for each in (
        event(1),
        event(2, room="scan_progress"),
        event(3),
        event(4, room="scan_progress"),
    ):
        client.offer(each)
    client.place_snapshot(Room.SCAN_PROGRESS, 3, "snapshot")
    client.release()

    assert [await client.next() for _ in range(4)] == ["1", "3", "snapshot", "4"]
    assert client.rooms[Room.SCAN_PROGRESS] == 3


async def test_while_it_opens_events_wait_for_a_replay_snapshots_do_not(
    client: Client,
) -> None:
    client.hold()
    client.offer(event(293))
    client.place_snapshot(Room.SCAN_PROGRESS, 300, "snapshot")
    assert client.can_replay(290)
    client.replay([event(290), event(295, room="scan_progress")])
    client.release()

    assert [await client.next() for _ in range(4)] == ["snapshot", "290", "293", "295"]
    assert not client.can_replay(294)
    assert client.can_replay(296)


async def test_a_replay_is_merged_with_what_waits(client: Client) -> None:
    client.hold()
    client.offer(event(4))
    client.offer(event(9))
    client.replay([event(2), event(3), event(5)])
    client.release()

    assert [await client.next() for _ in range(5)] == ["2", "3", "4", "5", "9"]


async def test_leaving_a_room_drops_what_waits_of_it(client: Client) -> None:
    client.offer(event(1))
    client.leave(Room.DOWNLOADS)
    client.offer(event(2))
    client.tell("end")

    assert await drained(client) == []


async def test_too_many_waiting_events_close_the_connection(client: Client) -> None:
    for number in range(client_module.MAX_WAITING):
        client.offer(event(number))
    assert not is_closed(client)
    client.offer(event(client_module.MAX_WAITING))

    assert is_closed(client, 1013)
    assert await client.next() is None
    await client.own_sent()


async def test_too_many_waiting_bytes_close_the_connection(client: Client) -> None:
    for number in range(8):
        client.offer(event(number, size=1024 * 1024))
    assert not is_closed(client)
    client.offer(event(8, size=1))
    assert is_closed(client, 1013)


async def test_bytes_that_have_left_are_not_counted(client: Client) -> None:
    for number in range(40):
        client.offer(event(number, size=1024 * 1024))
        client.offer(event(number + 100, job="a", size=1024 * 1024))
        assert (await client.next() or "").strip() == f"{number}"
        assert (await client.next() or "").strip() == f"{number + 100}"
    assert client.close_code is None


async def test_the_first_close_code_counts(client: Client) -> None:
    client.close(4401)
    client.close(1013)
    assert client.close_code == 4401
