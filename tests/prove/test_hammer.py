"""Two web processes and two workers hammered at once: nothing is locked out, lost or doubled."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.downloads_support import files_in
from tests.prove import databases, share
from tests.prove.conftest import Prove
from tests.prove.house import CALL_SECONDS, SHOW, House, house, wait_for_rest

CALLS = 4_500
CALLERS = 6
EPISODES = 40
ITEMS = "downloads_downloadqueueitem"
ANSWERS = {200, 201, 202, 204, 400, 404, 409}
TROUBLE = re.compile(r"locked|deadlock|Traceback|IntegrityError|OperationalError", re.IGNORECASE)

pytestmark = pytest.mark.timeout(5400)

Call = tuple[str, str, Any]


def _ids(chance: random.Random, known: list[str]) -> list[str]:
    return chance.sample(known, min(len(known), 3))


def _episodes(chance: random.Random, _known: list[str]) -> Call:
    numbers = chance.sample(range(1, EPISODES + 1), 3)
    body = {"episodes": [{"season": 1, "episode": number} for number in numbers]}
    return "POST", f"v1/anime/{SHOW}/download", body


def _reorder(chance: random.Random, known: list[str]) -> Call:
    item = chance.choice(known or ["1"])
    return "POST", "queue/reorder", {"item_id": item, "new_position": chance.randrange(10)}


def _one_of(*calls: Call) -> Callable[[random.Random, list[str]], Call]:
    return lambda chance, _known: chance.choice(calls)


def _of_items(path: str) -> Callable[[random.Random, list[str]], Call]:
    return lambda chance, known: ("POST", path, {"item_ids": _ids(chance, known)})


# What is called, and how often beside the others.
CALLED: tuple[tuple[int, Callable[[random.Random, list[str]], Call]], ...] = (
    (6, _episodes),
    (3, _reorder),
    (2, _of_items("queue/hold")),
    (3, _of_items("queue/release")),
    (2, _of_items("queue/remove")),
    (1, _of_items("queue/retry")),
    (2, _one_of(("POST", "queue/start", None), ("POST", "queue/undo", None))),
    (1, _one_of(("POST", "queue/pause", None), ("POST", "queue/resume", None))),
    (1, _one_of(("DELETE", "queue/completed", None), ("DELETE", "queue/failed", None))),
    (1, _one_of(("POST", "v1/anime/rescan", {}), ("POST", f"v1/anime/{SHOW}/refresh", None))),
    (
        6,
        _one_of(
            *(("GET", path, None) for path in ("queue/status", "queue/items", "v1/anime")),
            *(("GET", path, None) for path in (f"v1/anime/{SHOW}", "journal", "operations")),
        ),
    ),
)


@dataclass
class Caller:
    """One of many who call at once; ``added`` are the items it was promised."""

    house: House
    seed: int
    added: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def call(self, times: int) -> None:
        chance = random.Random(self.seed)
        weights, calls = zip(*CALLED, strict=True)
        with closing(requests.Session()) as line:
            line.headers["Authorization"] = f"Bearer {self.house.token}"
            for _ in range(times):
                (make,) = chance.choices(calls, weights)
                self._do(line, chance.choice(self.house.doors).address, *make(chance, self.added))

    def _do(self, line: requests.Session, address: str, method: str, path: str, body: Any) -> None:
        try:
            answer = line.request(method, f"{address}/api/{path}", json=body, timeout=CALL_SECONDS)
        except requests.RequestException as error:
            self.faults.append(f"{method} {path}: {error}")
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code not in ANSWERS:
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        elif path.endswith("/download"):
            self.added += [str(item) for item in answer.json()["added_items"]]


def hammer(house: House, calls: int) -> list[Caller]:
    callers = [Caller(house, seed) for seed in range(CALLERS)]
    threads = [
        threading.Thread(target=caller.call, args=(calls // CALLERS,), daemon=True)
        for caller in callers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return callers


def come_to_rest(house: House) -> None:
    """What was held is let go, what was paused goes on, and the queue is worked to its end."""
    held = house.database.rows(f"SELECT id FROM {ITEMS} WHERE status = 'PAUSED'")  # noqa: S608
    if held:
        ids = [str(item) for (item,) in held]
        house.first.api("POST", "queue/release", {"item_ids": ids}, expect=200)
    for verb in ("resume", "start"):
        house.first.api("POST", f"queue/{verb}", expect=200)
    wait_for_rest(house, seconds=900)


def look_at_what_is_left(house: House, promised: set[str]) -> int:
    """Nothing promised is missing, and no episode was fetched twice; how many were fetched."""
    columns = "id, status, episode_number, status_before, error_code, error_params"
    rows = house.database.rows(f"SELECT {columns} FROM {ITEMS}")  # noqa: S608
    assert promised <= {str(row[0]) for row in rows}
    assert not [row for row in rows if row[1] not in {"COMPLETED", "CANCELLED"}]
    # What is done may be taken off the lists as well; it stays done.
    done = Counter(row[2] for row in rows if "COMPLETED" in (row[1], row[3]))
    assert max(done.values()) == 1, f"fetched twice: {done}"
    files = [name for name in files_in(house.library) if not name.startswith(".aniworld/")]
    assert len(files) == len(done)
    entries = house.database.value(
        "SELECT count(*) FROM journal_entry WHERE action = 'download.completed'"
    )
    assert entries == len(done)
    return len(done)


@pytest.mark.parametrize("kind", databases.KINDS)
def test_hammered_by_many_at_once(tmp_path: Path, kind: str, proved: Prove) -> None:
    with house(tmp_path, kind, episodes=EPISODES) as built:
        for door in built.doors:
            door.start_worker()
        built.first.api("POST", "queue/start", expect=200)
        callers = hammer(built, share.of(CALLS))
        faults = [fault for caller in callers for fault in caller.faults]
        assert not faults, f"{len(faults)} faults: {faults[:10]}"
        come_to_rest(built)
        done = look_at_what_is_left(built, {item for caller in callers for item in caller.added})
        trouble = [line for line in built.log().splitlines() if TROUBLE.search(line)]
        assert not trouble, trouble[:10]
    statuses = sum((caller.statuses for caller in callers), Counter[int]())
    counted = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    proved(
        f"hammer, {kind}: {statuses.total()} calls by {CALLERS} at two web processes, two workers "
        f"({counted}); no lock error, none failed, {done} episodes fetched once each"
    )
