"""Killing a worker, or its transfer's child, at moments that chance has chosen."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tests.product import children_of
from tests.prove.house import House

STAGES = ("RESOLVING", "DOWNLOADING", "DOWNLOADING", "DOWNLOADING", "CHECKING", "PLACING")
# Of one item, so that all have their share: one whose server has no ranges comes no further while
# it is killed, and a source that ends its child twice is left for the next one.
KILLS_OF_ONE = 3
ITEMS = "downloads_downloadqueueitem"


@dataclass(frozen=True)
class Chance:
    """Which moments are chosen.

    Attributes:
        longest: seconds; where the stage is missed, whatever there is then.
        within: seconds for which a stage may be under way at most.
    """

    seed: int
    longest: float = 8.0
    within: float = 0.1


def moment(house: House, chance: Chance, chosen: random.Random) -> str:
    """Wait until what is under way has come to some stage, and a while in it; the stage then."""
    wanted = chosen.choice(STAGES)
    deadline = time.monotonic() + chance.longest
    while time.monotonic() < deadline and _stage(house) != wanted:
        time.sleep(0.002)  # some stages are over in no time
    is_long = wanted == "DOWNLOADING"
    time.sleep(chosen.uniform(0, chance.within if is_long else 0.1))
    return _stage(house) or "between two"


def _stage(house: House) -> str:
    rows = house.database.rows(f"SELECT stage FROM {ITEMS} WHERE status = 'DOWNLOADING'")  # noqa: S608
    return str(rows[0][0]) if rows else ""


def under_way(house: House) -> int:
    rows = house.database.rows(f"SELECT id FROM {ITEMS} WHERE status = 'DOWNLOADING'")  # noqa: S608
    return int(rows[0][0]) if rows else 0


def is_over(house: House) -> bool:
    """Whether nothing is left to be fetched."""
    left = f"SELECT count(*) FROM {ITEMS} WHERE status IN ('PENDING', 'DOWNLOADING')"  # noqa: S608
    return not int(house.database.value(left))


def moments(house: House, chance: Chance) -> Iterator[tuple[str, int]]:
    """Stages that chance has chosen, one after the other, and the item that is in it; 0 for none.

    None is one too many of its item, as long as whoever asks kills what is there.
    """
    chosen, killed = random.Random(chance.seed), Counter[int]()
    while True:
        stage, item = moment(house, chance, chosen), under_way(house)
        assert not is_over(house), "the queue was empty too soon"
        if item and killed[item] == KILLS_OF_ONE:
            continue
        killed[item] += 1
        yield stage, item


def kill_workers(house: House, kills: int, chance: Chance) -> Counter[str]:
    """Kill so many; how many at which stage."""
    stages = Counter[str]()
    for stage, _item in islice(moments(house, chance), kills):
        stages[stage] += 1
        house.kill_worker(house.first)
        house.first.start_worker()
    return stages


def kill_children(house: House, kills: int, chance: Chance) -> Counter[str]:
    """The same of transfers."""
    stages = Counter[str]()
    worker = house.first.processes["worker"].pid
    for stage, _item in moments(house, chance):
        for child in children_of(worker):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                stages[stage] += 1
        if stages.total() >= kills:
            break
    return stages
