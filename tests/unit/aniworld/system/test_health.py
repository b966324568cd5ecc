"""The addresses monitors ask."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aniworld import __version__
from aniworld.config import store
from downloads.models import QueueState
from library.models import LibraryRoot, MediaFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(tmp_path: Path) -> Path:
    directory = tmp_path / "anime"
    directory.mkdir()

    def point_there(config: dict[str, Any]) -> None:
        config["library"]["directories"] = [str(directory)]
        config["downloads"]["min_free_mb"] = 0

    store.update(point_there)
    return directory


@pytest.fixture
def _worker() -> None:
    state = QueueState.locked()
    state.lease_holder, state.heartbeat_at = "worker", timezone.now()
    state.save()


@pytest.mark.parametrize("address", ["/ping", "/ping/"])
def test_ping_is_open(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})


def test_health_names_the_version(client: Client) -> None:
    assert client.get("/health").json() == {"status": "healthy", "version": __version__}


@pytest.mark.usefixtures("_worker", "library")
def test_ready_when_all_is_well(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200, answer.json()
    assert {check["ok"] for check in answer.json()["checks"].values()} == {True}


@pytest.mark.django_db(transaction=True)  # one of the test's own would hold the database
@pytest.mark.usefixtures("library")
def test_not_ready_without_a_worker(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert {name for name, check in checks.items() if not check["ok"]} == {"worker"}, checks
    assert "runqueue" in checks["worker"]["detail"]


@pytest.mark.usefixtures("_worker")
def test_not_ready_without_the_library_and_no_path_is_told(client: Client, library: Path) -> None:
    library.rmdir()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["library"]["ok"] is False
    assert str(library) not in answer.content.decode()


@pytest.mark.usefixtures("_worker", "library")
def test_not_ready_when_the_disk_is_full(client: Client) -> None:
    def want_more_than_there_is(config: dict[str, Any]) -> None:
        config["downloads"]["min_free_mb"] = 100_000_000

    store.update(want_more_than_there_is)
    assert client.get("/health/ready").json()["checks"]["free_space"]["ok"] is False


@pytest.fixture
def asked(library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The library's disk does not answer; what the kernel remembers of it, it says. The questions
    that it was asked."""
    over, questions = threading.Event(), list[str]()
    statvfs = os.statvfs

    def hang(path: Any) -> os.statvfs_result:
        if str(path) == str(library):
            questions.append(str(path))
            over.wait(120)
        return statvfs(path)

    monkeypatch.setattr("os.statvfs", hang)
    yield questions
    over.set()


@pytest.mark.usefixtures("_worker")
def test_disk_that_hangs_is_told_in_time_and_no_other_check_suffers(
    client: Client, asked: list[str]
) -> None:
    began = time.monotonic()
    checks = client.get("/health/ready").json()["checks"]
    assert time.monotonic() - began < 60  # half of what the disk takes
    assert checks.pop("library") == {
        "ok": False,
        "detail": "A library folder does not answer: its disk hangs, or the server it lies on is "
        "away.",
    }
    assert {check["ok"] for check in checks.values()} == {True}
    client.get("/health/ready")
    assert len(asked) == 1  # it is still open: nobody waits for another one


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("known", [True, False])
def test_not_ready_on_an_empty_mount_point(client: Client, library: Path, known: bool) -> None:
    root = LibraryRoot.objects.create(path=str(library), identity="1:2")
    if known:
        MediaFile.objects.create(
            root=root, path="Show/S01E01.mkv", size=1, mtime_ns=1, seen_at=timezone.now()
        )
    check = client.get("/health/ready").json()["checks"]["library"]
    assert (check["ok"], check["detail"].partition(":")[0]) == (
        False,
        "A library folder is not the disk that the last scan saw",
    )
    status = library.stat()
    LibraryRoot.objects.update(identity=f"{status.st_dev}:{status.st_ino}")
    assert client.get("/health/ready").json()["checks"]["library"]["ok"] is True


@pytest.mark.usefixtures("_worker")
def test_disk_under_another_number_is_known_by_its_files(client: Client, library: Path) -> None:
    root = LibraryRoot.objects.create(path=str(library), identity="1:2")
    MediaFile.objects.create(
        root=root, path="S01E01.mkv", size=1, mtime_ns=1, seen_at=timezone.now()
    )
    (library / "S01E01.mkv").touch()
    assert client.get("/health/ready").json()["checks"]["library"]["ok"] is True
