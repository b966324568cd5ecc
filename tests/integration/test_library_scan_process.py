"""Scans started over HTTP run in a process of their own, and never for ever."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.product import PROJECT, Product, wait_until
from tests.site.library import build_library
from tests.site.world import SampleWorld

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def world() -> Iterator[SampleWorld]:
    with SampleWorld() as running:
        yield running


@pytest.fixture(scope="module")
def product(world: SampleWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    work = tmp_path_factory.mktemp("scan-process")
    (work / "data").mkdir()
    build_library(work / "library", data=world.data)
    with Product(work / "data", work / "library") as running:
        running.migrate()
        running.start_web()
        setup = {"master_password": PASSWORD, "providers": ["aniworld"]}
        running.api("POST", "auth/setup", setup, expect=201)
        running.log_in(PASSWORD)
        site = {"base_url": world.catalogue_url, "requests_per_second": 100}
        running.api("PATCH", "providers/aniworld", site, expect=200)
        yield running


def status(product: Product) -> dict[str, Any]:
    answer: dict[str, Any] = product.api("GET", "v1/anime/rescan/status", expect=200)
    return answer


def start(product: Product) -> str:
    begun = product.api("POST", "v1/anime/rescan", {"full": True}, expect=202)
    assert begun["state"] == "RUNNING"
    return str(begun["operation_id"])


def scan_pid(product: Product, operation_id: str) -> int:
    """The process that has claimed the scan, from the database."""

    def claimed() -> int | None:
        with sqlite3.connect(Path(product.data_dir, "aniworld.db")) as database:
            row = database.execute(
                "SELECT pid FROM library_scanoperation WHERE operation_id = ?",
                [operation_id.replace("-", "")],
            ).fetchone()
        database.close()
        return row[0] if row else None

    return int(wait_until(claimed, seconds=60, what="the scan's process"))


def end_of(product: Product) -> dict[str, Any]:
    return dict(
        wait_until(
            lambda: (now := status(product))["state"] != "RUNNING" and now,
            seconds=90,
            what="the end of the scan",
        )
    )


def test_killed_terminated_and_cancelled_scans_end_and_the_next_one_works(
    product: Product, world: SampleWorld
) -> None:
    with world.failing("delay", {"seconds": 30}, side="catalogue"):
        killed = start(product)
        assert product.api("POST", "v1/anime/rescan", {}, expect=409)["code"] == "scan_running"
        done = product.manage("rescan", "--no-provider")
        assert done.returncode == 3
        os.kill(scan_pid(product, killed), signal.SIGKILL)
        ended = end_of(product)
        assert (ended["operation_id"], ended["state"]) == (killed, "FAILED")
        assert ended["error"]["code"] == "scan_process_died"

    with world.failing("delay", {"seconds": 1}, side="catalogue"):
        cancelled = start(product)
        scan_pid(product, cancelled)
        product.api("POST", "v1/anime/rescan/cancel", expect=202)
        assert end_of(product)["state"] == "CANCELLED"

        terminated = start(product)
        os.kill(scan_pid(product, terminated), signal.SIGTERM)
        assert end_of(product)["state"] == "CANCELLED"

    start(product)
    ended = end_of(product)
    assert (ended["state"], ended["error"]) == ("COMPLETED", None)
    assert ended["result"]["files"] > 0
    rows = product.api("GET", "v1/anime?missing=all", expect=200)
    assert rows["count"] > 10


def journal(product: Product, query: str) -> list[dict[str, Any]]:
    answer = product.api("GET", f"journal?page_size=500&{query}", expect=200)
    return list(answer["results"])


def test_every_process_writes_as_whoever_it_acts_for(product: Product, world: SampleWorld) -> None:
    """Scans started over HTTP, one of them killed, and one from a shell."""
    scanned = start(product)
    end_of(product)
    with world.failing("delay", {"seconds": 30}, side="catalogue"):
        killed = start(product)
        os.kill(scan_pid(product, killed), signal.SIGKILL)
        end_of(product)
    assert product.manage("rescan", "--no-provider").returncode == 0
    by_shell = status(product)["operation_id"]

    def actor_of(action: str, operation: str) -> dict[str, Any]:
        [entry] = journal(product, f"action={action}&object_type=scan&object_id={operation}")
        return dict(entry["actor"])

    program, shell = actor_of("scan.started", scanned), actor_of("scan.started", by_shell)
    assert (program["kind"], program["name"]) == ("CLIENT", "admin")
    assert (shell["kind"], shell["id"]) == ("COMMAND", "rescan")
    for operation, starter in ((scanned, program), (by_shell, shell)):
        ended = actor_of("scan.ended", operation)
        assert (ended["kind"], ended["id"]) == ("SCAN", operation)
        assert ended["origin"] == {name: starter[name] for name in ("kind", "id", "name")}
    assert actor_of("scan.ended", killed)["kind"] == "SYSTEM"
    added = journal(product, "action=series.added")
    assert len(added) > 10
    assert {act["actor"]["origin"]["name"] for act in added} == {"admin"}
    [setup] = journal(product, "action=account.set_up")
    assert (setup["actor"]["kind"], setup["actor"]["name"]) == ("CLIENT", "admin")


def test_scan_before_the_database_is_set_up_says_what_to_do(tmp_path: Path) -> None:
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""}
    command = [sys.executable, "manage.py", "rescan", "--json"]
    scan = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert scan.returncode == 1
    assert "manage.py migrate" in scan.stderr
    last = json.loads(scan.stdout.splitlines()[-1])
    assert (last["operation_id"], last["state"], last["result"]) == (None, "FAILED", None)
    assert last["error"]["code"] == "database_unusable"
    assert "manage.py migrate" in last["error"]["text"]
    assert "Traceback" not in scan.stderr
