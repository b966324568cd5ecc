"""A real pool of mergerfs whose server stands still: nobody who asks it is answered."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.product import PROJECT, Product, wait_until
from tests.prove.mounting import needs_root, served
from tests.prove.owner import Owner, put, settle

pytestmark = needs_root

SHOWS = 150
SILENT = 4  # seconds, in place of a minute


@pytest.fixture
def branches(tmp_path: Path) -> tuple[Path, Path]:
    branches = tmp_path / "one", tmp_path / "two"
    for show in range(SHOWS):
        for number in range(1, 5):
            put(branches[number % 2] / f"Show {show}/Season 1/S01E{number:02}.mkv")
    settle(*branches)
    return branches


@dataclass(frozen=True)
class Pool:
    path: Path
    server: subprocess.Popen[bytes]

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Its server does nothing meanwhile."""
        self.server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.send_signal(signal.SIGCONT)


@pytest.fixture
def pool(tmp_path: Path, branches: tuple[Path, Path]) -> Iterator[Pool]:
    with served(tmp_path / "pool", branches) as server:
        yield Pool(tmp_path / "pool", server)


@contextlib.contextmanager
def scan_of(owner: Owner, silent: float) -> Iterator[subprocess.Popen[str]]:
    """The real command, with another patience."""
    code = (
        "import django; django.setup(); from library.scanner import disk, beside;"
        f"disk.SILENT_SECONDS = {silent}; beside.SILENT_SECONDS = {silent};"
        "from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'rescan', '--no-provider', '--json'])"
    )
    environment = {
        **os.environ,
        "DATA_DIR": str(owner.data),
        "ANIME_DIRECTORY": str(owner.roots[0]),
        "DJANGO_SETTINGS_MODULE": "aniworld.settings",
    }
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def ended(process: subprocess.Popen[str], seconds: float) -> dict[str, object]:
    """What it says at its end, for which it is given so long."""
    said, _ = process.communicate(timeout=seconds)
    answer: dict[str, object] = json.loads(said.splitlines()[-1])
    return answer


def test_scan_of_a_pool_that_does_not_answer_ends_and_changes_nothing(
    pool: Pool, tmp_path: Path
) -> None:
    owner = Owner(tmp_path / "data", (pool.path,))
    assert owner.rescan().counts[0] == 4 * SHOWS
    with pool.standing_still(), scan_of(owner, SILENT) as scan:
        answer = ended(scan, 60)
    assert (scan.returncode, answer["state"]) == (1, "FAILED")
    error = answer["error"]
    assert isinstance(error, dict)
    assert (error["code"], error["params"]["why"]) == ("root_unavailable", "silent")
    assert len(owner.files()) == 4 * SHOWS
    assert owner.rescan().code == 0


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("files", [0, 40, 300])
def test_pool_that_stops_in_the_middle_of_a_scan_ends_it(
    pool: Pool, tmp_path: Path, is_known: bool, files: int
) -> None:
    owner = Owner(tmp_path / "data", (pool.path,))
    if is_known:
        owner.rescan()
    known = len(owner.files())
    with scan_of(owner, SILENT) as scan:
        time.sleep(0.8 + files / 1000)  # wherever that is
        with pool.standing_still():
            answer = ended(scan, 90)
    if answer["state"] == "FAILED":  # else it was quicker
        error = answer["error"]
        assert isinstance(error, dict)
        assert (error["code"], error["params"]["why"]) == ("root_unavailable", "silent")
    assert len(owner.files()) >= known
    assert owner.rescan("--full").code == 0
    assert len(owner.files()) == 4 * SHOWS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_scan_that_waits_for_a_pool_ends_when_asked_to(
    pool: Pool, tmp_path: Path, number: signal.Signals
) -> None:
    owner = Owner(tmp_path / "data", (pool.path,))
    owner.rescan()
    with pool.standing_still(), scan_of(owner, 3600) as scan:
        wait_until(
            lambda: owner.rows("SELECT 1 FROM library_scanoperation WHERE state = 'RUNNING'"),
            seconds=60,
            what="the scan",
        )
        time.sleep(1)  # until it stands before the disk
        scan.send_signal(number)
        assert ended(scan, 10)["state"] == "CANCELLED"


def test_web_and_worker_live_beside_a_pool_that_does_not_answer(pool: Pool, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with Product(data, pool.path) as product:
        product.migrate()
        product.start_web()
        product.start_worker()

        def ready() -> Any:
            return product.session.get(f"{product.address}/health/ready", timeout=30).json()

        wait_until(lambda: ready()["checks"]["worker"]["ok"], seconds=60, what="the worker")
        assert ready()["checks"]["library"]["ok"]
        with pool.standing_still():
            for _ in range(20):
                began = time.monotonic()
                checks = ready()["checks"]
                assert time.monotonic() - began < 6
                assert (checks["library"]["ok"], checks["worker"]["ok"]) == (False, True)
                assert "does not answer" in checks["library"]["detail"]
            began = time.monotonic()
            product.stop("worker")
            assert time.monotonic() - began < 5
            began = time.monotonic()
            product.stop("web")
            assert time.monotonic() - began < 10
