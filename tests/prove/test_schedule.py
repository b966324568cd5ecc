"""The schedule as real processes: nothing runs twice at once, whatever is killed is told within
thirty seconds, what hangs is ended, and the queue waits for none of it."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.product import PROJECT, Product, wait_until
from tests.prove import databases
from tests.prove.conftest import Prove
from tests.prove.databases import Database
from tests.prove.house import House, house, wait_for_rest

JOB = "session_cleanup"
ROUNDS = 12
PROMISED = 30.0  # seconds until a dead run is told
PATIENCE = 120.0  # of a machine that is busy with others
CLAIMS = 8

pytestmark = pytest.mark.timeout(3600)


@dataclass
class Stage:
    """A database with its schedulers, which are processes of their own."""

    database: Database
    product: Product
    schedulers: list[subprocess.Popen[bytes]]

    def begin(self, *command: str) -> subprocess.Popen[bytes]:
        """A scheduler; without a command that of ``manage.py``."""
        log = (self.product.data_dir / f"scheduler-{len(self.schedulers)}.out").open("ab")
        started = subprocess.Popen(
            [sys.executable, *(command or ("manage.py", "runschedule"))],
            cwd=PROJECT,
            env=self.product.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self.schedulers.append(started)
        return started

    def let_it_be_due(self) -> None:
        """As if its time had just come; for schedulers that have looked before."""
        due = datetime.now(UTC) - timedelta(seconds=1)
        wait_until(
            lambda: self.database.rows(
                "SELECT name FROM schedule_jobstate WHERE name = ? AND next_at IS NOT NULL", JOB
            ),
            seconds=PATIENCE,
            what="a scheduler that looks",
        )
        told = due.strftime("%Y-%m-%d %H:%M:%S") if not self.database.url else due
        self.database.rows(
            "UPDATE schedule_jobstate SET next_at = ?, planned_at = ? WHERE name = ?",
            *(told, told, JOB),
        )

    def runs(self) -> list[tuple[str, str, str]]:
        """State, code of the error and holder of each run, the oldest first."""
        found = self.database.rows(
            "SELECT state, error_code, holder FROM schedule_jobrun WHERE name = ? ORDER BY id", JOB
        )
        return [(str(state), str(code), str(holder)) for state, code, holder in found]

    def frozen_child(self) -> tuple[subprocess.Popen[bytes], int]:
        """The process of a run, stopped as soon as it is there: from then on it hangs."""

        def stopped() -> tuple[subprocess.Popen[bytes], int] | None:
            for scheduler in self.schedulers:
                for child in children_of_all(scheduler.pid):
                    os.kill(child, signal.SIGSTOP)
                    return scheduler, child
            return None

        found: tuple[subprocess.Popen[bytes], int] = wait_until(
            stopped, seconds=PATIENCE, what="the process of a run"
        )
        return found


def children_of_all(pid: int) -> list[int]:
    """What any thread of a process has begun."""
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        return []
    found: list[int] = []
    for task in tasks.iterdir():
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except FileNotFoundError:
            continue
    return found


@contextmanager
def staged(work: Path, kind: str) -> Iterator[Stage]:
    data = work / "data"
    data.mkdir()
    with ExitStack() as stack:
        database = stack.enter_context(databases.KINDS[kind](data))
        product = stack.enter_context(Product(data, DATABASE_URL=database.url))
        product.migrate()
        stage = Stage(database, product, [])
        try:
            yield stage
        finally:
            for one in stage.schedulers:
                one.kill()
                one.wait()


def until_ended(stage: Stage, number: int) -> float:
    """Seconds until that many runs have ended."""
    began = time.monotonic()

    def are() -> bool:
        runs = stage.runs()
        return len(runs) >= number and all(state != "RUNNING" for state, *_ in runs)

    wait_until(are, seconds=PATIENCE, what=f"the end of run {number}")
    return time.monotonic() - began


@pytest.mark.parametrize("kind", databases.KINDS)
def test_two_processes_never_run_a_job_at_once(tmp_path: Path, kind: str, proved: Prove) -> None:
    with staged(tmp_path, kind) as stage:
        for _ in range(2):
            stage.begin()
        for number in range(1, ROUNDS + 1):
            stage.let_it_be_due()
            until_ended(stage, number)
        runs = stage.runs()
        spans = stage.database.rows(
            "SELECT begun_at, ended_at FROM schedule_jobrun WHERE name = ? ORDER BY begun_at", JOB
        )
    assert [state for state, *_ in runs] == ["COMPLETED"] * ROUNDS
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))
    holders = len({holder for *_, holder in runs})
    proved(f"{kind}: {ROUNDS} times due, {len(runs)} runs by {holders} processes, none at once")


def test_a_killed_run_is_told(tmp_path: Path, proved: Prove) -> None:
    with staged(tmp_path, "SQLite") as stage:
        stage.begin()
        stage.let_it_be_due()
        _, child = stage.frozen_child()
        os.kill(child, signal.SIGKILL)
        seconds = until_ended(stage, 1)
        assert stage.runs()[0][:2] == ("FAILED", "job_died")
    assert seconds < PROMISED
    proved(f"a job killed by SIGKILL is shown as ended after {seconds:.1f} s")


def test_a_run_whose_scheduler_is_killed_is_told_and_ends(tmp_path: Path, proved: Prove) -> None:
    with staged(tmp_path, "SQLite") as stage:
        for _ in range(2):
            stage.begin()
        stage.let_it_be_due()
        scheduler, child = stage.frozen_child()
        scheduler.kill()
        scheduler.wait()
        seconds = until_ended(stage, 1)
        assert stage.runs()[0][:2] == ("CANCELLED", "job_died")
        os.kill(child, signal.SIGCONT)
        wait_until(lambda: not Path(f"/proc/{child}").exists(), seconds=PATIENCE, what="its end")
    assert seconds < PROMISED
    proved(f"a job whose worker was killed is shown as ended after {seconds:.1f} s, and ends")


def test_a_job_that_hangs_is_ended_at_its_limit(tmp_path: Path, proved: Prove) -> None:
    limit, grace = 4.0, 6.0
    with staged(tmp_path, "SQLite") as stage:
        stage.begin("-m", "tests.prove.scheduling", JOB, str(limit))
        stage.let_it_be_due()
        began = time.monotonic()
        _, child = stage.frozen_child()
        until_ended(stage, 1)
        seconds = time.monotonic() - began
        assert stage.runs()[0][:2] == ("FAILED", "job_too_long")
        assert not Path(f"/proc/{child}").exists()
    assert limit < seconds < limit + grace + 10
    proved(f"a job that hangs is ended {seconds - limit:.1f} s after its limit of {limit:.0f} s")


def test_a_job_that_hangs_does_not_delay_the_queue(tmp_path: Path, proved: Prove) -> None:
    """From "start" to an item that is taken: with a job of the worker's that hangs, and without."""
    with house(tmp_path, "SQLite", episodes=2 * CLAIMS, doors=1) as here:
        here.first.start_worker()
        worker = here.first.processes["worker"].pid
        free = seconds_to_claim(here, range(1, CLAIMS + 1))
        here.first.api("POST", f"jobs/{JOB}/run", expect=202)
        child = wait_until(
            lambda: frozen(lambda: jobs_of(worker)), seconds=PATIENCE, what="the process of the job"
        )
        busy = seconds_to_claim(here, range(CLAIMS + 1, 2 * CLAIMS + 1))
        state = here.first.api("GET", f"jobs/{JOB}", expect=200)["running"]["state"]
        os.kill(child, signal.SIGKILL)
    assert state == "RUNNING"
    assert busy < free + 0.5
    proved(
        f"from start to the item taken: {free * 1000:.0f} ms, beside a job that hangs"
        f" {busy * 1000:.0f} ms (median of {CLAIMS})"
    )


