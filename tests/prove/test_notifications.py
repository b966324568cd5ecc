"""Notifications as real processes: whatever a target does, no download waits for it and no message
is lost; whoever is killed when; and of two that could send, one does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.product import Product, children_of, wait_until
from tests.prove import databases
from tests.prove.conftest import Prove
from tests.prove.databases import Database
from tests.prove.house import House, house, wait_for_rest
from tests.receiver import DRIPS, FAILS, FLOODED, HANGS, OK, Receiver

KINDS = ["SQLite", "PostgreSQL"]
PROMISED = 0.050  # seconds that a target may delay a download
EPISODES = 6  # for each mood
KILLS = 20
PATIENCE = 180.0  # of a machine that is busy with others
WIRE = "aniworld.system.notifications.wire"

pytestmark = pytest.mark.timeout(3600)


@dataclass
class Stage:
    """An installation with one target, in which episodes arrive."""

    product: Product
    database: Database
    receiver: Receiver
    published: int = 0

    def arrive(self, count: int) -> None:
        """So many episodes more, one right after the other."""
        first, self.published = self.published + 1, self.published + count
        done = self.product.python("-m", "tests.prove.telling", str(first), str(count))
        assert done.returncode == 0, done.stderr

    @property
    def wanted(self) -> set[tuple[str, int, int]]:
        return {("moon", 1, number) for number in range(1, self.published + 1)}

    def told(self) -> set[tuple[str, int, int]]:
        return set(self.receiver.episodes("DOWNLOAD_COMPLETE"))

    def send_now(self) -> None:
        """As if every pause were over."""
        self.database.rows("UPDATE notifications_targetstate SET next_at = NULL")
        self.database.rows(
            "UPDATE notifications_delivery SET next_try_at = created_at WHERE state = 'WAITING'"
        )

    def everything_arrives(self) -> None:
        def is_there() -> bool:
            self.send_now()
            time.sleep(0.5)
            return self.told() == self.wanted

        wait_until(is_there, seconds=PATIENCE, what=f"every message\n{self.log()}")
        lost = self.database.rows(
            "SELECT state, count(*) FROM notifications_delivery WHERE state IN "
            "('FAILED', 'CANCELLED') GROUP BY state"
        )
        assert lost == []

    def senders(self, worker: int) -> list[int]:
        """The processes that a worker sends with just now."""

        def is_one(pid: int) -> bool:
            with contextlib.suppress(OSError):
                return WIRE in Path(f"/proc/{pid}/cmdline").read_text()
            return False

        return [pid for pid in children_of(worker) if is_one(pid)]

    def log(self) -> str:
        return self.product.log("worker")[-3000:]


@contextmanager
def staged(work: Path, kind: str, **target: Any) -> Iterator[Stage]:
    data, library = work / "data", work / "library"
    for folder in (data, library):
        folder.mkdir(parents=True)
    with ExitStack() as stack:
        database = stack.enter_context(databases.KINDS[kind](data))
        receiver = stack.enter_context(Receiver())
        product = stack.enter_context(Product(data, library, DATABASE_URL=database.url))
        _write(data, receiver.address, **target)
        product.migrate()
        yield Stage(product, database, receiver)


def _write(data: Path, address: str, **target: Any) -> None:

    hook = {"kind": "WEBHOOK", "url": address, "pace": "EACH", **target}
    config = {"notifications": {"targets": {"hook": hook}}}
    (data / "config.json").write_text(json.dumps({"schema": 1, "version": 1, **config}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mood", [HANGS, FAILS, FLOODED, DRIPS])
def test_all_arrive_when_the_server_is_back(
    tmp_path: Path, kind: str, mood: str, proved: Prove
) -> None:
    with staged(tmp_path, kind) as stage:
        stage.receiver.mood = mood
        stage.product.start_worker()
        _reads(stage)
        stage.arrive(30)
        wait_until(lambda: stage.receiver.asked, seconds=PATIENCE, what=f"a try\n{stage.log()}")
        assert stage.told() == set()
        stage.receiver.mood = OK
        if mood in (HANGS, DRIPS):  # what hangs is ended at its limit, with which nobody waits here
            for pid in stage.senders(stage.product.processes["worker"].pid):
                os.kill(pid, signal.SIGKILL)
        stage.everything_arrives()
    proved(f"notifications, {kind}: all of 30 arrive after a server that {mood}")


def _reads(stage: Stage) -> None:
    """A worker that has begun to read: what happens from now on is told."""
    wait_until(
        lambda: stage.database.value("SELECT count(*) FROM events_outboxcursor"),
        seconds=PATIENCE,
        what=f"a reader\n{stage.log()}",
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("victim", ["the worker", "what sends"])
def test_nothing_is_lost_by_kills(tmp_path: Path, kind: str, victim: str, proved: Prove) -> None:
    """At a later moment each time, from the event to the end of sending."""
    with staged(tmp_path, kind) as stage:
        stage.product.start_worker()
        _reads(stage)
        hits = 0
        for round_ in range(KILLS):
            stage.arrive(3)
            time.sleep(0.1 * round_)
            if victim == "the worker":
                stage.product.stop("worker", by=signal.SIGKILL)
                hits += 1
                stage.product.start_worker()
            else:
                for pid in _some_sender(stage):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        hits += 1
        stage.everything_arrives()
        ids = stage.receiver.ids()
        twins = len(ids) - len(set(ids))
        known = "SELECT count(*) FROM notifications_inboxmessage"
        counted = stage.database.value("SELECT sum(count) FROM notifications_inboxmessage")
        assert stage.database.value(known) >= 1
        assert counted == stage.published
        assert hits >= KILLS // 2
    proved(
        f"notifications, {kind}: {hits} kills of {victim} lose none of {stage.published} messages; "
        f"{twins} came twice under one id"
    )


def _some_sender(stage: Stage) -> list[int]:
    """What is sending now, or in the next two seconds."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if found := stage.senders(stage.product.processes["worker"].pid):
            return found
        time.sleep(0.005)
    return []


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_readers_one_sends(tmp_path: Path, kind: str, proved: Prove) -> None:
    with staged(tmp_path, kind) as stage:
        stage.product.start_worker()
        _reads(stage)
        other = Product(stage.product.data_dir, DATABASE_URL=stage.database.url)
        with other:
            other.start_worker()
            for _ in range(5):
                stage.arrive(8)
            stage.everything_arrives()
            ids = stage.receiver.ids()
            assert len(ids) == len(set(ids))
            items = stage.receiver.items()
            assert sum(item["count"] for item in items) == stage.published
    proved(f"notifications, {kind}: two processes send {len(ids)} messages once each")


