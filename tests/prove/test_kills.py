"""Worker, transfer child and web process killed again and again: no item is lost or doubled.

What is left is looked at from outside: rows of the queue and the journal, files of the library.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.downloads_support import files_in, pictures_in
from tests.product import Product
from tests.prove import share
from tests.prove.conftest import Prove
from tests.prove.house import House, house, wait_for_rest
from tests.prove.killing import ITEMS, Chance, kill_children, kill_workers

KILLS = 50
# Of one episode about that much is brought between two kills; the queue must outlast them all.
SLOW = 30_000  # bytes a second of each connection
MOST_FETCHED = 1.3  # times the size of the films: what a kill costs is fetched again
LONGEST_GAP = 0.1  # seconds between two pictures of a film

pytestmark = pytest.mark.timeout(5400)


def fetched(house: House) -> float:
    """Bytes that media servers have sent, for each byte of the library's files."""
    sent = sum(
        int(seen["sent"]) for seen in house.world.log() if seen["path"].startswith("/media/")
    )
    files = sum((house.library / name).stat().st_size for name in files_in(house.library))
    return sent / files


def look_at_what_is_left(house: House, items: list[int]) -> None:
    """Every item done once, in the order of the queue, each file whole, and nothing else left."""
    rows = house.database.rows(
        f"SELECT id, status, error_code, episode_number FROM {ITEMS} ORDER BY completed_at, id"  # noqa: S608
    )
    assert [row[0] for row in rows] == items, "not in the order of the queue"
    assert {row[1:3] for row in rows} == {("COMPLETED", "")}
    entries = house.database.value(
        "SELECT count(*) FROM journal_entry WHERE action = 'download.completed'"
    )
    assert entries == len(items)
    files = files_in(house.library)
    assert len(files) == len(items), files
    for number, file in enumerate(files, 1):
        assert f"S01E{number:02}" in file
        times = pictures_in(house.library / file)
        assert max(b - a for a, b in itertools.pairwise(times)) < LONGEST_GAP, f"a hole: {file}"
    known = house.database.value(
        "SELECT count(*) FROM library_episode WHERE state = 'PRESENT' AND file_path <> ''"
    )
    assert known == len(items)


@dataclass(frozen=True)
class Killing:
    """``tries`` is how often an item may be tried anew: what dies with its worker costs none."""

    what: str
    kill: Callable[[House, int, Chance], Counter[str]]
    chance: Chance
    episodes: int
    tries: int


KILLINGS = (
    Killing("worker", kill_workers, Chance(2), episodes=24, tries=0),
    Killing("transfer child", kill_children, Chance(3), episodes=24, tries=20),
)


@pytest.mark.parametrize("killing", KILLINGS, ids=lambda killing: killing.what)
def test_no_item_is_lost_or_doubled_when_it_is_killed(
    tmp_path: Path, killing: Killing, proved: Prove
) -> None:
    episodes, tries = killing.episodes, killing.tries
    with house(tmp_path, "SQLite", episodes=episodes, doors=1, max_retries=tries) as built:
        built.world.throttle(SLOW)
        items = built.queue(range(1, episodes + 1))
        built.first.api("POST", "queue/start", expect=200)
        built.first.start_worker()
        stages = killing.kill(built, share.of(KILLS), killing.chance)
        built.world.mend_all()
        wait_for_rest(built, seconds=900)
        built.first.stop("worker")
        look_at_what_is_left(built, items)
        share_fetched = fetched(built)
    assert share_fetched <= MOST_FETCHED
    assert stages["between two"] <= stages.total() / 4, "the queue was empty too soon"
    where = ", ".join(f"{count} {stage.lower()}" for stage, count in stages.items())
    proved(
        f"kills, {killing.what}: {stages.total()} ({where}); {len(items)} items, each done once, "
        f"in order, each file whole; {share_fetched:.2f} bytes fetched for each of the files"
    )


@dataclass
class Caller:
    """An owner who adds and removes episodes one by one, and tries again what was not answered.

    ``queued`` is the queue as it must be.
    """

    house: House
    episodes: int
    queued: dict[int, str] = field(default_factory=dict)
    calls: int = 0

    def act(self, chance: random.Random) -> None:
        free = [number for number in range(1, self.episodes + 1) if number not in self.queued]
        if free and (not self.queued or chance.random() < 0.6):
            self._add(chance.choice(free))
        else:
            self._remove(chance.choice(list(self.queued)))
        self.calls += 1

    def _add(self, number: int) -> None:
        body = {"episodes": [{"season": 1, "episode": number}]}
        answer = self.house.insist("POST", "v1/anime/zeitlose/download", body)
        assert answer.status_code == 201, answer.text
        added, skipped = answer.json()["added_items"], answer.json()["skipped"]
        # Where a killed process had written it already, who asks again is told so.
        assert len(added) + len(skipped) == 1
        self.queued[number] = str(added[0]) if added else self._id_of(number)

    def _id_of(self, number: int) -> str:
        return str(
            self.house.database.value(
                f"SELECT id FROM {ITEMS} WHERE status = 'PENDING' AND episode_number = ?",  # noqa: S608
                number,
            )
        )

    def _remove(self, number: int) -> None:
        answer = self.house.insist("DELETE", f"queue/{self.queued.pop(number)}")
        assert answer.status_code in {204, 404}, answer.text


def kill_doors(house: House, kills: int) -> None:
    chance = random.Random(4)
    for door in itertools.islice(itertools.cycle(house.doors), kills):
        time.sleep(chance.uniform(0, 0.3))
        house.kill(door, "web")
        door.start_web()


def test_no_item_is_lost_or_doubled_when_a_web_process_is_killed(
    tmp_path: Path, proved: Prove
) -> None:
    kills, episodes = share.of(KILLS), 60
    with house(tmp_path, "SQLite", episodes=episodes) as built:
        caller, over, chance = Caller(built, episodes), threading.Event(), random.Random(5)
        faults: list[AssertionError] = []

        def call_until_over() -> None:
            try:
                while not over.is_set():
                    caller.act(chance)
            except AssertionError as fault:
                faults.append(fault)

        calling = threading.Thread(target=call_until_over, daemon=True)
        calling.start()
        kill_doors(built, kills)
        over.set()
        calling.join()
        assert not faults, faults[0]
        queue = [int(row["episode"]) for row in pending_of(built.first)]
    assert queue == list(caller.queued)
    assert caller.calls > kills
    proved(
        f"kills, web: {kills} under {caller.calls} calls that add and remove; {len(queue)} items "
        f"queued at the end, none lost, none doubled, in the order of the calls"
    )


def pending_of(product: Product) -> list[dict[str, str]]:
    rows = product.api("GET", "queue/items?status=PENDING&page_size=200", expect=200)
    return sorted(rows["results"], key=lambda row: int(row["position"]))
