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
ROUNDS, BATCH = 6, 4  # for each mood
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


def _write(data: Path, address: str, *, names: tuple[str, ...] = ("hook",), **target: Any) -> None:
    hook = {"kind": "WEBHOOK", "url": address, "pace": "EACH", **target}
    config = {"notifications": {"targets": dict.fromkeys(names, hook)}}
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
        for round_ in range(KILLS):
            stage.arrive(3)
            if victim == "the worker":
                time.sleep(0.1 * round_)
                stage.product.stop("worker", by=signal.SIGKILL)
                stage.product.start_worker()
            else:
                _kill_a_sender(stage, after=0.02 * round_)
        stage.everything_arrives()
        ids = stage.receiver.ids()
        twins = len(ids) - len(set(ids))
        known = "SELECT count(*) FROM notifications_inboxmessage"
        counted = stage.database.value("SELECT sum(count) FROM notifications_inboxmessage")
        assert stage.database.value(known) >= 1
        assert counted == stage.published
    proved(
        f"notifications, {kind}: {KILLS} kills of {victim} lose none of {stage.published} "
        f"messages, {twins} came twice under one id"
    )


_UNSENT = (
    "SELECT count(*) FROM notifications_delivery WHERE state IN ('GATHERING', 'WAITING', 'SENDING')"
)


def _kill_a_sender(stage: Stage, *, after: float) -> None:
    """One that is sending, so many seconds after it was seen. A target whose sender was killed is
    left alone for a while; nobody waits for that here."""

    def is_killed() -> bool:
        stage.send_now()
        found = stage.senders(stage.product.processes["worker"].pid)
        if not found:
            if not stage.database.value(_UNSENT):
                stage.arrive(1)
            return False
        time.sleep(after)
        try:
            os.kill(found[0], signal.SIGKILL)
        except ProcessLookupError:  # it was done before
            stage.arrive(1)
            return False
        return True

    wait_until(is_killed, seconds=PATIENCE, what="what sends")


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
    """A few episodes in a row, with a target in each mood and with none by turns: from the start to
    the end of each download but the first, as the queue has it. While they are fetched, the ones
    before are sent. How far two batches without any target differ is the noise of the machine."""
    moods = [HANGS, FAILS, FLOODED, DRIPS]
    names = ["none", "control", *moods]
    with (
        Receiver() as receiver,
        house(tmp_path, "SQLite", episodes=ROUNDS * BATCH * len(names), doors=1) as here,
    ):
        here.first.start_worker()
        took: dict[str, list[float]] = {name: [] for name in names}
        first = 1
        for _ in range(ROUNDS):
            for name in names:
                asked = receiver.asked
                receiver.mood = name if name in moods else OK
                _target(here, receiver if name in moods else None, name=f"hook{first}")
                took[name] += _seconds(here, range(first, first + BATCH))
                first += BATCH
                assert (receiver.asked > asked) == (name in moods), name
        noise = statistics.quantiles(_differences(took, "control", absolute=True), n=4)[2]
        more = {mood: statistics.median(_differences(took, mood)) for mood in moods}
        for mood in moods:
            assert more[mood] < PROMISED + noise, (mood, more, noise, took)
    told = ", ".join(f"{mood} {more[mood] * 1000:+.0f} ms" for mood in moods)
    proved(
        f"notifications: a download takes {statistics.median(took['none']) * 1000:.0f} ms; with a "
        f"target that {told} (median of {len(took['none'])}; two without differ by "
        f"{noise * 1000:.0f} ms)"
    )


def _differences(took: dict[str, list[float]], name: str, *, absolute: bool = False) -> list[float]:
    """How much longer each took than its neighbour without a target."""
    found = [b - a for a, b in zip(took["none"], took[name], strict=True)]
    return [abs(one) for one in found] if absolute else found


def test_a_target_that_hangs_costs_the_worker_next_to_nothing(
    tmp_path: Path, proved: Prove
) -> None:
    """The time of the processor that the worker's own process takes in ten seconds in which it has
    nothing else to do, and in which four targets hang."""
    with staged(tmp_path, "SQLite") as stage:
        stage.receiver.mood = HANGS
        _write(stage.product.data_dir, stage.receiver.address, names=("a", "b", "c", "d"))
        stage.product.start_worker()
        _reads(stage)
        pid = stage.product.processes["worker"].pid
        idle = _busy(pid, seconds=10.0)
        stage.arrive(5)
        wait_until(lambda: len(stage.senders(pid)) == 4, seconds=PATIENCE, what="what sends")
        hanging = _busy(pid, seconds=10.0)
        assert len(stage.senders(pid)) == 4
    assert (hanging - idle) / 10 < PROMISED
    proved(
        f"notifications: four targets that hang take {(hanging - idle) * 100:+.0f} ms of the "
        f"processor a second in the worker, which takes {idle * 100:.0f} ms without"
    )


def _busy(pid: int, *, seconds: float) -> float:
    """Seconds of the processor that a process takes, without its children."""

    def taken() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = taken()
    time.sleep(seconds)
    return taken() - before


def _target(here: House, receiver: Receiver | None, *, name: str) -> None:
    """A new one each time: one that hangs is sent to for thirty seconds more."""
    targets = {}
    if receiver is not None:
        targets = {name: {"kind": "WEBHOOK", "url": receiver.address, "pace": "EACH"}}
    here.first.api("POST", "config/section/notifications", {"targets": targets}, expect=200)


def _seconds(here: House, episodes: range) -> list[float]:
    here.database.rows("DELETE FROM notifications_targetstate")  # no target is left alone
    ids = here.queue(list(episodes))
    here.first.api("POST", "queue/start", expect=200)
    wait_for_rest(here, seconds=PATIENCE)
    return [float(here.database.value(_SECONDS, item)) for item in ids[1:]]


_SECONDS = (
    "SELECT (julianday(completed_at) - julianday(started_at)) * 86400.0 "
    "FROM downloads_downloadqueueitem WHERE id = ?"
)
