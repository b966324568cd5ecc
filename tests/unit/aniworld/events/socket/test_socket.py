"""The protocol: greeting, rooms, snapshots, resuming, refusals."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from aniworld.events import publish, rooms
from aniworld.events.models import OutboxEvent
from aniworld.events.rooms import Room
from aniworld.events.socket import hub
from aniworld.events.socket.routing import websocket_urlpatterns
from tests.unit.aniworld.events.conftest import (
    PATIENCE,
    Connect,
    Door,
    Queue,
    Started,
    Stopped,
    ToldElsewhere,
    in_thread,
    published,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "CHECK_SESSIONS_SECONDS", 0.05)


@pytest.mark.parametrize("path", ["/ws/connect", "/ws/connect/", "/api/ws", "/api/ws/"])
async def test_the_greeting(connect: Connect, path: str) -> None:
    ids = await published(count=3)
    async with connect(f"{path}?session=s1") as socket:
        greeting = await socket.hear()

    assert greeting["id"] is None
    assert greeting["type"] == "connected"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", greeting["timestamp"])
    assert greeting["data"]["user_id"] == "1"
    assert greeting["data"]["last_event_id"] == ids[-1]
    assert len(greeting["data"]["connection_id"]) == 32


async def test_strangers_are_accepted_and_closed_at_once(connect: Connect) -> None:
    async with connect("/ws/connect") as socket:
        assert await socket.close_code() == 4401
        await socket.send(action="ping")
        assert await socket.communicator.receive_nothing(timeout=0.1)


async def test_other_addresses_are_refused(application: URLRouter) -> None:
    communicator = WebsocketCommunicator(application, "/ws/other?session=s1")
    accepted, _ = await communicator.connect(timeout=PATIENCE)
    assert not accepted


async def test_the_base_path_is_honoured(door: Door, settings: Any) -> None:
    settings.BASE_PATH = "/anime"
    application = URLRouter(websocket_urlpatterns(door.authenticate, door.still_valid))
    for path in ("/anime/ws/connect?session=s1", "/ws/connect?session=s1"):
        communicator = WebsocketCommunicator(application, path)
        accepted, _ = await communicator.connect(timeout=PATIENCE)
        assert accepted
        await communicator.disconnect(timeout=PATIENCE)


async def test_joining_answers_then_sends_the_state_then_the_events(connect: Connect) -> None:
    rooms.register_snapshot(Room.DOWNLOADS, lambda: {"pending": 2})
    (before,) = await published()
    async with connect() as socket:
        await socket.hear()
        assert await socket.join("downloads") == {
            "room": "downloads",
            "last_event_id": before,
            "state": {"pending": 2},
        }
        (event_id,) = await published()
        event = await socket.hear()

    assert (event["id"], event["type"], event["data"]) == (event_id, "test_told", {"n": 0})
    assert event["timestamp"].endswith("Z")


async def test_only_joined_rooms_are_heard_and_left_ones_no_more(connect: Connect) -> None:
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await published(ToldElsewhere)
        (first,) = await published()
        assert (await socket.hear())["id"] == first

        await socket.send(action="leave", room="downloads")
        left = await socket.hear()
        assert (left["id"], left["type"], left["data"]) == (None, "left", {"room": "downloads"})
        await published()
        await socket.send(action="ping")
        assert (await socket.hear())["type"] == "pong"
        assert await socket.communicator.receive_nothing(timeout=0.3)


async def test_what_is_committed_while_the_snapshot_is_built_comes_after_it(
    connect: Connect,
) -> None:
    building, go_on = threading.Event(), threading.Event()

    def state() -> dict[str, Any]:
        count = OutboxEvent.objects.count()
        building.set()
        assert go_on.wait(PATIENCE)
        assert OutboxEvent.objects.count() == count, "a snapshot is of one moment"
        return {"events": count}

    rooms.register_snapshot(Room.DOWNLOADS, state)
    await published(count=2)
    async with connect() as socket:
        await socket.hear()
        await socket.join("scan_progress")
        await socket.send(action="join", room="downloads")
        assert (await socket.hear())["type"] == "joined"
        await until(building.is_set)
        (other,) = await published(ToldElsewhere)
        during = await published(count=3)
        go_on.set()

        snapshot = await socket.hear()
        assert snapshot["type"] == "snapshot"
        assert snapshot["data"]["state"] == {"events": 2}
        assert snapshot["data"]["last_event_id"] < other
        assert await socket.hear_ids(4) == [other, *during]


async def test_an_event_that_is_part_of_the_snapshot_is_not_sent_again(connect: Connect) -> None:
    started, go_on = threading.Event(), threading.Event()

    def state() -> dict[str, Any]:
        started.set()
        assert go_on.wait(PATIENCE)
        return {}

    async with connect() as socket:
        await socket.hear()
        # The one thread for snapshots is kept busy, so that the next one is read late.
        rooms.register_snapshot(Room.SCAN_PROGRESS, state)
        async with connect() as other:
            await other.hear()
            await other.send(action="join", room="scan_progress")
            await until(started.is_set)
            await socket.send(action="join", room="downloads")
            assert (await socket.hear())["type"] == "joined"
            covered = await published(count=2)
            go_on.set()
            snapshot = await socket.hear()
            assert snapshot["data"]["last_event_id"] == covered[-1]
            (after,) = await published()
            assert (await socket.hear())["id"] == after


async def test_late_state_is_as_new_as_the_sending(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def state() -> dict[str, Any]:
        asked.append(OutboxEvent.objects.count())
        return {"events": asked[-1]}

    monkeypatch.setattr(Queue, "read", state)
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
        await socket.join("downloads")
        await published(Started, count=2)
        heard = [(await socket.hear())["data"] for _ in range(2)]
        assert heard == [{"n": 0, "queue": {"events": 2}}, {"n": 1, "queue": {"events": 2}}]
        assert asked == [2], "read once for what is sent together"
        await published()
        assert (await socket.hear())["data"] == {"n": 0}

    await published(Stopped)
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await socket.send(action="resume", last_event_id=last)
        replayed = [(await socket.hear())["data"].get("queue") for _ in range(4)]
        assert replayed == [{"events": 4}, {"events": 4}, None, {"events": 4}]
    stored = await in_thread(lambda: [event.data for event in OutboxEvent.objects.order_by("id")])
    assert stored == [{"n": 0}, {"n": 1}, {"n": 0}, {"n": 0}]


async def test_late_state_that_cannot_be_read_keeps_events_back_but_loses_none(
    connect: Connect, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, Any]:
        raise LookupError("no such table")

    monkeypatch.setattr(Queue, "read", broken)
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        ids = await published(Started, count=2)
        await until(lambda: "no such table" in caplog.text)
        monkeypatch.setattr(Queue, "read", lambda: {"mended": True})
        heard = [await socket.hear() for _ in range(2)]
    assert [event["id"] for event in heard] == ids
    assert heard[0]["data"]["queue"] == {"mended": True}


async def test_resuming_replays_what_was_missed_in_order(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]

    missed = await published(count=450)
    await published(ToldElsewhere)
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await socket.send(action="resume", last_event_id=last)
        (live,) = await published()
        assert await socket.hear_ids(451) == [*missed, live]

        await socket.send(action="resume", last_event_id=last)
        await socket.send(action="ping")
        assert (await socket.hear())["type"] == "pong", "nothing is replayed twice"


async def test_resuming_covers_each_joined_room(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
    first = await published()
    second = await published(ToldElsewhere)
    third = await published()
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await socket.join("scan_progress")
        await socket.send(action="resume", last_event_id=last)
        assert await socket.hear_ids(3) == [*first, *second, *third]


async def test_what_is_committed_between_two_joins_waits_for_the_replay(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
    missed = await published()
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        between = await published()
        await socket.join("scan_progress")
        await socket.send(action="resume", last_event_id=last)
        assert await socket.hear_ids(2) == [*missed, *between]


async def test_resuming_can_join_in_the_same_moment(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
    first, second = await published(ToldElsewhere), await published()
    async with connect() as socket:
        await socket.hear()
        rooms_ = ["downloads", "scan_progress"]
        await socket.send(action="resume", last_event_id=last, rooms=rooms_)
        joined = [await socket.hear() for _ in rooms_]
        assert [(one["type"], one["data"]["room"]) for one in joined] == [
            ("joined", room) for room in rooms_
        ]
        assert await socket.hear_ids(2) == [*first, *second]
        assert await published() == await socket.hear_ids(1)


async def test_what_would_come_after_newer_events_takes_a_snapshot(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
    await published()
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        live = await published()
        assert await socket.hear_ids(1) == live  # it has been silent for long
        await socket.send(action="resume", last_event_id=last)
        assert (await socket.hear())["type"] == "snapshot_required"
        await socket.send(action="resume", last_event_id=live[0])
        await socket.send(action="ping")
        assert (await socket.hear())["type"] == "pong"


async def test_a_slow_client_is_given_longer_to_resume(connect: Connect) -> None:
    async with connect() as socket:
        last = (await socket.hear())["data"]["last_event_id"]
    missed = await published()
    async with connect() as socket:
        await socket.hear()
        await asyncio.sleep(0.3)  # a client on a busy machine
        await socket.join("downloads")
        between = await published()
        await asyncio.sleep(0.3)
        await socket.send(action="resume", last_event_id=last)
        assert await socket.hear_ids(2) == [*missed, *between]


async def test_what_is_kept_no_longer_takes_a_snapshot(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "KEEP_EVENTS", 5)
    ids = await published(count=20)
    await in_thread(
        lambda: OutboxEvent.objects.update(created_at=timezone.now() - timedelta(hours=2))
    )
    await in_thread(publish.trim)
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await socket.send(action="resume", last_event_id=ids[13])
        answer = await socket.hear()
        assert (answer["id"], answer["type"]) == (None, "snapshot_required")
        await socket.send(action="resume", last_event_id=ids[14])
        assert await socket.hear_ids(5) == ids[15:]


async def test_an_id_from_the_future_takes_a_snapshot(connect: Connect) -> None:
    async with connect() as socket:
        await socket.hear()
        await socket.send(action="resume", last_event_id=10**30)
        assert (await socket.hear())["type"] == "snapshot_required"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "invalid_json"),
        ("[" * 60_000, "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        ("[]", "invalid_message"),
        ("{}", "unknown_action"),
        ('{"action": ["join"]}', "unknown_action"),
        ('{"action": "shout"}', "unknown_action"),
        ('{"action": "join"}', "unknown_room"),
        ('{"action": "join", "room": "kitchen"}', "unknown_room"),
        ('{"action": "leave", "room": []}', "unknown_room"),
        ('{"action": "resume"}', "invalid_message"),
        ('{"action": "resume", "last_event_id": true}', "invalid_message"),
        ('{"action": "resume", "last_event_id": -1}', "invalid_message"),
        ('{"action": "resume", "last_event_id": "7"}', "invalid_message"),
    ],
    ids=range(14),
)
async def test_what_is_not_understood_is_answered_and_the_connection_stays(
    connect: Connect, frame: str | bytes, code: str
) -> None:
    async with connect() as socket:
        await socket.hear()
        if isinstance(frame, bytes):
            await socket.communicator.send_to(bytes_data=frame)
        else:
            await socket.communicator.send_to(text_data=frame)
        answer = await socket.hear()
        assert (answer["id"], answer["type"], answer["data"]["code"]) == (None, "error", code)
        assert answer["data"]["message"]
        await socket.communicator.send_to(bytes_data=b'{"action": "ping"}')
        assert (await socket.hear())["type"] == "pong"


async def test_frames_over_64_kib_close_the_connection(connect: Connect) -> None:
    async with connect() as socket:
        await socket.hear()
        fitting = '{"action": "ping", "x": "' + "x" * (64 * 1024 - 27) + '"}'
        assert len(fitting) == 64 * 1024
        await socket.communicator.send_to(text_data=fitting)
        assert (await socket.hear())["type"] == "pong"
        await socket.communicator.send_to(text_data=fitting + " ")
        assert await socket.close_code() == 1009


async def test_a_room_whose_state_cannot_be_read_says_so(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> dict[str, Any]:
        raise LookupError("no such table")

    rooms.register_snapshot(Room.DOWNLOADS, broken)
    async with connect() as socket:
        await socket.hear()
        await socket.send(action="join", room="downloads")
        assert (await socket.hear())["type"] == "joined"
        assert (await socket.hear())["data"]["code"] == "snapshot_failed"
        (event_id,) = await published()
        assert (await socket.hear())["id"] == event_id, "the room is joined all the same"
    assert "no such table" in caplog.text


async def test_a_revoked_session_is_closed_and_the_others_stay(
    connect: Connect, door: Door
) -> None:
    async with connect("/ws/connect?session=a") as gone, connect("/ws/connect?session=b") as stays:
        await gone.hear()
        await stays.hear()
        door.revoked.add("a")
        assert await gone.close_code() == 4401
        await stays.send(action="ping")
        assert (await stays.hear())["type"] == "pong"
    assert {"a", "b"} in door.asked, "one question for all connections"


async def test_a_word_that_counts_for_a_time_is_asked_anew(connect: Connect) -> None:
    over, lasts = "/ws/connect?session=a&seconds=0", "/ws/connect?session=a&seconds=3600"
    async with connect(over) as gone, connect(lasts) as stays:
        await gone.hear()
        await stays.hear()
        assert await gone.close_code() == 4408
        await stays.send(action="ping")
        assert (await stays.hear())["type"] == "pong"


async def test_one_session_has_so_many_connections_and_no_more(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_OF_ONE", 2)
    async with connect("/ws/connect?session=a") as first, connect("/ws/connect?session=b") as other:
        async with connect("/ws/connect?session=a") as second:
            for served in (first, other, second):
                assert (await served.hear())["type"] == "connected"
            async with connect("/ws/connect?session=a") as third:
                refused = await third.hear()
                assert await third.close_code() == 4429
            assert (refused["type"], refused["data"]["code"]) == ("error", "too_many_sockets")
            assert refused["data"]["message"].startswith("2 connections are open")
        await until(lambda: hub.status()["connections"] == 2)
        async with connect("/ws/connect?session=a") as again:
            assert (await again.hear())["type"] == "connected"
            await first.send(action="ping")
            assert (await first.hear())["type"] == "pong"


async def test_the_status_counts_connections_and_rooms(connect: Connect) -> None:
    async with connect() as one, connect() as two:
        await one.hear()
        await two.hear()
        await one.join("downloads")
        await two.join("downloads")
        await two.join("scan_progress")
        status = hub.status()
        assert status["connections"] == 2
        assert status["rooms"] == {
            "downloads": 2,
            "scan_progress": 1,
            "download_progress": 0,
            "queue_progress": 0,
            "system_progress": 0,
            "error_progress": 0,
        }
    assert hub.status()["connections"] == 0


async def test_a_database_put_back_is_noticed(connect: Connect) -> None:
    await published(count=3)
    async with connect() as socket:
        await socket.hear()
        await socket.join("downloads")
        await in_thread(lambda: OutboxEvent.objects.all().delete())
        answer = await socket.hear()
        assert (answer["type"], answer["data"]) == ("snapshot_required", {"last_event_id": 0})


async def test_one_connections_end_is_not_the_others(connect: Connect) -> None:
    async with connect() as stays:
        await stays.hear()
        await stays.join("downloads")
        async with connect() as goes:
            await goes.hear()
        (event_id,) = await published()
        assert (await stays.hear())["id"] == event_id
    async with connect() as later:
        assert (await later.hear())["data"]["last_event_id"] == event_id
