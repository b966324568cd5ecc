"""The disk of DATA_DIR fills up while everything runs, and has room again."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.product import Product, wait_until
from tests.prove.mounting import needs_root

PASSWORD = "a lantern in the fog"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16M", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path) -> Path:
    filler = place / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(place).free == 0
    return filler


def empty_the_log(database: Path) -> None:
    """Leave SQLite no room in a file it has already, as if it had begun a new one."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@needs_root
def test_a_full_disk_is_told_as_that(small_disk: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    with Product(small_disk, library) as product:
        product.data_dir = tmp_path  # what the processes say has room elsewhere
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.log_in(PASSWORD)
        product.start_worker()
        wait_until(lambda: is_ready(product), seconds=60, what="the worker")
        empty_the_log(small_disk / "aniworld.db")
        filler = fill(small_disk)
        [answer] = wait_until(lambda: refused(product), seconds=60, what="a write to be refused")
        assert (answer.status_code, answer.json()["params"]) == (503, {"why": "full"})
        assert product.session.get(f"{product.address}/api/queue/status", timeout=60).ok
        assert requests.get(f"{product.address}/ping", timeout=60).status_code == 200
        ready = requests.get(f"{product.address}/health/ready", timeout=60)
        assert ready.status_code == 503
        assert list(ready.json()["checks"]) == ["data_directory"]
        assert "full" in ready.json()["checks"]["data_directory"]["detail"]
        filler.unlink()
        wait_until(lambda: is_ready(product), seconds=60, what="all to be well again")
        assert product.session.post(f"{product.address}/api/queue/pause", timeout=60).ok
        assert "Traceback" not in product.log("web") + product.log("worker")


def is_ready(product: Product) -> bool:
    return requests.get(f"{product.address}/health/ready", timeout=60).ok


def refused(product: Product) -> list[requests.Response]:
    for act in ("pause", "resume"):
        answer = product.session.post(f"{product.address}/api/queue/{act}", timeout=60)
        if not answer.ok:
            return [answer]
    return []


@needs_root
def test_a_viewer_cannot_fill_it(small_disk: Path, tmp_path: Path) -> None:
    """Every key that is made and revoked is a row and two lines of the journal."""
    with Product(small_disk, tmp_path) as product:
        product.data_dir = tmp_path
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.log_in(PASSWORD)
        code = "from django.contrib.auth.models import User; "
        code += f"User.objects.create_user('guest', password={PASSWORD!r})"
        assert product.manage("shell", "--command", code).returncode == 0
        guest = requests.Session()
        entry = {"username": "guest", "password": PASSWORD}
        told = guest.post(f"{product.address}/api/auth/login", json=entry, timeout=60).json()
        guest.headers["Authorization"] = f"Bearer {told['access_token']}"
        free = shutil.disk_usage(small_disk).free
        [refused] = wait_until(lambda: flood(product, guest), seconds=300, what="the bound")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
        assert free - shutil.disk_usage(small_disk).free < 8_000_000
        assert product.session.post(f"{product.address}/api/queue/pause", timeout=60).ok


def flood(product: Product, guest: requests.Session) -> list[requests.Response]:
    """Make a key and revoke it; what refuses the key, if anything does."""
    keys = f"{product.address}/api/auth/keys"
    made = guest.post(keys, json={"name": "cron", "scope": "READ"}, timeout=60)
    if made.status_code != 201:
        return [made]
    assert guest.delete(f"{keys}/{made.json()['id']}", timeout=60).status_code == 204
    return []
