"""Processes end when they are asked to, and with whoever started them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.product import PROJECT, START_SECONDS, Product, children_of, wait_until

PROMISED = 5.0  # seconds
SLACK = 10.0  # of a busy machine; whoever waits for the lock does so for twenty


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    (tmp_path / "data").mkdir()
    (tmp_path / "library").mkdir()
    with Product(tmp_path / "data", tmp_path / "library") as running:
        running.migrate()
        yield running


def hold(product: Product) -> sqlite3.Connection:
    """Another program holds the database, for longer than anybody waits."""
    other = sqlite3.connect(product.data_dir / "aniworld.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


def waits_for_the_lock(process: subprocess.Popen[bytes]) -> bool:
    """SQLite sleeps between two looks at it."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/wchan")
    return any("nanosleep" in task.read_text() for task in tasks)


def seconds_to_end(process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    return time.monotonic() - began


def jobs_of(process: subprocess.Popen[bytes]) -> list[Path]:
    """The processes of its jobs: what any of its threads has begun."""
    found: list[Path] = []
    for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
        found += [Path(f"/proc/{child}") for child in task.read_text().split()]
    return [one for one in found if b"runschedule" in (one / "cmdline").read_bytes()]


def test_the_worker_ends_with_its_jobs_also_where_one_hangs(product: Product) -> None:
    product.start_worker()
    rows = "SELECT count(*) FROM schedule_jobstate WHERE name = 'session_cleanup'"
    wait_until(lambda: asked(product, rows)[0] == 1, seconds=60, what="the schedule")
    asked(
        product,
        "UPDATE schedule_jobstate SET wanted_at = '2020-01-01 00:00:00' WHERE name LIKE 's%'",
    )
    worker = product.processes["worker"]
    (job,) = wait_until(lambda: jobs_of(worker), seconds=60, what="the process of the job")
    os.kill(int(job.name), signal.SIGSTOP)
    assert seconds_to_end(worker) < PROMISED + SLACK
    wait_until(lambda: not job.exists(), seconds=30, what="the end of the job")
    assert "ended in the middle" not in product.log("worker")
    state = "SELECT state, error_code FROM schedule_jobrun"
    assert asked(product, state) == ("CANCELLED", "job_stopped")


def asked(product: Product, statement: str) -> tuple[object, ...]:
    """What a statement answers first."""
    path = product.data_dir / "aniworld.db"
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as file:
        return tuple(file.execute(statement).fetchone() or ())


def test_the_worker_ends_while_the_database_is_held(product: Product) -> None:
    product.start_worker()
    wait_until(lambda: "serves the queue" in product.log("worker"), seconds=60, what="the worker")
    with closing(hold(product)):
        time.sleep(4)  # it renews its lease every three
        assert seconds_to_end(product.processes["worker"]) < PROMISED + SLACK
    assert "Traceback" not in product.log("worker")


def test_the_web_server_ends_while_the_database_is_held(product: Product) -> None:
    product.start_web()
    with closing(hold(product)):
        asked = subprocess.Popen(
            [
                "curl",
                "-s",
                "-d",
                '{"master_password": "a lantern in the fog"}',
                "-H",
                "Content-Type: application/json",
                f"{product.address}/api/auth/setup",
            ],
            stdout=subprocess.DEVNULL,
        )
        time.sleep(2)  # its thread waits for the lock now
        assert seconds_to_end(product.processes["web"]) < PROMISED + SLACK
        asked.wait(timeout=60)
    assert "Traceback" not in product.log("web")


def test_a_scan_ends_while_the_database_is_held(product: Product, tmp_path: Path) -> None:
    for number in range(300):
        folder = tmp_path / "library" / f"Show {number}"
        folder.mkdir()
        (folder / f"Show {number} - S01E01.mkv").write_bytes(b"film")
    product._start("scan", "manage.py", "rescan", "--no-provider")
    database = product.data_dir / "aniworld.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        claimed = "SELECT 1 FROM library_scanoperation WHERE pid IS NOT NULL"
        wait_until(lambda: other.execute(claimed).fetchone(), seconds=60, what="the scan")
        other.execute("PRAGMA busy_timeout = 20000")
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(1)
        assert seconds_to_end(product.processes["scan"]) < PROMISED + SLACK
    assert "Traceback" not in product.log("scan")


def test_reading_media_ends_while_the_database_is_held(product: Product, tmp_path: Path) -> None:
    folder = tmp_path / "library" / "Show"
    folder.mkdir()
    (folder / "Show - S01E01.mkv").write_bytes(b"film")
    product.manage("rescan", "--no-provider")
    with closing(hold(product)):
        product._start("media", "manage.py", "readmedia")
        reading = product.processes["media"]
        wait_until(lambda: waits_for_the_lock(reading), seconds=60, what="the lock")
        assert seconds_to_end(reading) < PROMISED + SLACK
    assert "Traceback" not in product.log("media")


def test_a_held_database_is_told_and_no_fault_of_ours(product: Product) -> None:
    product.start_web()
    with closing(hold(product)):
        body = {"master_password": "a lantern in the fog"}
        answer = requests.post(f"{product.address}/api/auth/setup", json=body, timeout=60)
        assert (answer.status_code, answer.json()["params"]) == (503, {"why": "locked"})
        assert requests.get(f"{product.address}/ping", timeout=60).status_code in {200, 503}
    assert "Traceback" not in product.log("web")


def test_readiness_blames_whoever_holds_the_database_not_the_worker(product: Product) -> None:
    product.start_web()
    ready = f"{product.address}/health/ready"
    checks = requests.get(ready, timeout=60).json()["checks"]
    assert (checks["database"]["ok"], checks["worker"]["ok"]) == (True, False)
    with closing(hold(product)):
        checks = requests.get(ready, timeout=60).json()["checks"]
        assert "worker" not in checks
        assert "Another process holds the database" in checks["database"]["detail"]


def started(product: Product) -> subprocess.Popen[bytes]:
    """``python -m aniworld``, with web server and worker up."""
    environment = product.environment | {"PORT": str(product.port)}
    whole = subprocess.Popen(
        [sys.executable, "-m", "aniworld"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: len(children_of(whole.pid)) == 2, seconds=START_SECONDS, what="both")
    wait_until(lambda: is_up(product), seconds=START_SECONDS, what="the web server")
    return whole


def is_up(product: Product) -> bool:
    try:
        return requests.get(f"{product.address}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_web_and_worker_end_with_whoever_started_them(product: Product) -> None:
    whole = started(product)
    children = children_of(whole.pid)
    whole.kill()
    whole.wait()
    try:
        wait_until(lambda: all(map(is_gone, children)), seconds=60, what="the children to end")
    finally:
        for child in children:
            if not is_gone(child):
                os.kill(child, signal.SIGKILL)


def test_a_port_in_use_is_told_with_whoever_uses_it(product: Product) -> None:
    product.start_web()
    done = subprocess.run(
        [sys.executable, "-m", "aniworld"],
        cwd=PROJECT,
        env=product.environment | {"PORT": str(product.port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"by Aniworld (process {product.processes['web'].pid})" in line