def jobs_of(worker: int) -> list[int]:
    """The processes of runs among its children, by how they were begun."""
    found = []
    for child in children_of_all(worker):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except FileNotFoundError:
            continue
        if b"runschedule" in command:
            found.append(child)
    return found


def frozen(children: Callable[[], list[int]]) -> int | None:
    for child in children():
        os.kill(child, signal.SIGSTOP)
        return child
    return None


def seconds_to_claim(here: House, episodes: range) -> float:
    """The median over these episodes, one after the other."""
    took = []
    for episode in episodes:
        (item,) = here.queue([episode])
        began = time.monotonic()
        here.first.api("POST", "queue/start", {"limit": 1}, expect=200)
        taken = "SELECT started_at FROM downloads_downloadqueueitem WHERE id = ?"
        while here.database.value(taken, item) is None:
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.005)
        took.append(time.monotonic() - began)
        wait_for_rest(here, seconds=PATIENCE)
    return statistics.median(took)


def test_what_cron_begins_is_told_in_json(tmp_path: Path, proved: Prove) -> None:
    with staged(tmp_path, "SQLite") as stage:
        assert stage.product.manage("runschedule", "--once").returncode == 0
        stage.let_it_be_due()
        done = stage.product.manage("runschedule", "--once", "--json")
        assert done.returncode == 0, done.stderr
        (told,) = [json.loads(line) for line in done.stdout.splitlines()]
        assert (told["job"], told["state"]) == (JOB, "COMPLETED")
        assert stage.product.manage("runschedule", "--job", "nonsense").returncode == 2
        stage.database.rows("UPDATE schedule_jobrun SET state = 'RUNNING', ended_at = NULL")
        assert stage.product.manage("runschedule", "--job", JOB).returncode == 3
    proved("runschedule --once does what is due and ends; --job says 2 and 3 as it promises")