def test_no_target_delays_a_download(tmp_path: Path, proved: Prove) -> None:
    """The same episodes with a target in each mood and with none, by turns: from the start to the
    end of the download, as the queue has it."""
    moods = [HANGS, FAILS, FLOODED, DRIPS]
    rounds = 3
    with (
        Receiver() as receiver,
        house(tmp_path, "SQLite", episodes=2 * rounds * len(moods) * EPISODES, doors=1) as here,
    ):
        here.first.start_worker()
        took: dict[str, list[float]] = {"none": []}
        number = 1
        for _ in range(rounds):
            for mood in moods:
                for name in ("none", mood):
                    receiver.mood = mood
                    _target(here, receiver if name != "none" else None)
                    episodes = range(number, number + EPISODES)
                    number += EPISODES
                    took.setdefault(name, []).extend(_durations(here, episodes))
        usual = statistics.median(took["none"])
        told = []
        for mood in moods:
            more = statistics.median(took[mood]) - usual
            told.append(f"{mood} {more * 1000:+.0f} ms")
            assert more < PROMISED, (mood, took)
        assert receiver.asked >= len(moods)
    proved(
        f"notifications: a download takes {usual * 1000:.0f} ms (median of {len(took['none'])}); "
        f"with a target that {', '.join(told)}"
    )


def _target(here: House, receiver: Receiver | None) -> None:
    targets = {}
    if receiver is not None:
        targets = {"hook": {"kind": "WEBHOOK", "url": receiver.address, "pace": "EACH"}}
    here.first.api("POST", "config/section/notifications", {"targets": targets}, expect=200)


def _durations(here: House, episodes: range) -> list[float]:
    ids = here.queue(list(episodes))
    here.first.api("POST", "queue/start", expect=200)
    wait_for_rest(here, seconds=PATIENCE)
    statement = _SECONDS
    return [float(here.database.value(statement, item)) for item in ids]


_SECONDS = (
    "SELECT (julianday(completed_at) - julianday(started_at)) * 86400.0 "
    "FROM downloads_downloadqueueitem WHERE id = ?"
)
