"""Killing a worker, or its transfer's child, at moments that chance has chosen."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from tests.prove.house import House

STAGES = ("RESOLVING", "DOWNLOADING", "DOWNLOADING", "DOWNLOADING", "CHECKING", "PLACING")
# A source that ends its child twice is left for the next one, and an item has no more than eight.
KILLS_OF_ONE = 3
LONGEST_PAUSE = 8.0  # where the stage is missed, whatever there is then
ITEMS = "downloads_downloadqueueitem"


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in text.split()]
    return []


def moment(house: House, chance: random.Random) -> str:
    """Wait until what is under way has come to some stage; the stage it is in then."""
    stage_now = f"SELECT stage FROM {ITEMS} WHERE status = 'DOWNLOADING'"  # noqa: S608 - ours
    wanted = chance.choice(STAGES)
    deadline = time.monotonic() + LONGEST_PAUSE
    rows: list[tuple[str]] = []
    while time.monotonic() < deadline:
        rows = house.database.rows(stage_now)
        if rows and rows[0][0] == wanted:
            break
        time.sleep(0.002)  # some stages are over in no time
    time.sleep(chance.uniform(0, 0.1))
    return str(rows[0][0]) if rows else "between two"


def under_way(house: House) -> int:
    rows = house.database.rows(f"SELECT id FROM {ITEMS} WHERE status = 'DOWNLOADING'")  # noqa: S608
    return int(rows[0][0]) if rows else 0


def kill_workers(house: House, kills: int) -> Counter[str]:
    chance, stages = random.Random(2), Counter[str]()
    for _ in range(kills):
        stages[moment(house, chance)] += 1
        house.kill_worker(house.first)
        house.first.start_worker()
    return stages


def kill_children(house: House, kills: int) -> Counter[str]:
    chance, stages = random.Random(3), Counter[str]()
    worker = house.first.processes["worker"].pid
    killed, misses = Counter[int](), 0
    while stages.total() < kills:
        stage, item = moment(house, chance), under_way(house)
        misses += not item
        assert misses <= kills, "the queue was empty too soon"
        if killed[item] == KILLS_OF_ONE:
            continue
        for child in children_of(worker):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                stages[stage] += 1
                killed[item] += 1
    return stages
