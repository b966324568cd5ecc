"""Events over sudden deaths of web processes and workers: in order, once, and none left out.

Clients hold connections to two web processes and come back whenever one is killed. Meanwhile
the owner moves items about, and a worker downloads. What each connection got is held against the
outbox.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.prove import databases, share
from tests.prove.conftest import Prove
from tests.prove.house import House, house
from tests.prove.listeners import Listener, Written

KILLS = 200
LISTENERS = 6
EPISODES = 40
SLOW = 60_000  # bytes a second: an episode is long under way
CATCH_UP_SECONDS = 60.0

pytestmark = pytest.mark.timeout(5400)


@contextmanager
def owner_acting(house: House, items: Sequence[int]) -> Iterator[None]:
    """Somebody who moves items about all the time, at whichever door is open."""
    over = threading.Event()

    def act(seed: int) -> None:
        chance = random.Random(seed)
        while not over.is_set():
            item = str(chance.choice(items))
            path, body = chance.choice(
                (
                    ("queue/reorder", {"item_id": item, "new_position": chance.randrange(20)}),
                    ("queue/hold", {"item_ids": [item]}),
                    ("queue/release", {"item_ids": [item]}),
                )
            )
            with contextlib.suppress(requests.RequestException):
                house.call(chance.choice(house.doors), "POST", path, body)
            over.wait(chance.choice((0.0, 0.02, 0.1)))

    actors = [threading.Thread(target=act, args=(seed,), daemon=True) for seed in range(2)]
    for actor in actors:
        actor.start()
    try:
        yield
    finally:
        over.set()
        for actor in actors:
            actor.join()


def kill_again_and_again(house: House, kills: int) -> tuple[int, int]:
    """Kill a web process and the worker in turn; how many of each."""
    chance = random.Random(1)
    webs = workers = 0
    house.first.start_worker()
    while webs + workers < kills:
        door = house.doors[webs % len(house.doors)]
        house.kill(door, "web")
        webs += 1
        if webs + workers < kills:
            time.sleep(chance.uniform(0, 0.2))
            house.kill_worker(house.first)
            house.first.start_worker()
            workers += 1
        door.start_web()
        time.sleep(chance.uniform(0, 0.4))
    house.kill_worker(house.first)
    return webs, workers


def written(house: House) -> dict[int, Written]:
    rows = house.database.rows("SELECT id, room, type FROM events_outboxevent ORDER BY id")
    return {row[0]: Written(*row) for row in rows}


@pytest.mark.parametrize("kind", databases.KINDS)
def test_events_are_in_order_and_complete_over_kills(
    tmp_path: Path, kind: str, proved: Prove
) -> None:
    with house(tmp_path, kind, episodes=EPISODES) as built:
        built.world.throttle(SLOW)
        items = built.queue(range(1, EPISODES + 1))
        built.first.api("POST", "queue/start", expect=200)
        addresses = [f"ws://127.0.0.1:{door.port}/ws/connect" for door in built.doors]
        listeners = [Listener(addresses, built.token, seed) for seed in range(LISTENERS)]
        for listener in listeners:
            listener.start()
        with owner_acting(built, items):
            webs, workers = kill_again_and_again(built, share.of(KILLS))
        outbox = written(built)
        for listener in listeners:
            listener.finish(max(outbox))
        for listener in listeners:
            listener.join(CATCH_UP_SECONDS)
            assert not listener.is_alive(), f"{listener.name} never got the newest event"
        assert not built.database.rows("SELECT 1 FROM events_outboxmark"), "the outbox was trimmed"
    visits = [visit for listener in listeners for visit in listener.visits]
    faults = [fault for visit in visits for fault in visit.faults(outbox)]
    assert not faults, f"{len(faults)} faults: {faults[:10]}"
    heard = sum(len(visit.heard) for visit in visits)
    asked = sum(visit.snapshots_required for visit in visits)
    assert heard > webs * LISTENERS
    proved(
        f"events over kills, {kind}: {webs} web and {workers} worker killed, {LISTENERS} clients, "
        f"{sum(listener.connections for listener in listeners)} connections, {heard} events heard "
        f"of {len(outbox)}: all in order, none missing, none doubled; "
        f"{asked} times a new beginning was asked for"
    )
